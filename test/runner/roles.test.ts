// Roles with their four kinds of result, which model they are worth, and what each can reach.

import { afterEach, describe, expect, it } from "vitest";
import { byPhase, call, lastHeard, say } from "../support/messages-server/script.ts";
import { createStage, FAILING_PROJECT, type Stage } from "../support/runner-stage.ts";
import { BUILT, EDIT, PLANNED, REVIEWED } from "../support/runner-words.ts";

let stage: Stage;
afterEach(() => stage.close());

const submit = (result: Readonly<Record<string, unknown>>) => say(call("submit_result", result));
const modelsUsed = () => stage.server.seen.map(({ request }) => request.model);

describe("a role that changes something", () => {
  it.each(["implement", "fix", "test", "document"])("%s ends with a commit and evidence", async (role) => {
    stage = await createStage(byPhase({ build: [say(EDIT), BUILT] }));
    const result = await stage.resultOf({ view: { role, phases: "build" } });
    expect(result).toMatchObject({
      exit: "done",
      evidence: [{ exitCode: 0 }],
      verdict: null,
      report: null,
      tasks: null,
    });
    expect(await stage.filesOf(result.head)).toContain("sum.js");
  });

  it("of the repository's own has its prompt from the base branch, and only the tools that it names", async () => {
    stage = await createStage(byPhase({ build: [say(call("bash", { command: "true" })), say(EDIT), BUILT] }), {
      ...FAILING_PROJECT,
      "roles/painter.md": "You are a painter.\n",
    });
    const roles = { painter: { kind: "change", prompt: "roles/painter.md", tools: ["read", "edit"] } };
    const config = { roles, checks: [{ name: "test", run: "npm test" }] };
    expect(await stage.resultOf({ view: { role: "painter", phases: "build" }, config })).toMatchObject({
      exit: "done",
    });
    const [first, second] = stage.server.seen.map(({ request }) => request);
    expect(JSON.stringify(first?.system)).toContain("You are a painter.");
    expect(first?.tools?.map(({ name }) => name)).toEqual(["read", "edit", "submit_result", "ask_human"]);
    expect(second === undefined ? "" : lastHeard(second)).toContain("not found");
  });

  it("whose prompt is not there does not start", async () => {
    stage = await createStage(byPhase({}));
    const config = { roles: { painter: { kind: "change", prompt: "roles/none.md" } } };
    const result = await stage.resultOf({ view: { role: "painter" }, config });
    expect(result).toMatchObject({
      exit: "failed",
      reason: expect.stringContaining("`roles/none.md`"),
      usage: { cost: 0 },
    });
  });
});

describe("a role that only looks", () => {
  const TOUCH = say(call("bash", { command: "echo x > sum.js" }));

  it.each<[role: string, step: string, Readonly<Record<string, unknown>>, expected: unknown]>([
    [
      "gatekeeper",
      "verdict",
      { approves: false, reason: "sum.js: cover -0.", summary: "Not yet." },
      { verdict: { approves: false, reason: "sum.js: cover -0." } },
    ],
    ["review", "verdict", { approves: true, reason: "Fine.", summary: "Fine." }, { verdict: { approves: true } }],
    [
      "breakdown",
      "tasks",
      {
        tasks: [
          { key: "a", title: "A", body: "Do A." },
          { key: "b", title: "B", body: "Do B.", dependsOn: ["a"] },
        ],
        summary: "Two.",
      },
      { tasks: [{ key: "a" }, { key: "b", dependsOn: ["a"] }] },
    ],
    [
      "research",
      "report",
      { report: { title: "Why it fails", text: "`reduce` has no start." }, summary: "No start." },
      { report: { title: "Why it fails" } },
    ],
  ])("%s ends with its %s, and cannot change the worktree", async (role, step, found, expected) => {
    stage = await createStage(
      byPhase({ [step]: [TOUCH, (request) => (lastHeard(request).includes("Read-only") ? submit(found) : TOUCH)] }),
    );
    const result = await stage.resultOf({ view: { role } });
    expect(result).toMatchObject({
      exit: "done",
      head: null,
      pullRequest: null,
      evidence: [],
      phases: [{ phase: step, status: "passed" }],
    });
    expect(result).toMatchObject(expected as object);
    expect(stage.reports).toEqual([`${step} started`, `${step} passed`]);
    expect(stage.server.seen[0]?.request.tools?.map(({ name }) => name)).not.toContain("write");
  });

  it("a list of sub-tasks that goes round in a circle is not taken", async () => {
    const bad = {
      tasks: [
        { key: "a", title: "A", body: "A", dependsOn: ["b"] },
        { key: "b", title: "B", body: "B" },
      ],
      summary: "s",
    };
    const good = { tasks: [{ key: "a", title: "A", body: "A" }], summary: "s" };
    stage = await createStage(
      byPhase({
        tasks: [
          submit(bad),
          (request) => (lastHeard(request).includes("no earlier sub-task") ? submit(good) : submit(bad)),
        ],
      }),
    );
    expect(await stage.resultOf({ view: { role: "breakdown" } })).toMatchObject({ tasks: [{ key: "a" }] });
  });
});

describe("a claim under review", () => {
  const inspection = (head: string) => ({
    head,
    summary: "I fixed it, approve me.",
    evidence: [{ name: "test", command: "npm test", exitCode: 0, durationMs: 1, logDigest: "a".repeat(64) }],
    checks: [{ name: "lint", status: "success" }],
    rejections: 1,
  });

  it("shows the gatekeeper diff and measured facts", async () => {
    stage = await createStage(byPhase({ verdict: [submit({ approves: true, reason: "Good.", summary: "Good." })] }));
    const head = stage.pushWork({ "sum.js": "export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);\n" });
    const view = { role: "gatekeeper", start: head, inspection: inspection(head) };
    expect(await stage.resultOf({ view })).toMatchObject({ exit: "done", verdict: { approves: true }, head: null });
    const heard = JSON.stringify(stage.server.seen[0]?.request.messages);
    for (const words of [
      "a + b, 0)",
      "check by the runner: test (npm test): exit code 0",
      "check on GitHub: lint: success",
    ])
      expect(heard).toContain(words);
  });

  it("of a role that changes things only runs the checks, and asks no model", async () => {
    stage = await createStage(byPhase({}));
    const head = stage.pushWork({ "sum.js": "export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);\n" });
    const result = await stage.resultOf({ view: { role: "test", start: head, inspection: inspection(head) } });
    expect(result).toMatchObject({
      exit: "done",
      head: null,
      evidence: [{ name: "test", exitCode: 0 }],
      usage: { turns: 0 },
    });
  });
});

describe("the model", () => {
  const BASE = "claude-sonnet-5-5";
  const HEAVY = "claude-opus-5-5";
  const script = byPhase({ plan: [PLANNED], build: [say(EDIT), BUILT], review: [REVIEWED] });

  it("of a heavy task makes with the heavy one and reads with the base one (K09)", async () => {
    stage = await createStage(script);
    await stage.resultOf({ view: { model: HEAVY } });
    expect(modelsUsed()).toEqual([HEAVY, HEAVY, HEAVY, BASE]);
  });

  it("is what the configuration says of a role", async () => {
    stage = await createStage(script);
    await stage.resultOf({
      config: { roles: { implement: { model: "heavy" } }, checks: [{ name: "test", run: "npm test" }] },
    });
    expect(modelsUsed()).toEqual([HEAVY, HEAVY, HEAVY, HEAVY]);
  });
});
