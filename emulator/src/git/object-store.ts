// Reads and writes the objects of one bare repository. Loose objects are handled here, since a few hundred bytes from the
// page cache cost less than starting git; whatever is packed is asked of `git cat-file`. It never moves a ref.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import {
  type Commit,
  type CommitFields,
  EMPTY_TREE_SHA,
  encodeCommit,
  encodeTag,
  encodeTree,
  type GitObject,
  hashObject,
  isSha,
  type ObjectKind,
  parseCommit,
  parseTag,
  parseTree,
  type Sha,
  type TagFields,
  type TreeEntry,
} from "./objects.ts";
import { git } from "./run-git.ts";

/** Objects never change, so remembering them is always right; the bound is for memory only. */
const REMEMBERED_OBJECTS_MAX = 4_000;
const REMEMBERED_BYTES_MAX = 64 * 1024;

export interface ObjectStore {
  has(sha: Sha): Promise<boolean>;
  read(sha: Sha): Promise<GitObject | null>;
  readCommit(sha: Sha): Promise<Commit | null>;
  readTree(sha: Sha): Promise<readonly TreeEntry[] | null>;
  readBlob(sha: Sha): Promise<Buffer | null>;
  readTag(sha: Sha): Promise<TagFields | null>;
  write(object: GitObject): Sha;
  writeBlob(content: Uint8Array | string): Sha;
  writeTree(entries: readonly TreeEntry[]): Sha;
  writeCommit(fields: CommitFields): Sha;
  writeTag(fields: TagFields): Sha;
  /** The one loose object whose SHA starts so, or null when there is none or more than one. */
  expand(prefix: string): Sha | null;
}

function isObjectKind(kind: string): kind is ObjectKind {
  return kind === "blob" || kind === "tree" || kind === "commit" || kind === "tag";
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readLoose(path: string): GitObject | null {
  let packed: Buffer;
  try {
    packed = readFileSync(path);
  } catch {
    return null;
  }
  const raw = inflateSync(packed);
  const end = raw.indexOf(0);
  const kind = raw.toString("latin1", 0, raw.indexOf(0x20));
  if (!isObjectKind(kind)) throw new Error(`object of kind ${kind}`);
  return { kind, body: raw.subarray(end + 1) };
}

async function readPacked(gitDir: string, sha: Sha): Promise<GitObject | null> {
  const out = await git({ args: ["cat-file", "--batch"], cwd: gitDir, input: `${sha}\n` });
  const end = out.indexOf(0x0a);
  const [, kind, size] = out.toString("latin1", 0, end).split(" ");
  if (kind === undefined || size === undefined || !isObjectKind(kind)) return null;
  return { kind, body: out.subarray(end + 1, end + 1 + Number(size)) };
}

export function openObjectStore(gitDir: string): ObjectStore {
  const remembered = new Map<Sha, GitObject>();
  const pathOf = (sha: Sha) => join(gitDir, "objects", sha.slice(0, 2), sha.slice(2));
  const hasPacks = () => namesIn(join(gitDir, "objects", "pack")).length > 0;
  let temporary = 0;

  function remember(sha: Sha, object: GitObject): void {
    if (object.body.length > REMEMBERED_BYTES_MAX) return;
    if (remembered.size >= REMEMBERED_OBJECTS_MAX) {
      const oldest = remembered.keys().next();
      if (!oldest.done) remembered.delete(oldest.value);
    }
    remembered.set(sha, object);
  }

  async function read(sha: Sha): Promise<GitObject | null> {
    if (!isSha(sha)) return null;
    if (sha === EMPTY_TREE_SHA) return { kind: "tree", body: Buffer.alloc(0) };
    const known = remembered.get(sha);
    if (known !== undefined) return known;
    const found = readLoose(pathOf(sha)) ?? (hasPacks() ? await readPacked(gitDir, sha) : null);
    if (found !== null) remember(sha, found);
    return found;
  }

  function write(object: GitObject): Sha {
    const sha = hashObject(object);
    const path = pathOf(sha);
    if (existsSync(path)) return sha;
    mkdirSync(join(gitDir, "objects", sha.slice(0, 2)), { recursive: true });
    temporary += 1;
    const draft = join(gitDir, "objects", `tmp_obj_${process.pid}_${temporary}`);
    const header = Buffer.from(`${object.kind} ${object.body.length}\0`);
    writeFileSync(draft, deflateSync(Buffer.concat([header, object.body]), { level: 1 }), { mode: 0o444 });
    renameSync(draft, path);
    remember(sha, object);
    return sha;
  }

  async function readKind(sha: Sha, kind: ObjectKind): Promise<Buffer | null> {
    const object = await read(sha);
    return object?.kind === kind ? object.body : null;
  }

  return {
    read,
    write,
    has: async (sha) => (await read(sha)) !== null,
    readCommit: async (sha) => {
      const body = await readKind(sha, "commit");
      return body === null ? null : parseCommit(sha, body);
    },
    readTree: async (sha) => {
      const body = await readKind(sha, "tree");
      return body === null ? null : parseTree(body);
    },
    readBlob: (sha) => readKind(sha, "blob"),
    readTag: async (sha) => {
      const body = await readKind(sha, "tag");
      return body === null ? null : parseTag(body);
    },
    writeBlob: (content) => write({ kind: "blob", body: Buffer.from(content) }),
    writeTree: (entries) => write({ kind: "tree", body: encodeTree(entries) }),
    writeCommit: (fields) => write({ kind: "commit", body: encodeCommit(fields) }),
    expand: (prefix) => {
      const folder = prefix.slice(0, 2);
      const names = namesIn(join(gitDir, "objects", folder)).filter((name) => `${folder}${name}`.startsWith(prefix));
      return names.length === 1 ? `${folder}${names[0]}` : null;
    },
    writeTag: (fields) => write({ kind: "tag", body: encodeTag(fields) }),
  };
}
