// Choices that a person makes by ticking a box in a comment of ours: their keys, which boxes an edit ticked, and the
// commands that they stand for. Whoever reads them has already checked that the comment is the app's own.

import type { GivenCommand } from "./command.ts";
import type { Verb } from "./commands.ts";
import type { MicroUsd, Task } from "./task.ts";

/** Each box and the command that it stands for. */
export const BOXES = {
  accept: "accept",
  rescope: "queue",
  abandon: "cancel",
  allow: "set",
} as const satisfies Record<string, Verb>;

export type Box = keyof typeof BOXES;
const NAMES = Object.keys(BOXES) as readonly Box[];

/** What one tick adds to a task's budget. */
export const ALLOWANCE: MicroUsd = 2_000_000;

/** A task is short of money when less than this part of its budget is left. */
const SHORT = 0.2;

/** @returns whether more money is worth asking for */
export function isShortOfMoney({ settings, spent }: Task): boolean {
  return settings.budget - spent < settings.budget * SHORT;
}

/** @returns the boxes whose command is among the legal ones, in a fixed order */
export function boxesFor(legal: readonly Verb[]): readonly Box[] {
  return NAMES.filter((box) => legal.includes(BOXES[box]));
}

/** One unticked box, with its key hidden before what it says. */
export function writeBox(box: Box, label: string): string {
  return `- [ ] <!-- signalbox:${box} --> ${label}`;
}

const BOX = new RegExp(`^- \\[([ xX])\\] <!-- signalbox:(${NAMES.join("|")}) --> `, "gm");

function ticked(body: string): ReadonlySet<string> {
  const lines = body.replaceAll("\r\n", "\n").matchAll(BOX);
  return new Set([...lines].flatMap(([, mark, box]) => (mark === " " || box === undefined ? [] : [box])));
}

/**
 * Boxes that an edit ticked. Unticking asks for nothing.
 *
 * @param before  the comment as we wrote it
 * @param after   the comment as it stands
 */
export function boxesTicked(before: string, after: string): readonly Box[] {
  const [old, current] = [ticked(before), ticked(after)];
  return NAMES.filter((box) => current.has(box) && !old.has(box));
}

/** @returns whether any box in a body is ticked */
export function hasTick(body: string): boolean {
  return ticked(body).size > 0;
}

type Unplaced<C> = C extends GivenCommand ? Omit<C, "index" | "dryRun"> : never;

/** @returns what a ticked box asks for, in the words of the commands; more money also queues a task that stopped */
export function commandsOfBox(box: Box, task: Task): readonly Unplaced<GivenCommand>[] {
  const source = "";
  const queue = { source, verb: "queue", args: {} } as const;
  switch (box) {
    case "accept":
      return [{ source, verb: "accept", args: { sha: null } }];
    case "rescope":
      return [queue];
    case "abandon":
      return [{ source, verb: "cancel", args: { text: "abandoned", close: false } }];
    case "allow": {
      const more = { setting: "budget", value: task.settings.budget + ALLOWANCE } as const;
      const set = { source, verb: "set", args: more } as const;
      return task.state === "needs-human" ? [set, queue] : [set];
    }
  }
}
