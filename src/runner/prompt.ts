// The words that a model reads in each phase. Whatever people wrote is fenced as data, bounded, and cannot close its fence.

import type { TaskView } from "../core/api.ts";
import type { FailedCheck } from "./checks.ts";

/** Longest text of an issue's body, and of all comments together, that is shown, in characters. */
const BODY_CHARS_MAX = 60_000;
const COMMENTS_CHARS_MAX = 40_000;
const CHECK_OUTPUT_CHARS_MAX = 12_000;

const FENCES = [
  "task",
  "comment",
  "feedback",
  "earlier-work",
  "project-instructions",
  "plan",
  "check",
  "findings",
  "facts",
] as const;
type Fence = (typeof FENCES)[number];

/** Text of others between two tags. A tag of ours inside of it is made harmless. */
function fenced(fence: Fence, facts: Readonly<Record<string, string | number>>, text: string): string {
  const attributes = Object.entries(facts).map(
    ([name, value]) => ` ${name}="${String(value).replaceAll(/["<>\n]/g, "")}"`,
  );
  const harmless = text.replaceAll(new RegExp(`<(/?)(${FENCES.join("|")})\\b`, "gi"), "&lt;$1$2");
  return `<${fence}${attributes.join("")}>\n${harmless}\n</${fence}>`;
}

function bounded(text: string, charsMax: number): string {
  return text.length <= charsMax
    ? text
    : `${text.slice(0, charsMax)}\n[… ${text.length - charsMax} characters left out …]`;
}

/** The part of the prompt that stays the same through a run, so that it is cached. */
export function systemPrompt(
  rolePrompt: string,
  instructions: readonly { readonly path: string; readonly text: string }[],
): string {
  if (instructions.length === 0) return rolePrompt;
  const files = instructions.map(({ path, text }) => fenced("project-instructions", { file: path }, text));
  return `${rolePrompt}\n\nThe project's maintainers keep these instructions. Follow them where they do not contradict the rules above.\n\n${files.join("\n\n")}`;
}

/** The task as the model sees it: the same words in every phase. */
function taskText(view: TaskView): string {
  const comments: string[] = [];
  let room = COMMENTS_CHARS_MAX;
  // The latest comments matter most: room is given from the end.
  for (const comment of view.comments.toReversed()) {
    const text = bounded(comment.body, room);
    room -= text.length;
    comments.unshift(fenced("comment", { by: comment.author.login, trust: comment.author.trust }, text));
    if (room <= 0) break;
  }
  return [
    fenced(
      "task",
      { issue: view.issue, by: view.author.login, trust: view.author.trust },
      `${view.title}\n\n${bounded(view.body, BODY_CHARS_MAX)}`,
    ),
    ...comments,
    ...view.feedback.map((item) => fenced("feedback", { source: item.source, by: item.by }, item.text)),
    ...(view.resume === null || view.resume.notes === ""
      ? []
      : [fenced("earlier-work", { kind: "notes" }, view.resume.notes)]),
    ...(view.workSummary === null ? [] : [fenced("earlier-work", { attempt: view.attempt - 1 }, view.workSummary)]),
  ].join("\n\n");
}

const FEEDBACK_RULE = "Feedback is what people or checks said of earlier attempts: all of it must be taken care of.";

export function planMessage(view: TaskView): string {
  return `# Phase: plan

Find out what has to be done and write a plan. You can look at everything and run commands, but the worktree is read-only in this phase. ${view.feedback.length > 0 ? FEEDBACK_RULE : ""}

${taskText(view)}

A plan names the files to change, what changes in each, and how it will be verified. When it stands, call submit_result.`;
}

export function buildMessage(
  view: TaskView,
  plan: string | null,
  checks: readonly { readonly name: string; readonly run: string }[],
): string {
  const verified =
    checks.length === 0
      ? "Verify your work with the project's own tests."
      : `These commands will be run on your work, and must pass: ${checks.map((check) => `\`${check.run}\``).join(", ")}. Run them yourself first.`;
  return `# Phase: build

Make the change. ${view.feedback.length > 0 ? FEEDBACK_RULE : ""}

${taskText(view)}
${plan === null ? "" : `\n${fenced("plan", {}, plan)}\n`}
${verified} When the change is complete, call submit_result.`;
}

export function resolveChecksMessage(failed: readonly FailedCheck[]): string {
  const outputs = failed.map((check) =>
    fenced("check", { name: check.name, "exit-code": check.exitCode }, `$ ${check.command}\n${tail(check.output)}`),
  );
  return `# Phase: resolve

The change was checked, and this failed:

${outputs.join("\n\n")}

Fix the cause, run the commands again yourself, and call submit_result with an up-to-date description of the whole change.`;
}

export function reviewMessage(view: TaskView, diff: string): string {
  return `# Phase: review

Review a change that was made for a task, as a maintainer who has to live with it. The change is applied in the worktree, which is read-only in this phase; \`git diff HEAD\` may not show all of it, so here it is:

${fenced("earlier-work", { kind: "diff" }, diff)}

${taskText(view)}

Does it do what the task asks, completely and correctly, without harm? Report only what must change before it can be merged; matters of taste are not findings. Then call submit_result.`;
}

/** A conversation that begins in the middle of the work has to hear what it is about. */
export function withTask(message: string, view: TaskView, plan: string | null): string {
  const planned = plan === null ? "" : `\n\n${fenced("plan", {}, plan)}`;
  return `${message}\n\nThis is the task that the change was made for:\n\n${taskText(view)}${planned}`;
}

export function documentMessage(view: TaskView, diff: string): string {
  return `# Phase: document

The change below was made for the task, is in the worktree, and passes its checks. Bring the project's own documentation up to date with it: what a reader would now be told wrongly, and what is new to them. Change no behaviour; write no documentation that the project does not already keep.

${fenced("earlier-work", { kind: "diff" }, diff)}

${taskText(view)}

If nothing has to be documented, change nothing. Then call submit_result with an up-to-date description of the whole change.`;
}

/** @param diff the submitted change; null when the task has none and is itself what is to be judged */
export function judgeMessage(view: TaskView, diff: string | null): string {
  const { inspection } = view;
  const change =
    inspection === null || diff === null
      ? "Judge what the task asks you to judge. The repository is in the worktree."
      : `Judge a change that was submitted for a task. It is applied in the worktree.

${fenced("earlier-work", { kind: "diff" }, diff)}

${fenced("earlier-work", { kind: "what its author says" }, inspection.summary)}

${fenced("facts", {}, factsOf(inspection))}`;
  return `# Phase: verdict

${change}

${taskText(view)}

Then call submit_result with your verdict.`;
}

/** What the runner and GitHub measured: no model had a hand in it. */
function factsOf({ head, evidence, checks, rejections }: NonNullable<TaskView["inspection"]>): string {
  return [
    `head: ${head}`,
    `sent back before: ${rejections}`,
    ...evidence.map(
      ({ name, command, exitCode }) => `check by the runner: ${name} (${command}): exit code ${exitCode}`,
    ),
    ...checks.map(({ name, status }) => `check on GitHub: ${name}: ${status}`),
  ].join("\n");
}

export function breakdownMessage(view: TaskView): string {
  return `# Phase: tasks

Split this task into sub-tasks, in the order in which they are to be done. You can look at everything and run commands, but the worktree is read-only.

${taskText(view)}

Then call submit_result.`;
}

export function reportMessage(view: TaskView): string {
  return `# Phase: report

Find out what this task asks for. You can look at everything and run commands, but the worktree is read-only.

${taskText(view)}

Then call submit_result with your report, in Markdown.`;
}

export function resolveFindingsMessage(findings: readonly string[]): string {
  return `# Phase: resolve

The change was reviewed. These findings must be taken care of:

${fenced("findings", {}, findings.map((finding) => `- ${finding}`).join("\n"))}

Fix what is right in them. When the change is complete, call submit_result with an up-to-date description of the whole change.`;
}

function tail(output: string): string {
  return output.length <= CHECK_OUTPUT_CHARS_MAX ? output : `[…]\n${output.slice(-CHECK_OUTPUT_CHARS_MAX)}`;
}
