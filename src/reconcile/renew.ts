// Renews the claim of a local runner: one look, and at most one edit of the claim comment.

import type { Hub, IssueRef } from "../core/ports.ts";
import type { Refusal } from "../core/refusal.ts";
import { type Renewal, renewalOf } from "../core/renewals.ts";
import type { Sha } from "../core/task.ts";
import { lookAt, renewedAt } from "./look.ts";

/** @param asked the lease token and the numeric id of the account that holds it, both proved by the caller */
export async function renew(
  { hub }: { readonly hub: Hub },
  ref: IssueRef,
  asked: { readonly token: Sha; readonly holderId: number },
): Promise<{ readonly renewed: boolean; readonly refusal: Refusal | null }> {
  const pass = await lookAt(hub, ref, new Map(), null);
  if (pass === "gone") return { renewed: false, refusal: { reason: "stale-token", current: null } };
  if (pass.problem !== null) return { renewed: false, refusal: { reason: "ledger-broken", problem: pass.problem } };
  const renewal: Renewal = renewalOf(pass.observation, pass.task, asked, renewedAt(pass));
  if (renewal.renewal === "write") await hub.apply(ref, [renewal.effect]);
  return {
    renewed: renewal.renewal === "write",
    refusal: renewal.renewal === "refused" ? renewal.refusal : null,
  };
}
