// The scene that every probe plays on: organisation acme (owner alice), repository acme/app (bob may write, carol is an
// outsider), the installed app `octoflow`, and a listener that keeps every webhook after Probot has verified it.
import { Octokit, App as OctokitApp, RequestError } from "octokit";
import { Probot, ProbotOctokit } from "probot";
import { type Conformance, createConformance } from "../../src/descriptions/conformance.ts";
import { createEmulator, type Emulator } from "../../src/index.ts";

import { type Delivered, listen } from "./hook-listener.ts";

export { namesOf, only } from "./hook-listener.ts";

export const SECRET = "a webhook secret of the probes";

/** Where the app wants people back after they signed in; nothing listens there. */
export const CALLBACK = "http://127.0.0.1:9/signed-in";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** undefined when the body is not JSON. */
  readonly body: unknown;
}

export interface Refused {
  readonly status: number;
  readonly message: string;
  readonly body: unknown;
}

export interface Stage {
  readonly hub: Emulator;
  /** Watches every answer and webhook of this stage. */
  readonly conformance: Conformance;
  /** What went wrong inside the emulator: must stay empty. */
  readonly warnings: readonly string[];
  readonly appId: number;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly privateKey: string;
  readonly installationId: number;
  readonly alice: Octokit;
  readonly bob: Octokit;
  readonly carol: Octokit;
  /** The installation of octoflow on acme. */
  readonly bot: Octokit;
  readonly octokitApp: OctokitApp;
  readonly probot: Probot;
  /** Everything delivered after the given mark, once the emulator is idle. */
  readonly hooksSince: (mark: number) => Promise<readonly Delivered[]>;
  /** How many webhooks there were, once the emulator is idle. */
  readonly mark: () => Promise<number>;
  /** While on, the listener answers 500 to every webhook. */
  readonly failHooks: (on: boolean) => void;
  readonly hookUrl: string;
  readonly close: () => Promise<void>;
}

/** Octokit without pauses, repetitions and noise: a probe wants the first answer. */
export const PlainOctokit = Octokit.defaults({
  throttle: { enabled: false },
  retry: { enabled: false },
  log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
});

function ignore(): void {}

export const APP_PERMISSIONS = {
  actions: "write",
  checks: "write",
  contents: "write",
  issues: "write",
  metadata: "read",
  pull_requests: "write",
  statuses: "write",
} as const;

export const APP_EVENTS = [
  "check_run",
  "check_suite",
  "create",
  "delete",
  "issue_comment",
  "issue_dependencies",
  "issues",
  "label",
  "milestone",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "push",
  "repository_dispatch",
  "status",
  "sub_issues",
  "workflow_dispatch",
  "workflow_job",
  "workflow_run",
] as const;

export interface StageOptions {
  /** Do workflows run? Off unless given, so that other probes stay quiet. */
  readonly actions?: boolean;
  /** Environment of every job. */
  readonly jobEnv?: Readonly<Record<string, string>>;
}

export async function raiseStage(options: StageOptions = {}): Promise<Stage> {
  const conformance = createConformance();
  const warnings: string[] = [];
  const hub = await createEmulator({
    actions: { enabled: options.actions ?? false, env: options.jobEnv ?? {} },
    inspect: conformance,
    warn: (message) => {
      warnings.push(message);
    },
  });
  const listener = await listen();
  for (const login of ["alice", "bob", "carol"]) await hub.createUser({ login });
  await hub.createOrganization({ login: "acme", members: { alice: "admin" } });
  await hub.createRepository({
    owner: "acme",
    name: "app",
    files: { "README.md": "# app\n", "src/index.js": "export const answer = 42;\n" },
    collaborators: { bob: "write" },
  });
  const app = await hub.createApp({
    slug: "octoflow",
    owner: "acme",
    permissions: APP_PERMISSIONS,
    events: APP_EVENTS,
    webhookUrl: listener.url,
    webhookSecret: SECRET,
    callbackUrls: [CALLBACK],
  });
  const probot = new Probot({
    appId: app.id,
    privateKey: app.privateKeyPem,
    secret: SECRET,
    baseUrl: hub.apiUrl,
    logLevel: "fatal",
    Octokit: ProbotOctokit.defaults({ throttle: { enabled: false }, retry: { enabled: false } }),
  });
  await probot.load(ignore);
  listener.verifyWith(probot);
  const installation = await hub.installApp({ app: "octoflow", account: "acme" });
  const octokitApp = new OctokitApp({
    appId: app.id,
    privateKey: app.privateKeyPem,
    Octokit: PlainOctokit.defaults({ baseUrl: hub.apiUrl }),
  });
  const userClient = async (login: string): Promise<Octokit> =>
    new PlainOctokit({ baseUrl: hub.apiUrl, auth: await hub.tokenOf(login) });
  await hub.idle();
  return {
    hub,
    conformance,
    warnings,
    appId: app.id,
    clientId: app.clientId,
    clientSecret: app.clientSecret,
    privateKey: app.privateKeyPem,
    installationId: installation.id,
    alice: await userClient("alice"),
    bob: await userClient("bob"),
    carol: await userClient("carol"),
    bot: await octokitApp.getInstallationOctokit(installation.id),
    octokitApp,
    probot,
    hooksSince: async (mark) => {
      await hub.idle();
      return listener.delivered.slice(mark);
    },
    mark: async () => {
      await hub.idle();
      return listener.delivered.length;
    },
    failHooks: listener.fail,
    hookUrl: listener.url,
    close: async () => {
      await hub.close();
      await listener.close();
    },
  };
}

/** The refusal that a call must meet; fails when it succeeds. */
export async function refused(call: Promise<unknown>): Promise<Refused> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const body = error.response?.data;
    return { status: error.status, message: messageIn(body), body };
  }
  throw new Error("expected a refusal, but the call succeeded");
}

function messageIn(body: unknown): string {
  return typeof body === "object" && body !== null && "message" in body ? String(body.message) : "";
}

/** A bare request, for what Octokit hides: headers, media types, malformed bodies. */
export async function ask(
  hub: Emulator,
  method: string,
  path: string,
  options: {
    readonly token?: string;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Answer> {
  const { token, body, headers = {} } = options;
  const url = path.startsWith("http") ? path : `${hub.apiUrl}${path}`;
  const response = await fetch(url, {
    method,
    redirect: "manual",
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: jsonOrUndefined(text) };
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What every probe file ends with: GitHub's own descriptions hold for all that was sent, and nothing broke inside. */
export function complaintsOf(stage: Stage): readonly unknown[] {
  if (stage.conformance.counted().responses === 0) return ["no answer was looked at"];
  return [...stage.warnings, ...stage.conformance.violations()];
}

export const REPO = { owner: "acme", repo: "app" } as const;
