// Makes the commit objects of records. No ref names them yet, so making one twice harms nobody. Author, committer and
// date are left out: only then does GitHub sign.

import { z } from "zod";
import type { NewRecord, RepositoryRef } from "../../core/ports.ts";
import type { Sha } from "../../core/task.ts";
import { type Context, nameOf } from "./context.ts";
import type { RestAnswer, Wire } from "./wire.ts";

/** Git's own id of the tree without files: a commit on it has nothing that a workflow could run on. */
export const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const MARKER = {
  path: "SIGNALBOX.md",
  text: "This branch is a ledger of Signalbox. Its commits are the story of a task.\n",
};

const commitSchema = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  verification: z.object({ verified: z.boolean(), reason: z.string() }).optional(),
});
const treeSchema = z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/) });

async function postCommit(wire: Wire, repository: RepositoryRef, record: NewRecord, tree: Sha): Promise<RestAnswer> {
  return await wire.rest({
    route: "POST /repos/{owner}/{repo}/git/commits",
    parameters: {
      owner: repository.owner,
      repo: repository.name,
      message: record.message,
      tree,
      parents: record.parent === null ? [] : [record.parent],
    },
    repeat: "freely",
    kind: "write",
    priority: "urgent",
  });
}

/** A tree with one file, for a GitHub that has no empty one. */
async function markerTree(wire: Wire, repository: RepositoryRef): Promise<Sha> {
  const answer = await wire.rest({
    route: "POST /repos/{owner}/{repo}/git/trees",
    parameters: {
      owner: repository.owner,
      repo: repository.name,
      tree: [{ path: MARKER.path, mode: "100644", type: "blob", content: MARKER.text }],
    },
    repeat: "freely",
    kind: "write",
    priority: "urgent",
  });
  if (!answer.ok) throw new Error(`GitHub made no tree for records: ${answer.message}`);
  return treeSchema.parse(answer.data).sha;
}

export async function createRecord(context: Context, repository: RepositoryRef, record: NewRecord): Promise<Sha> {
  const wire = await context.wireTo(repository);
  const { trees } = context.memory;
  const known = trees.get(nameOf(repository));
  let answer = await postCommit(wire, repository, record, known ?? EMPTY_TREE);
  if (!answer.ok && known === undefined && /tree/i.test(answer.message)) {
    const tree = await markerTree(wire, repository);
    answer = await postCommit(wire, repository, record, tree);
    if (answer.ok) trees.set(nameOf(repository), tree);
  }
  if (!answer.ok) throw new Error(`GitHub made no commit for a record: ${answer.message}`);
  const commit = commitSchema.parse(answer.data);
  // A record that is not signed would count for nobody and make the whole chain unreadable.
  if (commit.verification?.verified !== true) {
    throw new Error(
      `GitHub did not sign a record (${commit.verification?.reason ?? "no reason"}): is this an App's token?`,
    );
  }
  return commit.sha;
}
