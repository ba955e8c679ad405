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

/**
 * Sorts by priority; inside one, the first of every author goes before the second of any, and so on; ties by age.
 *
 * @returns issue numbers, first to be claimed first
 */
export function orderQueue(waiting: readonly Waiting[]): readonly number[] {
  const byAge = waiting.toSorted((a, b) => a.since - b.since || a.issue - b.issue);
  const turns = new Map<string, number>();
  const ranked = byAge.map((entry) => {
    const key = `${entry.priority}/${entry.authorId}`;
    const turn = turns.get(key) ?? 0;
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

/** @returns how many tasks that could be claimed now go before this one, 0 = it is next */
export function positionOf(observation: Observation, task: Task): number {
  const others = observation.neighbours
    .filter((neighbour) => neighbour.issue !== observation.issue.number && isWaiting(neighbour, observation))
    .map((neighbour) => asWaiting(neighbour, observation));
  const own: Waiting = {
    issue: observation.issue.number,
    priority: task.settings.priority,
    since: observation.issue.createdAt,
    authorId: observation.issue.author?.id ?? 0,
  };
  return orderQueue([...others, own]).indexOf(own.issue);
}

function isWaiting(neighbour: ObservedNeighbour, { now, config }: Observation): boolean {
  const { tip } = neighbour;
  // Without its label it is blocked or closed: nobody waits behind what does not move itself.
  if (tip?.state !== "queued" || !neighbour.labels.includes(`${config.prefix}:queued`)) return false;
  return !(BACKS_OFF.has(tip.move) && now - tip.at < BACKOFF_MS_MAX);
}

function asWaiting(neighbour: ObservedNeighbour, _observation: Observation): Waiting {
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
    .map((neighbour) => asWaiting(neighbour, observation));
  return orderQueue(waiting).slice(0, count);
}
