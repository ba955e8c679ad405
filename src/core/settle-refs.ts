// How an atomic update of refs comes to a definite answer. A lost answer is settled by looking at the refs and repeating
// the very same update, never by a new one, so that the caller hears `won` or `lost`. Knows no wire and no clock.

import type { AppendResult, RefUpdate } from "./ports.ts";
import type { Sha } from "./task.ts";

/** Times that the same update is sent before the caller is told that nobody knows. */
const UPDATES_MAX = 5;

/** Nobody knows, or GitHub refuses for a reason of its own; the caller reads again and decides again. */
export class RefsUnsettled extends Error {
  override readonly name = "RefsUnsettled";
}

/** Where a ref stands: its tip and the newest commits below it, or nowhere. */
export interface RefStanding {
  readonly update: RefUpdate;
  readonly tip: Sha | null;
  readonly newest: readonly Sha[];
}

/** What one try came to. `refused` is GitHub's own definite no; `unsure`: nobody knows whether the refs moved. */
export type Sent = { readonly kind: "won" } | { readonly kind: "refused" | "unsure"; readonly why: string };

export interface RefWire {
  send(updates: readonly RefUpdate[]): Promise<Sent>;
  standings(updates: readonly RefUpdate[]): Promise<readonly RefStanding[]>;
  /** Waits a little before the next try. */
  rest(tries: number): Promise<void>;
}

/** Our own value stands, or somebody built on it. */
function isOurs({ update, tip, newest }: RefStanding): boolean {
  return update.after !== null && (tip === update.after || newest.includes(update.after));
}

/**
 * The update is atomic, but one ref does not speak for all: somebody else's update may have put a branch on the very
 * head that ours names. A ref that is gone by now says nothing.
 */
function areOurs(found: readonly RefStanding[]): boolean {
  const telling = found.filter(({ update, tip }) => update.after !== null && tip !== null);
  return telling.length > 0 && telling.every(isOurs);
}

/** Somebody's value stands, built on what we expected. A copy of GitHub's that lags shows older values, which prove nothing. */
function isOthers({ update, tip, newest }: RefStanding): boolean {
  if (tip === update.before || tip === update.after || tip === null) return false;
  return update.before === null || newest.includes(update.before);
}

type Proof = AppendResult | "as-before" | "elsewhere";

/** @returns what the refs prove; `elsewhere`: something was deleted or moved by force, or we were shown the past */
function proofOf(found: readonly RefStanding[]): Proof {
  if (areOurs(found)) return "won";
  if (found.some(isOthers)) return "lost";
  if (found.every(({ update, tip }) => tip === update.before)) return "as-before";
  const onlyDeletes = found.every(({ update }) => update.after === null);
  return onlyDeletes && found.every(({ tip }) => tip === null) ? "won" : "elsewhere";
}

/**
 * All or nothing, fast-forward only.
 *
 * @throws RefsUnsettled when GitHub refuses although nothing stands in the way (a rule, a right that is missing), or when no try got
 *   a definite answer: the caller reads again and decides again
 */
export async function settleRefs(wire: RefWire, updates: readonly RefUpdate[]): Promise<AppendResult> {
  let last: { readonly sent: Sent; readonly proved: Proof } | null = null;
  for (let tries = 1; tries <= UPDATES_MAX; tries += 1) {
    const sent = await wire.send(updates);
    if (sent.kind === "won") return "won";
    const proved = proofOf(await wire.standings(updates));
    if (proved === "won" || proved === "lost") return proved;
    last = { sent, proved };
    await wire.rest(tries);
  }
  // Refused every time, and a ref does stand elsewhere: that is no lag any more.
  if (last?.sent.kind === "refused" && last.proved === "elsewhere") return "lost";
  const why = last === null || last.sent.kind === "won" ? "" : last.sent.why;
  throw new RefsUnsettled(`the refs did not move, and nothing stands in their way: ${why}`);
}
