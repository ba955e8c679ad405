// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${{ … }} is what these files are about.
import { describe, expect, it } from "vitest";
import { type ActionsWorld, createActionsWorld } from "./support/actions-world.ts";

const CALLED = `
name: Work
on:
  workflow_call:
    inputs:
      issue: { type: number, required: true }
      mode: { type: string, default: 'fast-\${{ github.event_name }}' }
      dry: { type: boolean }
    secrets:
      KEY: { required: true }
    outputs:
      sum: { value: '\${{ jobs.work.outputs.sum }}' }
jobs:
  work:
    runs-on: ubuntu-latest
    permissions: { contents: read }
    outputs: { sum: '\${{ steps.s.outputs.sum }}' }
    steps:
      - { id: s, env: { KEY: '\${{ secrets.KEY }}' }, run: 'echo "sum=issue \${{ inputs.issue }} \${{ inputs.mode }} dry=\${{ inputs.dry }} key=\${#KEY}" >> "$GITHUB_OUTPUT"' }
      - run: echo "in \${{ github.repository }} by \${{ job.workflow_repository }}/\${{ job.workflow_file_path }} at \${{ job.workflow_sha }} \${{ github.workflow }}"
`;

const CALLER = `
name: Caller
on: workflow_dispatch
permissions: { contents: read }
jobs:
  call:
    uses: acme/runner/.github/workflows/work.yml@main
    with: { issue: 7 }
    secrets: { KEY: '\${{ secrets.MODEL_KEY }}' }
  after:
    needs: call
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "after: \${{ needs.call.outputs.sum }}"' }]
`;

/** acme/app calls what is in acme/runner. */
async function worldWith(caller: string, called: string, isPrivate = false): Promise<ActionsWorld> {
  const world = await createActionsWorld({ "caller.yml": caller });
  world.hub.actions.setSecret("acme/app", "MODEL_KEY", "hunter22");
  await world.hub.createRepository({
    owner: "acme",
    name: "runner",
    private: isPrivate,
    files: { ".github/workflows/work.yml": called },
  });
  return world;
}

describe("a workflow of another repository", () => {
  it("gets its inputs and secrets, runs in the caller's repository, and gives its outputs back", async () => {
    await using world = await worldWith(CALLER, CALLED);
    const run = await world.dispatch("caller.yml");
    expect(run.conclusion).toBe("success");
    const [work, after] = await world.jobs(run);
    if (work === undefined || after === undefined) throw new Error("no jobs");
    expect([work.name, after.name]).toEqual(["call / work", "after"]);
    expect(await world.log(after)).toContain("after: issue 7 fast-workflow_dispatch dry=false key=8");
    const sha = await world.hub.git("acme/runner").resolve("main");
    expect(await world.log(work)).toContain(`in acme/app by acme/runner/.github/workflows/work.yml at ${sha} Caller`);
    const { body } = await world.call("GET", `/actions/runs/${run.id}`);
    expect(body.referenced_workflows).toEqual([
      { path: "acme/runner/.github/workflows/work.yml@refs/heads/main", sha, ref: "refs/heads/main" },
    ]);
  });

  it.each<[why: string, change: readonly [from: string, to: string], in_: "caller" | "called", problem: string]>([
    [
      "asks for more than its caller has",
      ["permissions: { contents: read }", "permissions: { contents: write }"],
      "called",
      "The nested job 'work' is requesting 'contents: write', but is only allowed 'contents: read'",
    ],
    ["is not there", ["work.yml@main", "none.yml@main"], "caller", "workflow was not found"],
    ["has no such version", ["@main", "@v9"], "caller", "workflow was not found"],
    ["is not reusable", ["workflow_call:", "workflow_dispatch:"], "called", "(Line:"],
    [
      "misses a required input",
      ["with: { issue: 7 }", "with: { mode: slow }"],
      "caller",
      "Input issue is required, but not provided while calling.",
    ],
    [
      "gets an input that it does not have",
      ["issue: 7", "issue: 7, colour: red"],
      "caller",
      "Invalid input, colour is not defined",
    ],
    [
      "misses a required secret",
      ["secrets: { KEY: '${{ secrets.MODEL_KEY }}' }", "secrets: {}"],
      "caller",
      "Secret KEY is required, but not provided while calling.",
    ],
  ])("that %s fails the run before it starts", async (_why, [from, to], where, problem) => {
    const caller = where === "caller" ? CALLER.replace(from, to) : CALLER;
    const called = where === "called" ? CALLED.replace(from, to) : CALLED;
    await using world = await worldWith(caller, called);
    const run = await world.dispatch("caller.yml");
    expect(run.conclusion).toBe("startup_failure");
    expect(world.hub.actions.startupProblem(run.id)).toContain(problem);
    expect(await world.jobs(run)).toEqual([]);
  });

  it("fails a job whose input has the wrong type", async () => {
    await using world = await worldWith(CALLER.replace("issue: 7", "issue: '${{ github.actor }}'"), CALLED);
    const run = await world.dispatch("caller.yml");
    expect(run.conclusion).toBe("failure");
    const jobs = await world.jobs(run);
    expect(jobs.map((job) => [job.name, job.conclusion])).toEqual([
      ["call", "failure"],
      ["after", "skipped"],
    ]);
  });

  it("is not for everybody when it is private", async () => {
    await using world = await worldWith(CALLER, CALLED, true);
    expect((await world.dispatch("caller.yml")).conclusion).toBe("startup_failure");
    world.hub.actions.setAccess("acme/runner", "organization");
    // A public repository may not show what a private one holds.
    expect((await world.dispatch("caller.yml")).conclusion).toBe("startup_failure");
    expect((await world.call("PATCH", "", { private: true })).status).toBe(200);
    expect((await world.dispatch("caller.yml")).conclusion).toBe("success");
  });
});

it("a called workflow calls another of its own repository, with inherited secrets and a matrix", async () => {
  const outer = `
on: { workflow_call: {} }
jobs:
  each:
    strategy: { matrix: { n: [1, 2] } }
    uses: ./.github/workflows/inner.yml
    with: { n: '\${{ matrix.n }}' }
    secrets: inherit
`;
  const inner = `
on: { workflow_call: { inputs: { n: { type: number } } } }
jobs:
  leaf:
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "n=\${{ inputs.n }} has=\${{ secrets.MODEL_KEY != '' }}"' }]
`.replaceAll("!= ''", "!= ''''");
  await using world = await createActionsWorld({
    "caller.yml":
      "on: workflow_dispatch\njobs: { top: { uses: acme/runner/.github/workflows/outer.yml@main, secrets: inherit } }\n",
  });
  world.hub.actions.setSecret("acme/app", "MODEL_KEY", "hunter22");
  const files = { ".github/workflows/outer.yml": outer, ".github/workflows/inner.yml": inner };
  await world.hub.createRepository({ owner: "acme", name: "runner", files });
  const run = await world.dispatch("caller.yml");
  expect(world.hub.actions.startupProblem(run.id)).toBeNull();
  const jobs = await world.jobs(run);
  expect(jobs.map((job) => job.name).sort()).toEqual(["top / each (1) / leaf", "top / each (2) / leaf"]);
  const logs = await Promise.all(jobs.map(world.log));
  expect(logs.join("\n")).toContain("n=1 has=true");
  expect(logs.join("\n")).toContain("n=2 has=true");
});
