// Histories that once broke an invariant, each with what was wrong. They run every time, whatever else is run.

export const PINNED_SEEDS = {
  104: "an answer stood twice and nobody took the second away",
  113: "two claims on their way to a review limit of one",
  175: "a person's claim of a week is rest, not work left over",
  205: "a task whose text a stranger changed kept everybody behind it waiting",
  297: "an infrastructure pause after the faults: somebody has to resume",
  375: "a publisher that reads the past is refused although its record stands",
  1081: "an update that GitHub refuses while its reads lag",
} as const satisfies Readonly<Record<number, string>>;
