// A whole small world on this machine: the emulated GitHub with an organisation and a repository, the app, and a model.
// The demo tells its story and the end-to-end tests judge it; neither knows how it was set up.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Octokit } from "octokit";
import { createEmulator, type Emulator, type EmulatorOptions } from "signalbox-emulator";
import { parse } from "yaml";
import { type RunningApp, startApp } from "./app.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
export const OWNER = "acme";
export const REPOSITORY = "shop";
export const FULL_NAME = `${OWNER}/${REPOSITORY}`;
/** Where the reusable workflows and the action are published. */
const HOME = { owner: "signalbox-dev", name: "signalbox", tag: "v1" } as const;
const APP_SLUG = "signalbox";
const WEBHOOK_SECRET = "a-webhook-secret-of-the-demonstration-0001";

export interface ModelAccess {
  /** Null: the model's own address. */
  readonly baseUrl: string | null;
  readonly apiKey: string;
}

export interface WorldOptions {
  readonly model: ModelAccess;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** `.github/signalbox.yml`. */
  readonly config: string;
  readonly clock?: "real" | "virtual";
  readonly emulator?: EmulatorOptions;
  readonly port?: number;
  /** App instances on the same repository; webhooks go to the first. None at all is no-server mode. */
  readonly apps?: number;
}

export interface World {
  readonly hub: Emulator;
  readonly apps: readonly RunningApp[];
  /** The first one; there is none in no-server mode. */
  readonly app: RunningApp;
  readonly botId: number;
  readonly installationId: number;
  /** GitHub's REST and GraphQL, as that person. */
  as(login: string): Octokit;
  startApp(): Promise<RunningApp>;
  close(): Promise<void>;
}

/** People of the story: alice may write, carol may only triage. */
const PEOPLE = { alice: "write", bob: "maintain", carol: "triage" } as const;

export async function startWorld(options: WorldOptions): Promise<World> {
  const hub = await createEmulator({
    ...options.emulator,
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    actions: {
      ...options.emulator?.actions,
      env: options.model.baseUrl === null ? {} : { ANTHROPIC_BASE_URL: options.model.baseUrl },
    },
  });
  await settle(hub, options);
  return options.apps === 0 ? await withoutServer(hub, options) : await withServer(hub, options);
}

/** One workflow in the repository does everything, with the tokens of its own jobs. */
async function withoutServer(hub: Emulator, { model }: WorldOptions): Promise<World> {
  hub.actions.setSecret(FULL_NAME, "ANTHROPIC_API_KEY", model.apiKey);
  const nobody = (): never => {
    throw new Error("no-server mode has no app");
  };
  const as = (login: string): Octokit => clientFor(hub, hub.tokenOf(login));
  const { data: bot } = await as("alice").rest.users.getByUsername({ username: "github-actions[bot]" });
  await as("alice").rest.actions.setGithubActionsDefaultWorkflowPermissionsRepository({
    owner: OWNER,
    repo: REPOSITORY,
    can_approve_pull_request_reviews: true,
  });
  // GitHub registers a workflow when its file is pushed; here it is when somebody first asks.
  await as("alice").rest.actions.listRepoWorkflows({ owner: OWNER, repo: REPOSITORY });
  return {
    hub,
    apps: [],
    get app() {
      return nobody();
    },
    get installationId() {
      return nobody();
    },
    botId: bot.id,
    as,
    startApp: async () => nobody(),
    close: () => hub.close(),
  };
}

async function withServer(hub: Emulator, options: WorldOptions): Promise<World> {
  const { app, installation } = installApp(hub);
  const endpoint = { hub, app, webhookSecret: WEBHOOK_SECRET, workflows: allowedWorkflows() };
  const apps: RunningApp[] = [];
  for (let count = 0; count < (options.apps ?? 1); count += 1) apps.push(await startApp(endpoint));
  const [first] = apps;
  if (first === undefined) throw new Error("a world needs an app");
  hub.updateApp(APP_SLUG, { webhookUrl: `${first.url}/api/github/webhooks` });
  configureRepository(hub, options.model, first.url);
  return {
    hub,
    apps,
    app: first,
    botId: app.botUserId,
    installationId: installation.id,
    as: (login) => clientFor(hub, hub.tokenOf(login)),
    startApp: async () => {
      const another = await startApp(endpoint);
      apps.push(another);
      return another;
    },
    close: async () => {
      await Promise.all(apps.map((one) => one.stop()));
      await hub.close();
    },
  };
}

function allowedWorkflows(): string {
  const at = `refs/tags/${HOME.tag}`;
  const base = `${HOME.owner}/${HOME.name}/.github/workflows`;
  return `${base}/work.yml@${at} ${base}/publish.yml@${at}`;
}

function clientFor(hub: Emulator, token: string): Octokit {
  return new Octokit({
    auth: token,
    baseUrl: hub.apiUrl,
    throttle: { enabled: false },
    retry: { enabled: false },
  });
}

/** Organisations, people and repositories. */
async function settle(hub: Emulator, options: WorldOptions): Promise<void> {
  const example = options.apps === 0 ? "signalbox-no-server.yml" : "signalbox.yml";
  hub.createOrganization({ login: OWNER, members: Object.keys(PEOPLE) });
  hub.createOrganization({ login: HOME.owner, members: ["signalwoman"] });
  await hub.createRepository({
    owner: OWNER,
    name: REPOSITORY,
    files: {
      ...options.files,
      ".github/signalbox.yml": options.config,
      ".github/workflows/signalbox.yml": readFileSync(path.join(ROOT, "docs/examples", example), "utf8"),
    },
    collaborators: PEOPLE,
  });
  await publishHome(hub);
}

/** The App, as its manifest describes it, on the repository of the story. */
function installApp(hub: Emulator) {
  const manifest = parse(readFileSync(path.join(ROOT, "app.yml"), "utf8")) as {
    readonly default_permissions: Readonly<Record<string, "read" | "write">>;
    readonly default_events: readonly string[];
  };
  const app = hub.createApp({
    slug: APP_SLUG,
    owner: HOME.owner,
    permissions: manifest.default_permissions,
    events: manifest.default_events,
    webhookSecret: WEBHOOK_SECRET,
  });
  const installation = hub.installApp({ app: APP_SLUG, account: OWNER, repositories: [REPOSITORY] });
  return { app, installation };
}

/** The repository that people's thin workflows point to: the reusable workflows and the bundled action, as released. */
async function publishHome(hub: Emulator): Promise<void> {
  const dist = path.join(ROOT, "action/dist");
  if (!existsSync(dist)) throw new Error("the action is not built: run `npm run build` first");
  const files: Record<string, string | Uint8Array> = {
    "action/action.yml": readFileSync(path.join(ROOT, "action/action.yml")),
    "action/package.json": '{ "type": "module" }\n',
  };
  for (const name of readdirSync(dist)) files[`action/dist/${name}`] = readFileSync(path.join(dist, name));
  for (const name of ["work.yml", "publish.yml", "publish-no-server.yml"]) {
    files[`.github/workflows/${name}`] = readFileSync(path.join(ROOT, ".github/workflows", name));
  }
  const { head } = await hub.createRepository({ owner: HOME.owner, name: HOME.name, files });
  await clientFor(hub, hub.tokenOf("signalwoman")).request("POST /repos/{owner}/{repo}/git/refs", {
    owner: HOME.owner,
    repo: HOME.name,
    ref: `refs/tags/${HOME.tag}`,
    sha: head ?? "",
  });
}

/** What a person sets once per repository: the address of the app, and the key for the model. */
function configureRepository(hub: Emulator, model: ModelAccess, appUrl: string): void {
  hub.actions.setVariable(FULL_NAME, "SIGNALBOX_URL", appUrl);
  hub.actions.setSecret(FULL_NAME, "ANTHROPIC_API_KEY", model.apiKey);
}
