// The order of the queue: priority, then age, fair between authors. An order is a courtesy, never a safety matter.

import { BACKOFF_MS_MAX } from "./backoff.ts";
import { prioritiesOf } from "./labels.ts";
import type { Observation, ObservedNeighbour } from "./observation.ts";
import { type EpochMs, PRIORITIES, type Priority, type Task } from "./task.ts";

interface Waiting {
  readonly issue: number;
  readonly priority: Priority;
  readonly since: EpochMs;
  readonly authorId: number;
}

/** Moves after which a task may be backing off: it is not waited for. */
const BACKS_OFF: ReadonlySet<string> = new Set(["release", "expire", "fail", "suspend"]);

/** Tasks of each author that hold a claim now: they have had that many turns. */
export function turnsTaken(neighbours: readonly ObservedNeighbour[]): ReadonlyMap<number, number> {
  const taken = new Map<number, number>();
  for (const { tip, author } of neighbours) {
    if (tip?.state === "claimed" && author !== null) taken.set(author.id, (taken.get(author.id) ?? 0) + 1);
  }
  return taken;
}

/**
 * Sorts by priority; inside one, the first of every author goes before the second of any, and so on; ties by age.
 *
 * @param taken turns that authors have had already, by their numeric id
 * @returns issue numbers, first to be claimed first
 */
export function orderQueue(waiting: readonly Waiting[], taken: ReadonlyMap<number, number>): readonly number[] {
  const byAge = waiting.toSorted((a, b) => a.since - b.since || a.issue - b.issue);
  const turns = new Map<string, number>();
  const ranked = byAge.map((entry) => {
    const key = `${entry.priority}/${entry.authorId}`;
    const turn = turns.get(key) ?? taken.get(entry.authorId) ?? 0;
    turns.set(key, turn + 1);
    return { ...entry, turn };
  });
  const rank = (priority: Priority): number => PRIORITIES.indexOf(priority);
  return ranked
    .toSorted(
      (a, b) => rank(a.priority) - rank(b.priority) || a.turn - b.turn || a.since - b.since || a.issue - b.issue,
    )
    .map((entry) => entry.issue);
}

/** Where a task stands among those that could be claimed now. */
export interface Place {
  /** Tasks that go before it; 0 = it is next. */
  readonly ahead: number;
  /** All that wait, this one included. */
  readonly waiting: number;
}

/** @returns how many tasks that could be claimed now go before this one, 0 = it is next */
export function positionOf(observation: Observation, task: Task): number {
  return placeOf(observation, task).ahead;
}

export function placeOf(observation: Observation, task: Task): Place {
  const others = observation.neighbours
    .filter((neighbour) => neighbour.issue !== observation.issue.number && isWaiting(neighbour, observation))
    .map(asWaiting);
  const own: Waiting = {
    issue: observation.issue.number,
    priority: task.settings.priority,
    since: observation.issue.createdAt,
    authorId: observation.issue.author?.id ?? 0,
  };
  const order = orderQueue([...others, own], turnsTaken(observation.neighbours));
  return { ahead: order.indexOf(own.issue), waiting: order.length };
}

function isWaiting(neighbour: ObservedNeighbour, { now, config }: Observation): boolean {
  const { tip } = neighbour;
  // Without its label it is blocked or closed: nobody waits behind what does not move itself.
  if (tip?.state !== "queued" || !neighbour.labels.includes(`${config.prefix}:queued`)) return false;
  return !(BACKS_OFF.has(tip.move) && now - tip.at < BACKOFF_MS_MAX);
}

export function asWaiting(neighbour: ObservedNeighbour): Waiting {
  return {
    issue: neighbour.issue,
    priority: prioritiesOf(neighbour.labels),
    since: neighbour.createdAt,
    authorId: neighbour.author?.id ?? 0,
  };
}

/** Tasks to look at when a slot becomes free, in the order of the queue. */
export function nextInQueue(observation: Observation, count: number): readonly number[] {
  const waiting = observation.neighbours
    .filter((neighbour) => neighbour.issue !== observation.issue.number && neighbour.tip?.state === "queued")
    .map(asWaiting);
  return orderQueue(waiting, turnsTaken(observation.neighbours)).slice(0, count);
}
