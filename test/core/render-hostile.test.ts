// Whatever people, models and names contain: in the texts that we publish, only our own mention and our own issue links act.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Observation } from "../../src/core/observation.ts";
import { encodeRecord, type LedgerRecord } from "../../src/core/record.ts";
import type { Refusal } from "../../src/core/refusal.ts";
import {
  recordSentence,
  renderAnswers,
  renderClaim,
  renderEvidence,
  renderNeed,
  renderPullRequest,
  renderStatus,
} from "../../src/core/render.ts";
import { refusalSentence } from "../../src/core/render-refusal.ts";
import type { Submission, Task } from "../../src/core/task.ts";
import { actsIn, withoutOurs } from "./acting-text.ts";
import { observation } from "./render-scene.ts";
import { ALICE, BASE, bound, HEAD, inReview, NOW, PULL } from "./scene.ts";

const wild = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 6 }),
      fc.constantFrom(
        "@bob",
        "Closes #12",
        "fixes acme/app#3",
        "GH-7",
        "https://github.com/a/b/issues/3",
        "![i](u)",
        "<img src=x>",
        "<details>",
        "</details>",
        "<!-- signalbox:accept -->",
        "- [x] ",
        "`",
        "```\n",
        "\n",
        "\n\n",
        "|",
        "> ",
        "\\",
        "&#64;x",
        "[a](",
        "]",
        "**",
      ),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((pieces) => pieces.join(""))
  // Records never carry an empty reason.
  .filter((text) => text !== "");

function facts(text: string): { task: Task; submission: Submission; seen: Observation } {
  const { task } = inReview();
  if (task === null || task.submission === null) throw new Error("nothing was submitted");
  const evidence = [{ name: text, command: text, exitCode: 1, durationMs: 1, logDigest: "e".repeat(64) }];
  const submission = { ...task.submission, evidence, summary: text };
  const actor = { ...ALICE, login: text };
  const settings = { ...task.settings, role: text, phases: text, base: text };
  const rejected: LedgerRecord = {
    v: 1,
    task: task.id,
    move: "reject",
    actor: ALICE,
    cause: "sweep:1/1",
    at: NOW,
    state: "queued",
    data: { to: "queued", reason: text, source: "reject" },
  };
  const entry = {
    sha: HEAD,
    parents: [],
    message: encodeRecord(rejected, recordSentence(rejected), "0123456789abcdef"),
    authorId: 99,
    signedByGitHub: true,
  };
  return {
    task: {
      ...task,
      settings,
      submission,
      held: { by: actor, why: text },
      acceptance: { head: HEAD, by: actor, at: NOW },
      need: { why: text, question: text, since: NOW },
    },
    submission,
    seen: observation({ ledger: [entry] }),
  };
}

function refusals(text: string): readonly Refusal[] {
  return [
    { reason: "not-permitted", needs: ["write"], has: text },
    { reason: "unknown-role", role: text, known: [text] },
    { reason: "unknown-phases", phases: text, known: [text] },
    { reason: "unknown-state", state: text, known: [] },
    { reason: "label-not-a-request", label: text, state: "none" },
    { reason: "conflicting-labels", labels: [text, text] },
    { reason: "paused", why: text },
    { reason: "held", why: text },
    { reason: "text-changed", by: text },
    { reason: "ledger-broken", problem: text },
    { reason: "unknown-command", verb: text, suggestion: null },
    { reason: "bad-arguments", usage: "/task help", problem: text },
  ];
}

const property = (check: (text: string) => void) => fc.assert(fc.property(wild, check), { numRuns: 400, seed: 5 });

describe("nothing acts but what is ours", () => {
  it("in the status comment: the pull request's number", () => {
    property((text) => {
      const { task, seen } = facts(text);
      const status = {
        task,
        shown: "review" as const,
        waits: null,
        blockers: [],
        pullRequest: PULL,
        observation: seen,
      };
      expect(renderStatus(status)).toContain("History (1)");
      expect(actsIn(withoutOurs(renderStatus(status)))).toEqual(["#12"]);
    });
  });

  it("in the comment that calls a person: the one mention", () => {
    property((text) => {
      const { task, seen } = facts(text);
      const need = { why: text, question: text, since: NOW };
      const stopped = { ...task, state: "needs-human" as const };
      expect(actsIn(withoutOurs(renderNeed({ task: stopped, need, observation: seen })))).toEqual(["@alice"]);
      const wrongName = { ...stopped, queuedBy: { ...ALICE, login: `${text} x` } };
      expect(actsIn(withoutOurs(renderNeed({ task: wrongName, need, observation: seen })))).toEqual([]);
    });
  });

  it("in the pull request: its one closing line; in its title nothing", () => {
    property((text) => {
      const { task, submission, seen } = facts(text);
      const result = {
        ...{
          v: 1 as const,
          repository: "",
          issue: 1,
          token: BASE,
          run: { id: 1, attempt: 1 },
          exit: "done" as const,
          reason: "",
        },
        ...{
          summary: text,
          question: null,
          base: "main",
          baseSha: BASE,
          head: HEAD,
          evidence: [],
          usage: { ...submission.usage },
        },
        phases: [{ phase: "plan" as const, status: "passed" as const, summary: text, rounds: 0 }],
        pullRequest: { title: text, body: text },
      };
      const { title, body } = renderPullRequest({ task, submission, issue: { ...seen.issue, title: text }, result });
      expect(actsIn(withoutOurs(body))).toEqual(["Closes #1"]);
      expect(title).not.toMatch(/@[a-z0-9]|#\d|\bGH-\d|https?:|\n/i);
    });
  });

  it("in the claim, the check, refusals, answers and the ledger's log: nothing", () => {
    property((text) => {
      const { submission, seen } = facts(text);
      const { task } = bound();
      if (task?.lease === null || task?.lease === undefined) throw new Error("nothing is claimed");
      const lease = { ...task.lease, role: text, holder: { ...ALICE, login: text } };
      const claim = renderClaim({ task: { ...task, lease }, token: lease.token, observation: seen });
      const answers = refusals(text).map((refusal) => ({
        source: text,
        reply: { reply: "refused" as const, refusal },
      }));
      const said = renderAnswers({ answers, task: null, shown: null, waits: null, blockers: [], observation: seen });
      const texts = [claim, renderEvidence(submission).summary, said, ...refusals(text).map(refusalSentence)];
      expect(texts.flatMap(actsIn)).toEqual([]);
      for (const { message } of seen.ledger) expect(message).not.toMatch(/@|#/);
    });
  });
});
