// What the runner measured, as a table for people and as the check run on the submitted head.

import { count, duration, money, short } from "./render-format.ts";
import { checksPassed } from "./render-record.ts";
import { safeCode, safeInline } from "./safe-text.ts";
import type { Evidence, Submission } from "./task.ts";

/** Longest command or name in a cell, in code points. */
const CELL_CHARS_MAX = 100;
/** Digits of a log's digest that are shown: enough to tell two logs apart. */
const DIGEST_DIGITS = 12;

/** One row for each check that the runner ran; empty when there were none. */
export function evidenceTable(evidence: readonly Evidence[]): readonly string[] {
  if (evidence.length === 0) return [];
  return [
    "| Check | Command | Result | Time |",
    "|---|---|---|---|",
    ...evidence.map(
      ({ name, command, exitCode, durationMs }) =>
        `| ${safeInline(name, CELL_CHARS_MAX)} | ${safeCode(command, CELL_CHARS_MAX)} | ${exitCode === 0 ? "passed" : `exit code ${exitCode}`} | ${duration(durationMs)} |`,
    ),
  ];
}

export interface EvidenceCheck {
  readonly conclusion: "success" | "failure" | "neutral";
  readonly title: string;
  readonly summary: string;
}

/** @returns the check run that stands on the submitted head; without checks it says so and is not green */
export function evidenceCheck({
  evidence,
  head,
  usage,
}: Pick<Submission, "head" | "evidence" | "usage">): EvidenceCheck {
  if (evidence.length === 0) {
    return {
      conclusion: "neutral",
      title: "No checks",
      summary: "Nothing was measured. Add `checks:` to `.github/signalbox.yml`, or write `checks: none` to do without.",
    };
  }
  const digests = evidence.map(
    ({ name, logDigest }) =>
      `- ${safeInline(name, CELL_CHARS_MAX)}: log SHA-256 \`${logDigest.slice(0, DIGEST_DIGITS)}…\``,
  );
  const ran = `The runner ran these on ${short(head)}, not the model. The attempt cost ${money(usage.cost)} in ${count(usage.turns, "turn")}.`;
  return {
    conclusion: evidence.some(({ exitCode }) => exitCode !== 0) ? "failure" : "success",
    title: checksPassed(evidence),
    summary: [ran, "", ...evidenceTable(evidence), "", ...digests].join("\n"),
  };
}
