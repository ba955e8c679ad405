// One bare repository on disk, as everything above uses it: objects, refs, history, diffs, merges. It knows no users and no rights.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DiffReader, openDiffReader } from "./diff.ts";
import { ancestorsOf } from "./history.ts";
import { type ObjectStore, openObjectStore } from "./object-store.ts";
import { isSha, type Sha } from "./objects.ts";
import { openRefStore, type RefStore } from "./refs.ts";

export interface GitRepository {
  /** The bare repository's folder. */
  readonly path: string;
  readonly objects: ObjectStore;
  readonly refs: RefStore;
  readonly diffs: DiffReader;
  /** Any name git users write: a SHA (also shortened), a branch, a tag, a full ref, HEAD. Tags are peeled to their commit. */
  resolve(revision: string): Promise<Sha | null>;
  /**
   * Every commit that a branch has or had, without what only `except` brings the first time this is asked. Whoever adds
   * commits to a branch adds them here; commits of deleted branches stay, they are not new to the repository either.
   */
  branchCommits(except: string): Promise<Set<Sha>>;
  setHead(branch: string): void;
  readonly head: () => string;
}

/**
 * Pushed packs are taken apart, so that every object is loose and readable in process; nothing is ever repacked.
 * Any reachable or unreachable SHA may be fetched, as on GitHub.
 */
const CONFIG = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[gc]
\tauto = 0
[http]
\treceivepack = true
\tuploadpack = true
[uploadpack]
\tallowAnySHA1InWant = true
\tallowFilter = true
[receive]
\tadvertisePushOptions = false
\tadvertiseAtomic = true
\tautogc = false
`;

export function createGitRepository(path: string, defaultBranch: string): GitRepository {
  for (const folder of ["objects/info", "objects/pack", "refs/heads", "refs/tags"])
    mkdirSync(join(path, folder), { recursive: true });
  writeFileSync(join(path, "config"), CONFIG);
  const repository = openGitRepository(path, defaultBranch);
  repository.setHead(defaultBranch);
  return repository;
}

const SHORT_SHA_CHARS_MIN = 4;

export function openGitRepository(path: string, defaultBranch: string): GitRepository {
  const objects = openObjectStore(path);
  const refs = openRefStore(path, objects);
  let head = defaultBranch;
  let known: Promise<Set<Sha>> | null = null;

  async function peel(sha: Sha): Promise<Sha | null> {
    const object = await objects.read(sha);
    if (object?.kind === "tag") return (await objects.readTag(sha))?.object ?? null;
    return object === null ? null : sha;
  }

  async function resolve(revision: string): Promise<Sha | null> {
    if (isSha(revision)) return peel(revision);
    const names = revision === "HEAD" ? [`refs/heads/${head}`] : [`refs/heads/${revision}`, `refs/tags/${revision}`];
    if (revision.startsWith("refs/")) names.unshift(revision);
    if (revision.startsWith("heads/") || revision.startsWith("tags/")) names.unshift(`refs/${revision}`);
    for (const name of names) {
      const sha = refs.resolve(name);
      if (sha !== null) return peel(sha);
    }
    const short = revision.length >= SHORT_SHA_CHARS_MIN && /^[0-9a-f]+$/.test(revision);
    const full = short ? objects.expand(revision) : null;
    return full === null ? null : peel(full);
  }

  return {
    path,
    objects,
    refs,
    diffs: openDiffReader(path),
    resolve,
    branchCommits: (except) => {
      if (known === null) {
        const tips = refs.list("refs/heads/").filter((ref) => ref.name !== except);
        known = ancestorsOf(
          objects,
          tips.map((ref) => ref.sha),
        );
      }
      return known;
    },
    head: () => head,
    setHead: (branch) => {
      head = branch;
      writeFileSync(join(path, "HEAD"), `ref: refs/heads/${branch}\n`);
    },
  };
}
