// The worktree of a run: earlier work, hostile content, and what must stay as it is.

import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { byPhase, call, lastHeard, say, text } from "../support/messages-server/script.ts";
import { API_KEY, createStage, type Stage } from "../support/runner-stage.ts";
import { BUILT, EDIT, PLANNED, REVIEWED } from "../support/runner-words.ts";

let stage: Stage;
afterEach(() => stage.close());

describe("the worktree", () => {
  it("keeps what an earlier attempt did, after setup has run on the base", async () => {
    const look = say(call("bash", { command: "test -f half.js && echo half.js exists; cat setup.txt" }));
    stage = await createStage(
      byPhase({
        build: [
          look,
          (request) => (lastHeard(request) === "half.js exists\nprepared" ? BUILT : say(text(lastHeard(request)))),
        ],
      }),
    );
    const first = stage.pushWork({ "half.js": "export const half = 1;\n" });
    const config = { setup: ["test ! -f half.js && echo prepared > setup.txt"] };
    const result = await stage.resultOf({
      view: { phases: "build", start: first, attempt: 2, workSummary: "Half is done." },
      config,
    });
    expect(result).toMatchObject({ exit: "done", head: first, baseSha: stage.repository.base });
    expect(existsSync(path.join(stage.out, "work.bundle"))).toBe(false);
  });

  it("that is hostile runs nothing outside of the sandbox", async () => {
    const evil = path.join(tmpdir(), `signalbox-owned-${process.pid}`);
    const hook = `#!/bin/sh\ntouch ${evil}\n`;
    stage = await createStage(
      byPhase({
        build: [
          say(
            EDIT,
            call("bash", {
              command: [
                "git init -q nested && cd nested && git config core.fsmonitor ./../evil.sh && git config core.hooksPath .. && cd ..",
                "rm -rf .git && git init -q . && git config core.fsmonitor ./evil.sh && git config filter.x.clean ./evil.sh && git config diff.external ./evil.sh",
                "printf '* filter=x diff=x\\n' > .gitattributes",
                "chmod +x evil.sh",
              ].join("\n"),
            }),
            call("write", { path: "evil.sh", content: hook }),
          ),
          say(call("bash", { command: "chmod +x evil.sh; git status; true" })),
          BUILT,
        ],
        review: [REVIEWED],
      }),
    );
    const result = await stage.resultOf({ view: { phases: "build,test,review" } });
    expect(existsSync(evil)).toBe(false);
    expect(result.exit).toBe("done");
    expect(await stage.filesOf(result.head)).toContain("evil.sh");
  });

  it("that nobody can read any more ends the run with a reason, not without a result", async () => {
    stage = await createStage(
      byPhase({
        build: [say(call("bash", { command: "mkdir locked && echo x > locked/a && chmod 000 locked/a" })), BUILT],
      }),
    );
    const result = await stage.resultOf({ view: { phases: "build" } });
    expect(result).toMatchObject({
      exit: "failed",
      reason: expect.stringMatching(/^git could not read the worktree: .*locked/s),
      usage: { turns: 2 },
    });
  });

  it("that holds a secret of the runner is not kept, and the run's words are cleaned of it", async () => {
    const hidden = Buffer.from(API_KEY).toString("base64");
    stage = await createStage(
      byPhase({ build: [say(call("write", { path: "notes.txt", content: `see ${hidden}` })), BUILT] }),
    );
    const leaked = await stage.resultOf({ view: { phases: "build" } });
    expect(leaked).toMatchObject({
      exit: "failed",
      reason: "The work contains a secret of this run, so nothing of it was kept.",
      head: null,
    });
    expect(existsSync(path.join(stage.out, "work.bundle"))).toBe(false);
    expect(existsSync(path.join(stage.out, "checkpoints/work.bundle"))).toBe(false);
    await stage.close();

    stage = await createStage(byPhase({ build: [say(call("ask_human", { question: `Is ${API_KEY} right?` }))] }));
    const asked = await stage.resultOf({ view: { phases: "build" } });
    expect(asked).toMatchObject({ exit: "asked", question: "Is [secret] right?" });
    expect(readFileSync(path.join(stage.out, "transcript.jsonl"), "utf8")).not.toContain(API_KEY);
  });

  it("of a plan or a review cannot be changed", async () => {
    const change = say(call("bash", { command: "echo x > sum.js" }));
    stage = await createStage(
      byPhase({
        plan: [
          change,
          (request) => (lastHeard(request).includes("Read-only file system") ? PLANNED : say(text("changed!"))),
        ],
        build: [say(EDIT), BUILT],
        review: [
          change,
          (request) => (lastHeard(request).includes("Read-only file system") ? REVIEWED : say(text("changed!"))),
        ],
      }),
    );
    expect(await stage.resultOf()).toMatchObject({ exit: "done" });
  });
});
