// The dashboard of a repository: running, waiting and why, needs you, done and what it cost. The same facts give the
// same text, so an edit is due exactly when the text differs.

import { type BoardKind, boardKeyLine, boxLine } from "./board.ts";
import { configProblem } from "./config-check.ts";
import { type Glance, glanceOf, type Shown } from "./dashboard.ts";
import { count, money, time } from "./render-format.ts";
import { recordSentence } from "./render-record.ts";
import { refusalSentence } from "./render-refusal.ts";
import { safeClause, safeCode, safeInline } from "./safe-text.ts";
import type { Survey } from "./survey.ts";
import type { MicroUsd } from "./task.ts";

/** Tasks that a section shows; GitHub takes 65,536 characters in all. */
const SECTION_MAX = 40;
const ENDED_MAX = 15;
const PROBLEMS_MAX = 20;
const TEXT_CHARS_MAX = 200;

const KIND: BoardKind = "tasks";

/** @param seen the newest edit by somebody else that this text takes into account */
export function dashboardText(survey: Survey, seen: string | null): string {
  const glance = glanceOf(survey);
  const sections = [
    [boardKeyLine(KIND, seen)],
    stateLines(survey),
    problemLines(survey),
    section("Needs you", needLines(glance)),
    section("Running", glance.running.map(runningLine)),
    section("Waiting", glance.waiting.map(waitingLine)),
    section("Done lately", glance.ended.slice(0, ENDED_MAX).map(endedLine)),
    ["A box is a command of whoever ticks it. Closing this issue pauses everything; reopening it goes on."],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function section(title: string, items: readonly (readonly string[])[]): readonly string[] {
  if (items.length === 0) return [];
  const shown = items.slice(0, SECTION_MAX).flat();
  const more = items.length - SECTION_MAX;
  return [`### ${title} (${items.length})`, "", ...shown, ...(more > 0 ? [`- and ${more} more`] : [])];
}

function stateLines({ repositoryLedger, config }: Survey): readonly string[] {
  if ("problem" in repositoryLedger) {
    const why = safeClause(repositoryLedger.problem, TEXT_CHARS_MAX);
    return [`**Nothing is claimed**: what the tasks share cannot be believed: ${why}.`];
  }
  const { paused, pausedRoles, spent, admissions } = repositoryLedger.state;
  const claims = `${admissions.length} of ${count(config.limits.claimed, "claim")}`;
  const facts = `${claims}; ${spentLately(spent, config.budget.day)}.`;
  const state =
    paused === null
      ? `**Claims run.** ${facts}`
      : `**Paused** by ${safeInline(paused.by, TEXT_CHARS_MAX)} since ${time(paused.at)}: ${safeClause(paused.why, TEXT_CHARS_MAX)}. ${facts}`;
  return [
    state,
    "",
    paused === null ? boxLine("pause", "Pause: let nothing be claimed") : boxLine("resume", "Resume"),
    ...pausedRoles.map((role) => boxLine(`resume-role/${role}`, `Resume the role ${safeCode(role, TEXT_CHARS_MAX)}`)),
  ];
}

/** The last day on which anything was spent: a text that says "today" would be edited every midnight. */
function spentLately(spent: Readonly<Record<string, MicroUsd>>, budget: MicroUsd): string {
  const day = Object.keys(spent).toSorted().at(-1);
  const daily = `${money(budget)} a day may be spent`;
  return day === undefined ? daily : `${money(spent[day] ?? 0)} spent on ${day}, ${daily}`;
}

function problemLines({ configProblems }: Survey): readonly string[] {
  if (configProblems.length === 0) return [];
  const more = configProblems.length - PROBLEMS_MAX;
  return [
    "### Mistakes in `.github/signalbox.yml`",
    "",
    "The last version that holds is in force.",
    "",
    ...configProblems.slice(0, PROBLEMS_MAX).map((problem) => `- ${configProblem(problem)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
}

function needLines({ needsPeople, inReview }: Glance): readonly (readonly string[])[] {
  return [...needsPeople.map((task) => [line(task), ...boxes(task)]), ...inReview.map((task) => [line(task)])];
}

function line({ issue, tip }: Shown): string {
  return `- #${issue} since ${time(tip.at)}: ${safeInline(recordSentence(tip), TEXT_CHARS_MAX)}`;
}

function boxes({ issue }: Shown): readonly string[] {
  return [`  ${boxLine(`retry/${issue}`, "Queue it again")}`, `  ${boxLine(`cancel/${issue}`, "Abandon it")}`];
}

function runningLine({ issue, tip, reserved, role }: Glance["running"][number]): readonly string[] {
  const words = [...(role === "" ? [] : [`role ${safeCode(role, TEXT_CHARS_MAX)}`]), `${money(reserved)} reserved`];
  return [`- #${issue} since ${time(tip.at)}: ${words.join(", ")}`];
}

function waitingLine({ issue, because }: Glance["waiting"][number]): readonly string[] {
  if (because === null) return [`- #${issue}: next to be claimed.`];
  if (because === "draft") return [`- #${issue}: proposed, not released to the queue.`];
  if (because === "blocked") return [`- #${issue}: a blocker or a hold keeps it; its status comment says which.`];
  return [`- #${issue}: ${refusalSentence(because)}`];
}

function endedLine({ issue, tip, spent }: Glance["ended"][number]): readonly string[] {
  const cost = spent === null ? "" : `, ${money(spent)}`;
  return [`- #${issue} ${tip.state} ${time(tip.at)}${cost}`];
}
