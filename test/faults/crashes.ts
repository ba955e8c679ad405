// The app killed at every await: after each answer that GitHub gave it and before it heard of it. What happens between two
// answers leaves no trace outside the process, so these are all the moments at which a death can make a difference.

import { notesOf, type Outcome, SWEEPS_MAX } from "./cells.ts";
import { Stuck, tell } from "./story.ts";
import type { Universe, World } from "./world.ts";

/** @returns how many answers the app hears in a story without a death */
export async function countAnswers(universe: Universe): Promise<number> {
  let answers = 0;
  const world = await universe.world({
    onAnswer: () => {
      answers += 1;
    },
  });
  await tell(world);
  await world.close();
  return answers;
}

export type Crash = Omit<Outcome, "cell" | "hasStruck"> & {
  readonly at: number;
  readonly last: string;
  readonly hasStruck: boolean;
};

/** Tells the story and kills the app at one answer, counted from 1; it is started again at once and knows nothing. */
export async function runCrash(universe: Universe, at: number): Promise<Crash> {
  let answers = 0;
  let last = "";
  let world: World | null = null;
  world = await universe.world({
    onAnswer: () => {
      answers += 1;
      if (answers !== at || world === null) return;
      const entry = world.hub.requests.entries.at(-1);
      last = `${entry?.method ?? ""} ${entry?.operation ?? ""}`;
      world.process.crash();
    },
  });
  const told = world;
  const facts = () => ({ at, last, hasStruck: answers >= at, notes: notesOf(told) });
  try {
    const { sweeps, attempts, moves, wrong } = await tell(told);
    const late = sweeps > SWEEPS_MAX ? [`it took ${sweeps} sweeps`] : [];
    return { ...facts(), sweeps, attempts, moves, wrong: [...wrong, ...late] };
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    return { ...facts(), sweeps: Infinity, attempts: 0, moves: [], wrong: [error.message] };
  } finally {
    await told.close();
  }
}
