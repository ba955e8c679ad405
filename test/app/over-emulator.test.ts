// The app on a GitHub that answers as GitHub does: real tokens, real webhooks over HTTP, the real adapter.

import { readFileSync } from "node:fs";
import { createEmulator, type Emulator } from "signalbox-emulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { systemClock } from "../../src/adapters/clock.ts";
import { createGithubApp } from "../../src/adapters/github/app.ts";
import { countedFetch } from "../../src/app/counted-fetch.ts";
import { createLogger } from "../../src/app/log.ts";
import { type App, createApp } from "../../src/app/server.ts";
import { WEBHOOK_PATH } from "../../src/app/webhooks/door.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { SECRET, settingsOf } from "./app-under-test.ts";

const manifest = z
  .object({ default_permissions: z.record(z.string(), z.enum(["read", "write"])), default_events: z.array(z.string()) })
  .parse(parse(readFileSync(new URL("../../app.yml", import.meta.url), "utf8")));

/** As people write it: two jobs by reusable workflows, so that the app can tell them apart. */
const THIN = `name: signalbox
run-name: signalbox \${{ inputs.repository }}#\${{ inputs.issue }} \${{ inputs.token }}
on:
  workflow_dispatch:
    inputs:
      repository: { required: true }
      issue: { required: true }
      token: { required: true }
permissions: {}
jobs:
  work:
    uses: ./.github/workflows/work.yml
    permissions: { id-token: write }
    with: &inputs { repository: "\${{ inputs.repository }}", issue: "\${{ inputs.issue }}", token: "\${{ inputs.token }}" }
  publish:
    needs: work
    if: always()
    uses: ./.github/workflows/publish.yml
    permissions: { id-token: write }
    with: { repository: "\${{ inputs.repository }}", issue: "\${{ inputs.issue }}", token: "\${{ inputs.token }}" }
`.replace("&inputs ", "");

/** A job that makes the given calls of the API, each with a new OIDC token, and writes down what came of them. */
function jobThatCalls(name: string, paths: readonly string[]): string {
  const script = `
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret, APP, TASK, GITHUB_STEP_SUMMARY } = process.env;
    for (const path of ${JSON.stringify(paths)}) {
      const { value } = await (await fetch(url + "&audience=signalbox", { headers: { authorization: "bearer " + secret } })).json();
      const headers = { authorization: "Bearer " + value, "content-type": "application/json" };
      const response = await fetch(APP + "/api/runs/" + path, { method: "POST", headers, body: TASK });
      const answer = await response.json();
      const line = path + " " + response.status + " " + (answer.reason ?? Object.keys(answer).sort().join(","));
      require("node:fs").appendFileSync(GITHUB_STEP_SUMMARY, line + "\\n");
    }`;
  const lines = script.split("\n").map((line) => `          ${line.trim()}`);
  return `name: ${name}
on:
  workflow_call:
    inputs:
      repository: { type: string, required: true }
      issue: { type: string, required: true }
      token: { type: string, required: true }
jobs:
  ${name}:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
    env:
      APP: "\${{ vars.SIGNALBOX_URL }}"
      TASK: '{"repository":"\${{ inputs.repository }}","issue":\${{ inputs.issue }},"token":"\${{ inputs.token }}"}'
    steps:
      - name: ask
        run: |
          cat > ask.cjs <<'END'
          (async () => {
${lines.join("\n")}
          })();
          END
          node ask.cjs
`;
}

let hub: Emulator;
let registered: ReturnType<Emulator["createApp"]>;
let installation: number;
const apps: App[] = [];

beforeEach(async () => {
  hub = await createEmulator();
  hub.createOrganization({ login: "acme", members: { owner: "admin" } });
  hub.createUser({ login: "alice" });
  await hub.createRepository({
    owner: "acme",
    name: "shop",
    private: true,
    files: {
      "README.md": "# Shop\n",
      ".github/workflows/signalbox.yml": THIN,
      ".github/workflows/work.yml": jobThatCalls("work", ["bind", "publish-token"]),
      ".github/workflows/publish.yml": jobThatCalls("publish", ["bind", "publish-token"]),
    },
    collaborators: { alice: "write" },
  });
  const { default_permissions: permissions, default_events: events } = manifest;
  registered = hub.createApp({ slug: "signalbox", owner: "acme", permissions, events, webhookSecret: SECRET });
  installation = hub.installApp({ app: "signalbox", account: "acme" }).id;
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop();
  await hub.close();
});

async function startApp(): Promise<App> {
  const settings = settingsOf({
    APP_ID: `${registered.id}`,
    PRIVATE_KEY: registered.privateKeyPem,
    GHE_HOST: new URL(hub.url).host,
    GHE_PROTOCOL: "http",
    PACING: "off",
    OIDC_ISSUER: `${hub.url}/_oidc`,
  });
  const app = await createApp(settings, {
    github: (count) =>
      createGithubApp({
        ...settings,
        baseUrl: settings.apiUrl,
        isPacing: settings.isPaced,
        fetch: countedFetch(count),
        clock: systemClock,
        random: { next: () => 0 },
      }),
    reconcile,
    clock: systemClock,
    random: { next: () => 0 },
    logger: createLogger("silent"),
  });
  await app.start();
  apps.push(app);
  hub.updateApp("signalbox", { webhookUrl: `${app.url}${WEBHOOK_PATH}` });
  hub.actions.setVariable("acme/shop", "SIGNALBOX_URL", app.url);
  return app;
}

/** Webhooks lead to looks and looks to webhooks: rest is when both are at rest. */
async function rest(app: App): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    await hub.idle();
    const isBusy = (await app.queue.counts()).inHand > 0;
    await app.queue.idle();
    quiet = isBusy ? 0 : quiet + 1;
  }
}

async function as(login: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${hub.apiUrl}/repos/acme/shop${path}`, {
    method,
    headers: { authorization: `token ${hub.tokenOf(login)}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? null : response.json();
}

async function openIssue(): Promise<number> {
  const issue = await as("alice", "POST", "/issues", { title: "Empty list crashes", body: "`sum([])` throws." });
  return z.object({ number: z.int() }).parse(issue).number;
}

async function labelsOf(issue: number): Promise<readonly string[]> {
  const labels = z.array(z.object({ name: z.string() })).parse(await as("alice", "GET", `/issues/${issue}/labels`));
  return labels.map(({ name }) => name);
}

async function authorsOfComments(issue: number): Promise<readonly string[]> {
  const comments = z
    .array(z.object({ user: z.object({ login: z.string() }) }))
    .parse(await as("alice", "GET", `/issues/${issue}/comments`));
  return comments.map(({ user }) => user.login);
}

/** What each job of the first run wrote down, by the job's name. */
async function summariesOfFirstRun(): Promise<Readonly<Record<string, readonly string[]>>> {
  const list = z.object({ workflow_runs: z.array(z.object({ id: z.int() })) });
  const { workflow_runs: runs } = list.parse(await as("alice", "GET", "/actions/runs"));
  const first = Math.min(...runs.map(({ id }) => id));
  const found = z.object({ jobs: z.array(z.object({ id: z.int(), name: z.string() })) });
  const { jobs } = found.parse(await as("alice", "GET", `/actions/runs/${first}/jobs`));
  return Object.fromEntries(jobs.map(({ id, name }) => [name, hub.actions.summary(id).trim().split("\n")]));
}

async function runsDispatched(): Promise<readonly string[]> {
  const { workflow_runs: runs } = z
    .object({ workflow_runs: z.array(z.object({ display_title: z.string() })) })
    .parse(await as("alice", "GET", "/actions/runs"));
  return runs.map(({ display_title }) => display_title);
}

describe("on GitHub", () => {
  it("a label becomes a claim: the state's label, two comments, one dispatched run", async () => {
    const app = await startApp();
    hub.actions.holdJob(({ step }) => step === null);
    await rest(app);
    const issue = await openIssue();
    await as("alice", "POST", `/issues/${issue}/labels`, { labels: ["task:queued"] });
    await rest(app);
    expect(await labelsOf(issue)).toEqual(["task:claimed"]);
    expect(await authorsOfComments(issue)).toEqual(["signalbox[bot]", "signalbox[bot]"]);
    expect(await runsDispatched()).toEqual([
      expect.stringMatching(new RegExp(`^signalbox acme/shop#${issue} [0-9a-f]{40}$`)),
    ]);
    const bad = hub.deliveries.filter((delivery) => delivery.status !== "OK");
    expect(bad).toEqual([]);
  });

  it("what happened while the app was away is found by the first sweep, and lost deliveries are asked for again", async () => {
    const first = await startApp();
    hub.actions.holdJob(({ step }) => step === null);
    await rest(first);
    const issue = await openIssue();
    await first.stop();
    await as("alice", "POST", `/issues/${issue}/labels`, { labels: ["task:queued"] });
    await hub.idle();
    const second = await startApp();
    await rest(second);
    await second.sweep.once();
    await rest(second);
    expect(await labelsOf(issue)).toEqual(["task:claimed"]);
    expect(await runsDispatched()).toHaveLength(1);
    expect(
      hub.requests.entries.some(
        ({ path, method }) => method === "POST" && /\/app\/hook\/deliveries\/\d+\/attempts$/.test(path),
      ),
    ).toBe(true);
  });

  it("a run proves by its own OIDC token which job it is, and buys what that job may have", async () => {
    const app = await startApp();
    await rest(app);
    const issue = await openIssue();
    await as("alice", "POST", `/issues/${issue}/labels`, { labels: ["task:queued"] });
    await rest(app);
    expect(await summariesOfFirstRun()).toEqual({
      "work / work": ["bind 200 config,expiresAt,readToken,view", "publish-token 403 wrong-job"],
      "publish / publish": ["bind 403 wrong-job", "publish-token 200 config,expiresAt,writeToken,writer"],
    });
  });

  it("an installation that is taken away ends all looks there", async () => {
    const app = await startApp();
    await rest(app);
    const issue = await openIssue();
    hub.uninstall(installation);
    await as("alice", "POST", `/issues/${issue}/labels`, { labels: ["task:queued"] });
    await rest(app);
    await app.queue.add(`acme/shop#${issue}`);
    await rest(app);
    expect(await (await fetch(`${app.url}/metrics`)).text()).toMatch(
      /signalbox_look_seconds_count\{kind="task",outcome="not-installed"\} 1/,
    );
    expect(await labelsOf(issue)).toEqual(["task:queued"]);
    expect((await app.queue.counts()).waiting).toBe(0);
  });
});
