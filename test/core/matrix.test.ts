// Every state × every move × every kind of asker × every permission, against what the design says. The expectation is
// data of its own: it is not derived from the transition table that `decide` reads.

import { describe, expect, it } from "vitest";
import { decide } from "../../src/core/decide.ts";
import type { MoveRequest, Standing } from "../../src/core/request.ts";
import { type Actor, NO_USAGE, STATES, type State, type Task } from "../../src/core/task.ts";
import { MOVES, type MoveName } from "../../src/core/transitions.ts";
import * as scene from "./scene.ts";

const { ALICE, APP, BASE, CLOCK, DIGEST, HEAD, ID, NOW, PULL, RUN, RUN_ACTOR, SETTINGS, situation } = scene;

type Place = State | "none";
type Who = "person with write" | "maintainer" | "holder" | "run" | "app" | "clock";

const ENDED: readonly Place[] = ["done", "cancelled"];
const OPEN: readonly Place[] = ["draft", "queued", "claimed", "review", "needs-human", "failed"];
const ALL: readonly Place[] = [...OPEN, ...ENDED];

/** From the design's table of moves: where each may start, and who may ask for it. */
// biome-ignore format: a table reads by column.
const DESIGN: { readonly [M in MoveName]: readonly [from: readonly Place[], by: readonly Who[]] } = {
  draft:           [["none", "done", "cancelled", "failed"],                          ["person with write", "app"]],
  queue:           [["none", "draft", "needs-human", "failed", "cancelled"],          ["person with write", "app"]],
  claim:           [["queued"],                                                       ["app", "person with write"]],
  bind:            [["claimed", "review"],                                            ["run", "app"]],
  release:         [["claimed"],                                                      ["holder", "person with write", "app"]],
  expire:          [["claimed"],                                                      ["clock"]],
  suspend:         [["claimed"],                                                      ["run"]],
  ask:             [["claimed"],                                                      ["run"]],
  split:           [["claimed"],                                                      ["run"]],
  approve:         [["needs-human"],                                                  ["person with write"]],
  stop:            [["queued"],                                                       ["app"]],
  integrate:       [["queued", "review"],                                             ["app"]],
  answer:          [["needs-human"],                                                  ["person with write"]],
  submit:          [["claimed"],                                                      ["run", "holder"]],
  fail:            [["claimed"],                                                      ["run"]],
  "already-done":  [["claimed"],                                                      ["run"]],
  accept:          [["review", "needs-human"],                                        ["person with write"]],
  head:            [["review"],                                                       ["app"]],
  advance:         [["review"],                                                       ["app"]],
  inspect:         [["review"],                                                       ["app"]],
  verdict:         [["review"],                                                       ["run"]],
  recall:          [["review"],                                                       ["holder", "person with write", "app", "clock"]],
  reject:          [["review"],                                                       ["person with write", "app"]],
  "merge-refused": [["review"],                                                       ["app"]],
  done:            [ALL,                                                              ["app"]],
  hold:            [OPEN,                                                             ["person with write"]],
  unhold:          [OPEN,                                                             ["person with write"]],
  cancel:          [OPEN,                                                             ["person with write"]],
  note:            [ALL,                                                              ["person with write", "app"]],
  force:           [ALL,                                                              ["maintainer"]],
};

interface Asker {
  readonly what: string;
  readonly actor: Actor;
  readonly standing: Standing;
  readonly isHolder: boolean;
}

const PERMISSIONS = ["none", "read", "triage", "write", "maintain", "admin", "unknown"] as const;
const BOT: Actor = { id: 77, login: "renovate[bot]", kind: "app" };
const ASKERS: readonly Asker[] = [
  ...PERMISSIONS.map((standing) => ({ what: `a user with ${standing}`, actor: ALICE, standing, isHolder: false })),
  ...PERMISSIONS.map((standing) => ({
    what: `the holder with ${standing}`,
    actor: { ...ALICE, id: 41, login: "holder" },
    standing,
    isHolder: true,
  })),
  ...PERMISSIONS.map((standing) => ({ what: `a bot with ${standing}`, actor: BOT, standing, isHolder: false })),
  { what: "the app", actor: APP, standing: "app", isHolder: false },
  { what: "a run", actor: RUN_ACTOR, standing: "run", isHolder: false },
  { what: "the clock", actor: CLOCK, standing: "clock", isHolder: false },
];

function answersTo(who: Who, { actor, standing, isHolder }: Asker, place: Place): boolean {
  switch (who) {
    case "person with write":
      return actor.kind === "user" && ["write", "maintain", "admin"].includes(standing);
    case "maintainer":
      return actor.kind === "user" && ["maintain", "admin"].includes(standing);
    case "holder":
      return isHolder && (place === "claimed" || place === "review");
    default:
      return standing === who;
  }
}

type Outcome = "permission-unknown" | "bot-not-allowed" | "not-permitted" | "wrong-state" | "judged by its guards";

/** In the order in which a request is judged. */
function expected(place: Place, move: MoveName, asker: Asker): Outcome {
  const [from, by] = DESIGN[move];
  if (asker.standing === "unknown") return "permission-unknown";
  if (asker.actor.kind === "app" && asker.standing !== "app") return "bot-not-allowed";
  if (!by.some((who) => answersTo(who, asker, place))) return "not-permitted";
  return from.includes(place) ? "judged by its guards" : "wrong-state";
}

const TOKEN = "f".repeat(40);
const work = { head: null, summary: "" };
const usage = NO_USAGE;
const evidence = [{ name: "test", command: "npm test", exitCode: 0, durationMs: 1, logDigest: DIGEST }];
const SUB_TASKS = [{ key: "one", title: "One", body: "Do one." }];
const lease = {
  token: TOKEN,
  holder: { ...ALICE, id: 41, login: "holder" },
  host: "actions",
  role: "implement",
  grantedAt: NOW - 7_200_000,
  expiresAt: NOW - 3_600_000,
  run: RUN,
  boundAt: NOW,
  attempt: 1,
  reserved: 1_000,
} as const;

function taskIn(place: Place, move: MoveName): Task | null {
  if (place === "none") return null;
  const { task } = scene.inReview();
  if (task === null) throw new Error("there is a task in review");
  const isHeldByRun = place === "claimed" || (place === "review" && move !== "inspect");
  const run = move === "bind" ? null : RUN;
  const breakdown = move === "approve" ? { tasks: SUB_TASKS, at: NOW, isApproved: false } : task.breakdown;
  return { ...task, state: place, breakdown, lease: isHeldByRun ? { ...lease, run } : null };
}

const DATA: { readonly [M in MoveName]: Extract<MoveRequest, { move: M }>["data"] } = {
  draft: {},
  queue: { settings: SETTINGS, digest: DIGEST, title: "t" },
  claim: {
    attempt: 1,
    host: "actions",
    role: "implement",
    phases: "plan-build",
    holder: APP,
    leaseMs: 1,
    reserved: 1_000,
    digest: DIGEST,
  },
  bind: { token: TOKEN, run: RUN },
  release: { reason: "r", infrastructure: false },
  expire: { reason: "r" },
  suspend: { token: TOKEN, run: RUN, reason: "r", work, usage },
  ask: { token: TOKEN, run: RUN, question: "q", work, usage },
  split: { token: TOKEN, run: RUN, tasks: SUB_TASKS, summary: "s", usage },
  approve: {},
  stop: { reason: "r", doubts: [] },
  integrate: { head: HEAD, base: "main", baseSha: BASE, summary: "s" },
  answer: { text: "a" },
  submit: { token: TOKEN, run: RUN, head: HEAD, base: "main", baseSha: BASE, evidence, summary: "s", usage },
  fail: { token: TOKEN, run: RUN, reason: "r", source: "failed", work, usage },
  "already-done": { token: TOKEN, run: RUN, baseSha: BASE, evidence, summary: "s", usage },
  accept: { head: HEAD },
  head: { head: BASE, by: "b" },
  advance: { stage: "staging", head: HEAD },
  inspect: {
    host: "actions",
    role: "gatekeeper",
    phases: "review",
    holder: APP,
    leaseMs: 1,
    reserved: 1_000,
    head: HEAD,
  },
  verdict: { token: TOKEN, run: RUN, head: HEAD, verdict: "approve", reason: "r", evidence, usage },
  recall: { reason: "r", infrastructure: false },
  reject: { reason: "r", source: "reject" },
  "merge-refused": { reason: "r" },
  done: { pullRequest: null, mergeSha: null, why: "w" },
  hold: { reason: "r" },
  unhold: {},
  cancel: { reason: "r", close: false },
  note: { text: "n" },
  force: { to: "draft", reason: "r" },
};

function outcome(place: Place, move: MoveName, { actor, standing }: Asker): string {
  const common = { actor, standing, at: NOW, cause: scene.freshCause() };
  // The data of a move with the move itself is one member of the union.
  const request = { ...common, move, data: DATA[move] } as MoveRequest;
  const children = { all: 1, open: [], missing: 0 };
  const verdict = decide(taskIn(place, move), ID, request, situation({ pullRequest: PULL, children }));
  return verdict.ok ? "granted" : verdict.refusal.reason;
}

describe("every state, move, asker and permission", () => {
  it.each(MOVES)("%s", (move) => {
    const wrong: string[] = [];
    for (const place of ["none", ...STATES] as const) {
      for (const asker of ASKERS) {
        const wanted = expected(place, move, asker);
        const got = outcome(place, move, asker);
        const isRight = wanted === "judged by its guards" ? got === "granted" : got === wanted;
        if (!isRight) wrong.push(`${place}, ${asker.what}: ${got} instead of ${wanted}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("is complete: nine places, every move, four kinds of askers", () => {
    expect(["none", ...STATES]).toHaveLength(9);
    expect(Object.keys(DESIGN).toSorted()).toEqual([...MOVES].toSorted());
    expect(new Set(ASKERS.map(({ actor }) => actor.kind))).toEqual(new Set(["user", "app", "run", "clock"]));
  });
});
