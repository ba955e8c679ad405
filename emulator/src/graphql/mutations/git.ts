// Mutations of refs and commits.
import { moveBranch, moveRefs } from "../../code/move-refs.ts";
import { type Mover, moverOf } from "../../code/mover.ts";
import type { MoveRefusal, RefMove } from "../../code/ref-rules.ts";
import { writeCommit } from "../../code/write-commit.ts";
import { isSha, type Sha, ZERO_SHA } from "../../git/objects.ts";
import { isRefName } from "../../git/refs.ts";
import { editTree, entryAt, isTreePath, type PathEdit } from "../../git/trees.ts";
import type { Repository } from "../../world/repositories.ts";
import { findRepository } from "../../world/world.ts";
import { object, objects, optionalFlag, optionalObject, optionalText, text } from "../args.ts";
import type { Gql } from "../gql.ts";
import { refById, repositoryById } from "../nodes.ts";
import { GraphqlRefusal, notFound, unprocessable } from "../refusal.ts";
import type { Args, View } from "../view.ts";
import { type Mutations, needToWrite, WRITE_CONTENTS } from "./mutation.ts";

function moverHere(g: Gql, repository: Repository): Mover {
  const mover = moverOf(g.hub.world, g.caller, repository);
  if (mover === null) throw unprocessable("This credential cannot act.");
  return mover;
}

function refusal(refused: MoveRefusal): GraphqlRefusal {
  const { name } = refused;
  switch (refused.reason) {
    case "stale":
      if (refused.expected === ZERO_SHA)
        return unprocessable(`A ref named "${name}" already exists in the repository.`);
      return new GraphqlRefusal(
        "STALE_DATA",
        `Expected "${name}" to point to "${refused.expected}" but it pointed to "${refused.actual}".`,
      );
    case "not-fast-forward":
      return unprocessable(`Update to "${name}" is not a fast-forward.`);
    case "missing-object":
    case "not-a-commit":
      return unprocessable(`Object for "${name}" does not exist or is not a commit.`);
    case "bad-name":
      return unprocessable(`"${name}" is not a valid ref name.`);
    case "name-conflict":
      return unprocessable(`"${name}" cannot exist beside "${refused.with}".`);
    case "default-branch":
      return unprocessable("Cannot delete the default branch.");
    case "overtaken":
      return new GraphqlRefusal("STALE_DATA", `"${name}" was overtaken by another change.`);
    case "hidden":
      return unprocessable(`"${name}" is a read-only ref.`);
    case "rule":
      return unprocessable(`Repository rule violations found\n\n${refused.message}\n\n`);
    case "protected":
    case "workflow-file":
    case "refused":
      return unprocessable(refused.message);
  }
}

async function move(g: Gql, repository: Repository, moves: readonly RefMove[]): Promise<void> {
  const verdict = await moveRefs(g.hub, repository, moverHere(g, repository), moves);
  if ("refused" in verdict) throw refusal(verdict.refused);
}

const REF_UPDATES_MAX = 100;

function moveFrom(update: Args): RefMove {
  const before = optionalText(update, "beforeOid") ?? undefined;
  const after = text(update, "afterOid");
  const name = text(update, "name");
  if (!isSha(after) || (before !== undefined && !isSha(before)))
    throw unprocessable(`Ref update of "${name}" has an invalid object id.`);
  return { name, after, force: optionalFlag(update, "force") ?? false, ...(before === undefined ? {} : { before }) };
}

async function updateRefs(g: Gql, input: Args): Promise<View> {
  const repository = repositoryById(g, text(input, "repositoryId"));
  needToWrite(g, repository, WRITE_CONTENTS, "UpdateRefs");
  const moves = objects(input, "refUpdates").map(moveFrom);
  if (moves.length === 0 || moves.length > REF_UPDATES_MAX)
    throw unprocessable("refUpdates must name between 1 and 100 refs.");
  if (new Set(moves.map(({ name }) => name)).size < moves.length)
    throw unprocessable("A ref can be updated only once.");
  await move(g, repository, moves);
  return {};
}

async function createRef(g: Gql, input: Args): Promise<View> {
  const repository = repositoryById(g, text(input, "repositoryId"));
  needToWrite(g, repository, WRITE_CONTENTS, "CreateRef");
  const name = text(input, "name");
  const sha = text(input, "oid");
  if (!isRefName(name)) throw unprocessable(`"${name}" is not a valid ref name.`);
  await move(g, repository, [{ name, before: ZERO_SHA, after: sha, force: false }]);
  return { ref: () => g.views.ref(repository, { name, sha }) };
}

async function updateRef(g: Gql, input: Args): Promise<View> {
  const { repository, name } = refById(g, text(input, "refId"));
  needToWrite(g, repository, WRITE_CONTENTS, "UpdateRef");
  const sha = text(input, "oid");
  await move(g, repository, [{ name, after: sha, force: optionalFlag(input, "force") ?? false }]);
  return { ref: () => g.views.ref(repository, { name, sha }) };
}

async function deleteRef(g: Gql, input: Args): Promise<View> {
  const { repository, name } = refById(g, text(input, "refId"));
  needToWrite(g, repository, WRITE_CONTENTS, "DeleteRef");
  await move(g, repository, [{ name, after: ZERO_SHA, force: true }]);
  return {};
}

interface Branch {
  readonly repository: Repository;
  readonly branch: string;
}

function branchIn(g: Gql, given: Args): Branch {
  const id = optionalText(given, "id") ?? null;
  if (id !== null) {
    const { repository, name } = refById(g, id);
    return { repository, branch: name.replace(/^refs\/heads\//, "") };
  }
  const fullName = optionalText(given, "repositoryNameWithOwner") ?? "";
  const [owner = "", name = ""] = fullName.split("/");
  const repository = findRepository(g.hub.world, owner, name);
  if (repository === null || !g.canRead(repository))
    throw notFound(`Could not resolve to a Repository with the name '${fullName}'.`);
  return { repository, branch: (optionalText(given, "branchName") ?? "").replace(/^refs\/heads\//, "") };
}

async function editsOf(g: Gql, repository: Repository, tree: Sha, changes: Args | null): Promise<readonly PathEdit[]> {
  const store = g.hub.git.of(repository).objects;
  const edits: PathEdit[] = [];
  for (const deletion of changes === null ? [] : objects(changes, "deletions")) {
    const path = text(deletion, "path");
    if ((await entryAt(store, tree, path)) === null)
      throw unprocessable(`A path was requested for deletion which does not exist as of commit oid: ${path}`);
    edits.push({ path, entry: null });
  }
  for (const addition of changes === null ? [] : objects(changes, "additions")) {
    const path = text(addition, "path");
    if (!isTreePath(path)) throw unprocessable(`A path was requested which is not valid: ${path}`);
    const mode = (await entryAt(store, tree, path))?.mode ?? "100644";
    edits.push({
      path,
      entry: {
        mode: mode === "040000" ? "100644" : mode,
        sha: store.writeBlob(Buffer.from(text(addition, "contents"), "base64")),
      },
    });
  }
  return edits;
}

async function createCommitOnBranch(g: Gql, input: Args): Promise<View> {
  const { repository, branch } = branchIn(g, object(input, "branch"));
  needToWrite(g, repository, WRITE_CONTENTS, "CreateCommitOnBranch");
  const git = g.hub.git.of(repository);
  const expected = text(input, "expectedHeadOid");
  const tip = git.refs.resolve(`refs/heads/${branch}`);
  const commit = tip === null ? null : await git.objects.readCommit(tip);
  if (tip === null || commit === null) throw unprocessable(`A branch named "${branch}" does not exist.`);
  const stale = (actual: string) =>
    new GraphqlRefusal(
      "STALE_DATA",
      `Expected branch to point to "${expected}" but it did not. Pull and try again. It points to "${actual}".`,
    );
  if (tip !== expected) throw stale(tip);
  const edits = await editsOf(g, repository, commit.tree, optionalObject(input, "fileChanges"));
  const message = object(input, "message");
  const body = optionalText(message, "body") ?? "";
  const headline = text(message, "headline");
  const mover = moverHere(g, repository);
  const tree = await editTree(git.objects, commit.tree, edits);
  const draft = { tree, parents: [tip], message: body === "" ? headline : `${headline}\n\n${body}` };
  const sha = writeCommit(g.hub, git, mover.actor, draft, "web");
  const verdict = await moveBranch(g.hub, repository, mover, { branch, before: tip, after: sha });
  if ("refused" in verdict)
    throw verdict.refused.reason === "stale" ? stale(verdict.refused.actual) : refusal(verdict.refused);
  return {
    commit: () => g.views.object(repository, sha),
    ref: () => g.views.ref(repository, { name: `refs/heads/${branch}`, sha }),
  };
}

export const gitMutations: Mutations = { updateRefs, createRef, updateRef, deleteRef, createCommitOnBranch };
