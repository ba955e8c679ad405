// Lets a test stop jobs at a place of its choice and let them go on: how runs are killed, cancelled or overtaken in the
// middle without guessing at times.

/** Where a job is. */
export interface JobPlace {
  readonly repository: string;
  /** Name of the workflow. */
  readonly workflow: string;
  readonly runId: number;
  readonly runAttempt: number;
  readonly jobId: number;
  /** Name of the job. */
  readonly job: string;
  /** null = before the first step. */
  readonly step: string | null;
}

export interface Hold {
  /** Resolves with the first place that the hold caught. */
  readonly reached: Promise<JobPlace>;
  /** Every place that is held now. */
  readonly places: () => readonly JobPlace[];
  /** Lets everything go on that is held, and holds nothing any more. */
  readonly release: () => void;
}

export interface Holds {
  readonly hold: (matches: (place: JobPlace) => boolean) => Hold;
  /** Resolves at once when nobody holds this place; `stop` frees it too. */
  readonly pass: (place: JobPlace, stop: AbortSignal) => Promise<void> | null;
}

interface Held {
  readonly place: JobPlace;
  readonly go: () => void;
}

interface Rule {
  readonly matches: (place: JobPlace) => boolean;
  readonly caught: (held: Held) => void;
}

export function createHolds(): Holds {
  const rules = new Set<Rule>();
  return {
    hold: (matches) => {
      const held = new Set<Held>();
      const { promise, resolve } = Promise.withResolvers<JobPlace>();
      const rule: Rule = {
        matches,
        caught: (one) => {
          held.add(one);
          resolve(one.place);
        },
      };
      rules.add(rule);
      return {
        reached: promise,
        places: () => [...held].map(({ place }) => place),
        release: () => {
          rules.delete(rule);
          for (const { go } of held) go();
          held.clear();
        },
      };
    },
    pass: (place, stop) => {
      const rule = [...rules].find((one) => one.matches(place));
      if (rule === undefined || stop.aborted) return null;
      return new Promise((resolve) => {
        stop.addEventListener("abort", () => resolve(), { once: true });
        rule.caught({ place, go: resolve });
      });
    },
  };
}
