// The list of steps as the API shows it, kept while a job runs.
import type { Job, Result, StepView } from "./job.ts";

export interface StepEntry {
  /** @param name the name that it has by now */
  readonly start: (name?: string) => void;
  readonly end: (conclusion: Result) => void;
}

export interface StepBoard {
  readonly add: (name: string) => StepEntry;
}

export function createStepBoard(ports: Job["ports"]): StepBoard {
  const views: StepView[] = [];
  return {
    add: (name) => {
      const index = views.length;
      const show = (change: Partial<StepView>): void => {
        const before = views[index];
        if (before !== undefined) views[index] = { ...before, ...change };
        ports.onSteps([...views]);
      };
      views.push({ number: index + 1, name, status: "queued", conclusion: null, startedAt: null, completedAt: null });
      return {
        start: (now = name) => show({ name: now, status: "in_progress", startedAt: ports.now() }),
        end: (conclusion) => {
          const now = ports.now();
          show({ status: "completed", conclusion, startedAt: views[index]?.startedAt ?? now, completedAt: now });
        },
      };
    },
  };
}
