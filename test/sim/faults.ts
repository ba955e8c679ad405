// Which faults a history has. Swarm: every seed switches a random subset on, so that rare combinations come up and quiet
// ones are not drowned by loud ones.

import type { Dice } from "./dice.ts";

/** Every number is a probability at its occasion, unless it says otherwise. */
export interface Faults {
  readonly instances: number;
  readonly webhookLost: number;
  readonly webhookDoubled: number;
  /** By minutes to hours. */
  readonly webhookLate: number;
  readonly staleRead: number;
  /** Nothing happened and nobody said so. */
  readonly requestLost: number;
  /** It happened and nobody said so. */
  readonly answerLost: number;
  /** The caller gave up, and it happens minutes or hours later. */
  readonly requestLate: number;
  /** A document of several effects breaks off in the middle. */
  readonly documentTorn: number;
  /** Crashes of an instance in an hour. */
  readonly crashesPerHour: number;
  readonly clockJumps: boolean;
  readonly runNeverStarts: number;
  readonly runHangs: number;
  readonly runDies: number;
  /** GitHub calls it over, it works on and comes back late. */
  readonly runReturns: number;
  readonly runAgain: number;
  readonly people: boolean;
  /** People who force, delete and forge refs. */
  readonly meddlers: boolean;
}

export const NO_FAULTS: Faults = {
  instances: 1,
  webhookLost: 0,
  webhookDoubled: 0,
  webhookLate: 0,
  staleRead: 0,
  requestLost: 0,
  answerLost: 0,
  requestLate: 0,
  documentTorn: 0,
  crashesPerHour: 0,
  clockJumps: false,
  runNeverStarts: 0,
  runHangs: 0,
  runDies: 0,
  runReturns: 0,
  runAgain: 0,
  people: false,
  meddlers: false,
};

export function swarm(dice: Dice): Faults {
  const some = (...strengths: readonly number[]): number => (dice.chance(0.5) ? dice.pick(strengths) : 0);
  return {
    instances: dice.pick([1, 2, 2, 3]),
    webhookLost: some(0.1, 0.5, 1),
    webhookDoubled: some(0.1, 0.5),
    webhookLate: some(0.1, 0.5),
    staleRead: some(0.02, 0.2),
    requestLost: some(0.02, 0.1),
    answerLost: some(0.02, 0.1),
    requestLate: some(0.01, 0.05),
    documentTorn: some(0.05),
    crashesPerHour: some(1, 4, 12),
    clockJumps: dice.chance(0.3),
    runNeverStarts: some(0.1, 0.3),
    runHangs: some(0.1, 0.3),
    runDies: some(0.1, 0.3),
    runReturns: some(0.2, 0.5),
    runAgain: some(0.2, 0.5),
    people: dice.chance(0.7),
    meddlers: dice.chance(0.3),
  };
}
