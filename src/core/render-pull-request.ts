// Title and body of the pull request that carries a submission, and what is said to one that is not ours.

import { evidenceTable } from "./render-evidence.ts";
import { money } from "./render-format.ts";
import type { RunResult } from "./result.ts";
import { safeBlock, safeCode, safeLine } from "./safe-text.ts";

/** GitHub cuts titles at 256 characters; a squash adds the number. */
const TITLE_CHARS_MAX = 200;
const BODY_CHARS_MAX = 4_000;
const PLAN_CHARS_MAX = 4_000;
const NAME_CHARS_MAX = 100;

export interface PullRequestView {
  readonly issue: number;
  readonly issueTitle: string;
  readonly result: Pick<RunResult, "pullRequest" | "summary" | "phases" | "evidence" | "usage">;
  readonly attempt: number;
  readonly role: string;
  readonly runUrl: string | null;
}

/** @returns the agent's title when it wrote one, else the issue's; plain text, because it becomes a commit message */
export function pullRequestTitle({
  issue,
  issueTitle,
  result,
}: Pick<PullRequestView, "issue" | "issueTitle" | "result">): string {
  const title = safeLine(result.pullRequest?.title ?? "", TITLE_CHARS_MAX) || safeLine(issueTitle, TITLE_CHARS_MAX);
  return title === "" ? `Work on issue ${issue}` : title;
}

function details(summary: string, text: string): readonly string[] {
  return text === "" ? [] : ["", `<details><summary>${summary}</summary>`, "", text, "", "</details>"];
}

/** The whole body. Its first line is the only closing keyword in it. */
export function pullRequestBody({ issue, result, attempt, role, runUrl }: PullRequestView): string {
  const words = safeBlock(result.pullRequest?.body ?? "", BODY_CHARS_MAX) || safeBlock(result.summary, BODY_CHARS_MAX);
  const plan = result.phases.find(({ phase }) => phase === "plan")?.summary ?? "";
  const run = runUrl === null ? "" : ` in [this run](${runUrl})`;
  const table = evidenceTable(result.evidence);
  return [
    `Closes #${issue}`,
    ...(words === "" ? [] : ["", words]),
    "",
    ...(table.length === 0 ? ["No checks were run."] : ["Measured by the runner:", "", ...table]),
    ...details("Plan", safeBlock(plan, PLAN_CHARS_MAX)),
    "",
    `Attempt ${attempt} of ${safeCode(role, NAME_CHARS_MAX)}${run}: ${money(result.usage.cost)}, ${result.usage.turns} turns.`,
  ].join("\n");
}

/** What is said when a pull request from the task's branch is closed because Signalbox did not open it. */
export function foreignPullRequestComment(issue: number): string {
  return `The branch belongs to the task of issue #${issue}, and only Signalbox opens its pull request. Use a branch of your own, or claim the task with \`/task claim\`.`;
}
