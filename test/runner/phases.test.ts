// Checks and reviews inside a run: what fails goes back to the agent, what is proved is proved by the runner.

import { readdirSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { byPhase, call, lastHeard, say, text } from "../support/messages-server/script.ts";
import { createStage, type Stage } from "../support/runner-stage.ts";
import { BUILT, EDIT, FIXED, REVIEWED } from "../support/runner-words.ts";

let stage: Stage;
afterEach(() => stage.close());

describe("checks", () => {
  it("that fail go back to the agent, which continues its conversation", async () => {
    stage = await createStage(
      byPhase({
        build: [BUILT],
        resolve: [say(EDIT), (request) => (lastHeard(request).includes("replaced 1 place") ? BUILT : say(text("?")))],
      }),
    );
    const result = await stage.resultOf({ view: { phases: "build,test" } });
    expect(result).toMatchObject({
      exit: "done",
      phases: [{ phase: "build" }, { phase: "test", status: "passed", rounds: 1 }],
    });
    expect(result.evidence).toMatchObject([{ name: "test", exitCode: 0 }]);
    const resolving = stage.server.seen.find(({ request }) =>
      JSON.stringify(request.messages).includes("# Phase: resolve"),
    );
    expect(JSON.stringify(resolving?.request.messages)).toContain("an empty list is 0");
    expect(resolving?.request.messages.length).toBe(3);
  });

  it("that still fail after two rounds end the run, with the work kept", async () => {
    const notes = (round: number) => say(call("write", { path: "notes.md", content: `round ${round}` }));
    stage = await createStage(
      byPhase({
        build: [notes(0), BUILT],
        resolve: [
          [notes(1), BUILT],
          [notes(2), BUILT],
        ],
      }),
    );
    const result = await stage.resultOf({ view: { phases: "build,test,review" } });
    expect(result).toMatchObject({
      exit: "failed",
      reason: "These checks failed after 2 rounds of fixing: test (exit code 1).",
      phases: [
        { phase: "build", status: "passed" },
        { phase: "test", status: "failed", rounds: 2 },
      ],
      evidence: [],
    });
    expect(await stage.filesOf(result.head)).toContain("notes.md");
  });

  it("are run on the finished work even when no phase does", async () => {
    stage = await createStage(byPhase({ build: [BUILT] }));
    expect(await stage.resultOf({ view: { phases: "build" } })).toMatchObject({
      exit: "failed",
      reason: "The check test failed with exit code 1.",
      evidence: [{ name: "test", exitCode: 1 }],
    });
  });

  it("leave nothing behind in the commit, and run once for the same work", async () => {
    stage = await createStage(byPhase({ build: [say(EDIT), BUILT], review: [REVIEWED] }));
    const run = "npm test && echo x >> coverage.txt && mkdir -p out && echo y > out/report && echo z >> sum.js";
    const result = await stage.resultOf({
      view: { phases: "build,test,review" },
      config: { checks: [{ name: "test", run }] },
    });
    expect(result).toMatchObject({ exit: "done", evidence: [{ exitCode: 0 }] });
    expect(await stage.filesOf(result.head)).toEqual(["AGENTS.md", "package.json", "sum.js", "sum.test.js"]);
    expect(stage.repository.git("show", `${result.head}:sum.js`)).toBe(FIXED.trim());
    expect(readdirSync(path.join(stage.out, "logs"))).toEqual(["001-check.log"]);
  });

  it("cannot be fooled by what the agent leaves in its home", async () => {
    const traps =
      "printf 'exit 0\\n' > ~/.bashrc; mkdir -p ~/bin; printf '#!/bin/sh\\nexit 0\\n' > ~/bin/npm; chmod +x ~/bin/npm; echo 'script-shell=/bin/true' > ~/.npmrc";
    stage = await createStage(byPhase({ build: [say(call("bash", { command: traps })), BUILT] }));
    expect(await stage.resultOf({ view: { phases: "build" } })).toMatchObject({
      exit: "failed",
      evidence: [{ exitCode: 1 }],
    });
  });
});

describe("a review", () => {
  const finding = say(
    call("submit_result", { findings: ["sum.js: say why it starts at 0"], summary: "A comment is missing." }),
  );

  it("with findings sends the agent back to work, and reads the change again", async () => {
    stage = await createStage(
      byPhase({
        build: [say(EDIT), BUILT],
        review: [[(request) => (JSON.stringify(request).includes("// starts at 0") ? REVIEWED : finding)]],
        resolve: [say(call("bash", { command: "echo '// starts at 0' >> sum.js" })), BUILT],
      }),
    );
    const result = await stage.resultOf({ view: { phases: "build,test,review" } });
    expect(result).toMatchObject({ exit: "done", phases: [{}, {}, { phase: "review", status: "passed", rounds: 1 }] });
  });

  it("that is never content ends the run after two rounds", async () => {
    stage = await createStage(byPhase({ build: [say(EDIT), BUILT], review: [finding], resolve: [[BUILT], [BUILT]] }));
    const result = await stage.resultOf({ view: { phases: "build,review" } });
    expect(result).toMatchObject({
      exit: "failed",
      reason: expect.stringMatching(/^The review still has findings after 2 rounds/),
    });
  });

  it("whose findings break the checks ends the run", async () => {
    stage = await createStage(
      byPhase({
        build: [say(EDIT), BUILT],
        review: [finding],
        resolve: [say(call("write", { path: "sum.js", content: "broken" })), BUILT],
      }),
    );
    const result = await stage.resultOf({ view: { phases: "build,test,review" } });
    expect(result).toMatchObject({ exit: "failed", reason: "These checks failed: test (exit code 1)." });
  });
});
