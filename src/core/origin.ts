// Where a sub-task comes from: the hidden first line of an issue that the app made out of a breakdown. It counts only in
// an issue whose author is the app; anybody can write the same text.

import type { Account } from "./observation.ts";

export interface Origin {
  /** The issue that was split, in the same repository. */
  readonly parent: number;
  readonly key: string;
  /** 1 = made out of an issue that no breakdown made. */
  readonly depth: number;
}

const LINE = /^<!-- signalbox:child ([1-9]\d{0,9}) ([a-z0-9][a-z0-9-]{0,39}) ([1-9]) -->/;

export function originLine({ parent, key, depth }: Origin): string {
  return `<!-- signalbox:child ${parent} ${key} ${depth} -->`;
}

/** @returns null for an issue that was not made by a breakdown */
export function originOf(
  issue: { readonly author: Account | null; readonly body: string },
  writerId: number,
): Origin | null {
  if (issue.author?.id !== writerId) return null;
  const [, parent, key, depth] = LINE.exec(issue.body) ?? [];
  return key === undefined ? null : { parent: Number(parent), key, depth: Number(depth) };
}
