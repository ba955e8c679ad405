// Ids of the pretended GitHub: commit ids and digests are worked out from content, so that a seed replays them.

import { createHash } from "node:crypto";
import type { Account } from "../../core/observation.ts";
import type { EpochMs, Sha } from "../../core/task.ts";

/** Git's own id of the empty tree: every record has it. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

export interface CommitContent {
  readonly parents: readonly Sha[];
  readonly message: string;
  readonly author: Account | null;
  readonly at: EpochMs;
  /** Stands for the files: two commits that differ in nothing else still differ. */
  readonly content: string;
}

/** @returns the id that git would give to such a commit, but for the signature */
export function commitId(commit: CommitContent): Sha {
  const name = commit.author === null ? "ghost <ghost>" : `${commit.author.login} <${commit.author.id}>`;
  const text = [
    `tree ${commit.content === "" ? EMPTY_TREE : createHash("sha1").update(commit.content).digest("hex")}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${name} ${Math.floor(commit.at / 1_000)} +0000`,
    "",
    commit.message,
  ].join("\n");
  return createHash("sha1")
    .update(`commit ${Buffer.byteLength(text)}\0${text}`)
    .digest("hex");
}

/** SHA-256 of title and body as the protocol defines it, hex. */
export function textDigest(title: string, body: string): string {
  return createHash("sha256").update(`${title}\n\n${body}`).digest("hex");
}

/** First 16 hex digits of the SHA-256 of a comment's body. */
export function bodyDigest(body: string): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 16);
}
