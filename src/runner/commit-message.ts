// The message of the commit that holds an attempt's work. Its words come from a model, so it must not mention people, close
// issues, or tell GitHub to skip the checks.

const TITLE_CHARS_MAX = 72;
const SUMMARY_CHARS_MAX = 2_000;

/** Marks by which GitHub leaves a commit's checks out. Source: docs.github.com, "Skipping workflow runs". */
const SKIP_MARKS = /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]|\*\*\*no_ci\*\*\*|^skip-checks:.*$/gim;
const CLOSING_WORDS = /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(\s*:?\s+)(?=\S*#\d|https?:)/gi;

function tame(text: string): string {
  return text
    .replaceAll(SKIP_MARKS, "")
    .replaceAll(CLOSING_WORDS, "$1 (see)$2")
    .replaceAll(/@(?=[a-z\d])/gi, "@\u200b");
}

export function commitMessage(description: { readonly title: string; readonly summary: string }): string {
  const title = tame(description.title).replaceAll(/\s+/g, " ").trim();
  const short = title.length > TITLE_CHARS_MAX ? `${title.slice(0, TITLE_CHARS_MAX - 1)}…` : title;
  const summary = tame(description.summary.slice(0, SUMMARY_CHARS_MAX)).trim();
  return `${short === "" ? "Change" : short}\n\n${summary}\n`;
}
