// Whether a piece of a run is doing something or only waits for something else: what `hub.idle()` counts.
import type { Work } from "../../world/work.ts";

export interface Activity {
  /** Waits without counting as under way: whatever is waited for counts itself, or is held by a test. */
  readonly pause: <T>(waited: Promise<T>) => Promise<T>;
  readonly end: () => void;
}

export function beginActivity(work: Work): Activity {
  let end = work.begin();
  return {
    pause: async (waited) => {
      end();
      try {
        return await waited;
      } finally {
        end = work.begin();
      }
    },
    end: () => end(),
  };
}
