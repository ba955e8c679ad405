// Accounts as GitHub's GraphQL and REST name them, made one: numeric id, login with `[bot]` for an App, and what it is.

import type { Account } from "../../core/observation.ts";
import type { Recorded, Who } from "./look-schema.ts";

/** GitHub's own stand-in for deleted accounts. It has no rights anywhere. */
export const GHOST: Account = { id: 10_137, login: "ghost", isBot: false };

/** GraphQL calls an App's account `slug`, REST calls it `slug[bot]`: the latter is its login. */
export function accountOf(who: Who | null): Account | null {
  if (who === null || who.databaseId === undefined || who.databaseId === null) return null;
  const isBot = who.__typename === "Bot";
  const login = isBot && !who.login.endsWith("[bot]") ? `${who.login}[bot]` : who.login;
  return { id: who.databaseId, login, isBot };
}

/** `<id>+<slug>[bot]@users.noreply.github.com`: GitHub writes it for an App's commits, whose account is no user. */
const BOT_EMAIL = /^(\d+)\+[\w.-]+\[bot\]@users\.noreply\.[\w.-]+$/;

/** @returns the numeric id of the account that GitHub names as the author, or null when it knows none */
export function authorIdOf(commit: Recorded): number | null {
  const byUser = commit.author?.user?.databaseId ?? null;
  if (byUser !== null) return byUser;
  const byEmail = BOT_EMAIL.exec(commit.author?.email ?? "");
  return byEmail === null ? null : Number(byEmail[1]);
}

/**
 * Whether the author made the commit through GitHub's API with nothing of their own in it. Author and committer are
 * then the same account: a merge that GitHub makes for somebody else is signed too, but committed by GitHub.
 */
export function isSignedForAuthor({ author, committer, signature }: Recorded): boolean {
  return signature?.isValid === true && signature.wasSignedByGitHub && author?.email === committer?.email;
}
