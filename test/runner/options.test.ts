// What can be left out of a run, what an earlier run has done already, and plans that wait for a person.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { planDigest } from "../../src/runner/plan-digest.ts";
import { byPhase, call, say } from "../support/messages-server/script.ts";
import { createStage, type Stage } from "../support/runner-stage.ts";
import { BUILT, EDIT, FIXED, PLANNED, REVIEWED } from "../support/runner-words.ts";

let stage: Stage;
afterEach(() => stage.close());

const PLAN = "Give reduce an initial value in sum.js.";
const finding = say(call("submit_result", { findings: ["sum.js: more"], summary: "More." }));
const resume = (done: readonly string[]) => ({ done: done as never, plan: PLAN, notes: "The sum starts nowhere." });

describe("presets", () => {
  const DOCUMENT = [say(call("write", { path: "README.md", content: "sum([]) is 0\n" })), BUILT];
  it.each<[preset: string, phases: readonly string[]]>([
    ["plan-build", ["plan", "build"]],
    ["plan-build-test", ["plan", "build", "test"]],
    ["plan-build-review", ["plan", "build", "review"]],
    ["sdlc", ["plan", "build", "test", "review", "document"]],
    ["zte", ["plan", "build", "test", "review", "document", "ship"]],
  ])("%s runs its phases in order (K01, K12)", async (preset, phases) => {
    stage = await createStage(
      byPhase({ plan: [PLANNED], build: [say(EDIT), BUILT], review: [REVIEWED], document: DOCUMENT }),
    );
    const result = await stage.resultOf({ view: { phases: preset, resume: null } });
    expect(result).toMatchObject({ exit: "done", evidence: [{ exitCode: 0 }] });
    expect(result.phases.map(({ phase, status }) => `${phase} ${status}`)).toEqual(
      phases.map((phase) => `${phase} passed`),
    );
    expect(stage.reports).toEqual(phases.flatMap((phase) => [`${phase} started`, `${phase} passed`]));
    expect((await stage.filesOf(result.head)).includes("README.md")).toBe(phases.includes("document"));
  });

  it("a document phase that breaks the checks ends the run", async () => {
    const breaks = [say(call("write", { path: "sum.js", content: "broken" })), BUILT];
    stage = await createStage(byPhase({ build: [say(EDIT), BUILT], document: breaks }));
    expect(await stage.resultOf({ view: { phases: "build,document" } })).toMatchObject({
      exit: "failed",
      reason: "These checks failed: test (exit code 1).",
    });
  });
});

describe("options", () => {
  it("--skip-tests leaves the phase out, never the evidence", async () => {
    stage = await createStage(byPhase({ build: [say(EDIT), BUILT] }));
    expect(await stage.resultOf({ view: { phases: "build,test --skip-tests" } })).toMatchObject({
      exit: "done",
      phases: [{ phase: "build" }, { phase: "test", status: "skipped" }],
      evidence: [{ name: "test", exitCode: 0 }],
    });
  });

  it("--skip-tests does not let work through whose checks fail", async () => {
    stage = await createStage(byPhase({ build: [BUILT] }));
    expect(await stage.resultOf({ view: { phases: "build,test --skip-tests" } })).toMatchObject({
      exit: "failed",
      evidence: [{ exitCode: 1 }],
    });
  });

  it("--skip-e2e leaves end-to-end checks out between rounds, never out of the evidence", async () => {
    const checks = [
      { name: "unit", run: "npm test" },
      { name: "e2e", run: 'echo whole >> "$HOME/e2e"; wc -l < "$HOME/e2e"', kind: "e2e" },
    ];
    stage = await createStage(byPhase({ build: [BUILT], resolve: [say(EDIT), BUILT] }));
    const result = await stage.resultOf({ view: { phases: "build,test --skip-e2e" }, config: { checks } });
    expect(result).toMatchObject({ exit: "done", evidence: [{ name: "unit" }, { name: "e2e", exitCode: 0 }] });
    const logs = ["001", "002", "003", "004", "005"].filter((name) =>
      existsSync(path.join(stage.out, "logs", `${name}-check.log`)),
    );
    expect(logs).toEqual(["001", "002", "003", "004"]);
    expect(readFileSync(path.join(stage.out, "logs/004-check.log"), "utf8").trim()).toBe("1");
  });

  it.each<[what: string, phases: string, reason: RegExp]>([
    ["a failed test", "build,test --no-resolve", /^These checks failed: test/],
    ["a finding", "build,review --no-resolve", /^The review still has findings after 0 rounds/],
  ])("--no-resolve ends the run at %s", async (_what, phases, reason) => {
    stage = await createStage(byPhase({ build: [BUILT], review: [finding] }));
    expect(await stage.resultOf({ view: { phases } })).toMatchObject({
      exit: "failed",
      reason: expect.stringMatching(reason),
    });
  });
});

describe("a resumed run", () => {
  it("does only what is left, on the work and with the plan of the one before (H03, H14)", async () => {
    stage = await createStage(byPhase({ review: [REVIEWED] }));
    const start = stage.pushWork({ "sum.js": FIXED });
    const result = await stage.resultOf({
      view: { phases: "plan-build-test-review", start, attempt: 2, resume: resume(["plan", "build", "test"]) },
    });
    expect(result.phases.map(({ phase, status }) => `${phase} ${status}`)).toEqual([
      "plan skipped",
      "build skipped",
      "test passed",
      "review passed",
    ]);
    expect(result).toMatchObject({
      exit: "done",
      head: start,
      progress: { done: ["plan", "build", "test", "review"], plan: PLAN },
    });
  });

  it("hears notes and plan of the one before in the phase that it begins with (H12)", async () => {
    stage = await createStage(byPhase({ build: [say(EDIT), BUILT] }));
    await stage.resultOf({ view: { phases: "plan,build", resume: resume(["plan"]) } });
    const heard = JSON.stringify(stage.server.seen[0]?.request.messages);
    expect(heard).toContain("The sum starts nowhere.");
    expect(heard).toContain(PLAN);
  });

  it("tells a conversation that begins in the middle what the task is", async () => {
    stage = await createStage(byPhase({ resolve: [say(EDIT), BUILT] }));
    const result = await stage.resultOf({ view: { phases: "plan,build,test", resume: resume(["plan", "build"]) } });
    expect(result).toMatchObject({ exit: "done" });
    expect(JSON.stringify(stage.server.seen[0]?.request.messages)).toContain("should be 0");
  });

  it("starts from what a run left that ended half-way (H10, H13)", async () => {
    const look = say(call("read", { path: "sum.js" }));
    stage = await createStage(byPhase({ plan: [PLANNED], build: [say(EDIT), look, look] }));
    const config = { roles: { implement: { turns: 3 } }, checks: [{ name: "test", run: "npm test" }] };
    const result = await stage.resultOf({ view: { phases: "plan-build", resume: null }, config });
    expect(result).toMatchObject({
      exit: "out-of-turns",
      phases: [
        { phase: "plan", status: "passed" },
        { phase: "build", status: "failed" },
      ],
      progress: { done: ["plan"], plan: PLAN },
    });
    expect(result.head).not.toBeNull();
    const kept: unknown = JSON.parse(readFileSync(path.join(stage.out, "checkpoints/result.json"), "utf8"));
    expect(kept).toMatchObject({ exit: "out-of-time", token: result.token, progress: { done: ["plan"] } });
    expect(existsSync(path.join(stage.out, "checkpoints/work.bundle"))).toBe(true);
  });
});

describe("plan: approve", () => {
  const config = { plan: "approve", checks: [{ name: "test", run: "npm test" }] };

  it("ends the run with the plan, before anything is built", async () => {
    stage = await createStage(byPhase({ plan: [PLANNED] }));
    const result = await stage.resultOf({ view: { resume: null }, config });
    expect(result).toMatchObject({ exit: "planned", head: null, progress: { done: ["plan"], plan: PLAN } });
    expect(stage.reports).toEqual(["plan started", "plan passed"]);
  });

  it("goes on from an approved plan", async () => {
    stage = await createStage(byPhase({ build: [say(EDIT), BUILT], review: [REVIEWED] }));
    const view = { resume: resume(["plan"]), approvedPlan: planDigest(PLAN) };
    expect(await stage.resultOf({ view, config })).toMatchObject({
      exit: "done",
      phases: [{ status: "skipped" }, {}, {}, {}],
    });
  });

  it("does not go on from another plan than the approved one", async () => {
    stage = await createStage(byPhase({}));
    const view = { resume: resume(["plan"]), approvedPlan: planDigest(`${PLAN} And more.`) };
    expect(await stage.resultOf({ view, config })).toMatchObject({ exit: "planned" });
  });
});
