// The story that `git log` of a ledger tells: one plain sentence for each move.

import { describe, expect, it } from "vitest";
import type { LedgerRecord, MoveData } from "../../src/core/record.ts";
import { recordSentence } from "../../src/core/render-record.ts";
import { repositorySentence } from "../../src/core/render-repository.ts";
import { NO_USAGE } from "../../src/core/task.ts";
import { MOVES, type MoveName } from "../../src/core/transitions.ts";
import { ALICE, APP, BASE, DIGEST, HEAD, NOW, RUN, SETTINGS } from "./scene.ts";

const token = BASE;
const usage = { ...NO_USAGE, cost: 420_000 };
const work = { head: HEAD, summary: "half" };
const WHY = "ask @bob, see #9";
const check = { name: "test", command: "npm test", durationMs: 1, logDigest: DIGEST };

const SAID: { readonly [M in MoveName]: readonly [MoveData[M], string] } = {
  draft: [{}, "Proposed by alice"],
  queue: [{ settings: SETTINGS, digest: DIGEST, title: "t" }, "Queued by alice for implement, p2"],
  claim: [
    {
      attempt: 2,
      host: "local",
      role: "fix",
      phases: "sdlc",
      holder: APP,
      leaseMs: 1,
      reserved: 1_000_000,
      digest: DIGEST,
    },
    "Attempt 2 claimed for signalbox[bot] on a local runner, $1.00 reserved",
  ],
  bind: [{ token, run: RUN }, "Run 500 began to work"],
  release: [{ reason: WHY, infrastructure: false }, "Claim released by alice: ask bob, see no. 9"],
  expire: [{ to: "needs-human", reason: "its run ended" }, "Claim expired, a person has to decide: its run ended"],
  suspend: [
    { to: "queued", token, run: RUN, reason: "out of time", work, usage },
    "Attempt suspended, back to the queue: out of time ($0.42, work kept at 1111111)",
  ],
  ask: [
    { token, run: RUN, question: "Which one?", work: { ...work, head: null }, usage },
    "The attempt stopped with a question: Which one? ($0.42)",
  ],
  answer: [{ text: "the first\none" }, "Answered by alice: the first one"],
  propose: [
    { token, run: RUN, plan: { text: "Start at 0.", digest: DIGEST }, work, usage },
    "A plan waits for approval ($0.42)",
  ],
  "approve-plan": [{ digest: DIGEST }, "Plan ddddddd approved by alice"],
  report: [{ token, run: RUN, report: { title: "Dead code", text: "x" }, usage }, "Reported: Dead code ($0.42)"],
  submit: [
    {
      token,
      run: RUN,
      head: HEAD,
      base: "main",
      baseSha: BASE,
      evidence: [
        { ...check, exitCode: 0 },
        { ...check, exitCode: 1 },
      ],
      summary: "s",
      usage,
    },
    "Submitted 1111111 with 1 of 2 checks passed ($0.42)",
  ],
  fail: [
    { to: "failed", token, run: RUN, reason: "red", source: "checks", work, usage },
    "Attempt failed in checks, failed for good: red ($0.42, work kept at 1111111)",
  ],
  inspect: [
    { host: "actions", role: "gatekeeper", phases: "review", holder: APP, leaseMs: 1, reserved: 1_000_000, head: HEAD },
    "1111111 is looked at by gatekeeper, $1.00 reserved",
  ],
  verdict: [
    {
      to: "queued",
      token,
      run: RUN,
      head: HEAD,
      verdict: "reject",
      reason: WHY,
      evidence: [{ ...check, exitCode: 0 }],
      usage,
    },
    "1111111 rejected with 1 of 1 check passed, back to the queue: ask bob, see no. 9 ($0.42)",
  ],
  recall: [{ reason: WHY, infrastructure: true }, "The look at it ended without a verdict: ask bob, see no. 9"],
  accept: [{ head: HEAD }, "1111111 accepted by alice"],
  head: [{ head: HEAD, by: "bob" }, "The pull request moved to 1111111: bob"],
  reject: [
    { to: "queued", reason: "x".repeat(200), source: "reject" },
    `Sent back by alice, back to the queue: ${"x".repeat(119)}…`,
  ],
  "merge-refused": [{ to: "queued", reason: "conflict" }, "Not merged, back to the queue: conflict"],
  done: [{ pullRequest: 12, mergeSha: HEAD, why: "merged" }, "Done by merge 1111111: merged"],
  hold: [{ reason: "" }, "Put on hold by alice"],
  unhold: [{}, "Hold ended by alice"],
  cancel: [{ reason: "done elsewhere", close: true }, "Cancelled by alice: done elsewhere"],
  note: [{ text: "priority set to p0", settings: SETTINGS }, "Settings changed by alice: priority set to p0"],
  force: [{ to: "done", reason: "by hand" }, "Forced to done by alice: by hand"],
};

function recordOf<M extends MoveName>(move: M, data: MoveData[M]): LedgerRecord {
  const envelope = { v: 1, task: "7/I_1", move, actor: ALICE, cause: "sweep:1/1", at: NOW, state: "queued", data };
  // The pair of move and data is one member of the union by its type.
  return envelope as unknown as LedgerRecord;
}

describe("the sentence of a move", () => {
  it.each(MOVES)("%s", (move) => {
    const [data, said] = SAID[move];
    expect(recordSentence(recordOf(move, data))).toBe(said);
  });

  it.each<[string, LedgerRecord, string]>([
    [
      "a person's claim",
      recordOf("claim", { ...SAID.claim[0], host: "human", reserved: 0, holder: ALICE }),
      "Attempt 2 claimed for alice by hand",
    ],
    ["a plain note", recordOf("note", { text: "seen" }), "Noted: seen"],
    [
      "the end without a merge",
      recordOf("done", { pullRequest: null, mergeSha: null, why: "all sub-tasks are done" }),
      "Done: all sub-tasks are done",
    ],
    [
      "a submission without checks",
      recordOf("submit", { ...SAID.submit[0], evidence: [] }),
      "Submitted 1111111 with no checks ($0.42)",
    ],
  ])("%s", (_what, record, said) => {
    expect(recordSentence(record)).toBe(said);
  });
});

describe("the sentence of the repository ledger", () => {
  it("tells each change", () => {
    const issue = 3;
    expect(
      repositorySentence([
        { move: "discharge", issue, token, spent: 420_000, outcome: "worked", toReview: true },
        { move: "admit", issue: 4, token, role: "fix", reserved: 1_000_000, left: [] },
      ]),
    ).toBe("Issue 3 discharged, $0.42 spent; issue 4 admitted, $1.00 reserved");
    expect(repositorySentence([{ move: "pause", why: WHY, by: "alice", role: null }])).toBe(
      "Claims paused by alice: ask bob, see no. 9",
    );
    expect(repositorySentence([{ move: "resume", by: "alice", role: "fix" }])).toBe("Role fix resumed by alice");
  });
});
