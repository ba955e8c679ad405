// Pushes by the stock git client: what is taken, what is refused in whose words, and what follows.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { branchWith, openPull } from "../probe/branches.ts";
import { complaintsOf, only, REPO, raiseStage, type Stage } from "../probe/stage.ts";
import { type Clone, createGitClient } from "./real-git.ts";

let stage: Stage;
const client = createGitClient();
let names = 0;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(async () => {
  await stage.close();
  client.remove();
});

async function cloneAs(login: string, ...options: readonly string[]): Promise<Clone> {
  const url = stage.hub.url.replace("://", `://x-access-token:${stage.hub.tokenOf(login)}@`);
  names += 1;
  return client.clone(`${url}/acme/app.git`, `clone-${names}`, ...options);
}

async function botClone(): Promise<Clone> {
  const { token } = (
    await stage.octokitApp.octokit.rest.apps.createInstallationAccessToken({ installation_id: stage.installationId })
  ).data;
  names += 1;
  return client.clone(`${stage.hub.url.replace("://", `://x-access-token:${token}@`)}/acme/app.git`, `clone-${names}`);
}

const tip = (ref: string) => stage.hub.git("acme/app").resolve(ref);

describe("a push", () => {
  it("is all or nothing when it says --atomic", async () => {
    const clone = await cloneAs("bob");
    const sha = await clone.commit({ "a.txt": "a" }, "a");
    await stage.alice.rest.repos.updateBranchProtection({
      ...REPO,
      branch: "main",
      required_status_checks: null,
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 1 },
      restrictions: null,
    });
    await expect(
      clone.git("push", "--atomic", "origin", `${sha}:refs/heads/atomic`, `${sha}:refs/heads/main`),
    ).rejects.toThrow(/GH006: Protected branch update failed for refs\/heads\/main[\s\S]*atomic/);
    expect(await tip("refs/heads/atomic")).toBeNull();
    await expect(clone.git("push", "origin", `${sha}:refs/heads/single`, `${sha}:refs/heads/main`)).rejects.toThrow(
      /protected branch hook declined/,
    );
    expect(await tip("refs/heads/single")).toBe(sha);
    await stage.alice.rest.repos.deleteBranchProtection({ ...REPO, branch: "main" });
  });

  it("goes back only with --force, and says forced in its webhook", async () => {
    const clone = await cloneAs("bob");
    const first = await clone.commit({ "f.txt": "1" }, "one");
    await clone.git("push", "origin", "HEAD:refs/heads/forced");
    await clone.git("reset", "--quiet", "--hard", "HEAD~1");
    const second = await clone.commit({ "f.txt": "2" }, "two");
    await expect(clone.git("push", "origin", "HEAD:refs/heads/forced")).rejects.toThrow(/rejected/);
    const mark = await stage.mark();
    await clone.git("push", "--force", "origin", "HEAD:refs/heads/forced");
    expect(only(await stage.hooksSince(mark), "push").payload).toMatchObject({
      before: first,
      after: second,
      forced: true,
      created: false,
    });
  });

  it("with a lease fails when somebody was faster", async () => {
    const [mine, theirs] = [await cloneAs("bob"), await cloneAs("alice")];
    await mine.git("push", "origin", "HEAD:refs/heads/lease");
    const old = await tip("refs/heads/lease");
    await theirs.commit({ "l.txt": "theirs" }, "theirs");
    await theirs.git("push", "origin", "HEAD:refs/heads/lease");
    await mine.commit({ "l.txt": "mine" }, "mine");
    await expect(
      mine.git("push", `--force-with-lease=lease:${old}`, "origin", "HEAD:refs/heads/lease"),
    ).rejects.toThrow(/stale info|rejected/);
  });

  it("from a shallow clone arrives whole", async () => {
    await branchWith(stage, "deep", { "d1.txt": "1", "d2.txt": "2" });
    const clone = await cloneAs("bob", "--depth=1", "--branch=deep");
    const sha = await clone.commit({ "d3.txt": "3" }, "three");
    await clone.git("push", "origin", "HEAD:refs/heads/deep");
    expect(await tip("refs/heads/deep")).toBe(sha);
    const log = await stage.hub.git("acme/app").log("deep");
    expect(log[0]?.message.trim()).toBe("three");
    expect(log.length).toBeGreaterThanOrEqual(4);
  });

  it("larger than git's buffer comes in chunks and is taken", async () => {
    const clone = await cloneAs("bob");
    const noise = Array.from(
      { length: 4_000 },
      (_, index) => `${index * 7_919} ${Math.imul(index, 2_654_435_761) >>> 0}`,
    ).join("\n");
    const sha = await clone.commit({ "large.txt": noise }, "large");
    await clone.git("-c", "http.postBuffer=1024", "push", "origin", "HEAD:refs/heads/large");
    expect(await tip("refs/heads/large")).toBe(sha);
    expect(await stage.hub.git("acme/app").show("large", "large.txt")).toBe(noise);
  });

  it("deletes a branch, but never the default one", async () => {
    const clone = await cloneAs("bob");
    await clone.git("push", "origin", "HEAD:refs/heads/doomed");
    await clone.git("push", "origin", ":refs/heads/doomed");
    expect(await tip("refs/heads/doomed")).toBeNull();
    await expect(clone.git("push", "origin", ":refs/heads/main")).rejects.toThrow(
      /refusing to delete the current branch/,
    );
  });

  it("cannot touch refs/pull, which anybody may fetch", async () => {
    const head = await branchWith(stage, "fetchable", { "x.txt": "x\n" });
    const at = await openPull(stage, "fetchable");
    const clone = await cloneAs("carol");
    await clone.git("fetch", "--quiet", "origin", `pull/${at.pull_number}/head`);
    expect(await clone.git("rev-parse", "FETCH_HEAD")).toBe(head);
    await expect(clone.git("push", "origin", `HEAD:refs/pull/${at.pull_number}/head`)).rejects.toThrow(/403|denied/i);
    const bob = await cloneAs("bob");
    await expect(bob.git("push", "origin", `HEAD:refs/pull/${at.pull_number}/head`)).rejects.toThrow(/hidden ref/);
  });

  it("that brings the head of a pull request into its base merges it", async () => {
    const clone = await cloneAs("bob");
    await clone.commit({ "by-push.txt": "p" }, "by push");
    await clone.git("push", "origin", "HEAD:refs/heads/by-push");
    const at = await openPull(stage, "by-push");
    const mark = await stage.mark();
    await clone.git("push", "origin", "HEAD:refs/heads/main");
    expect(only(await stage.hooksSince(mark), "pull_request", "closed").payload).toMatchObject({
      pull_request: { merged: true, merged_by: { login: "bob" } },
    });
    expect((await stage.alice.rest.pulls.get(at)).data).toMatchObject({ merged: true, state: "closed" });
  });

  it("to the default branch closes the issues that its messages fix", async () => {
    const { data: issue } = await stage.alice.rest.issues.create({ ...REPO, title: "Broken" });
    const clone = await cloneAs("bob");
    await clone.commit({ "fix.txt": "f" }, `Repair\n\nResolves #${issue.number}`);
    await clone.git("push", "origin", "HEAD:refs/heads/main");
    expect((await stage.alice.rest.issues.get({ ...REPO, issue_number: issue.number })).data).toMatchObject({
      state: "closed",
      closed_by: { login: "bob" },
    });
  });

  it("of a commit that only looks like GitHub's stays unsigned", async () => {
    const { data: bot } = await stage.alice.rest.users.getByUsername({ username: "octoflow[bot]" });
    const clone = await cloneAs("bob");
    const author = `octoflow[bot] <${bot.id}+octoflow[bot]@users.noreply.github.com>`;
    await clone.git("commit", "--quiet", "--allow-empty", `--author=${author}`, "-m", "claim");
    await clone.git("push", "origin", "HEAD:refs/heads/forged");
    const { data } = await stage.alice.rest.repos.getCommit({ ...REPO, ref: "forged" });
    expect(data.commit.verification).toMatchObject({ verified: false, reason: "unsigned" });
  });
});

describe("workflow files", () => {
  it("are refused to an app per ref, and the branch behind them is not made", async () => {
    const clone = await botClone();
    await clone.commit({ ".github/workflows/ci.yml": "on: push\n" }, "sneak");
    await expect(clone.git("push", "origin", "HEAD:refs/heads/sneak")).rejects.toThrow(
      /\[remote rejected\].*refusing to allow a GitHub App to create or update workflow `\.github\/workflows\/ci\.yml` without `workflows` permission/,
    );
    expect(await tip("refs/heads/sneak")).toBeNull();
  });

  it("that the repository has already may travel with an app's branch", async () => {
    await stage.hub.git("acme/app").commitFiles({
      branch: "main",
      message: "ci",
      author: "alice",
      files: { ".github/workflows/ci.yml": "on: workflow_dispatch\njobs: {}\n" },
    });
    const clone = await botClone();
    const sha = await clone.commit({ "work.txt": "w" }, "work");
    await clone.git("push", "origin", "HEAD:refs/heads/honest");
    expect(await tip("refs/heads/honest")).toBe(sha);
    await clone.git("rm", "--quiet", ".github/workflows/ci.yml");
    await clone.commit({}, "remove it");
    await expect(clone.git("push", "origin", "HEAD:refs/heads/honest")).rejects.toThrow(/refusing to allow/);
  });

  it("are refused through refs and contents as well", async () => {
    const { data: main } = await stage.bot.rest.git.getRef({ ...REPO, ref: "heads/main" });
    const { data: tree } = await stage.bot.rest.git.createTree({
      ...REPO,
      base_tree: main.object.sha,
      tree: [{ path: ".github/workflows/new.yml", mode: "100644", type: "blob", content: "on: push\n" }],
    });
    const { data: commit } = await stage.bot.rest.git.createCommit({
      ...REPO,
      message: "x",
      tree: tree.sha,
      parents: [main.object.sha],
    });
    await expect(
      stage.bot.rest.git.createRef({ ...REPO, ref: "refs/heads/rest-sneak", sha: commit.sha }),
    ).rejects.toThrow(/refusing to allow/);
    const content = Buffer.from("on: push\n").toString("base64");
    await expect(
      stage.bot.rest.repos.createOrUpdateFileContents({
        ...REPO,
        path: ".github/workflows/x.yml",
        message: "x",
        content,
      }),
    ).rejects.toThrow(/not accessible by integration/);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
