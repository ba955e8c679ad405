// Remembers what a pure function said of a text. Records are immutable and read again at every look; parsing them is most
// of what a look costs. Nothing is decided here, and forgetting is always right.

/** @param max answers that are kept; when there are more, all are forgotten */
export function remembered<T>(read: (text: string) => T, max: number): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const answer = read(text);
    if (known.size >= max) known.clear();
    known.set(text, answer);
    return answer;
  };
}
