// What keeps a task from being claimed: its sub-issues, and the issues that people marked as blocking it.

import { z } from "zod";
import type { Blocker } from "../../core/observation.ts";
import type { IssueRef } from "../../core/ports.ts";
import type { State } from "../../core/task.ts";
import type { IssueAnswer } from "./look-schema.ts";
import type { Wire } from "./wire.ts";

/** Source: GitHub lets at most 50 issues block one, and shows 100 a page. */
const BLOCKERS_MAX = 100;

const blockersSchema = z.array(
  z.object({
    number: z.int(),
    state: z.string(),
    state_reason: z.string().nullish(),
    repository: z.object({ full_name: z.string() }).optional(),
    repository_url: z.string().optional(),
  }),
);

function stateOf(state: string, reason: string | null | undefined): Blocker["state"] {
  if (state.toLowerCase() === "open") return "open";
  return reason?.toLowerCase() === "not_planned" ? "not_planned" : "completed";
}

/** Only a task that may be claimed next is asked about. */
const ASKED_IN: ReadonlySet<State | "none"> = new Set(["none", "draft", "queued", "needs-human", "failed"]);

export async function observedBlockers(
  wire: Wire,
  ref: IssueRef,
  issue: IssueAnswer,
  state: State | "none",
): Promise<readonly Blocker[]> {
  const children = (issue.subIssues?.nodes ?? []).map((child): Blocker => {
    if (child === null) return { ref: "a sub-issue that cannot be read", state: "unknown" };
    return {
      ref: `${child.repository.nameWithOwner}#${child.number}`,
      state: stateOf(child.state, child.stateReason),
    };
  });
  if (!ASKED_IN.has(state)) return children;
  const { data, ok, status, message } = await wire.rest({
    route: "GET /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by",
    parameters: { owner: ref.owner, repo: ref.name, issue_number: ref.issue, per_page: BLOCKERS_MAX },
    repeat: "freely",
    kind: "read",
  });
  // A GitHub that knows no dependencies between issues has none.
  if (status === 404 || status === 410) return children;
  if (!ok) throw new Error(`GitHub did not say what blocks the issue: ${message}`);
  const blockers = blockersSchema.parse(data).map(
    (blocker): Blocker => ({
      ref: `${blocker.repository?.full_name ?? blocker.repository_url?.split("/repos/").at(-1) ?? ""}#${blocker.number}`,
      state: stateOf(blocker.state, blocker.state_reason),
    }),
  );
  return [...children, ...blockers];
}
