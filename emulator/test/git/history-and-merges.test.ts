// Logs, ancestry, diffs and merges agree with real git.
import { afterEach, beforeEach, expect, it } from "vitest";
import { commitsBetween, countCommits, isAncestor, log, mergeBase } from "../../src/git/history.ts";
import { mergeTrees, rebase } from "../../src/git/merges.ts";
import { listTree } from "../../src/git/trees.ts";
import { createScratch, personAt, type Scratch } from "./scratch-repository.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = createScratch();
});
afterEach(() => scratch.remove());

async function forked() {
  const root = await scratch.commit("main", { "a.txt": "one\ntwo\nthree\n", "b.txt": "b\n" }, "root");
  await scratch.git.refs.update([{ name: "refs/heads/topic", after: root }]);
  const topic1 = await scratch.commit("topic", { "a.txt": "ONE\ntwo\nthree\n" }, "shout");
  const topic2 = await scratch.commit("topic", { "new.txt": "n\n" }, "new file");
  const main2 = await scratch.commit("main", { "base-only.txt": "x\n" }, "on main");
  return { root, topic1, topic2, main2 };
}

it("walks history as git log does", async () => {
  const { root, topic1, topic2, main2 } = await forked();
  const { objects, path } = scratch.git;
  const shas = (await log(objects, topic2, { count: 10 })).map((commit) => commit.sha);
  expect(shas.join("\n")).toBe(await scratch.realGit("log", "--format=%H", "topic"));
  expect((await log(objects, topic2, { count: 1, skip: 1 }))[0]?.sha).toBe(topic1);
  expect((await log(objects, topic2, { count: 9, path: "new.txt" })).map((commit) => commit.sha)).toEqual([topic2]);
  expect((await commitsBetween(objects, main2, topic2)).map((commit) => commit.sha)).toEqual([topic2, topic1]);
  expect(await countCommits(objects, topic2)).toBe(3);
  expect(await isAncestor(objects, root, topic2)).toBe(true);
  expect(await isAncestor(objects, main2, topic2)).toBe(false);
  expect(await mergeBase(objects, path, main2, topic2)).toBe(root);
});

it("shows files with counts, renames and hunks", async () => {
  const root = await scratch.commit(
    "main",
    { "old.txt": "a\nb\nc\nd\ne\n", "gone.txt": "x\n", "e.txt": "1\n" },
    "root",
  );
  const next = await scratch.commit(
    "main",
    { "old.txt": null, "moved.txt": "a\nb\nc\nd\nE\n", "gone.txt": null, "e.txt": "1\n2", bin: "\0\u0001\0" },
    "next",
  );
  const files = await scratch.git.diffs.files(root, next);
  const short = files.map(({ path, previousPath, status, additions, deletions, patch }) => [
    path,
    previousPath,
    status,
    additions,
    deletions,
    patch,
  ]);
  expect(short).toEqual([
    ["bin", null, "added", 0, 0, null],
    ["e.txt", null, "modified", 1, 0, "@@ -1 +1,2 @@\n 1\n+2\n\\ No newline at end of file"],
    ["gone.txt", null, "removed", 0, 1, "@@ -1 +0,0 @@\n-x"],
    ["moved.txt", "old.txt", "renamed", 1, 1, "@@ -2,4 +2,4 @@ a\n b\n c\n d\n-e\n+E"],
  ]);
  expect(await scratch.git.diffs.text(root, next)).toContain("diff --git a/old.txt b/moved.txt");
  expect(await scratch.git.diffs.mailbox(root, next)).toContain("Subject: [PATCH] next");
});

it("merges three ways, and names the files in conflict", async () => {
  const { topic2, main2 } = await forked();
  const clean = await mergeTrees(scratch.git.path, main2, topic2);
  if (!("tree" in clean)) throw new Error(`conflicts: ${clean.conflicts.join()}`);
  const paths = (await listTree(scratch.git.objects, clean.tree, { recursive: true })).entries.map(
    (entry) => entry.path,
  );
  expect(paths).toEqual(["a.txt", "b.txt", "base-only.txt", "new.txt"]);

  const rival = await scratch.commit("main", { "a.txt": "uno\ntwo\nthree\n" }, "rival");
  expect(await mergeTrees(scratch.git.path, rival, topic2)).toEqual({ conflicts: ["a.txt"] });
});

it("rebases commit by commit and keeps the authors", async () => {
  const { topic1, topic2, main2 } = await forked();
  const { objects, path } = scratch.git;
  const commits = [...(await commitsBetween(objects, main2, topic2))].reverse();
  const committer = { ...personAt(1_800_000_000), name: "GitHub" };
  const result = await rebase(objects, path, { commits, onto: main2, committer });
  if (!("head" in result)) throw new Error(`conflicts: ${result.conflicts.join()}`);
  expect(result.commits).toHaveLength(2);
  expect(await scratch.realGit("log", "--format=%s|%an|%cn", "-3", result.head)).toBe(
    "new file|Alice|GitHub\nshout|Alice|GitHub\non main|Alice|Alice",
  );
  expect(commits.map((commit) => commit.sha)).toEqual([topic1, topic2]);
});
