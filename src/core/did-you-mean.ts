// The nearest of a few known words, for people who mistyped one. Small inputs only: both sides are cut short.

/** Longest word that is compared, in UTF-16 code units. */
const WORD_CHARS_MAX = 30;

/**
 * @param word  what somebody wrote, in lower case
 * @returns the nearest known word, or null when none is near: one slip in three letters, two in longer words
 */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > WORD_CHARS_MAX) return null;
  const slipsMax = word.length <= 3 ? 1 : 2;
  const ranked = known
    .map((candidate) => ({ candidate, slips: distance(word, candidate) }))
    .filter(({ slips }) => slips <= slipsMax)
    .sort((a, b) => a.slips - b.slips);
  return ranked[0]?.candidate ?? null;
}

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
function distance(a: string, b: string): number {
  let before: readonly number[] = [];
  let above: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      line.push(
        Math.min(
          at(above, column) + 1,
          at(line, column - 1) + 1,
          at(above, column - 1) + (same ? 0 : 1),
          swapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = above;
    above = line;
  }
  return at(above, b.length);
}

/** Every index that is asked for has been filled: rows are one longer than the word. */
function at(row: readonly number[], index: number): number {
  return Number(row[index]);
}
