// Objects that the emulator writes are git's own: real git reads them, checks them and gives them the same names.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EMPTY_TREE_SHA, encodeCommit, hashObject, parseCommit } from "../../src/git/objects.ts";
import { changedPaths } from "../../src/git/tree-diff.ts";
import { editTree, entryAt, isTreePath, listTree } from "../../src/git/trees.ts";
import { createScratch, personAt, type Scratch } from "./scratch-repository.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = createScratch();
});
afterEach(() => scratch.remove());

describe("objects", () => {
  it("names blobs and trees as git does", async () => {
    const { objects } = scratch.git;
    expect(objects.writeBlob("hello\n")).toBe("ce013625030ba8dba906f756967f9e9ca394464a");
    expect(objects.writeTree([])).toBe(EMPTY_TREE_SHA);
    const blob = objects.writeBlob("x");
    const tree = objects.writeTree([
      { mode: "100644", name: "a.txt", sha: blob },
      { mode: "040000", name: "a", sha: EMPTY_TREE_SHA },
      { mode: "100755", name: "run", sha: blob },
    ]);
    expect((await scratch.realGit("ls-tree", "--name-only", tree)).split("\n")).toEqual(["a.txt", "a", "run"]);
  });

  it("writes commits that git fsck accepts, signed and unsigned, and reads them back", async () => {
    const { objects } = scratch.git;
    const fields = {
      tree: objects.writeTree([]),
      parents: [],
      author: { ...personAt(1_700_000_000), offset: "+0530" },
      committer: personAt(1_700_000_001),
      message: "Grüße\n\nbody\n",
      signature: "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n",
    };
    const sha = objects.writeCommit(fields);
    await scratch.git.refs.update([{ name: "refs/heads/main", after: sha }]);
    expect(await scratch.realGit("fsck", "--strict")).toBe("");
    expect(await scratch.realGit("log", "-1", "--format=%an <%ae> %ai|%ci|%s", sha)).toBe(
      "Alice <alice@example.com> 2023-11-15 03:43:20 +0530|2023-11-14 22:13:21 +0000|Grüße",
    );
    const read = await objects.readCommit(sha);
    expect(read).toEqual({ ...fields, sha, signature: fields.signature.trimEnd() });
    expect(hashObject({ kind: "commit", body: encodeCommit(parseCommit(sha, encodeCommit(fields))) })).toBe(sha);
  });

  it("reads objects that git packed", async () => {
    const sha = await scratch.commit("main", { "a.txt": "packed" }, "one");
    await scratch.realGit("repack", "-adq");
    const { openObjectStore } = await import("../../src/git/object-store.ts");
    const fresh = openObjectStore(scratch.git.path);
    expect((await fresh.readCommit(sha))?.message).toBe("one");
    expect(await fresh.read("1".repeat(40))).toBeNull();
  });
});

describe("trees", () => {
  it("edits deep paths, drops empty folders, and lists what git lists", async () => {
    const { objects } = scratch.git;
    const file = (text: string) => ({ mode: "100644" as const, sha: objects.writeBlob(text) });
    const first = await editTree(objects, EMPTY_TREE_SHA, [
      { path: "src/deep/a.ts", entry: file("a") },
      { path: "src/b.ts", entry: file("b") },
      { path: "README.md", entry: file("r") },
    ]);
    const second = await editTree(objects, first, [
      { path: "src/deep/a.ts", entry: null },
      { path: "src/b.ts", entry: file("b2") },
    ]);
    const paths = (await listTree(objects, second, { recursive: true })).entries.map((entry) => entry.path);
    expect(paths).toEqual(["README.md", "src", "src/b.ts"]);
    expect((await scratch.realGit("ls-tree", "-r", "-t", "--name-only", first)).split("\n")).toEqual([
      "README.md",
      "src",
      "src/b.ts",
      "src/deep",
      "src/deep/a.ts",
    ]);
    expect(await changedPaths(objects, first, second)).toEqual({
      added: [],
      removed: ["src/deep/a.ts"],
      modified: ["src/b.ts"],
    });
    expect((await entryAt(objects, first, "src/deep"))?.mode).toBe("040000");
    expect(await entryAt(objects, first, "src/missing")).toBeNull();
  });

  it.each([
    ["a/b.ts", true],
    ["../x", false],
    ["a//b", false],
    [".git/config", false],
    ["a/.GIT/x", false],
    ["/abs", false],
  ])("path %s is acceptable: %s", (path, expected) => {
    expect(isTreePath(path)).toBe(expected);
  });
});
