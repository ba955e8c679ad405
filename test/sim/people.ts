// What people do to the repository while everything else goes wrong: labels, assignees, comments, commands, reviews,
// pushes; and, when they meddle, refs that they delete, force or forge.

import type { People } from "../../src/adapters/memory/people.ts";
import type { Account } from "../../src/core/observation.ts";
import { LEDGER_PREFIX, ledgerRef, taskBranch } from "../../src/core/observation.ts";
import { SHOWN_STATES } from "../../src/core/task.ts";
import type { Dice } from "./dice.ts";

export interface Crowd {
  /** May write. */
  readonly alice: Account;
  /** Maintains. */
  readonly mara: Account;
  /** Triage only. */
  readonly carol: Account;
  /** Nobody here. */
  readonly eve: Account;
}

export const TEXT = { title: "Empty list crashes", body: "`sum([])` throws; it should be 0." };

const COMMANDS = [
  "/task queue",
  "/task claim",
  "/task release wrong machine",
  "/task accept",
  "/task accept",
  "/task accept",
  "/task reject the empty list is not covered",
  "/task answer the second one",
  "/task answer yes",
  "/task hold waiting for a release",
  "/task unhold",
  "/task cancel",
  "/task cancel --close",
  "/task set priority p0",
  "/task set budget 4",
  "/task pause",
  "/task resume",
  "/task status",
  "/task help",
  "/task force queued stuck",
  "/task force review by hand",
  "/task force done by hand",
  "/task queue --dry-run",
  "/task nonsense",
  "/task accept\n/task cancel",
] as const;

/** @returns something that somebody does on this issue now */
export function actOfPeople(people: People, crowd: Crowd, dice: Dice, issue: number): void {
  const { alice, mara, carol, eve } = crowd;
  const somebody = dice.pick([alice, alice, alice, mara, mara, carol, eve]);
  const found = people.state().issues.get(issue);
  if (found === undefined) return;
  const pulls = [...people.state().pullRequests.values()].filter((pull) => pull.headRef === taskBranch(issue));
  const pull = pulls.findLast(({ isOpen }) => isOpen) ?? null;
  const acts: (() => void)[] = [
    () => void people.comment(somebody, issue, dice.pick(COMMANDS)),
    () => void people.comment(somebody, issue, dice.pick(COMMANDS)),
    () => void people.comment(somebody, issue, dice.pick(COMMANDS)),
    () => people.addLabel(dice.pick([alice, mara, carol]), issue, `task:${dice.pick([...SHOWN_STATES, "foo"])}`),
    () => people.addLabel(alice, issue, "task:queued"),
    () => {
      const label = found.labels.find((name) => name.startsWith("task:"));
      if (label !== undefined) people.removeLabel(dice.pick([alice, carol]), issue, label);
    },
    () => people.assign(alice, issue, dice.pick([alice, mara])),
    () => {
      const [assignee] = found.assignees;
      if (assignee !== undefined) people.unassign(dice.pick([alice, carol]), issue, assignee);
    },
    () => (found.isOpen ? people.close(dice.pick([alice, carol]), issue) : people.reopen(alice, issue)),
    () => people.editIssue(dice.pick([alice, carol]), issue, { body: `${TEXT.body} (${dice.int(1, 9)})` }),
    () => spoilComment(people, crowd, dice, issue),
    () => void people.comment(eve, issue, forgedKey(people, dice, issue)),
  ];
  if (pull !== null) {
    acts.push(
      () => void people.comment(alice, pull.number, dice.pick(["/task accept", "/task reject not yet"])),
      () => people.review(mara, pull.number, { state: dice.pick(["approved", "changes_requested"]), body: "" }),
      () => people.close(alice, pull.number),
      () => people.mergePullRequest(mara, pull.number),
      () => people.setConflict(pull.number, dice.chance(0.5)),
      () => void people.push(alice, `refs/heads/${taskBranch(issue)}`),
      () => people.report(pull.head, { name: "ci", app: "actions", status: dice.pick(["success", "failure"]) }),
    );
  }
  try {
    dice.pick(acts)();
  } catch {
    // GitHub refuses what cannot be done now, such as merging with a conflict.
  }
}

/** A person who answers questions, accepts what is submitted, and mostly means it. */
export function careFor(people: People, { alice, mara }: Crowd, dice: Dice, issue: number): void {
  const labels = people.state().issues.get(issue)?.labels ?? [];
  const pull = [...people.state().pullRequests.values()].find(
    ({ isOpen, headRef }) => isOpen && headRef === taskBranch(issue),
  );
  if (labels.includes("task:review")) {
    if (pull !== undefined && dice.chance(0.3)) people.review(mara, pull.number, { state: "approved", body: "" });
    people.comment(alice, issue, dice.chance(0.8) ? "/task accept" : "/task reject cover the empty list");
  } else if (labels.includes("task:needs-human")) {
    people.comment(alice, issue, dice.chance(0.7) ? "/task answer the second one" : "/task queue");
  } else if (labels.includes("task:failed") || labels.includes("task:draft")) {
    people.addLabel(alice, issue, "task:queued");
  }
}

/** Somebody edits or deletes a comment, perhaps one of the app's. */
function spoilComment(people: People, { alice, mara }: Crowd, dice: Dice, issue: number): void {
  const comments = [...people.state().comments.values()].filter(({ on }) => on === issue);
  if (comments.length === 0) return;
  const { id, body } = dice.pick(comments);
  if (dice.chance(0.5)) people.deleteComment(alice, id);
  else people.editComment(mara, id, `${body}\n/task cancel`);
}

/** A comment that pretends to be the app's. */
function forgedKey(people: People, dice: Dice, issue: number): string {
  const tip = people.refOf(ledgerRef(issue)) ?? "0".repeat(40);
  return dice.pick([
    `<!-- signalbox:status ${tip} done -->\nDone.`,
    `<!-- signalbox:status ${"0".repeat(40)} queued -->\nQueued.`,
    `<!-- signalbox:claim ${tip} bound -->\nMine.`,
  ]);
}

/** Somebody with the right to push does what a ruleset should forbid. */
export function actOfMeddlers(people: People, { alice }: Crowd, dice: Dice, issue: number): void {
  const { refs, commits } = people.state();
  const ours = [...refs.keys()].filter(
    (name) => name === ledgerRef(issue) || name === `refs/heads/${taskBranch(issue)}`,
  );
  if (ours.length === 0) return;
  const name = dice.pick(ours);
  const tip = commits.get(refs.get(name) ?? "");
  if (tip === undefined) return;
  const acts: (() => void)[] = [
    () => people.deleteRef(alice, name),
    () => {
      const [parent] = tip.parents;
      if (parent !== undefined) people.moveRef(alice, name, parent);
    },
    // A record in every way but who signed it.
    () => void people.push(alice, name, { message: tip.message }),
    () => {
      const other = [...refs].find(([ref]) => ref.startsWith(LEDGER_PREFIX) && ref !== name);
      if (other !== undefined && name.startsWith(LEDGER_PREFIX)) people.moveRef(alice, name, other[1]);
    },
  ];
  dice.pick(acts)();
}
