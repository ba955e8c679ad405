// Several real processes of the app on one PostgreSQL, behind one port, against the emulated GitHub. Processes are killed
// and started as a seed says; what stands on GitHub afterwards is the only judge.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Octokit } from "octokit";
import { createEmulator, type Emulator } from "signalbox-emulator";
import { parse } from "yaml";
import { eventually } from "../../demo/eventually.ts";
import { createRoundRobin } from "./round-robin.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const SECRET = "a-webhook-secret-of-the-fleet-0123456789";
const HOME = "signalbox-dev/signalbox";
const START_MS_MAX = 30_000;
export const FULL_NAME = "acme/shop";
const ref = { owner: "acme", repo: "shop" } as const;

export interface FleetOptions {
  readonly databaseUrl: string;
  readonly instances: number;
  /** `.github/signalbox.yml`. */
  readonly config: string;
}

export interface Instance {
  readonly port: number;
  readonly process: ChildProcess;
}

export type Fleet = Awaited<ReturnType<typeof openFleet>>;

export async function openFleet({ databaseUrl, instances, config }: FleetOptions) {
  const hub = await createEmulator();
  const front = await createRoundRobin();
  const app = await settle(hub, config, front.url);
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    APP_ID: String(app.id),
    PRIVATE_KEY: app.privateKeyPem,
    WEBHOOK_SECRET: SECRET,
    HOST: "127.0.0.1",
    PORT: "0",
    GHE_HOST: new URL(hub.url).host,
    GHE_PROTOCOL: "http",
    OIDC_ISSUER: `${hub.url}/_oidc`,
    RUNNER_WORKFLOWS: ["work", "publish"].map((file) => `${HOME}/.github/workflows/${file}.yml@refs/tags/v1`).join(" "),
    PACING: "off",
    SWEEP_MINUTES: "1",
    LOG_LEVEL: "info",
    DATABASE_URL: databaseUrl,
  };
  const living = new Set<Instance>();

  async function start(): Promise<Instance> {
    const child = spawn(process.execPath, [path.join(ROOT, "src/app/main.ts")], {
      env: environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const port = await new Promise<number>((resolve, reject) => {
      let text = "";
      child.once("exit", (code) => reject(new Error(`an instance ended with ${code}: ${text.slice(-2_000)}`)));
      child.stdout.on("data", (chunk: Buffer) => {
        if (text.length < 20_000) text += chunk.toString();
        const [, digits] = /"url":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(text) ?? [];
        if (digits !== undefined) resolve(Number(digits));
      });
    });
    const instance = { port, process: child };
    await eventually("an instance is ready", START_MS_MAX, async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => null);
      return answer?.ok === true ? true : null;
    });
    living.add(instance);
    front.ports.add(port);
    return instance;
  }

  /** Nobody is asked and nothing is put in order. */
  async function kill(instance: Instance): Promise<void> {
    instance.process.kill("SIGKILL");
    await once(instance.process, "exit");
    living.delete(instance);
    front.ports.delete(instance.port);
  }

  /** As an orchestrator ends one: out of the load balancer first. @returns its exit status */
  async function drain(instance: Instance): Promise<number | null> {
    front.ports.delete(instance.port);
    instance.process.kill("SIGTERM");
    const [code] = (await once(instance.process, "exit")) as [number | null];
    living.delete(instance);
    return code;
  }

  for (let count = 0; count < instances; count += 1) await start();
  const alice = new Octokit({
    auth: hub.tokenOf("alice"),
    baseUrl: hub.apiUrl,
    throttle: { enabled: false },
    retry: { enabled: false },
  });
  return {
    hub,
    alice,
    living,
    start,
    kill,
    drain,
    botId: app.botUserId,
    async openTask(title: string): Promise<number> {
      const { data } = await alice.rest.issues.create({ ...ref, title, body: "Please do it." });
      await alice.rest.issues.addLabels({ ...ref, issue_number: data.number, labels: ["task:queued"] });
      return data.number;
    },
    close: async (): Promise<void> => {
      await Promise.all([...living].map(kill));
      await front.close();
      await hub.close();
    },
  };
}

/** The thin workflow is the real one; the two workflows behind it run the stand-in instead of an agent. */
async function settle(hub: Emulator, config: string, url: string) {
  hub.createOrganization({ login: "acme", members: ["alice"] });
  hub.createOrganization({ login: "signalbox-dev", members: ["signalwoman"] });
  await hub.createRepository({
    ...{ owner: "acme", name: "shop" },
    files: {
      "README.md": "# Shop\n",
      ".github/signalbox.yml": config,
      ".github/workflows/signalbox.yml": readFileSync(path.join(ROOT, "docs/examples/signalbox.yml"), "utf8"),
    },
    collaborators: { alice: "write" },
  });
  const { head } = await hub.createRepository({
    ...{ owner: "signalbox-dev", name: "signalbox" },
    files: {
      ".github/workflows/work.yml": workflow("work", "id-token: write\n      contents: read"),
      ".github/workflows/publish.yml": workflow("publish", "id-token: write"),
      "action/action.yml": `name: Stand-in\ndescription: A run without a model\ninputs:\n${["mode", "repository", "issue", "token", "app-url"].map((name) => `  ${name}: { description: as given, required: true }\n`).join("")}runs: { using: node24, main: main.mjs }\n`,
      "action/main.mjs": `await import(${JSON.stringify(new URL("./stand-in-runner.ts", import.meta.url).href)});\n`,
    },
  });
  const signalwoman = new Octokit({ auth: hub.tokenOf("signalwoman"), baseUrl: hub.apiUrl });
  await signalwoman.rest.git.createRef({
    ...{ owner: "signalbox-dev", repo: "signalbox" },
    ref: "refs/tags/v1",
    sha: head ?? "",
  });
  const manifest = parse(readFileSync(path.join(ROOT, "app.yml"), "utf8")) as {
    readonly default_permissions: Readonly<Record<string, "read" | "write">>;
    readonly default_events: readonly string[];
  };
  const app = hub.createApp({
    slug: "signalbox",
    owner: "signalbox-dev",
    permissions: manifest.default_permissions,
    events: manifest.default_events,
    webhookSecret: SECRET,
  });
  hub.updateApp("signalbox", { webhookUrl: `${url}/api/github/webhooks` });
  hub.installApp({ app: "signalbox", account: "acme", repositories: ["shop"] });
  hub.actions.setVariable(FULL_NAME, "SIGNALBOX_URL", url);
  hub.actions.setSecret(FULL_NAME, "ANTHROPIC_API_KEY", "no-model-is-asked-here");
  return app;
}

function workflow(mode: "work" | "publish", permissions: string): string {
  const inputs = ["repository", "issue", "token", "app-url"];
  const secrets = mode === "work" ? "    secrets:\n      anthropic-api-key: { required: false }\n" : "";
  return `name: Stand-in ${mode}
on:
  workflow_call:
    inputs:
${inputs.map((name) => `      ${name}: { type: string, required: true }\n`).join("")}${secrets}permissions: {}
jobs:
  ${mode}:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      ${permissions}
    steps:
      - uses: signalbox-dev/signalbox/action@v1
        with:
          mode: ${mode}
${inputs.map((name) => `          ${name}: \${{ inputs.${name} }}\n`).join("")}`;
}
