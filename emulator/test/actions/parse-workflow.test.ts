// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${{ … }} is what these files are about.
import { describe, expect, it } from "vitest";
import { describeProblems, parseWorkflow } from "../../src/actions/workflow/parse-workflow.ts";

const JOBS = "jobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: echo }] }\n";

function parsed(text: string) {
  const result = parseWorkflow(text);
  if ("problems" in result) throw new Error(describeProblems("x.yml", result.problems));
  return result.workflow;
}

function problems(text: string): string {
  const result = parseWorkflow(text);
  return "problems" in result ? describeProblems("x.yml", result.problems) : "";
}

describe("a workflow file", () => {
  it("is read whole", () => {
    const workflow = parsed(`
name: Work
run-name: Work on \${{ inputs.issue }}
on:
  workflow_dispatch:
    inputs:
      issue: { required: true, type: number }
      mode: { type: choice, options: [fast, slow], default: fast }
  push: { branches: [main, 'release/**'], paths-ignore: ['**.md'] }
permissions: { contents: read, id-token: write }
env: { LEVEL: 3 }
concurrency: { group: 'work-\${{ inputs.issue }}', cancel-in-progress: true }
jobs:
  build:
    runs-on: [self-hosted, linux]
    strategy: { matrix: { node: [20, 24] }, fail-fast: false }
    outputs: { sha: '\${{ steps.it.outputs.sha }}' }
    timeout-minutes: 5
    defaults: { run: { shell: sh, working-directory: src } }
    steps:
      - uses: actions/checkout@v5
        with: { fetch-depth: 0 }
      - { id: it, run: make, if: 'failure()', continue-on-error: true, env: { A: '\${{ secrets.A }}' } }
  call:
    needs: build
    uses: ./.github/workflows/x.yml
    with: { n: 1, on: true }
    secrets: inherit
`);
    expect(workflow.name).toBe("Work");
    expect(workflow.env).toEqual({ LEVEL: "3" });
    expect(workflow.permissions).toEqual({ contents: "read", "id-token": "write" });
    expect(workflow.triggers.dispatchInputs?.get("mode")).toEqual({
      type: "choice",
      required: false,
      default: "fast",
      options: ["fast", "slow"],
    });
    expect(workflow.triggers.events.get("push")?.branches).toEqual(["main", "release/**"]);
    const [build, call] = workflow.jobs.values();
    expect(build).toMatchObject({ kind: "steps", runsOn: ["self-hosted", "linux"], timeoutMinutes: 5 });
    expect(build).toMatchObject({ strategy: { matrix: { node: [20, 24] }, failFast: false, maxParallel: null } });
    expect(build?.kind === "steps" && build.steps).toMatchObject([
      { kind: "uses", uses: "actions/checkout@v5", with: { "fetch-depth": "0" } },
      { kind: "run", id: "it", run: "make", if: "failure()", continueOnError: true },
    ]);
    expect(call).toMatchObject({ kind: "call", needs: ["build"], with: { n: 1, on: true }, secrets: "inherit" });
  });

  it.each<[why: string, on: string, events: readonly string[]]>([
    ["one word", "on: push", ["push"]],
    ["a list", "on: [push, issues]", ["push", "issues"]],
    ["a map with empty values", "on:\n  push:\n  workflow_dispatch:", ["push", "workflow_dispatch"]],
  ])("takes `on` as %s", (_why, on, events) => {
    expect([...parsed(`${on}\n${JOBS}`).triggers.events.keys()]).toEqual(events);
  });

  it("expands anchors", () => {
    const workflow = parsed(`on: push\njobs:\n  a: &a { runs-on: x, steps: [{ run: one }] }\n  b: *a\n`);
    expect(workflow.jobs.get("b")).toMatchObject({ id: "b", steps: [{ run: "one" }] });
  });

  it("gives every scope to write-all and none to an empty map", () => {
    expect(parsed(`on: push\npermissions: write-all\n${JOBS}`).permissions).toMatchObject({
      issues: "write",
      "id-token": "write",
    });
    expect(parsed(`on: push\npermissions: {}\n${JOBS}`).permissions).toEqual({});
    expect(parsed(`on: push\n${JOBS}`).permissions).toBeNull();
  });
});

describe("a refusal names the place", () => {
  it.each<[why: string, text: string, refusal: string]>([
    ["not YAML", "on: [push\njobs:", "x.yml (Line: "],
    ["no jobs", "on: push\n", "Required property is missing: jobs"],
    ["no on", JOBS, "Required property is missing: on"],
    ["unknown event", `on: pushed\n${JOBS}`, "x.yml (Line: 1, Col: 5): Unexpected value 'pushed'"],
    ["unknown key", `on: push\nrun_name: x\n${JOBS}`, "Unexpected value 'run_name'"],
    [
      "step without run or uses",
      "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - name: nothing\n",
      "x.yml (Line: 6, Col: 9): Every step must define a 'uses' or 'run' key",
    ],
    ["step with both", "on: push\njobs: { a: { runs-on: x, steps: [{ run: a, uses: b }] } }", "cannot have both"],
    [
      "unknown need",
      "on: push\njobs: { a: { needs: z, runs-on: x, steps: [{ run: a }] } }",
      "Job 'a' depends on unknown job 'z'",
    ],
    [
      "a circle",
      "on: push\njobs:\n  a: { needs: b, runs-on: x, steps: [{ run: a }] }\n  b: { needs: a, runs-on: x, steps: [{ run: a }] }",
      "cycle",
    ],
    [
      "secrets in a step's if",
      "on: push\njobs: { a: { runs-on: x, steps: [{ run: a, if: secrets.A }] } }",
      "Unrecognized named-value: 'secrets'",
    ],
    [
      "needs in the workflow's env",
      `on: push\nenv: { A: '\${{ needs.a.outputs.b }}' }\n${JOBS}`,
      "Unrecognized named-value: 'needs'",
    ],
    [
      "always() in a value",
      "on: push\njobs: { a: { runs-on: x, steps: [{ run: '${{ always() }}' }] } }",
      "Unrecognized function: 'always'",
    ],
    [
      "an unclosed expression",
      "on: push\njobs: { a: { runs-on: x, steps: [{ run: '${{ github' }] } }",
      "is not closed",
    ],
    ["a wrong permission", `on: push\npermissions: { contents: admin }\n${JOBS}`, "Unexpected value 'admin'"],
    ["an unknown scope", `on: push\npermissions: { code: read }\n${JOBS}`, "Unexpected value 'code'"],
    [
      "a container",
      "on: push\njobs: { a: { runs-on: x, container: node, steps: [{ run: a }] } }",
      "Not emulated: 'container' of a job",
    ],
    [
      "the same step id twice",
      "on: push\njobs: { a: { runs-on: x, steps: [{ id: s, run: a }, { id: S, run: b }] } }",
      "may not be used more than once",
    ],
    [
      "a called input without a type",
      `on: { workflow_call: { inputs: { a: { required: true } } } }\n${JOBS}`,
      "Required property is missing: type",
    ],
    [
      "branches with branches-ignore",
      `on: { push: { branches: [a], branches-ignore: [b] } }\n${JOBS}`,
      "You can't use both",
    ],
    [
      "text for a boolean",
      "on: push\njobs: { a: { runs-on: x, continue-on-error: maybe, steps: [{ run: a }] } }",
      "Unexpected value 'maybe'",
    ],
  ])("%s", (_why, text, refusal) => {
    expect(problems(text)).toContain(refusal);
  });

  it("finds every mistake in one pass", () => {
    expect(problems("on: pushed\nbad: 1\njobs: { a: { steps: [{ run: a }] } }").split("\n")).toHaveLength(3);
  });

  it("stops at aliases that multiply", () => {
    const levels = Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [*l${n}, *l${n}, *l${n}, *l${n}]`);
    expect(problems(`l0: &l0 [a]\n${levels.join("\n")}\non: push\n${JOBS}`)).toContain("More than 1000 aliases");
  });
});
