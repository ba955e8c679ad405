// What people with push rights can do to a ledger by hand: one function per way, each on a task that stands somewhere in the
// middle of its story. None of it may ever be obeyed.

import { execFileSync } from "node:child_process";
import { z } from "zod";
import { ledgerRef } from "../../src/core/observation.ts";
import { decodeRecord, encodeRecord } from "../../src/core/record.ts";
import type { World } from "./world.ts";

export interface Scene {
  readonly world: World;
  readonly issue: number;
  /** Another task of the repository, whose ledger has a chain of its own. */
  readonly other: number;
  /** Another repository, with a task under the same number. */
  readonly elsewhere: World;
}

const shaOf = (body: unknown) => z.object({ sha: z.string() }).parse(body).sha;
const short = (issue: number) => ledgerRef(issue).slice("refs/".length);

async function tipOf(world: World, issue: number): Promise<string> {
  return (await world.hub.git(world.full).resolve(ledgerRef(issue))) ?? "";
}

/** A commit as alice makes one through the API, with the tree that records have. */
async function commit(scene: Scene, message: string, parents: readonly string[], author?: object): Promise<string> {
  const { world, issue } = scene;
  const tip = await tipOf(world, issue);
  const tree = z
    .object({ tree: z.object({ sha: z.string() }) })
    .parse(await world.as("alice", "GET", `/git/commits/${tip}`)).tree.sha;
  const body = { message, tree, parents, ...(author === undefined ? {} : { author, committer: author }) };
  return shaOf(await world.as("alice", "POST", "/git/commits", body));
}

async function move({ world, issue }: Scene, sha: string): Promise<void> {
  await world.as("alice", "PATCH", `/git/refs/${short(issue)}`, { sha, force: true });
}

/** The last record again, as if the task had gone on to be done. */
async function forgedDone(scene: Scene): Promise<string> {
  const [tip] = await scene.world.hub.git(scene.world.full).log(ledgerRef(scene.issue));
  const decoded = decodeRecord(tip?.message ?? "");
  if ("problem" in decoded) throw new Error(decoded.problem);
  const { record } = decoded;
  const done = {
    ...record,
    move: "done" as const,
    state: "done" as const,
    cause: "sweep:1/7",
    data: { pullRequest: null, mergeSha: null, why: "because I say so" },
  };
  return encodeRecord(done, "Done.", "0123456789abcdef");
}

function gitPush(from: World, to: World, refspec: string): void {
  const url = new URL(to.hub.url);
  url.username = "alice";
  url.password = to.hub.tokenOf("alice");
  const git = from.hub.git(from.full).path;
  execFileSync("git", ["-C", git, "push", "--quiet", "--force", `${url.href}${to.full}.git`, refspec], {
    stdio: "pipe",
  });
}

export const WAYS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  "a commit with words on top": async (scene) =>
    move(scene, await commit(scene, "I was here", [await tipOf(scene.world, scene.issue)])),
  "a well-formed record of one's own": async (scene) =>
    move(scene, await commit(scene, await forgedDone(scene), [await tipOf(scene.world, scene.issue)])),
  "a record under the app's name": async (scene) => {
    const author = { name: "signalbox[bot]", email: `${scene.world.botId}+signalbox[bot]@users.noreply.github.com` };
    await move(scene, await commit(scene, await forgedDone(scene), [await tipOf(scene.world, scene.issue)], author));
  },
  "a push with git": async (scene) => {
    const branch = short(scene.issue).slice("heads/".length);
    await scene.world.hub
      .git(scene.world.full)
      .commitFiles({ branch, message: "mine", files: { a: "b" }, author: "alice" });
  },
  "a merge of two chains": async (scene) => {
    const parents = [await tipOf(scene.world, scene.issue), await tipOf(scene.world, scene.other)];
    await move(scene, await commit(scene, await forgedDone(scene), parents));
  },
  "a chain without a past": async (scene) => move(scene, await commit(scene, await forgedDone(scene), [])),
  "the chain of another issue": async (scene) => move(scene, await tipOf(scene.world, scene.other)),
  "the chain of another repository": async (scene) => {
    const { elsewhere, world, issue } = scene;
    gitPush(elsewhere, world, `${ledgerRef(issue)}:${ledgerRef(issue)}`);
  },
  "one record back": async (scene) => {
    const [, before] = await scene.world.hub.git(scene.world.full).log(ledgerRef(scene.issue));
    await move(scene, before?.sha ?? "");
  },
  "back to the first record": async (scene) => {
    const log = await scene.world.hub.git(scene.world.full).log(ledgerRef(scene.issue));
    await move(scene, log.at(-1)?.sha ?? "");
  },
  "the ref deleted": async ({ world, issue }) => void (await world.as("alice", "DELETE", `/git/refs/${short(issue)}`)),
};
