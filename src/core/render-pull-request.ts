// Title and body of the pull request that carries a submission, and what is said to one that is not ours.

import { evidenceTable } from "./render-evidence.ts";
import { count, money } from "./render-format.ts";
import { safeBlock, safeCode, safeLine } from "./safe-text.ts";
import type { Submission } from "./task.ts";

/** GitHub cuts titles at 256 characters; a squash adds the number. */
const TITLE_CHARS_MAX = 200;
const BODY_CHARS_MAX = 4_000;
const PLAN_CHARS_MAX = 4_000;
const NAME_CHARS_MAX = 100;

export interface PullRequestView {
  readonly issue: number;
  readonly issueTitle: string;
  /** The agent's own title and words, when it left some. */
  readonly words: { readonly title: string; readonly body: string } | null;
  readonly plan: string;
  readonly submission: Pick<Submission, "evidence" | "summary" | "usage">;
  readonly attempt: number | null;
  readonly role: string;
}

/** @returns the agent's title when it wrote one, else the issue's; plain text, because it becomes a commit message */
export function pullRequestTitle({ issue, issueTitle, words }: PullRequestView): string {
  const title = safeLine(words?.title ?? "", TITLE_CHARS_MAX) || safeLine(issueTitle, TITLE_CHARS_MAX);
  return title === "" ? `Work on issue ${issue}` : title;
}

function details(summary: string, text: string): readonly string[] {
  return text === "" ? [] : ["", `<details><summary>${summary}</summary>`, "", text, "", "</details>"];
}

/** The whole body. Its first line is the only closing keyword in it. */
export function pullRequestBody(view: PullRequestView): string {
  const { issue, submission, attempt, role } = view;
  const { usage } = submission;
  const words = safeBlock(view.words?.body ?? "", BODY_CHARS_MAX) || safeBlock(submission.summary, BODY_CHARS_MAX);
  const table = evidenceTable(submission.evidence);
  const made = attempt === null ? "Made" : `Attempt ${attempt}, made`;
  return [
    `Closes #${issue}`,
    ...(words === "" ? [] : ["", words]),
    "",
    ...(table.length === 0 ? ["No checks were run."] : ["Measured by the runner:", "", ...table]),
    ...details("Plan", safeBlock(view.plan, PLAN_CHARS_MAX)),
    "",
    `${made} by role ${safeCode(role, NAME_CHARS_MAX)} for ${money(usage.cost)} in ${count(usage.turns, "turn")}.`,
  ].join("\n");
}

/** What is said when a pull request from the task's branch is closed because Signalbox did not open it. */
export function foreignPullRequestComment(issue: number): string {
  return `The branch belongs to the task of issue #${issue}, and only Signalbox opens its pull request. Use a branch of your own, or claim the task with \`/task claim\`.`;
}
