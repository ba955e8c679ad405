// Beyond the table of the probe: when workflows run, with which rights, and as whom they speak.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, complaintsOf, REPO, raiseStage, type Stage } from "./stage.ts";

/** A step that says what became of a request made with the job's own token. */
const TRY_ISSUE = `node -e 'fetch(process.env.GITHUB_API_URL + "/repos/acme/app/issues", { method: "POST", headers: { authorization: "Bearer " + process.env.TOKEN }, body: JSON.stringify({ title: "From a job" }) }).then((r) => console.log("issue answered", r.status))'`;

const WORKFLOWS = {
  "ci.yml": `name: ci
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: echo tested
`,
  "on-issue.yml": `name: on-issue
on: { issues: { types: [opened] } }
jobs:
  hear:
    runs-on: ubuntu-latest
    steps:
      - run: echo heard
`,
  "rights.yml": `name: rights
on: workflow_dispatch
jobs:
  narrow:
    runs-on: ubuntu-latest
    permissions: { contents: read }
    env: { TOKEN: "\${{ github.token }}" }
    steps:
      - run: |
          ${TRY_ISSUE}
  wide:
    runs-on: ubuntu-latest
    permissions: { issues: write }
    env: { TOKEN: "\${{ github.token }}" }
    steps:
      - run: |
          echo "the token is $TOKEN"
          printf %s "$TOKEN" > "$KEEP/token"
      - run: |
          ${TRY_ISSUE}
`,
  "identity.yml": `name: identity
on: workflow_dispatch
permissions: { id-token: write }
jobs:
  tell:
    runs-on: ubuntu-latest
    steps:
      - run: |
          node -e 'fetch(process.env.ACTIONS_ID_TOKEN_REQUEST_URL + "&audience=signalbox", { headers: { authorization: "Bearer " + process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN } }).then((r) => r.json()).then((j) => require("fs").writeFileSync(process.env.KEEP + "/identity", j.value))'
`,
  "long.yml": `name: long
on: workflow_dispatch
jobs:
  wait:
    runs-on: ubuntu-latest
    steps:
      - run: sleep 300
`,
};

let stage: Stage;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "probe-actions-"));
  stage = await raiseStage({ actions: true, jobEnv: { KEEP: directory } });
  const files = Object.fromEntries(
    Object.entries(WORKFLOWS).map(([name, text]) => [`.github/workflows/${name}`, text]),
  );
  await stage.hub
    .git("acme/app")
    .commitFiles({ branch: "main", message: "Workflows [skip ci]", files, author: "alice" });
  await stage.hub.idle();
});
afterAll(async () => {
  await stage.close();
  await rm(directory, { recursive: true, force: true });
});

interface Run {
  readonly id: number;
  readonly name: string | null | undefined;
  readonly event: string;
  readonly status: string | null;
  readonly conclusion: string | null;
}

async function runsOf(filter: { readonly head_sha?: string; readonly event?: string } = {}): Promise<readonly Run[]> {
  const { data } = await stage.bot.rest.actions.listWorkflowRunsForRepo({ ...REPO, per_page: 100, ...filter });
  return data.workflow_runs.map(({ id, name, event, status, conclusion }) => ({ id, name, event, status, conclusion }));
}

async function dispatch(file: string): Promise<number> {
  const { data } = await stage.bot.request("POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", {
    ...REPO,
    workflow_id: file,
    ref: "main",
    return_run_details: true,
  });
  return Number(Object(data).workflow_run_id);
}

async function logOf(runId: number, job: string): Promise<string> {
  const { data } = await stage.bot.rest.actions.listJobsForWorkflowRun({ ...REPO, run_id: runId });
  const found = data.jobs.find(({ name }) => name === job);
  const log = await stage.bot.rest.actions.downloadJobLogsForWorkflowRun({ ...REPO, job_id: found?.id ?? 0 });
  return String(log.data);
}

function commit(branch: string, message: string): Promise<string> {
  return stage.hub
    .git("acme/app")
    .commitFiles({ branch, message, files: { [`${branch}.txt`]: message }, author: "bob" });
}

describe("when workflows run", () => {
  it("a push runs them, and their jobs are check runs on the pushed commit", async () => {
    const sha = await commit("pushed", "work");
    await stage.hub.idle();
    expect(await runsOf({ head_sha: sha })).toMatchObject([{ name: "ci", event: "push", conclusion: "success" }]);
    const { data } = await stage.bot.rest.checks.listForRef({ ...REPO, ref: sha });
    expect(data.check_runs).toMatchObject([{ name: "test", conclusion: "success", app: { slug: "github-actions" } }]);
  });

  it("[skip ci] in the head commit's message runs nothing", async () => {
    const sha = await commit("skipped", "a record [skip ci]");
    await stage.hub.idle();
    expect(await runsOf({ head_sha: sha })).toEqual([]);
  });

  it("a pull request that the app opened runs them", async () => {
    const sha = await commit("by-app", "work");
    await stage.hub.idle();
    await stage.bot.rest.pulls.create({ ...REPO, head: "by-app", base: "main", title: "By the app" });
    await stage.hub.idle();
    expect((await runsOf({ head_sha: sha })).map((run) => run.event).sort()).toEqual(["pull_request", "push"]);
  });

  it("what a job does with its own token reaches the app, but starts no workflow", async () => {
    const before = await stage.mark();
    await dispatch("rights.yml");
    const hooks = await stage.hooksSince(before);
    const opened = hooks.filter((hook) => hook.event === "issues" && hook.action === "opened");
    expect(opened.map((hook) => hook.payload["sender"])).toMatchObject([{ login: "github-actions[bot]", type: "Bot" }]);
    expect(await runsOf({ event: "issues" })).toEqual([]);
    await stage.bob.rest.issues.create({ ...REPO, title: "By a person" });
    await stage.hub.idle();
    expect(await runsOf({ event: "issues" })).toMatchObject([{ name: "on-issue", conclusion: "success" }]);
  });
});

describe("what a job may do", () => {
  it("only what `permissions` gives; the token is masked in the log and dies with the job", async () => {
    const run = await dispatch("rights.yml");
    await stage.hub.idle();
    expect(await logOf(run, "narrow")).toContain("issue answered 403");
    const wide = await logOf(run, "wide");
    expect(wide).toContain("issue answered 201");
    expect(wide).toContain("the token is ***");
    const token = await readFile(join(directory, "token"), "utf8");
    expect(wide).not.toContain(token);
    expect((await ask(stage.hub, "GET", "/repos/acme/app", { token })).status).toBe(401);
  });

  it("its identity token is signed by the issuer and says which workflow and run it is", async () => {
    const run = await dispatch("identity.yml");
    await stage.hub.idle();
    const token = await readFile(join(directory, "identity"), "utf8");
    const issuer = `${stage.hub.url}/_oidc`;
    const configuration = await ask(stage.hub, "GET", `${issuer}/.well-known/openid-configuration`);
    expect(configuration.body).toMatchObject({ issuer });
    const keys = createRemoteJWKSet(new URL(Object(configuration.body).jwks_uri));
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: "signalbox",
      currentDate: new Date(stage.hub.clock.now()),
    });
    const { data: main } = await stage.bot.rest.git.getRef({ ...REPO, ref: "heads/main" });
    const { data: repository } = await stage.bot.rest.repos.get(REPO);
    expect(payload).toMatchObject({
      // With the numbers of owner and repository, as in every repository created since 15 July 2026.
      sub: `repo:acme@${repository.owner.id}/app@${repository.id}:ref:refs/heads/main`,
      repository: "acme/app",
      repository_id: String(repository.id),
      run_id: String(run),
      run_attempt: "1",
      event_name: "workflow_dispatch",
      workflow_ref: "acme/app/.github/workflows/identity.yml@refs/heads/main",
      job_workflow_ref: "acme/app/.github/workflows/identity.yml@refs/heads/main",
      job_workflow_sha: main.object.sha,
    });
    expect(typeof payload.jti).toBe("string");
  });

  it("a cancelled run ends, and says so", async () => {
    const run = await dispatch("long.yml");
    expect((await stage.bot.rest.actions.cancelWorkflowRun({ ...REPO, run_id: run })).status).toBe(202);
    await stage.hub.idle();
    const { data } = await stage.bot.rest.actions.getWorkflowRun({ ...REPO, run_id: run });
    expect([data.status, data.conclusion]).toEqual(["completed", "cancelled"]);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
