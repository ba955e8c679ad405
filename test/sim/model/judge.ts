// What must never happen in the model, judged on every update that GitHub carries out and every run that starts to work.

import { LEDGER_PREFIX, REPOSITORY_LEDGER_REF } from "../../../src/core/observation.ts";
import type { RefUpdate } from "../../../src/core/ports.ts";
import type { Invariant } from "../invariants.ts";
import { runIdOf } from "./looks.ts";
import { commitOf } from "./objects.ts";
import type { ModelState } from "./state.ts";

export interface Found {
  readonly invariant: Invariant;
  readonly detail: string;
}
export type Fact = string;

/** The limit that the model's config sets. */
const CLAIMED_MAX = 1;
const BY_RUN: ReadonlySet<string> = new Set(["submit", "fail", "suspend", "ask"]);

interface Standing {
  readonly state: string;
  readonly token: string | null;
  readonly runId: number | null;
  readonly head: string | null;
}

/** Where a chain stands, read from its records by the few fields that matter here. */
function standingOf(tip: string | undefined): Standing {
  if (tip === undefined) return { state: "none", token: null, runId: null, head: null };
  const { json, parent, sha } = commitOf(tip);
  const before = standingOf(parent ?? undefined);
  const data = json["data"] as {
    readonly run?: { readonly id: number };
    readonly head?: string;
    readonly work?: { readonly head: string | null };
  };
  const isClaimed = json["state"] === "claimed";
  const move = String(json["move"]);
  return {
    state: String(json["state"]),
    token: move === "claim" ? sha : isClaimed ? before.token : null,
    runId: move === "bind" ? (data.run?.id ?? null) : isClaimed && move !== "claim" ? before.runId : null,
    head: (move === "submit" ? data.head : data.work?.head) ?? before.head,
  };
}

function recordsBetween(before: string | null, after: string): readonly string[] | null {
  const found: string[] = [];
  for (let sha: string | null = after; sha !== before; sha = commitOf(sha).parent) {
    if (sha === null) return null;
    found.unshift(sha);
  }
  return found;
}

export function judgeWork(state: ModelState, index: number): Found | null {
  const run = state.runs[index];
  if (run === undefined) return null;
  const isBound = state.facts.includes(`bind ${run.token} ${runIdOf(index)}`);
  if (!isBound) return { invariant: "works-only-when-bound", detail: `run ${index} has no bind` };
  const other = state.runs.findIndex((one, at) => at !== index && one.token === run.token && one.works);
  return other === -1
    ? null
    : { invariant: "works-only-when-bound", detail: `runs ${index} and ${other} under one token` };
}

/** @returns the new facts, and the first invariant that this update broke */
export function judgeUpdate(
  before: ModelState,
  after: ModelState,
  update: readonly RefUpdate[],
): { readonly facts: readonly Fact[]; readonly found: Found | null } {
  const facts: Fact[] = [];
  let found: Found | null = null;
  const broken = (invariant: Invariant, detail: string): void => {
    found ??= { invariant, detail };
  };
  const moved = new Map<string, readonly string[]>();
  for (const { ref, after: to } of update) {
    if (!ref.startsWith(LEDGER_PREFIX)) continue;
    if (to === null) {
      broken("app-never-rewinds", `${ref} was deleted`);
      continue;
    }
    if (ref === REPOSITORY_LEDGER_REF) continue;
    const from = before.refs.get(ref) ?? null;
    const made = recordsBetween(from, to);
    if (made === null) broken("app-never-rewinds", `${ref} does not go on from where it stood`);
    moved.set(ref.slice(LEDGER_PREFIX.length), made ?? []);
    for (const sha of made ?? []) judgeRecord(sha, [...before.facts, ...facts], facts, broken);
  }
  judgeBranches(before, update, moved, broken);
  judgeShared(after, broken);
  return { facts, found };
}

type Break = (invariant: Invariant, detail: string) => void;

function judgeRecord(sha: string, known: readonly Fact[], facts: Fact[], broken: Break): void {
  const { json, parent } = commitOf(sha);
  const was = standingOf(parent ?? undefined);
  const move = String(json["move"]);
  const data = json["data"] as { readonly token?: string; readonly run?: { readonly id: number } };
  if (move === "bind") {
    const same = known.find((fact) => fact.startsWith(`bind ${data.token} `));
    if (same !== undefined && same !== `bind ${data.token} ${data.run?.id}`)
      broken("one-bind-per-claim", `run ${data.run?.id} after ${same}`);
    if (was.runId !== null || was.token !== data.token)
      broken("one-bind-per-claim", `run ${data.run?.id} where ${was.runId} is bound`);
    facts.push(`bind ${data.token} ${data.run?.id}`);
  }
  if (BY_RUN.has(move)) {
    if (known.includes(`end ${data.token}`)) broken("one-publish-per-turn", `${move} ends ${data.token} a second time`);
    if (was.token !== data.token || was.runId !== data.run?.id)
      broken("one-publish-per-turn", `${move} by run ${data.run?.id}, bound is ${was.runId}`);
    facts.push(`end ${data.token}`);
  }
  if ((was.state === "done" || was.state === "cancelled") && move !== "queue" && move !== "force")
    broken("ended-is-frozen", `${move} after ${was.state}`);
}

function judgeBranches(
  before: ModelState,
  update: readonly RefUpdate[],
  moved: ReadonlyMap<string, readonly string[]>,
  broken: Break,
): void {
  for (const { ref, after } of update) {
    if (!ref.includes("/task/") || after === null) continue;
    const issue = ref.split("/").at(-1) ?? "";
    const last = moved.get(issue)?.at(-1);
    if (last === undefined || standingOf(last).head !== after)
      broken("branch-moves-with-its-record", `${ref} moved to ${after.slice(0, 4)}`);
    const was = standingOf(before.refs.get(`${LEDGER_PREFIX}${issue}`));
    if ((before.refs.get(ref) ?? null) !== was.head) broken("no-push-overwritten", `${ref} stood elsewhere`);
  }
}

function judgeShared(state: ModelState, broken: Break): void {
  const ledgers = [...state.refs].filter(([ref]) => ref.startsWith(LEDGER_PREFIX) && ref !== REPOSITORY_LEDGER_REF);
  const open = ledgers.flatMap(([, tip]) => standingOf(tip).token ?? []);
  if (open.length > CLAIMED_MAX) broken("claims-within-limit", `${open.length} tasks are claimed`);
  const tip = state.refs.get(REPOSITORY_LEDGER_REF);
  const shared =
    tip === undefined
      ? null
      : (commitOf(tip).json["after"] as {
          readonly admissions: readonly { readonly token: string; readonly issue: number }[];
        });
  const admissions = shared?.admissions ?? [];
  const unadmitted = open.filter((token) => !admissions.some((one) => one.token === token));
  if (unadmitted.length > 0) broken("shared-ledger-agrees", `${unadmitted.length} claims without an admission`);
  // An admission whose ledger a person deleted stays until its task is claimed again: it only takes room.
  const orphans = admissions.filter(
    (one) => !open.includes(one.token) && state.refs.has(`${LEDGER_PREFIX}${one.issue}`),
  );
  if (orphans.length > 0 && state.meddling > 0)
    broken("shared-ledger-agrees", `${orphans.length} admissions without a claim`);
}
