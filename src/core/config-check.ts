// How people are told what is wrong with a config file, all of it: the check run on a head that changes the file.

import { count } from "./render-format.ts";
import { safeInline } from "./safe-text.ts";
import type { ConfigReport } from "./survey.ts";

/** Name of the check run on every change of the config. */
export const CONFIG_CHECK = "signalbox/config";

const PROBLEM_CHARS_MAX = 500;
/** More than these are counted. GitHub takes 65,535 characters in a summary. */
const PROBLEMS_SHOWN_MAX = 100;

export interface ConfigCheck {
  readonly conclusion: "success" | "failure";
  readonly title: string;
  readonly summary: string;
}

/** The check run on a head that changes the file. */
export function configCheck({ problems, ignored }: ConfigReport): ConfigCheck {
  const vain = ignored.map(
    (key) => `- \`${key}\` is locked by the organisation: what this file says of it counts for nothing`,
  );
  const note = vain.length === 0 ? [] : ["", "**Without effect**", "", ...vain];
  if (problems.length === 0) {
    return {
      conclusion: "success",
      title: "The config holds",
      summary: ["Every key is understood.", ...note].join("\n"),
    };
  }
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX).map((problem) => `- ${configProblem(problem)}`);
  const more = problems.length - shown.length;
  return {
    conclusion: "failure",
    title: `${count(problems.length, "mistake")} in .github/signalbox.yml`,
    summary: [
      "While this is on the default branch, the last version that holds stays in force.",
      "",
      ...shown,
      ...(more === 0 ? [] : [`- and ${more} more`]),
      ...note,
    ].join("\n"),
  };
}

/** One mistake as Markdown: keys stay code, the rest is somebody's text. */
export function configProblem(problem: string): string {
  const [, key, rest] = /^(`[\w.-]{1,200}`): (.*)$/s.exec(problem) ?? [];
  return key === undefined || rest === undefined
    ? safeInline(problem, PROBLEM_CHARS_MAX)
    : `${key}: ${safeInline(rest, PROBLEM_CHARS_MAX)}`;
}
