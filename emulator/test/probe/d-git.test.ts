// Probe, area d: the stock git client against the emulator, with the tokens that apps and people have.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, only, REPO, raiseStage, refused, type Stage } from "./stage.ts";

const run = promisify(execFile);
let stage: Stage;
let directory: string;

beforeAll(async () => {
  stage = await raiseStage();
  directory = await mkdtemp(join(tmpdir(), "probe-git-"));
});
afterAll(async () => {
  await stage.close();
  await rm(directory, { recursive: true, force: true });
});

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const env = {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: "Pat",
    GIT_AUTHOR_EMAIL: "pat@example.com",
    GIT_COMMITTER_NAME: "Pat",
    GIT_COMMITTER_EMAIL: "pat@example.com",
  };
  return (await run("git", [...args], { cwd, env })).stdout.trim();
}

async function tokenFor(permissions: Readonly<Record<string, "read" | "write">>): Promise<string> {
  const { data } = await stage.octokitApp.octokit.request("POST /app/installations/{installation_id}/access_tokens", {
    installation_id: stage.installationId,
    repositories: ["app"],
    permissions,
  });
  return data.token;
}

const urlWith = (token: string): string =>
  `${stage.hub.url.replace("://", `://x-access-token:${token}@`)}/acme/app.git`;

async function cloneInto(name: string, token: string): Promise<string> {
  await git(directory, "clone", "--quiet", urlWith(token), name);
  return join(directory, name);
}

async function commitFile(clone: string, branch: string, path: string, text: string): Promise<string> {
  await git(clone, "checkout", "--quiet", "-B", branch);
  await writeFile(join(clone, path), text);
  await git(clone, "add", path);
  await git(clone, "commit", "--quiet", "-m", `Write ${path}`);
  return git(clone, "rev-parse", "HEAD");
}

describe("d · git over HTTP", () => {
  it("89 git clone over smart HTTP with installation token", async () => {
    const clone = await cloneInto("c89", await tokenFor({ contents: "read" }));
    expect(await readFile(join(clone, "README.md"), "utf8")).toBe("# app\n");
    const { data: main } = await stage.alice.rest.git.getRef({ ...REPO, ref: "heads/main" });
    expect(await git(clone, "rev-parse", "HEAD")).toBe(main.object.sha);
    expect(await git(clone, "fsck", "--strict")).toBe("");
  });

  it("90 git push creates branch visible in API + push hook", async () => {
    const clone = await cloneInto("c90", await tokenFor({ contents: "write" }));
    const sha = await commitFile(clone, "topic", "pushed.txt", "by git\n");
    const before = await stage.mark();
    await git(clone, "push", "--quiet", "origin", "topic");
    expect((await stage.alice.rest.git.getRef({ ...REPO, ref: "heads/topic" })).data.object.sha).toBe(sha);
    const hooks = await stage.hooksSince(before);
    expect(only(hooks, "create").payload).toMatchObject({ ref: "topic", ref_type: "branch" });
    expect(only(hooks, "push").payload).toMatchObject({
      ref: "refs/heads/topic",
      after: sha,
      created: true,
      sender: { login: "octoflow[bot]" },
      commits: [
        {
          id: sha,
          message: "Write pushed.txt",
          added: ["pushed.txt"],
          author: { name: "Pat", email: "pat@example.com" },
        },
      ],
    });
  });

  it("91 git push with read-only token rejected", async () => {
    const clone = await cloneInto("c91", await tokenFor({ contents: "read" }));
    await commitFile(clone, "forbidden", "no.txt", "no\n");
    await expect(git(clone, "push", "--quiet", "origin", "forbidden")).rejects.toThrow(/403|denied|not granted/i);
    expect((await refused(stage.alice.rest.git.getRef({ ...REPO, ref: "heads/forbidden" }))).status).toBe(404);
  });

  it("a push of a workflow file by an app without the permission for it is refused, and nothing of it lands", async () => {
    const clone = await cloneInto("workflows", await tokenFor({ contents: "write" }));
    await git(clone, "checkout", "--quiet", "-b", "sneaky");
    await git(clone, "-c", "core.quotePath=false", "config", "user.name", "Pat");
    await run("mkdir", ["-p", join(clone, ".github/workflows")]);
    await commitFile(clone, "sneaky", ".github/workflows/evil.yml", "on: push\njobs: {}\n");
    await expect(git(clone, "push", "--quiet", "origin", "sneaky")).rejects.toThrow(
      /refusing to allow a GitHub App.*workflow/is,
    );
    expect((await refused(stage.alice.rest.git.getRef({ ...REPO, ref: "heads/sneaky" }))).status).toBe(404);
  });

  it("a ref outside refs/heads may be pushed and announces nothing", async () => {
    const clone = await cloneInto("staging", await tokenFor({ contents: "write" }));
    const sha = await commitFile(clone, "work", "staged.txt", "staged\n");
    const before = await stage.mark();
    await git(clone, "push", "--quiet", "origin", "work:refs/signalbox/staging/1");
    expect((await stage.alice.rest.git.getRef({ ...REPO, ref: "signalbox/staging/1" })).data.object.sha).toBe(sha);
    expect(await stage.hooksSince(before)).toEqual([]);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
