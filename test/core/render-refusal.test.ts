// Every refusal in words: what is wrong, what to do, and nothing of a stranger's that acts.

import { describe, expect, it } from "vitest";
import type { Refusal, RefusalReason } from "../../src/core/refusal.ts";
import { refusalSentence } from "../../src/core/render-refusal.ts";
import { HEAD, NOW } from "./scene.ts";

/** One refusal for every reason, and what is said: a reason that is missing here does not compile. */
const SAID: { readonly [R in RefusalReason]: readonly [Extract<Refusal, { reason: R }>, string] } = {
  "wrong-state": [
    { reason: "wrong-state", state: "queued", allowed: ["claim", "cancel", "bind"] },
    "The task is `queued`, where this is not possible. Possible now: `/task claim` or `/task cancel [why] [--close]`.",
  ],
  "not-permitted": [
    { reason: "not-permitted", needs: ["holder", "write", "app"], has: "read" },
    "This needs the claim or write permission; you have read. Ask somebody who has it.",
  ],
  "permission-unknown": [
    { reason: "permission-unknown" },
    "GitHub did not say which permission you have, and unknown is never enough. Try again in a minute.",
  ],
  "bot-not-allowed": [
    { reason: "bot-not-allowed" },
    "Bots give no commands here. A maintainer can list this one's id under `bots` in `.github/signalbox.yml`.",
  ],
  "already-done": [{ reason: "already-done" }, "This is already so; nothing had to change."],
  "not-an-issue": [{ reason: "not-an-issue" }, "Only an issue can be a task, and this is a pull request."],
  "issue-closed": [{ reason: "issue-closed" }, "The issue is closed. Reopen it first."],
  "empty-body": [
    { reason: "empty-body" },
    "The issue has no description. Say in its body what is to be done, then queue it again.",
  ],
  "unknown-role": [
    { reason: "unknown-role", role: "co`ok", known: ["fix", "test"] },
    "There is no role `` co`ok ``. Known roles: `fix` or `test`.",
  ],
  "unknown-phases": [
    { reason: "unknown-phases", phases: "fry", known: ["sdlc"] },
    "There are no phases `fry`. Known presets: `sdlc`; a list such as `plan,build` works too.",
  ],
  "unknown-state": [
    { reason: "unknown-state", state: "foo", known: ["draft", "done"] },
    "There is no state `foo`. Known states: `draft` or `done`.",
  ],
  "label-not-a-request": [
    { reason: "label-not-a-request", label: "done", state: "claimed" },
    "The label `done` only shows where a task stands; nobody sets it by hand. The task is `claimed`.",
  ],
  "conflicting-labels": [
    { reason: "conflicting-labels", labels: ["role:fix", "role:test"] },
    "The labels `role:fix` and `role:test` contradict each other. Keep one of them.",
  ],
  "queue-full": [
    { reason: "queue-full", limit: 20 },
    "The queue already holds 20 tasks from agents, which is its limit. Queue this one by hand, or wait until it is shorter.",
  ],
  paused: [
    { reason: "paused", why: "2 infrastructure failures in a row" },
    "Claims are paused: 2 infrastructure failures in a row. `/task resume` ends the pause.",
  ],
  "plan-moved": [
    { reason: "plan-moved" },
    "No plan waits for this approval, or it was written anew after this. Read it, then accept.",
  ],
  held: [{ reason: "held", why: "ask @bob" }, "The task is on hold: ask @&#x200B;bob. `/task unhold` ends the hold."],
  blocked: [
    { reason: "blocked", by: ["acme/app#3", "closes #4"] },
    "It is blocked by acme/app#3, closes \\#&#x200B;4. It goes on when they are closed as completed.",
  ],
  "backing-off": [
    { reason: "backing-off", until: NOW },
    "The last attempt failed, so the next one starts no earlier than 2026-11-20 12:00 UTC.",
  ],
  "not-next": [{ reason: "not-next", ahead: 3 }, "3 tasks go before it."],
  "claims-at-limit": [
    { reason: "claims-at-limit", limit: 3 },
    "The repository already works on as many tasks as `limits.claimed` allows (3). It is claimed when one of them ends.",
  ],
  "reviews-at-limit": [
    { reason: "reviews-at-limit", limit: 10 },
    "As many pull requests wait for review as `limits.review` allows (10). Review one to let this task start.",
  ],
  "budget-spent": [
    { reason: "budget-spent", scope: "task", left: 400_000, needed: 1_000_000 },
    "The task's budget has $0.40 left and an attempt needs $1.00. Raise it with `/task set budget <dollars>`.",
  ],
  "ledger-broken": [
    { reason: "ledger-broken", problem: "record 3 is not signed" },
    "The task's ledger cannot be believed: record 3 is not signed. Nothing is done here until a person has looked at its branch.",
  ],
  "text-changed": [
    { reason: "text-changed", by: "mallory" },
    "Title or body changed after the task was queued, by mallory. Read the text again, then `/task queue`.",
  ],
  "stale-token": [
    { reason: "stale-token", current: HEAD },
    "The task has been claimed anew since this run was granted its claim, so nothing of it is published.",
  ],
  "already-bound": [{ reason: "already-bound", run: 7 }, "Run 7 already works under this claim. Only one run may."],
  "not-first-attempt": [
    { reason: "not-first-attempt" },
    "A re-run of a workflow inherits no claim. Queue the task again instead.",
  ],
  "run-not-bound": [{ reason: "run-not-bound", bound: 7 }, "The claim belongs to run 7, not to this one."],
  "run-still-alive": [
    { reason: "run-still-alive" },
    "The run that holds the claim is still working, so the claim cannot be taken over.",
  ],
  "lease-not-expired": [
    { reason: "lease-not-expired", expiresAt: NOW },
    "The claim is valid until 2026-11-20 12:00 UTC, so it cannot be taken over before.",
  ],
  "reason-missing": [{ reason: "reason-missing" }, "Say why: the reason reaches the next attempt and stays on record."],
  "head-moved": [
    { reason: "head-moved", seen: "a".repeat(40), head: HEAD },
    "The pull request's head is 1111111, not aaaaaaa. Look at it, then accept.",
  ],
  "no-evidence": [
    { reason: "no-evidence" },
    "The submission carries no passed check. Add `checks:` to `.github/signalbox.yml`, or write `checks: none` to do without.",
  ],
  "not-merged": [{ reason: "not-merged" }, "The pull request is not merged, so the task is not done."],
  "illegal-target": [
    { reason: "illegal-target", to: "claimed", allowed: ["queued", "done"] },
    "This cannot lead to `claimed`, only to `queued` or `done`.",
  ],
  "unknown-command": [
    { reason: "unknown-command", verb: "acept", suggestion: "accept" },
    "There is no command `acept`. Did you mean `/task accept`?",
  ],
  "bad-arguments": [
    { reason: "bad-arguments", usage: "/task reject <why>", problem: "say why" },
    "Not understood: say why. Usage: `/task reject <why>`",
  ],
};

describe("every refusal", () => {
  it.each(Object.values(SAID).map(([refusal, said]) => [refusal.reason, refusal, said] as const))(
    "%s",
    (_reason, refusal, said) => {
      expect(refusalSentence(refusal)).toBe(said);
    },
  );

  it.each<[Refusal, string]>([
    [
      { reason: "wrong-state", state: "none", allowed: [] },
      "This issue is not a task yet, where this is not possible.",
    ],
    [
      { reason: "not-permitted", needs: ["run"], has: "write" },
      "This needs the run that holds the claim; you have write. Ask somebody who has it.",
    ],
    [{ reason: "not-next", ahead: 1 }, "One task goes before it."],
    [
      { reason: "text-changed", by: null },
      "Title or body changed after the task was queued. Read the text again, then `/task queue`.",
    ],
    [
      { reason: "stale-token", current: null },
      "The claim that this run worked under has ended, so nothing of it is published.",
    ],
    [{ reason: "run-not-bound", bound: null }, "No run is bound to this claim yet."],
    [{ reason: "head-moved", seen: "", head: null }, "There is no pull request to accept yet."],
    [
      { reason: "head-moved", seen: "", head: HEAD },
      "The pull request moved to 1111111 after this was written. Look at it, then accept.",
    ],
    [
      { reason: "unknown-command", verb: "deploy", suggestion: null },
      "There is no command `deploy`. `/task help` lists them.",
    ],
    [
      { reason: "budget-spent", scope: "day", left: 0, needed: 1 },
      "The repository's budget for today has $0.00 left and an attempt needs under $0.01. It goes on tomorrow, or when `budget.day` in `.github/signalbox.yml` is raised.",
    ],
  ])("%o", (refusal, said) => {
    expect(refusalSentence(refusal)).toBe(said);
  });

  it("is one line of whole sentences", () => {
    for (const [, said] of Object.values(SAID)) expect(said).toMatch(/^[A-Z0-9][^\n]*[.?`]$/);
  });
});
