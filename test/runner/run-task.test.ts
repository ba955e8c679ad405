// Whole runs on a local repository: real git, real sandbox, real SDK over HTTP; only the model's words are scripted.

import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { createGit } from "../../src/adapters/git/git-process.ts";
import { byPhase, call, lastHeard, say } from "../support/messages-server/script.ts";
import { createStage, type Stage } from "../support/runner-stage.ts";

const FIXED = "export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);\n";
const PLANNED = say(
  call("submit_result", { summary: "Start the sum at 0.", plan: "Give reduce an initial value in sum.js." }),
);
const BUILT = say(
  call("submit_result", {
    title: "Sum an empty list to 0",
    body: "`reduce` starts at 0 now.",
    summary: "Gave reduce an initial value.",
  }),
);
const REVIEWED = say(call("submit_result", { findings: [], summary: "Does what was asked." }));

let stage: Stage;
afterEach(() => stage.close());

it("a task goes from plan to a commit with evidence", async () => {
  stage = await createStage(
    byPhase({
      plan: [say(call("bash", { command: "npm test" }), call("read", { path: "sum.js" })), PLANNED],
      build: [
        say(call("edit", { path: "sum.js", old: "a + b)", new: "a + b, 0)" })),
        say(call("bash", { command: "npm test" })),
        (request) =>
          lastHeard(request).includes("# pass 2") ? BUILT : say(call("ask_human", { question: "The tests fail." })),
      ],
      review: [REVIEWED],
    }),
  );
  const end = await stage.run();
  expect(stage.server.mistakes).toEqual([]);
  expect(end).toMatchObject({
    worked: true,
    result: {
      v: 1,
      exit: "done",
      reason: "",
      repository: "acme/sum",
      issue: 7,
      run: { id: 99, attempt: 1 },
      phases: [
        { phase: "plan", status: "passed", rounds: 0 },
        { phase: "build", status: "passed", rounds: 0 },
        { phase: "test", status: "passed", summary: "1 of 1 checks passed.", rounds: 0 },
        { phase: "review", status: "passed", rounds: 0 },
      ],
      evidence: [{ name: "test", command: "npm test", exitCode: 0 }],
      pullRequest: { title: "Sum an empty list to 0" },
      usage: { turns: 6 },
    },
  });
  if (!end.worked || end.result.head === null) throw new Error("nothing was committed");
  const git = createGit(process.env["PATH"] ?? "");
  await git.run({
    args: ["fetch", "--quiet", path.join(stage.out, "work.bundle"), "refs/signalbox/head"],
    gitDir: stage.repository.url,
    protocols: ["file"],
  });
  expect(stage.repository.git("show", `${end.result.head}:sum.js`)).toBe(FIXED.trim());
  expect(stage.repository.git("log", "-1", "--format=%P %s", end.result.head)).toBe(
    `${stage.repository.base} Sum an empty list to 0`,
  );
  expect(JSON.parse(readFileSync(path.join(stage.out, "result.json"), "utf8"))).toEqual(end.result);
  expect(stage.reports).toEqual([
    "plan started",
    "plan passed",
    "build started",
    "build passed",
    "test started",
    "test passed",
    "review started",
    "review passed",
  ]);
});
