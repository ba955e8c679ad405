// Inline code of a piece of prose, found as Markdown finds it: a run of backticks up to the next run of the same length.

/** Answers, for a text that is walked from left to right, where the code span that opens at a place ends. */
export function codeSpans(text: string): (at: number) => number | null {
  const startsByLength = new Map<number, number[]>();
  for (const run of text.matchAll(/`+/g)) {
    const starts = startsByLength.get(run[0].length);
    if (starts === undefined) startsByLength.set(run[0].length, [run.index]);
    else starts.push(run.index);
  }
  return (at) => {
    const length = runLength(text, at);
    const starts = startsByLength.get(length) ?? [];
    // Questions come in order, so what lies behind is never asked for again: the whole walk is linear.
    while (starts[0] !== undefined && starts[0] < at + length) starts.shift();
    return starts[0] === undefined ? null : starts[0] + length;
  };
}

/** Number of backticks that stand at `at`. */
export function runLength(text: string, at: number): number {
  let end = at;
  while (text[end] === "`") end += 1;
  return end - at;
}
