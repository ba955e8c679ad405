// Medians, quantiles and tables: shared machines are noisy, so a benchmark here is the median of several rounds.

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Prints rows as a Markdown table; the first row is the head. */
export function table(title: string, rows: readonly (readonly (string | number)[])[]): void {
  const [head = [], ...rest] = rows;
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |\n`;
  process.stdout.write(`\n${title}\n\n${line(head)}${line(head.map(() => "---"))}${rest.map(line).join("")}`);
}
