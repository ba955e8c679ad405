// The words of the onboarding pull request: what it adds, what a person still has to do, and what would come of the
// issues that are open today.

import type { RepositoryConfig } from "./config.ts";
import { stateLabel } from "./labels.ts";
import { ONBOARDING_FILES, WORKFLOW, WORKFLOW_PATH } from "./onboarding-files.ts";
import { type Preview, previewOf } from "./preview.ts";
import { count, money } from "./render-format.ts";
import { refusalSentence } from "./render-refusal.ts";
import { safeCode, safeInline } from "./safe-text.ts";
import type { PlainIssue } from "./survey.ts";

export const ONBOARDING_TITLE = "Set up Signalbox";

/** Issues that the preview lists. */
const PREVIEW_MAX = 50;
const TITLE_CHARS_MAX = 120;

export interface OnboardingFacts {
  /** Where people see the repository. */
  readonly url: string;
  readonly defaultBranch: string;
  readonly hasWorkflow: boolean;
  readonly config: RepositoryConfig;
  /** Open ones, newest first. */
  readonly issues: readonly PlainIssue[];
}

/** A page of GitHub's on which the workflow is filled in already; a person with the right to commits it. */
export function workflowLink({ url, defaultBranch }: Pick<OnboardingFacts, "url" | "defaultBranch">): string {
  const branch = defaultBranch.split("/").map(encodeURIComponent).join("/");
  return `${url}/new/${branch}?filename=${encodeURIComponent(WORKFLOW_PATH)}&value=${encodeURIComponent(WORKFLOW)}`;
}

/** What the pull request says. */
export function onboardingBody(facts: OnboardingFacts): string {
  const label = safeCode(stateLabel("queued", facts.config.prefix), TITLE_CHARS_MAX);
  return [
    "This adds two files and starts nothing:",
    "",
    ...ONBOARDING_FILES.map(({ path }) => `- \`${path}\``),
    "",
    `Merging it creates the labels. From then on an issue becomes a task when somebody with write permission puts ${label} on it.`,
    "",
    "**Before anything can run**",
    "",
    facts.hasWorkflow
      ? `1. The workflow \`${WORKFLOW_PATH}\` is there already.`
      : `1. [Add the workflow](${workflowLink(facts)}). An app may not write workflows, so this link opens a new file with its text filled in.`,
    "2. Set the variable `SIGNALBOX_URL` (where your app answers) and the secret `ANTHROPIC_API_KEY` for Actions.",
    "3. Say in `.github/signalbox.yml` which `checks` prove a change.",
    "",
    ...previewLines(previewOf(facts.issues.slice(0, PREVIEW_MAX), facts.config), label),
    "",
    "Closing this pull request leaves everything as it is.",
  ].join("\n");
}

function previewLines(previews: readonly Preview[], label: string): readonly string[] {
  if (previews.length === 0) return ["**Today's issues**: none is open."];
  return [
    `<details><summary>What ${label.replaceAll("`", "")} would do with today's issues (${count(previews.length, "issue")})</summary>`,
    "",
    "| Issue | What would happen |",
    "|---|---|",
    ...previews.map(
      (preview) =>
        `| #${preview.issue.number} ${cell(safeInline(preview.issue.title, TITLE_CHARS_MAX))} | ${cell(outcome(preview))} |`,
    ),
    "",
    "</details>",
  ];
}

function outcome(preview: Preview): string {
  if (preview.would === "be-refused") return `refused: ${preview.refusals.map(refusalSentence).join(" ")}`;
  const { role, phases, priority, budget } = preview.settings;
  const when = preview.would === "be-queued" ? "queued as it is labelled now" : "queued once it is labelled";
  return `${when}: ${priority}, role ${safeCode(role, TITLE_CHARS_MAX)}, phases ${safeCode(phases, TITLE_CHARS_MAX)}, at most ${money(budget)}`;
}

function cell(text: string): string {
  return text.replaceAll(/(?<!\\)\|/g, "\\|").replaceAll("\n", " ");
}
