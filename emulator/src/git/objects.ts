// Git's object format: encoding and parsing of blobs, trees, commits and tags. Pure: it never touches a disk.
import { createHash } from "node:crypto";

/** Forty lower-case hexadecimal digits. */
export type Sha = string;
export type EpochMs = number;

/** Stands for "no such ref" in ref updates, as on the wire. */
export const ZERO_SHA: Sha = "0".repeat(40);
export const EMPTY_TREE_SHA: Sha = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

export type ObjectKind = "blob" | "tree" | "commit" | "tag";
export interface GitObject {
  readonly kind: ObjectKind;
  readonly body: Buffer;
}

export type FileMode = "100644" | "100755" | "120000" | "160000" | "040000";
export interface TreeEntry {
  readonly mode: FileMode;
  readonly name: string;
  readonly sha: Sha;
}

/** Who wrote or committed, and when. `offset` is the zone as git writes it, for example `+0200`. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly date: EpochMs;
  readonly offset: string;
}

export interface CommitFields {
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
  /** The armoured signature as text with newlines, or null. */
  readonly signature: string | null;
}
export interface Commit extends CommitFields {
  readonly sha: Sha;
}

export interface TagFields {
  readonly object: Sha;
  readonly type: ObjectKind;
  readonly tag: string;
  readonly tagger: Person | null;
  readonly message: string;
}

export function isSha(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

export function hashObject(object: GitObject): Sha {
  return createHash("sha1").update(`${object.kind} ${object.body.length}\0`).update(object.body).digest("hex");
}

export function kindOfMode(mode: FileMode): "blob" | "tree" | "commit" {
  if (mode === "040000") return "tree";
  return mode === "160000" ? "commit" : "blob";
}

export function isFileMode(mode: string): mode is FileMode {
  return mode === "100644" || mode === "100755" || mode === "120000" || mode === "160000" || mode === "040000";
}

/** Git sorts a folder as if its name ended in a slash. */
function treeOrder(entry: TreeEntry): Buffer {
  return Buffer.from(entry.mode === "040000" ? `${entry.name}/` : entry.name);
}

export function encodeTree(entries: readonly TreeEntry[]): Buffer {
  const sorted = [...entries].sort((a, b) => Buffer.compare(treeOrder(a), treeOrder(b)));
  return Buffer.concat(
    sorted.flatMap((entry) => [
      Buffer.from(`${entry.mode === "040000" ? "40000" : entry.mode} ${entry.name}\0`),
      Buffer.from(entry.sha, "hex"),
    ]),
  );
}

export function parseTree(body: Buffer): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < body.length) {
    const space = body.indexOf(0x20, at);
    const end = body.indexOf(0, space);
    const mode = body.toString("latin1", at, space).padStart(6, "0");
    if (!isFileMode(mode)) throw new Error(`tree entry with mode ${mode}`);
    entries.push({ mode, name: body.toString("utf8", space + 1, end), sha: body.toString("hex", end + 1, end + 21) });
    at = end + 21;
  }
  return entries;
}

function encodePerson(person: Person): string {
  const clean = (text: string) => text.replaceAll(/[\n<>\0]/g, "").trim();
  return `${clean(person.name)} <${clean(person.email)}> ${Math.floor(person.date / 1000)} ${person.offset}`;
}

function parsePerson(text: string): Person {
  const match = /^(.*?) ?<([^>]*)> ?(-?\d+)? ?([+-]\d{4})?$/.exec(text);
  return {
    name: match?.[1] ?? "",
    email: match?.[2] ?? "",
    date: Number(match?.[3] ?? 0) * 1000,
    offset: match?.[4] ?? "+0000",
  };
}

/** The commit without its signature: what a signature signs. */
export function commitPayload(fields: CommitFields): string {
  const headers = [
    `tree ${fields.tree}`,
    ...fields.parents.map((parent) => `parent ${parent}`),
    `author ${encodePerson(fields.author)}`,
    `committer ${encodePerson(fields.committer)}`,
  ];
  return `${headers.join("\n")}\n\n${fields.message}`;
}

export function encodeCommit(fields: CommitFields): Buffer {
  const payload = commitPayload(fields);
  if (fields.signature === null) return Buffer.from(payload);
  const split = payload.indexOf("\n\n");
  const folded = fields.signature.trimEnd().replaceAll("\n", "\n ");
  return Buffer.from(`${payload.slice(0, split)}\ngpgsig ${folded}${payload.slice(split)}`);
}

/** Headers of a commit or tag; a line that starts with a space continues the one before. */
function parseHeaders(body: Buffer): {
  readonly headers: readonly (readonly [string, string])[];
  readonly message: string;
} {
  const text = body.toString("utf8");
  const split = text.indexOf("\n\n");
  const head = split === -1 ? text.trimEnd() : text.slice(0, split);
  const unfolded = head.replaceAll("\n ", "\0").split("\n");
  const headers = unfolded.map((line): readonly [string, string] => {
    const space = line.indexOf(" ");
    return [line.slice(0, space), line.slice(space + 1).replaceAll("\0", "\n")];
  });
  return { headers, message: split === -1 ? "" : text.slice(split + 2) };
}

export function parseCommit(sha: Sha, body: Buffer): Commit {
  const { headers, message } = parseHeaders(body);
  const first = (name: string) => headers.find(([key]) => key === name)?.[1];
  return {
    sha,
    tree: first("tree") ?? EMPTY_TREE_SHA,
    parents: headers.filter(([key]) => key === "parent").map(([, value]) => value),
    author: parsePerson(first("author") ?? ""),
    committer: parsePerson(first("committer") ?? ""),
    message,
    signature: first("gpgsig") ?? null,
  };
}

export function encodeTag(fields: TagFields): Buffer {
  const tagger = fields.tagger === null ? "" : `tagger ${encodePerson(fields.tagger)}\n`;
  return Buffer.from(`object ${fields.object}\ntype ${fields.type}\ntag ${fields.tag}\n${tagger}\n${fields.message}`);
}

export function parseTag(body: Buffer): TagFields {
  const { headers, message } = parseHeaders(body);
  const first = (name: string) => headers.find(([key]) => key === name)?.[1];
  const tagger = first("tagger");
  const type = first("type");
  return {
    object: first("object") ?? ZERO_SHA,
    type: type === "blob" || type === "tree" || type === "tag" ? type : "commit",
    tag: first("tag") ?? "",
    tagger: tagger === undefined ? null : parsePerson(tagger),
    message,
  };
}
