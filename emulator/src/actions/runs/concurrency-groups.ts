// Concurrency groups of runs and jobs: one member runs, one waits (or many, with `queue: max`), and a newcomer cancels
// whoever waited before it. Knows nothing of workflows.

export interface Member {
  /** Called when a newer member takes this one's place, or wants it to stop. */
  readonly cancel: () => void;
}

export interface GroupOptions {
  readonly cancelInProgress: boolean;
  readonly queue: "single" | "max";
}

export interface ConcurrencyGroups {
  /**
   * Resolves when the member may run; `leave` must be called when it has ended.
   *
   * @returns null when it was cancelled while it waited
   */
  readonly enter: (key: string, member: Member, options: GroupOptions, given: AbortSignal) => Promise<Leave | null>;
}

export type Leave = () => void;

/** GitHub lets at most a hundred wait with `queue: max`. */
const WAITING_MAX = 100;

interface Waiting {
  readonly member: Member;
  readonly go: (leave: Leave | null) => void;
}

interface Group {
  running: Member | null;
  waiting: readonly Waiting[];
}

export function createConcurrencyGroups(): ConcurrencyGroups {
  const groups = new Map<string, Group>();

  const next = (key: string, group: Group): void => {
    const [first, ...rest] = group.waiting;
    group.waiting = rest;
    group.running = first?.member ?? null;
    if (first === undefined) groups.delete(key);
    else first.go(leaver(key, group, first.member));
  };

  const leaver = (key: string, group: Group, member: Member): Leave => {
    return () => {
      if (group.running === member) next(key, group);
    };
  };

  return {
    enter: (key, member, options, given) => {
      const group = groups.get(key) ?? { running: null, waiting: [] };
      groups.set(key, group);
      if (group.running === null) {
        group.running = member;
        return Promise.resolve(leaver(key, group, member));
      }
      const superseded = options.queue === "single" ? group.waiting : group.waiting.slice(WAITING_MAX - 1);
      group.waiting = group.waiting.filter((waiting) => !superseded.includes(waiting));
      for (const waiting of superseded) {
        waiting.go(null);
        waiting.member.cancel();
      }
      return new Promise((resolve) => {
        const mine: Waiting = { member, go: resolve };
        group.waiting = [...group.waiting, mine];
        given.addEventListener(
          "abort",
          () => {
            group.waiting = group.waiting.filter((waiting) => waiting !== mine);
            resolve(null);
          },
          { once: true },
        );
        if (options.cancelInProgress) group.running?.cancel();
      });
    },
  };
}
