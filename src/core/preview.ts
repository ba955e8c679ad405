// What labelling an issue would lead to, told before anybody does: the priority, role and phases that its labels choose,
// or the reason why it would be refused. Changes nothing.

import type { RepositoryConfig } from "./config.ts";
import { labelProblems, settingsOf, stateLabel } from "./labels.ts";
import type { Refusal } from "./refusal.ts";
import type { PlainIssue } from "./survey.ts";
import type { TaskSettings } from "./task.ts";

export type Preview = { readonly issue: PlainIssue } & (
  | { readonly would: "wait-for-label" | "be-queued"; readonly settings: TaskSettings }
  | { readonly would: "be-refused"; readonly refusals: readonly Refusal[] }
);

/** @returns what would come of each issue, in the order given */
export function previewOf(issues: readonly PlainIssue[], config: RepositoryConfig): readonly Preview[] {
  const queued = stateLabel("queued", config.prefix);
  return issues.map((issue): Preview => {
    const refusals: readonly Refusal[] = [
      ...(issue.hasBody ? [] : [{ reason: "empty-body" as const }]),
      ...labelProblems(issue.labels, config),
    ];
    if (refusals.length > 0) return { issue, would: "be-refused", refusals };
    const would = issue.labels.some((label) => label.toLowerCase() === queued) ? "be-queued" : "wait-for-label";
    return { issue, would, settings: settingsOf(issue.labels, config, null) };
  });
}
