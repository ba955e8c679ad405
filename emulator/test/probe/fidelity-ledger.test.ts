// Beyond the table of the probe: what a ledger on git refs needs of GitHub. Who is believed to have made a commit, and which
// changes of refs happen together or not at all.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { branchWith, openPull } from "./branches.ts";
import { complaintsOf, namesOf, only, REPO, raiseStage, type Stage } from "./stage.ts";

const ZEROS = "0".repeat(40);
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const UPDATE_REFS = "mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }";

let stage: Stage;
let repositoryId: string;
let main: string;

beforeAll(async () => {
  stage = await raiseStage();
  const { data } = await stage.alice.rest.repos.get(REPO);
  repositoryId = data.node_id;
  main = (await stage.alice.rest.git.getRef({ ...REPO, ref: "heads/main" })).data.object.sha;
});
afterAll(() => stage.close());

interface Move {
  readonly name: string;
  readonly beforeOid?: string;
  readonly afterOid: string;
  readonly force?: boolean;
}

/** @returns null when the refs moved, else the message of the GraphQL error */
async function updateRefs(...refUpdates: readonly Move[]): Promise<string | null> {
  try {
    await stage.bot.graphql(UPDATE_REFS, { input: { repositoryId, refUpdates } });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function record(message: string, parents: readonly string[]): Promise<string> {
  const { data } = await stage.bot.rest.git.createCommit({ ...REPO, message, tree: EMPTY_TREE, parents: [...parents] });
  return data.sha;
}

async function tip(ref: string): Promise<string | null> {
  const { data } = await stage.bot.rest.git.listMatchingRefs({ ...REPO, ref: ref.replace("refs/", "") });
  return data.find((found) => found.ref === ref)?.object.sha ?? null;
}

async function signatureOf(oid: string): Promise<unknown> {
  const answer: { repository: { object: unknown } } = await stage.bot.graphql(
    `query($oid: GitObjectID!) { repository(owner: "acme", name: "app") { object(oid: $oid) { ... on Commit {
      signature { isValid wasSignedByGitHub } author { name email user { login databaseId } } } } } }`,
    { oid },
  );
  return answer.repository.object;
}

describe("who made a commit", () => {
  it("a commit of the app's own is signed by GitHub, and its author is the bot", async () => {
    const { data: commit } = await stage.bot.rest.git.createCommit({
      ...REPO,
      message: "claim",
      tree: EMPTY_TREE,
      parents: [],
    });
    const { data: bot } = await stage.alice.rest.users.getByUsername({ username: "octoflow[bot]" });
    const email = `${bot.id}+octoflow[bot]@users.noreply.github.com`;
    expect(commit).toMatchObject({
      author: { name: "octoflow[bot]", email },
      verification: { verified: true, reason: "valid", signature: expect.any(String), payload: expect.any(String) },
    });
    expect(await signatureOf(commit.sha)).toMatchObject({
      signature: { isValid: true, wasSignedByGitHub: true },
      author: { name: "octoflow[bot]", email },
    });
  });

  it("a commit that claims the same author by hand is not signed", async () => {
    const { data: bot } = await stage.alice.rest.users.getByUsername({ username: "octoflow[bot]" });
    const { data: forged } = await stage.alice.rest.git.createCommit({
      ...REPO,
      message: "claim",
      tree: EMPTY_TREE,
      parents: [],
      author: { name: "octoflow[bot]", email: `${bot.id}+octoflow[bot]@users.noreply.github.com` },
    });
    expect(forged.verification).toMatchObject({ verified: false, reason: "unsigned" });
    expect(await signatureOf(forged.sha)).toMatchObject({ signature: null });
  });

  it("a commit of a person through REST is that person's", async () => {
    const { data } = await stage.bob.rest.git.createCommit({
      ...REPO,
      message: "by bob",
      tree: EMPTY_TREE,
      parents: [],
    });
    expect(await signatureOf(data.sha)).toMatchObject({ author: { user: { login: "bob" } } });
  });

  it("a commit that came by git is unsigned", async () => {
    const sha = await stage.hub
      .git("acme/app")
      .commitFiles({ branch: "by-git", message: "m", files: { a: "a" }, author: "bob" });
    expect(await signatureOf(sha)).toMatchObject({ signature: null, author: { user: { login: "bob" } } });
  });
});

describe("updateRefs", () => {
  it("creates where nothing was, once", async () => {
    const name = "refs/heads/signalbox/ledger/1";
    const [mine, theirs] = [await record("mine", []), await record("theirs", [])];
    expect(await updateRefs({ name, beforeOid: ZEROS, afterOid: mine })).toBeNull();
    expect(await updateRefs({ name, beforeOid: ZEROS, afterOid: theirs })).not.toBeNull();
    expect(await tip(name)).toBe(mine);
  });

  it("of many who append to the same tip exactly one wins", async () => {
    const name = "refs/heads/signalbox/ledger/2";
    const first = await record("first", []);
    await updateRefs({ name, beforeOid: ZEROS, afterOid: first });
    const rivals = await Promise.all(Array.from({ length: 8 }, (_, index) => record(`rival ${index}`, [first])));
    const results = await Promise.all(rivals.map((afterOid) => updateRefs({ name, beforeOid: first, afterOid })));
    const winners = rivals.filter((_, index) => results[index] === null);
    expect(winners).toEqual([await tip(name)]);
  });

  it("moves all refs or none", async () => {
    const [a, b] = ["refs/heads/signalbox/ledger/3", "refs/heads/signalbox/task/3"];
    const first = await record("first", []);
    await updateRefs({ name: a, beforeOid: ZEROS, afterOid: first });
    const second = await record("second", [first]);
    const stale = { name: b, beforeOid: first, afterOid: main };
    expect(await updateRefs({ name: a, beforeOid: first, afterOid: second }, stale)).not.toBeNull();
    expect([await tip(a), await tip(b)]).toEqual([first, null]);
    expect(
      await updateRefs({ name: a, beforeOid: first, afterOid: second }, { ...stale, beforeOid: ZEROS }),
    ).toBeNull();
    expect([await tip(a), await tip(b)]).toEqual([second, main]);
  });

  it("refuses what is no fast-forward, unless forced; and deletes", async () => {
    const name = "refs/heads/signalbox/ledger/4";
    const [one, other] = [await record("one", []), await record("other", [])];
    await updateRefs({ name, beforeOid: ZEROS, afterOid: one });
    expect(await updateRefs({ name, beforeOid: one, afterOid: other })).not.toBeNull();
    expect(await tip(name)).toBe(one);
    expect(await updateRefs({ name, beforeOid: one, afterOid: other, force: true })).toBeNull();
    expect(await tip(name)).toBe(other);
    expect(await updateRefs({ name, beforeOid: one, afterOid: ZEROS })).not.toBeNull();
    expect(await updateRefs({ name, beforeOid: other, afterOid: ZEROS })).toBeNull();
    expect(await tip(name)).toBeNull();
  });

  it("an object that is not there moves nothing", async () => {
    const name = "refs/heads/signalbox/ledger/5";
    expect(await updateRefs({ name, beforeOid: ZEROS, afterOid: "1".repeat(40) })).not.toBeNull();
    expect(await tip(name)).toBeNull();
  });

  it("announces branches as a push does, and moves the heads of open pull requests", async () => {
    const old = await branchWith(stage, "moved", { "moved.txt": "x\n" });
    const at = await openPull(stage, "moved");
    const { data: tree } = await stage.bot.rest.git.createTree({
      ...REPO,
      base_tree: old,
      tree: [{ path: "moved.txt", mode: "100644", type: "blob", content: "y\n" }],
    });
    const { data: commit } = await stage.bot.rest.git.createCommit({
      ...REPO,
      message: "move",
      tree: tree.sha,
      parents: [old],
    });
    const before = await stage.mark();
    expect(await updateRefs({ name: "refs/heads/moved", beforeOid: old, afterOid: commit.sha })).toBeNull();
    const hooks = await stage.hooksSince(before);
    // Besides, every new head brings an app that may write checks its own check suite.
    expect([...namesOf(hooks)].sort()).toEqual(["check_suite.requested", "pull_request.synchronize", "push"]);
    expect(only(hooks, "push").payload).toMatchObject({
      before: old,
      after: commit.sha,
      sender: { login: "octoflow[bot]" },
    });
    expect((await stage.alice.rest.pulls.get(at)).data.head.sha).toBe(commit.sha);
  });

  it("an answer lost after it was applied is settled by trying the same again", async () => {
    const name = "refs/heads/signalbox/ledger/6";
    const sha = await record("ambiguous", []);
    stage.hub.faults.add({
      match: ({ operation }) => operation === "graphql:updateRefs",
      times: 1,
      fault: "applied-then-502",
    });
    expect(await updateRefs({ name, beforeOid: ZEROS, afterOid: sha })).not.toBeNull();
    expect(await tip(name)).toBe(sha);
    stage.hub.faults.clear();
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
