// Whom a look gives a reason to be looked at next: those that wait for this issue, its parent, its sub-issues. Only ever
// from what has ended or changed to what goes on, so that no two issues wake each other for ever.

import { childrenOf } from "../core/family.ts";
import type { Observation } from "../core/observation.ts";
import type { IssueRef } from "../core/ports.ts";
import type { Pass } from "./look.ts";

/** Neighbours that a closed issue wakes because a line of their text may name it. */
const BLOCKED_MAX = 50;

function refOf(text: string): readonly IssueRef[] {
  const [, owner, name, issue] = /^([\w.-]+)\/([\w.-]+)#([1-9]\d*)$/.exec(text) ?? [];
  return owner === undefined || name === undefined ? [] : [{ owner, name, issue: Number(issue) }];
}

export function dependantsOf({ observation, task, won, made }: Pass): readonly IssueRef[] {
  const { issue, family, blocking, repository } = observation;
  const here = (number: number): IssueRef => ({ owner: repository.owner, name: repository.name, issue: number });
  const hasEnded = !issue.isOpen || (task !== null && task.endedAt !== null);
  const above = family.parent === null ? [] : [family.parent.ref];
  const below = childrenOf(observation).counted.flatMap(({ ref, state }) => (state === "open" ? [ref] : []));
  const named = [...(hasEnded ? [...blocking, ...above] : []), ...(won ? below : [])];
  return [...named.flatMap(refOf), ...(hasEnded ? blockedHere(observation).map(here) : []), ...made.map(here)];
}

/** A line of text leaves no trace at what it names: whoever is blocked is looked at. */
function blockedHere({ neighbours, config }: Observation): readonly number[] {
  const blocked = neighbours.filter(({ labels }) => labels.includes(`${config.prefix}:blocked`));
  return blocked.map(({ issue }) => issue).slice(0, BLOCKED_MAX);
}

/** @returns what keeps the task now, by `owner/repo#n` */
export function waitedFor({ observation, task }: Pass): readonly string[] {
  if (task === null || task.endedAt !== null) return [];
  const open = [...observation.blockers, ...observation.family.children].filter(({ state }) => state !== "completed");
  return [...new Set(open.map(({ ref }) => ref))].filter((ref) => refOf(ref).length > 0);
}
