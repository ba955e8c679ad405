// Refs, trees and blobs.
import { commitsBetween, mergeBase } from "../../git/history.ts";
import { kindOfMode, type Sha } from "../../git/objects.ts";
import { entryAt, listTree, type PathEntry } from "../../git/trees.ts";
import { nodeId } from "../../world/ids.ts";
import type { Repository } from "../../world/repositories.ts";
import { text } from "../args.ts";
import { connection, connectionOf } from "../connection.ts";
import type { Gql, RefName } from "../gql.ts";
import type { Args, View } from "../view.ts";
import { pullConnection } from "./lists.ts";
import { objectFields } from "./object-fields.ts";

/** GitHub gives the text of blobs up to this size and says so when it cut. */
const TEXT_BYTES_MAX = 512 * 1024;

function blobView(g: Gql, repository: Repository, sha: Sha, bytes: Buffer): View {
  const isBinary = bytes.subarray(0, 8_000).includes(0);
  return {
    ...objectFields(g, repository, sha),
    __typename: "Blob",
    id: nodeId("Blob", repository.id, sha),
    byteSize: bytes.length,
    isBinary,
    isTruncated: bytes.length > TEXT_BYTES_MAX,
    text: isBinary ? null : bytes.subarray(0, TEXT_BYTES_MAX).toString("utf8"),
  };
}

function entryView(g: Gql, repository: Repository, entry: PathEntry): View {
  const name = entry.path.split("/").at(-1) ?? "";
  const kind = kindOfMode(entry.mode);
  return {
    name,
    path: entry.path,
    oid: entry.sha,
    mode: Number.parseInt(entry.mode, 8),
    type: kind,
    extension: /\.[^.]+$/.exec(name)?.[0] ?? "",
    isGenerated: false,
    size: async () =>
      kind === "blob" ? ((await g.hub.git.of(repository).objects.readBlob(entry.sha))?.length ?? 0) : 0,
    object: () => (kind === "commit" ? null : g.views.object(repository, entry.sha, entry.path)),
    repository: () => g.views.repository(repository),
    submodule: null,
  };
}

export async function fileEntry(g: Gql, repository: Repository, tree: Sha, path: string): Promise<View | null> {
  const entry = await entryAt(g.hub.git.of(repository).objects, tree, path);
  return entry === null || path === "" ? null : entryView(g, repository, entry);
}

function treeView(g: Gql, repository: Repository, sha: Sha, prefix: string): View {
  return {
    ...objectFields(g, repository, sha),
    __typename: "Tree",
    id: nodeId("Tree", repository.id, sha),
    entries: async () => {
      const { entries } = await listTree(g.hub.git.of(repository).objects, sha, { recursive: false });
      return entries.map((entry) =>
        entryView(g, repository, { ...entry, path: prefix === "" ? entry.path : `${prefix}/${entry.path}` }),
      );
    },
  };
}

export async function objectView(g: Gql, repository: Repository, sha: Sha, path = ""): Promise<View | null> {
  const { objects } = g.hub.git.of(repository);
  const object = await objects.read(sha);
  switch (object?.kind) {
    case "commit": {
      const commit = await objects.readCommit(sha);
      return commit === null ? null : g.views.commit(repository, commit);
    }
    case "tree":
      return treeView(g, repository, sha, path);
    case "blob":
      return blobView(g, repository, sha, object.body);
    case "tag": {
      const tag = await objects.readTag(sha);
      if (tag === null) return null;
      const shown = {
        __typename: "Tag",
        id: nodeId("Tag", repository.id, sha),
        name: tag.tag,
        message: tag.message.trimEnd(),
      };
      return { ...objectFields(g, repository, sha), ...shown, target: () => objectView(g, repository, tag.object) };
    }
    default:
      return null;
  }
}

/** `main:src/index.ts`, `HEAD:`, a branch or a SHA, as `git rev-parse` reads them. */
export async function objectNamed(g: Gql, repository: Repository, expression: string): Promise<View | null> {
  const git = g.hub.git.of(repository);
  const colon = expression.indexOf(":");
  const sha = await git.resolve(colon === -1 ? expression : expression.slice(0, colon));
  if (sha === null) return null;
  if (colon === -1) return objectView(g, repository, sha);
  const tree = (await git.objects.readCommit(sha))?.tree ?? sha;
  const entry = await entryAt(git.objects, tree, expression.slice(colon + 1));
  return entry === null ? null : objectView(g, repository, entry.sha, entry.path);
}

async function comparisonView(g: Gql, repository: Repository, base: Sha, headRef: string): Promise<View | null> {
  const git = g.hub.git.of(repository);
  const head = await git.resolve(headRef);
  if (head === null || (await mergeBase(git.objects, git.path, base, head)) === null) return null;
  const ahead = [...(await commitsBetween(git.objects, base, head))].reverse();
  const behind = await commitsBetween(git.objects, head, base);
  const diverged = behind.length === 0 ? "AHEAD" : "DIVERGED";
  return {
    __typename: "Comparison",
    id: nodeId("Ref", repository.id, base, head),
    aheadBy: ahead.length,
    behindBy: behind.length,
    status: ahead.length > 0 ? diverged : behind.length === 0 ? "IDENTICAL" : "BEHIND",
    baseTarget: () => g.views.object(repository, base),
    headTarget: () => g.views.object(repository, head),
    commits: (args: Args) =>
      connection("commits", args, {
        items: ahead,
        key: (commit) => commit.sha,
        view: (commit) => g.views.commit(repository, commit),
      }),
  };
}

export function refView(g: Gql, repository: Repository, ref: RefName): View {
  const prefix = /^refs\/[^/]+\//.exec(ref.name)?.[0] ?? "refs/";
  const name = ref.name.slice(prefix.length);
  return {
    __typename: "Ref",
    id: nodeId("Ref", repository.id, ref.name),
    name,
    prefix,
    repository: () => g.views.repository(repository),
    target: () => g.views.object(repository, ref.sha),
    compare: (args: Args) => comparisonView(g, repository, ref.sha, text(args, "headRef")),
    associatedPullRequests: (args: Args) => {
      const issues = [...repository.pulls.values()]
        .filter((pull) => pull.head.ref === name)
        .flatMap((pull) => repository.issues.get(pull.number) ?? []);
      return pullConnection(g, args, issues, "associatedPullRequests");
    },
    branchProtectionRule: () => protectionView(g, repository, name),
    refUpdateRule: () => updateRuleView(repository, name),
    // Rulesets are not emulated: a branch has the rules of its protection and no others.
    rules: (args: Args) => connectionOf("rules", args, [], () => null),
  };
}

/** What anybody may see of a branch's protection: what a change of it must pass. */
function updateRuleView(repository: Repository, branch: string): View | null {
  const rule = repository.protections.get(branch);
  if (rule === undefined) return null;
  return {
    __typename: "RefUpdateRule",
    pattern: branch,
    allowsDeletions: rule.allowDeletions,
    allowsForcePushes: rule.allowForcePushes,
    requiredApprovingReviewCount: rule.requiredApprovals,
    requiredStatusCheckContexts: rule.requiredChecks ?? [],
  };
}

function protectionView(g: Gql, repository: Repository, branch: string): View | null {
  const rule = repository.protections.get(branch);
  if (rule === undefined) return null;
  return {
    __typename: "BranchProtectionRule",
    id: nodeId("Ref", repository.id, "protection", branch),
    pattern: branch,
    allowsDeletions: rule.allowDeletions,
    allowsForcePushes: rule.allowForcePushes,
    dismissesStaleReviews: rule.dismissStaleReviews,
    isAdminEnforced: rule.enforceAdmins,
    requiresApprovingReviews: rule.requiredApprovals > 0,
    requiredApprovingReviewCount: rule.requiredApprovals,
    requiresStatusChecks: rule.requiredChecks !== null,
    requiresStrictStatusChecks: rule.strictChecks,
    requiredStatusCheckContexts: rule.requiredChecks ?? [],
    restrictsPushes: rule.pushLogins !== null,
    repository: () => g.views.repository(repository),
  };
}
