// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${{ … }} is what these files are about.
import { describe, expect, it } from "vitest";
import { type ActionsWorld, createActionsWorld, type Json } from "./support/actions-world.ts";

const ECHO =
  "jobs: { a: { runs-on: x, steps: [{ run: 'echo ref=$GITHUB_REF sha=$GITHUB_SHA event=$GITHUB_EVENT_NAME head=$GITHUB_HEAD_REF base=$GITHUB_BASE_REF' }] } }\n";

async function commit(
  world: ActionsWorld,
  branch: string,
  message: string,
  files: Record<string, string>,
): Promise<string> {
  const sha = await world.hub.git("acme/app").commitFiles({ branch, message, files, author: "alice" });
  await world.hub.idle();
  return sha;
}

const names = async (world: ActionsWorld): Promise<readonly string[]> =>
  (await world.runs()).map((run) => run.name).reverse();

describe("a push", () => {
  it("starts the workflows that its branch, paths and message let through", async () => {
    await using world = await createActionsWorld({
      "all.yml": `name: all\non: push\n${ECHO}`,
      "main.yml": `name: main\non: { push: { branches: [main] } }\n${ECHO}`,
      "docs.yml": `name: docs\non: { push: { paths: ['docs/**'] } }\n${ECHO}`,
      "code.yml": `name: code\non: { push: { paths-ignore: ['docs/**'] } }\n${ECHO}`,
      "other.yml": `name: other\non: issues\n${ECHO}`,
    });
    await commit(world, "main", "docs only", { "docs/a.md": "x" });
    expect((await names(world)).toSorted()).toEqual(["all", "docs", "main"]);
    await commit(world, "topic/one", "code", { "src/a.ts": "x" });
    expect((await names(world)).slice(3).toSorted()).toEqual(["all", "code"]);
    await commit(world, "main", "quiet [skip ci]", { "src/b.ts": "x" });
    expect(await names(world)).toHaveLength(5);
  });

  it("reads the workflow files of the pushed commit, and shows a broken one as a failed run", async () => {
    await using world = await createActionsWorld({});
    await commit(world, "topic", "new workflow", { ".github/workflows/new.yml": `name: new\non: push\n${ECHO}` });
    expect(await names(world)).toEqual(["new"]);
    await commit(world, "broken", "broken", { ".github/workflows/new.yml": "on: push\njobs: nothing\n" });
    const [run] = await world.runs();
    expect(run).toMatchObject({
      name: ".github/workflows/new.yml",
      conclusion: "startup_failure",
      head_branch: "broken",
    });
    expect(world.hub.actions.startupProblem(run?.id ?? 0)).toContain("Unexpected value 'nothing'");
  });

  it("shows its jobs as check runs of GitHub Actions on the pushed commit", async () => {
    await using world = await createActionsWorld({
      "ci.yml": `name: CI\non: push\njobs: { test: { name: Unit tests, runs-on: x, steps: [{ run: exit 1 }] } }\n`,
    });
    const sha = await commit(world, "main", "try", { a: "b" });
    const { body } = await world.call("GET", `/commits/${sha}/check-runs`);
    expect(body.check_runs).toMatchObject([
      {
        name: "Unit tests",
        status: "completed",
        conclusion: "failure",
        head_sha: sha,
        app: { slug: "github-actions", id: 15368 },
      },
    ]);
    const [run] = await world.runs();
    const [job] = run === undefined ? [] : await world.jobs(run);
    expect(body.check_runs[0].id).toBe(job?.id);
    const suites = (await world.call("GET", `/commits/${sha}/check-suites`)).body.check_suites;
    expect(suites).toMatchObject([{ status: "completed", conclusion: "failure", app: { slug: "github-actions" } }]);
  });
});

describe("a pull request", () => {
  const CI = `name: CI\non: pull_request\n${ECHO}`;

  it("runs on its test merge, and its checks are on its head", async () => {
    await using world = await createActionsWorld({ "ci.yml": CI });
    const head = await commit(world, "topic", "work", { "a.txt": "a" });
    const pull: Json = (await world.call("POST", "/pulls", { title: "Work", head: "topic", base: "main" })).body;
    await world.hub.idle();
    const [run] = await world.runs();
    if (run === undefined) throw new Error("no run");
    expect(run).toMatchObject({
      event: "pull_request",
      head_sha: head,
      head_branch: "topic",
      display_title: "Work",
      conclusion: "success",
    });
    const [job] = await world.jobs(run);
    if (job === undefined) throw new Error("no job");
    const merge = (await world.call("GET", `/pulls/${pull.number}`)).body.merge_commit_sha;
    expect(await world.log(job)).toContain(
      `ref=refs/pull/${pull.number}/merge sha=${merge} event=pull_request head=topic base=main`,
    );
    expect((await world.call("GET", `/commits/${head}/check-runs`)).body.check_runs).toMatchObject([
      { name: "a", conclusion: "success" },
    ]);
    await commit(world, "topic", "more", { "b.txt": "b" });
    expect((await world.runs()).map((one) => one.event)).toEqual(["pull_request", "pull_request"]);
    await world.call("PATCH", `/pulls/${pull.number}`, { title: "Renamed" });
    await world.hub.idle();
    expect(await world.runs()).toHaveLength(2);
  });
});

describe("GITHUB_TOKEN", () => {
  it("may do what permissions say, and dies with its job", async () => {
    const curl = (path: string, data: string): string =>
      `curl -sS -o /dev/null -w '%{http_code}\\n' -X POST -H "Authorization: Bearer $TOKEN" "$GITHUB_API_URL/repos/acme/app${path}" -d '${data}'`;
    await using world = await createActionsWorld({
      "a.yml": `
on: workflow_dispatch
permissions: { issues: write }
jobs:
  a:
    runs-on: x
    env: { TOKEN: '\${{ secrets.GITHUB_TOKEN }}' }
    steps:
      - run: |
          ${curl("/issues", '{"title":"from the job"}')}
          ${curl("/git/refs", '{"ref":"refs/heads/x","sha":"$GITHUB_SHA"}')}
      - run: echo "$TOKEN" | rev
`,
      "on-issue.yml": `name: on issue\non: issues\n${ECHO}`,
    });
    const run = await world.dispatch("a.yml");
    const [job] = await world.jobs(run);
    if (job === undefined) throw new Error("no job");
    const log = await world.log(job);
    expect(log).toContain("\n201\n403\n");
    const [issue] = (await world.call("GET", "/issues")).body;
    expect(issue.user).toMatchObject({ login: "github-actions[bot]", type: "Bot" });
    // What it caused starts nothing.
    expect(await names(world)).toEqual([".github/workflows/a.yml"]);
    const token = [...(log.split("\n").find((line) => line.endsWith("_shg")) ?? "")].reverse().join("");
    expect(token).toMatch(/^ghs_/);
    expect(
      (await fetch(`${world.hub.apiUrl}/repos/acme/app`, { headers: { authorization: `Bearer ${token}` } })).status,
    ).toBe(401);
    await world.call("POST", "/issues", { title: "from a person" });
    await world.hub.idle();
    expect(await names(world)).toEqual([".github/workflows/a.yml", "on issue"]);
  });

  it("starts workflows by dispatch, and its pull requests wait for approval", async () => {
    await using world = await createActionsWorld({
      "ci.yml": `name: CI\non: pull_request\n${ECHO}`,
      "child.yml": `name: child\non: { workflow_dispatch: {}, repository_dispatch: { types: [ping] } }\n${ECHO}`,
      "parent.yml": `
name: parent
on: workflow_dispatch
permissions: { actions: write, contents: write, pull-requests: write }
jobs:
  a:
    runs-on: x
    env: { TOKEN: '\${{ github.token }}' }
    steps:
      - uses: actions/checkout@v5
      - run: |
          git config user.name x && git config user.email x@example.com
          git checkout -q -b topic && echo hi > hi.txt && git add . && git commit -qm hi && git push -q origin topic
          post() { curl -sSf -o /dev/null -X POST -H "Authorization: Bearer $TOKEN" "$GITHUB_API_URL/repos/acme/app$1" -d "$2"; }
          post /actions/workflows/child.yml/dispatches '{"ref":"main"}'
          post /dispatches '{"event_type":"ping"}'
          post /pulls '{"title":"hi","head":"topic","base":"main"}'
`,
    });
    // GitHub's default: workflows open no pull requests.
    expect((await world.dispatch("parent.yml")).conclusion).toBe("failure");
    await world.call("DELETE", "/git/refs/heads/topic");
    await world.call("PUT", "/actions/permissions/workflow", { can_approve_pull_request_reviews: true });
    expect((await world.dispatch("parent.yml")).conclusion).toBe("success");
    const runs = await world.runs();
    expect(runs.map((run) => [run.name, run.event, run.conclusion]).sort()).toEqual([
      ["CI", "pull_request", "action_required"],
      ["child", "repository_dispatch", "success"],
      ["child", "repository_dispatch", "success"],
      ["child", "workflow_dispatch", "success"],
      ["child", "workflow_dispatch", "success"],
      ["parent", "workflow_dispatch", "failure"],
      ["parent", "workflow_dispatch", "success"],
    ]);
    const waiting = runs.find((run) => run.name === "CI");
    expect((await world.call("POST", `/actions/runs/${waiting?.id}/approve`)).status).toBe(201);
    await world.hub.idle();
    expect((await world.runs()).find((run) => run.name === "CI")).toMatchObject({
      conclusion: "success",
      run_attempt: 1,
    });
  });
});

describe("other events", () => {
  it("run the workflows of the default branch", async () => {
    await using world = await createActionsWorld({
      "talk.yml": `name: talk\non: { issue_comment: { types: [created] }, issues: { types: [labeled] } }\n${ECHO}`,
      "next.yml": `name: next\non: { workflow_run: { workflows: [talk], types: [completed] } }\njobs: { a: { runs-on: x, steps: [{ run: 'echo "after \${{ github.event.workflow_run.conclusion }}"' }] } }\n`,
    });
    const { number } = (await world.call("POST", "/issues", { title: "one" })).body;
    await world.call("POST", `/issues/${number}/labels`, { labels: ["bug"] });
    await world.call("POST", `/issues/${number}/comments`, { body: "hello" });
    await world.hub.idle();
    const runs = await world.runs();
    expect(runs.map((run) => [run.name, run.event, run.conclusion]).sort()).toEqual([
      ["next", "workflow_run", "success"],
      ["next", "workflow_run", "success"],
      ["talk", "issue_comment", "success"],
      ["talk", "issues", "success"],
    ]);
    expect(runs.find((run) => run.event === "issues")).toMatchObject({ display_title: "one", head_branch: "main" });
  });

  it("run nothing of a disabled workflow, or when Actions is off", async () => {
    await using world = await createActionsWorld({ "a.yml": `name: a\non: [issues, workflow_dispatch]\n${ECHO}` });
    expect((await world.call("PUT", "/actions/workflows/a.yml/disable")).status).toBe(204);
    await world.call("POST", "/issues", { title: "one" });
    await world.hub.idle();
    expect(await world.runs()).toEqual([]);
    expect((await world.call("POST", "/actions/workflows/a.yml/dispatches", { ref: "main" })).status).toBe(422);
    await using off = await createActionsWorld(
      { "a.yml": `name: a\non: issues\n${ECHO}` },
      { actions: { enabled: false } },
    );
    await off.call("POST", "/issues", { title: "one" });
    await off.hub.idle();
    expect(await off.runs()).toEqual([]);
  });
});
