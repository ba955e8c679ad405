// What is granted and what is refused, move by move, as tables.

import { describe, expect, it } from "vitest";
import { legalMoves } from "../../src/core/decide.ts";
import type { ObservedRun } from "../../src/core/observation.ts";
import { applyRepositoryMove, EMPTY_REPOSITORY } from "../../src/core/repository.ts";
import type { MoveRequest } from "../../src/core/request.ts";
import type { Situation } from "../../src/core/situation.ts";
import { TRANSITIONS } from "../../src/core/transitions.ts";
import * as scene from "./scene.ts";

const { REQUESTS, NOW, HEAD, situation, config } = scene;
const OTHER = "e".repeat(40);

const alive: ObservedRun = {
  run: { id: 500, attempt: 1 },
  token: null,
  status: "running",
  conclusion: null,
  createdAt: NOW,
  url: "",
};
const ended: ObservedRun = { ...alive, status: "completed", conclusion: "failure" };
const full = applyRepositoryMove(
  EMPTY_REPOSITORY,
  { move: "admit", issue: 2, token: OTHER, role: "implement", reserved: 49_500_000, left: [] },
  NOW,
);

describe("decide refuses", () => {
  const queued = scene.queued();
  const claimed = scene.claimed();
  const bound = scene.bound();
  const review = scene.inReview();
  const token = scene.tokenOf(bound);
  const unbound = scene.tokenOf(claimed);
  const asked = (request: MoveRequest, change: Partial<MoveRequest>): MoveRequest =>
    ({ ...request, ...change }) as MoveRequest;

  it.each<[why: string, typeof queued, MoveRequest, Partial<Situation>, reason: string]>([
    ["a claim of a claimed task", claimed, REQUESTS.claim(), {}, "wrong-state"],
    [
      "a task of a pull request",
      scene.EMPTY,
      REQUESTS.queue(),
      { issue: { ...situation().issue, isPullRequest: true } },
      "not-an-issue",
    ],
    [
      "a task of a closed issue",
      scene.EMPTY,
      REQUESTS.queue(),
      { issue: { ...situation().issue, isOpen: false } },
      "issue-closed",
    ],
    [
      "a task without a body",
      scene.EMPTY,
      REQUESTS.queue(),
      { issue: { ...situation().issue, hasBody: false } },
      "empty-body",
    ],
    ["somebody who may only triage", scene.EMPTY, asked(REQUESTS.queue(), { standing: "triage" }), {}, "not-permitted"],
    [
      "somebody about whom GitHub did not answer",
      scene.EMPTY,
      asked(REQUESTS.queue(), { standing: "unknown" }),
      {},
      "permission-unknown",
    ],
    [
      "a bot that is not on the list",
      scene.EMPTY,
      asked(REQUESTS.queue(), { actor: { id: 5, login: "x[bot]", kind: "app" } }),
      {},
      "bot-not-allowed",
    ],
    [
      "an agent's task when the agents' queue is full",
      scene.EMPTY,
      asked(REQUESTS.queue(), { actor: { id: 5, login: "x[bot]", kind: "app" } }),
      { bots: new Set([5]), queuedByBots: 20 },
      "queue-full",
    ],
    [
      "a claim while the repository is paused",
      queued,
      REQUESTS.claim(),
      { repository: { ...EMPTY_REPOSITORY, paused: { why: "w", by: "a", at: 1 } } },
      "paused",
    ],
    [
      "a claim while the shared ledger cannot be read",
      queued,
      REQUESTS.claim(),
      { repository: { problem: "rolled back" } },
      "paused",
    ],
    [
      "a claim by a paused role",
      queued,
      REQUESTS.claim(),
      { repository: { ...EMPTY_REPOSITORY, pausedRoles: ["implement"] } },
      "paused",
    ],
    ["a claim of a blocked task", queued, REQUESTS.claim(), { blockers: ["acme/app#2"] }, "blocked"],
    [
      "a claim above the limit",
      queued,
      REQUESTS.claim(),
      { repository: full, config: config({ limits: { claimed: 1 } }) },
      "claims-at-limit",
    ],
    [
      "a claim with too many reviews open",
      queued,
      REQUESTS.claim(),
      { repository: { ...EMPTY_REPOSITORY, reviews: [8, 9] }, config: config({ limits: { review: 2 } }) },
      "reviews-at-limit",
    ],
    ["a claim that the day's money does not cover", queued, REQUESTS.claim(), { repository: full }, "budget-spent"],
    [
      "a claim of a text that an outsider changed",
      queued,
      REQUESTS.claim(),
      { issue: { ...situation().issue, textDigest: "e".repeat(64), editor: { login: "carol", canWrite: false } } },
      "text-changed",
    ],
    ["a bind with an old token", claimed, REQUESTS.bind(OTHER), {}, "stale-token"],
    ["a second bind", bound, REQUESTS.bind(token, { id: 501, attempt: 1 } as never), {}, "already-bound"],
    ["a bind of a re-run", claimed, REQUESTS.bind(unbound, { id: 500, attempt: 2 } as never), {}, "not-first-attempt"],
    ["a publish with an old token", bound, REQUESTS.submit(OTHER), {}, "stale-token"],
    ["a publish of a run that was never bound", claimed, REQUESTS.submit(unbound), {}, "run-not-bound"],
    [
      "a publish without the evidence that the config asks for",
      bound,
      REQUESTS.submit(token),
      { config: config({ checks: [{ name: "test", run: "t" }] }) },
      "no-evidence",
    ],
    [
      "a publish by a person",
      bound,
      asked(REQUESTS.submit(token), { actor: scene.BOB, standing: "write" }),
      {},
      "not-permitted",
    ],
    ["an expiry while the run lives", bound, REQUESTS.expire(), { run: alive }, "run-still-alive"],
    ["an expiry before the lease is over", bound, REQUESTS.expire(), {}, "lease-not-expired"],
    ["an acceptance of a head that moved", review, REQUESTS.accept(OTHER), { pullRequest: scene.PULL }, "head-moved"],
    ["an acceptance without a pull request", review, REQUESTS.accept(), {}, "head-moved"],
    [
      "a rejection without a reason",
      review,
      asked(REQUESTS.reject(), { data: { reason: " ", source: "reject" } } as Partial<MoveRequest>),
      {},
      "reason-missing",
    ],
    [
      "done while nothing is merged",
      review,
      {
        actor: scene.APP,
        standing: "app",
        at: NOW,
        move: "done",
        cause: scene.freshCause(),
        data: { pullRequest: 12, mergeSha: null, why: "" },
      },
      { pullRequest: scene.PULL },
      "not-merged",
    ],
    [
      "force by somebody with write",
      queued,
      {
        actor: scene.ALICE,
        standing: "write",
        at: NOW,
        move: "force",
        cause: scene.freshCause(),
        data: { to: "done", reason: "r" },
      },
      {},
      "not-permitted",
    ],
    [
      "force into a state that no force reaches",
      queued,
      {
        actor: scene.ALICE,
        standing: "maintain",
        at: NOW,
        move: "force",
        cause: scene.freshCause(),
        data: { to: "claimed", reason: "r" },
      },
      {},
      "illegal-target",
    ],
  ])("%s", (_why, chain, request, change, reason) => {
    const verdict = scene.ask(chain, request, situation(change));
    expect(verdict.ok ? "granted" : verdict.refusal.reason).toBe(reason);
  });

  it("a cause that the chain has obeyed before", () => {
    const request = REQUESTS.queue();
    const chain = scene.make(scene.EMPTY, request);
    expect(scene.ask(chain, request)).toMatchObject({ ok: false, refusal: { reason: "already-done" } });
  });

  it("every move from a state that its row does not name", () => {
    for (const [move, row] of Object.entries(TRANSITIONS)) {
      const from: readonly string[] = row.from;
      expect(legalMoves(null).includes(move as keyof typeof TRANSITIONS)).toBe(from.includes("none"));
      expect(legalMoves(queued.task).includes(move as keyof typeof TRANSITIONS)).toBe(from.includes("queued"));
    }
  });
});

describe("decide grants", () => {
  it("a publish whatever settings changed meanwhile", () => {
    const bound = scene.bound();
    const noted = scene.make(bound, {
      actor: scene.ALICE,
      standing: "write",
      at: NOW,
      move: "note",
      cause: scene.freshCause(),
      data: { text: "priority set to p0", settings: { ...scene.SETTINGS, priority: "p0" } },
    });
    const verdict = scene.ask(noted, REQUESTS.submit(scene.tokenOf(bound)));
    expect(verdict).toMatchObject({
      ok: true,
      record: { move: "submit", state: "review" },
      repository: { intent: "discharge", spent: 40_000, outcome: "worked", toReview: true },
    });
  });

  it("an expiry at once when GitHub says that the run is over, and charges the reservation", () => {
    const verdict = scene.ask(scene.bound(), REQUESTS.expire(), situation({ run: ended }));
    expect(verdict).toMatchObject({
      ok: true,
      record: { state: "queued" },
      repository: { intent: "discharge", spent: 1_000_000 },
    });
  });

  it("an expiry of a silent lease once it is over, renewed or not", () => {
    const late = { ...REQUESTS.expire(), at: NOW + 3_600_000 };
    expect(scene.ask(scene.bound(), late).ok).toBe(true);
    expect(scene.ask(scene.bound(), late, situation({ renewedAt: NOW + 60_000 })).ok).toBe(false);
  });

  it("a claim of an edited text when its last editor may write", () => {
    const issue = { ...situation().issue, textDigest: "e".repeat(64), editor: { login: "bob", canWrite: true } };
    expect(scene.ask(scene.queued(), REQUESTS.claim(), situation({ issue })).ok).toBe(true);
  });

  it("a person's claim without a reservation, and its holder's release", () => {
    const claim: MoveRequest = {
      actor: scene.BOB,
      standing: "write",
      at: NOW,
      move: "claim",
      cause: scene.freshCause(),
      data: {
        attempt: 1,
        host: "human",
        role: "implement",
        phases: "plan",
        holder: scene.BOB,
        leaseMs: 1,
        reserved: 0,
        digest: scene.DIGEST,
      },
    };
    const chain = scene.make(scene.queued(), claim);
    const release: MoveRequest = {
      actor: scene.BOB,
      standing: "read",
      at: NOW,
      move: "release",
      cause: scene.freshCause(),
      data: { reason: "busy", infrastructure: false },
    };
    expect(scene.ask(chain, release)).toMatchObject({ ok: true, record: { state: "queued" } });
    expect(scene.ask(chain, { ...release, actor: scene.ALICE })).toMatchObject({
      ok: false,
      refusal: { reason: "not-permitted" },
    });
  });
});

describe("limits lead to a person", () => {
  const again = (chain: ReturnType<typeof scene.queued>, attempt: number) => {
    const claimed = scene.make(chain, { ...REQUESTS.claim(attempt), at: NOW + attempt * 3_600_000 });
    return scene.make(claimed, REQUESTS.bind(scene.tokenOf(claimed)));
  };

  it("G17 after three attempts, and H02 a second time as failed", () => {
    let chain = scene.queued();
    const states: (string | undefined)[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      chain = again(chain, attempt);
      chain = scene.make(chain, REQUESTS.fail(scene.tokenOf(chain)));
      states.push(chain.task?.state);
    }
    expect(states).toEqual(["queued", "queued", "needs-human"]);
    expect(chain.task?.need).toMatchObject({ why: "the tests fail" });
    chain = again(scene.make(chain, REQUESTS.queue()), 4);
    expect(scene.make(chain, REQUESTS.fail(scene.tokenOf(chain))).task?.state).toBe("queued");
    const noResult = scene.make(chain, REQUESTS.fail(scene.tokenOf(chain), "no-result"));
    expect(noResult.task).toMatchObject({ state: "failed", need: null });
  });

  it("G19 at once when a run left no result", () => {
    const bound = scene.bound();
    expect(scene.make(bound, REQUESTS.fail(scene.tokenOf(bound), "no-result")).task?.state).toBe("needs-human");
  });

  it("H11 after three suspensions; the work is kept each time", () => {
    let chain = scene.queued();
    const states: (string | undefined)[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      chain = again(chain, attempt);
      chain = scene.make(chain, REQUESTS.suspend(scene.tokenOf(chain)));
      states.push(chain.task?.state);
    }
    expect(states).toEqual(["queued", "queued", "needs-human"]);
    expect(chain.task).toMatchObject({
      counters: { attempts: 0, suspensions: 3 },
      work: { head: HEAD, summary: "half" },
    });
  });

  it("E04 after three rejections, and after the third failing check", () => {
    const rejected = (source: "reject" | "checks", times: number) => {
      let chain = scene.inReview();
      for (let round = 1; round <= times; round += 1) {
        chain = scene.make(chain, REQUESTS.reject(source));
        if (chain.task?.state !== "queued" || round === times) break;
        chain = again(chain, round + 1);
        chain = scene.make(chain, REQUESTS.submit(scene.tokenOf(chain)));
      }
      return chain.task;
    };
    expect(rejected("reject", 2)).toMatchObject({ state: "queued", counters: { rejections: 2 } });
    expect(rejected("reject", 3)).toMatchObject({ state: "needs-human", counters: { rejections: 3 } });
    expect(rejected("checks", 2)).toMatchObject({ state: "queued", counters: { checkFailures: 2, rejections: 0 } });
    expect(rejected("checks", 3)).toMatchObject({ state: "needs-human" });
  });
});
