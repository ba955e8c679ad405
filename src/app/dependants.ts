// Who waits for which issue, as the latest looks found it: a closed issue does not say who named it in a line of text, or
// waits for it in a repository that its own token cannot see. A cache: what it forgets, the sweep finds.

const REMEMBERED_MAX = 20_000;

export interface Dependants {
  /** @returns keys of the tasks that wait for `owner/repo#n` */
  of(ref: string): readonly string[];
  /** What the task with this key waits for now; takes the place of what was known. */
  note(key: string, waitsFor: readonly string[]): void;
}

export function createDependants(rememberedMax = REMEMBERED_MAX): Dependants {
  const waiting = new Map<string, readonly string[]>();
  return {
    of(ref) {
      const wanted = ref.toLowerCase();
      return [...waiting].flatMap(([key, on]) => (on.includes(wanted) ? [key] : []));
    },
    note(key, waitsFor) {
      waiting.delete(key);
      if (waitsFor.length === 0) return;
      waiting.set(
        key,
        waitsFor.map((ref) => ref.toLowerCase()),
      );
      const oldest = waiting.keys().next();
      if (waiting.size > rememberedMax && oldest.done !== true) waiting.delete(oldest.value);
    },
  };
}
