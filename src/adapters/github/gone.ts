// Whether an issue that GraphQL does not find is really gone. One 404 proves nothing: right after a webhook GitHub may
// read from a copy that has not heard of the issue yet.

import type { IssueRef } from "../../core/ports.ts";
import type { Context } from "./context.ts";

/** Looks at an issue that is not found, before it is believed, and the time between them. */
const LOOKS_MAX = 3;
const BETWEEN_MS = 2_000;

/** @returns true when it was deleted, transferred, or never there; false when it is there after all */
export async function isGone(context: Context, ref: IssueRef): Promise<boolean> {
  const wire = await context.wireTo(ref);
  for (let looks = 1; ; looks += 1) {
    const answer = await wire.rest({
      route: "GET /repos/{owner}/{repo}/issues/{issue_number}",
      parameters: { owner: ref.owner, repo: ref.name, issue_number: ref.issue, request: { redirect: "manual" } },
      repeat: "freely",
      kind: "read",
    });
    const { status } = answer;
    if (status === 410 || (status >= 300 && status < 400)) return true;
    if (answer.ok) return false;
    if (status !== 404) throw new Error(`GitHub did not say whether the issue is there: ${answer.message}`);
    if (looks >= LOOKS_MAX) return true;
    await context.clock.wait(BETWEEN_MS);
  }
}
