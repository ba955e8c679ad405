// Ship: says that nobody needs to accept this. Merging itself is the app's, on a green gate, and only when the configuration
// lets it (`merge.ship`): a run has no right to merge anything.

import type { Phase } from "./phase.ts";

export const ship: Phase = {
  look: () => null,
  run: async (_context, progress) => ({
    status: "passed",
    summary: "Merged once the gate is green, if the configuration allows it.",
    rounds: 0,
    progress,
  }),
};
