// The refs of one bare repository in memory, read from disk once. Only `refs.ts` writes them, so the table is always right;
// whoever moves refs with git behind its back is not seen before the next start.
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isSha, type Sha } from "./objects.ts";

export interface Ref {
  /** In full, for example `refs/heads/main`. */
  readonly name: string;
  readonly sha: Sha;
}

export interface RefTable {
  get(name: string): Sha | null;
  /** All refs whose name starts with `prefix`, in the order of their names. */
  list(prefix: string): readonly Ref[];
  has(prefix: string): boolean;
  set(name: string, sha: Sha): void;
  remove(name: string): void;
}

const REF_DEPTH_MAX = 24;

function readPacked(gitDir: string): readonly Ref[] {
  let text: string;
  try {
    text = readFileSync(join(gitDir, "packed-refs"), "utf8");
  } catch {
    return [];
  }
  const lines = text.split("\n").filter((line) => isSha(line.slice(0, 40)));
  return lines.map((line) => ({ name: line.slice(41), sha: line.slice(0, 40) }));
}

function readFolder(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

function readLoose(gitDir: string, folder: string, found: Map<string, Sha>, depth: number): void {
  if (depth > REF_DEPTH_MAX) return;
  for (const entry of readFolder(join(gitDir, folder))) {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      readLoose(gitDir, name, found, depth + 1);
      continue;
    }
    const sha = readFileSync(join(gitDir, name), "utf8").trim();
    if (isSha(sha)) found.set(name, sha);
  }
}

export function readRefTable(gitDir: string): RefTable {
  const shas = new Map(readPacked(gitDir).map((ref) => [ref.name, ref.sha]));
  readLoose(gitDir, "refs", shas, 0);
  const names = [...shas.keys()].sort();

  /** Index of the first name that is not before `wanted`. */
  const indexOf = (wanted: string): number => {
    let low = 0;
    let high = names.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((names[middle] ?? "") < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    get: (name) => shas.get(name) ?? null,
    list: (prefix) => {
      const found: Ref[] = [];
      for (let at = indexOf(prefix); names[at]?.startsWith(prefix) === true; at += 1) {
        const name = names[at] ?? "";
        found.push({ name, sha: shas.get(name) ?? "" });
      }
      return found;
    },
    has: (prefix) => names[indexOf(prefix)]?.startsWith(prefix) === true,
    set: (name, sha) => {
      if (!shas.has(name)) names.splice(indexOf(name), 0, name);
      shas.set(name, sha);
    },
    remove: (name) => {
      if (shas.delete(name)) names.splice(indexOf(name), 1);
    },
  };
}
