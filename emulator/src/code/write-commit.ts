// Commits made through the API: whose name they carry and whether GitHub signs them.
import { createHash } from "node:crypto";
import { type CommitFields, commitPayload, type Person, type Sha } from "../git/objects.ts";
import type { GitRepository } from "../git/repository.ts";
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import { personOf, webFlow } from "./people.ts";

export interface CommitDraft {
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  readonly message: string;
  /** Given by the caller: then the commit is theirs to sign, and GitHub does not. */
  readonly author?: Person;
  readonly committer?: Person;
}

/**
 * Stands where GitHub's signature stands. It depends on the text alone, so that the same commit has the same SHA twice;
 * whether a commit counts as signed is decided by `world.signedCommits`, never by this text.
 */
function signatureOf(payload: string): string {
  const digest = createHash("sha256").update(payload).digest("base64");
  return `-----BEGIN PGP SIGNATURE-----\n\n${digest}\n-----END PGP SIGNATURE-----\n`;
}

function sign(hub: Hub, git: GitRepository, fields: CommitFields): Sha {
  const sha = git.objects.writeCommit({ ...fields, signature: signatureOf(commitPayload(fields)) });
  hub.world.signedCommits.add(sha);
  return sha;
}

/** "bot" = the app's bot is the committer too; "web" = GitHub commits for the account, as in its web editor and merges. */
export type CommitterStyle = "own" | "web";

/** Writes one commit for an actor and returns its SHA. Moves no ref. */
export function writeCommit(
  hub: Hub,
  git: GitRepository,
  actor: Actor,
  draft: CommitDraft,
  style: CommitterStyle,
): Sha {
  const now = Math.floor(hub.world.clock.now() / 1000) * 1000;
  const { tree, parents, message } = draft;
  const own = personOf(actor.account, now);
  if (draft.author !== undefined || draft.committer !== undefined) {
    const author = draft.author ?? own;
    return git.objects.writeCommit({
      tree,
      parents,
      message,
      author,
      committer: draft.committer ?? author,
      signature: null,
    });
  }
  const committer = style === "web" ? webFlow(now) : own;
  return sign(hub, git, { tree, parents, message, author: own, committer, signature: null });
}

/** A commit whose author stays somebody else while GitHub commits and signs: squash merges. */
export function writeSignedFor(
  hub: Hub,
  git: GitRepository,
  author: Person,
  draft: Omit<CommitDraft, "author" | "committer">,
): Sha {
  const now = Math.floor(hub.world.clock.now() / 1000) * 1000;
  return sign(hub, git, { ...draft, author, committer: webFlow(now), signature: null });
}
