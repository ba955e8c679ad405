// Reading and editing whole trees by path. Pure over an object store: it writes trees, never refs.
import type { ObjectStore } from "./object-store.ts";
import { EMPTY_TREE_SHA, type FileMode, type Sha, type TreeEntry } from "./objects.ts";

export interface PathEntry {
  readonly path: string;
  readonly mode: FileMode;
  readonly sha: Sha;
}

/** `entry: null` deletes the path (a folder with everything below it). */
export interface PathEdit {
  readonly path: string;
  readonly entry: { readonly mode: FileMode; readonly sha: Sha } | null;
}

const TREE_DEPTH_MAX = 64;
/** GitHub truncates recursive listings at 100,000 entries. */
export const TREE_ENTRIES_MAX = 100_000;

export function splitPath(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "");
}

/** A path git accepts inside a tree: no empty, `.`, `..` or `.git` parts. */
export function isTreePath(path: string): boolean {
  const parts = path.split("/");
  if (parts.length > TREE_DEPTH_MAX) return false;
  return parts.every(
    (part) => part !== "" && part !== "." && part !== ".." && part.toLowerCase() !== ".git" && !part.includes("\0"),
  );
}

/** The entry at a path, or null. The empty path is the tree itself. */
export async function entryAt(store: ObjectStore, tree: Sha, path: string): Promise<PathEntry | null> {
  let current: PathEntry = { path: "", mode: "040000", sha: tree };
  for (const part of splitPath(path)) {
    if (current.mode !== "040000") return null;
    const entries: readonly TreeEntry[] = (await store.readTree(current.sha)) ?? [];
    const next = entries.find((entry) => entry.name === part);
    if (next === undefined) return null;
    current = { path: current.path === "" ? part : `${current.path}/${part}`, mode: next.mode, sha: next.sha };
  }
  return current;
}

export interface TreeListing {
  readonly entries: readonly PathEntry[];
  readonly truncated: boolean;
}

/** Every path below a tree, folders before their contents, as `git ls-tree -r -t` lists them. */
export async function listTree(
  store: ObjectStore,
  tree: Sha,
  options: { readonly recursive: boolean },
): Promise<TreeListing> {
  const entries: PathEntry[] = [];
  let truncated = false;
  async function visit(sha: Sha, prefix: string, depth: number): Promise<void> {
    if (depth > TREE_DEPTH_MAX) return;
    for (const entry of (await store.readTree(sha)) ?? []) {
      if (entries.length >= TREE_ENTRIES_MAX) {
        truncated = true;
        return;
      }
      const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      entries.push({ path, mode: entry.mode, sha: entry.sha });
      if (options.recursive && entry.mode === "040000") await visit(entry.sha, path, depth + 1);
    }
  }
  await visit(tree, "", 0);
  return { entries, truncated };
}

interface EditNode {
  readonly children: Map<string, EditNode>;
  edit: PathEdit["entry"] | undefined;
}

function groupByFolder(edits: readonly PathEdit[]): EditNode {
  const root: EditNode = { children: new Map(), edit: undefined };
  for (const { path, entry } of edits) {
    let node = root;
    for (const part of splitPath(path)) {
      const known = node.children.get(part);
      const child: EditNode = known ?? { children: new Map(), edit: undefined };
      if (known === undefined) node.children.set(part, child);
      node = child;
    }
    node.edit = entry;
  }
  return root;
}

async function applyNode(store: ObjectStore, tree: Sha, node: EditNode): Promise<Sha> {
  const entries = new Map(((await store.readTree(tree)) ?? []).map((entry) => [entry.name, entry]));
  for (const [name, child] of node.children) {
    if (child.edit === null) entries.delete(name);
    else if (child.edit !== undefined) entries.set(name, { name, mode: child.edit.mode, sha: child.edit.sha });
    if (child.children.size === 0) continue;
    const known = entries.get(name);
    const below = known?.mode === "040000" ? known.sha : EMPTY_TREE_SHA;
    const sha = await applyNode(store, below, child);
    // Git has no empty folders: the last file takes its folder with it.
    if (sha === EMPTY_TREE_SHA) entries.delete(name);
    else entries.set(name, { name, mode: "040000", sha });
  }
  return store.writeTree([...entries.values()]);
}

/** A new tree with all edits made to `base`. */
export function editTree(store: ObjectStore, base: Sha, edits: readonly PathEdit[]): Promise<Sha> {
  return applyNode(store, base, groupByFolder(edits));
}
