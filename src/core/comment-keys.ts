// The hidden first line of every comment of ours: what the comment is for, and as of which record. It counts only in a
// comment whose author is the app; anybody can write the same text.

import type { ObservedComment } from "./observation.ts";
import type { Sha, ShownState } from "./task.ts";

export type CommentKey =
  | { readonly is: "status"; readonly tip: Sha; readonly shown: ShownState }
  | { readonly is: "claim"; readonly token: Sha; readonly stage: "granted" | "bound" | "ended" }
  | { readonly is: "answer"; readonly to: string }
  | { readonly is: "need"; readonly at: number }
  | { readonly is: "notice"; readonly at: number }
  /** A person who holds a claim was reminded of it, once. */
  | { readonly is: "reminder"; readonly token: Sha };

const PATTERN = /^<!-- signalbox:(status|claim|answer|need|notice|reminder)((?: [\w:+=/@.-]+)+) -->/;

/** @returns the first line of a comment with this key */
export function commentKeyLine(key: CommentKey): string {
  switch (key.is) {
    case "status":
      return `<!-- signalbox:status ${key.tip} ${key.shown} -->`;
    case "claim":
      return `<!-- signalbox:claim ${key.token} ${key.stage} -->`;
    case "answer":
      return `<!-- signalbox:answer ${key.to} -->`;
    case "reminder":
      return `<!-- signalbox:reminder ${key.token} -->`;
    case "need":
      return `<!-- signalbox:need ${key.at} -->`;
    case "notice":
      return `<!-- signalbox:notice ${key.at} -->`;
  }
}

/** What an adapter looks a comment up by before it repeats an ambiguous creation: all that never changes in the key. */
export function lookupKey(key: CommentKey): string {
  switch (key.is) {
    case "status":
      return "<!-- signalbox:status ";
    case "claim":
      return `<!-- signalbox:claim ${key.token} `;
    default:
      return commentKeyLine(key);
  }
}

/** @returns the key that a body starts with, or null */
export function readCommentKey(body: string): CommentKey | null {
  const match = PATTERN.exec(body);
  const words = match?.[2]?.trim().split(" ") ?? [];
  const [first = "", second = ""] = words;
  switch (match?.[1]) {
    case "status":
      return { is: "status", tip: first, shown: second as ShownState };
    case "claim":
      return second === "granted" || second === "bound" || second === "ended"
        ? { is: "claim", token: first, stage: second }
        : null;
    case "answer":
      return { is: "answer", to: first };
    case "need":
      return { is: "need", at: Number(first) };
    case "reminder":
      return { is: "reminder", token: first };
    case "notice":
      return { is: "notice", at: Number(first) };
    default:
      return null;
  }
}

export interface OwnComment {
  readonly comment: ObservedComment;
  readonly key: CommentKey;
}

/** The app's own comments on the issue, oldest first. */
export function ownComments(
  comments: readonly ObservedComment[],
  writerId: number,
  issue: number,
): readonly OwnComment[] {
  return comments
    .filter((comment) => comment.author?.id === writerId && comment.on === issue)
    .toSorted((a, b) => a.id - b.id)
    .flatMap((comment) => {
      const key = readCommentKey(comment.body);
      return key === null ? [] : [{ comment, key }];
    });
}
