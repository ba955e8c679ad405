// Probe, area n: reading and writing files, and configuration read by Probot.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, complaintsOf, REPO, raiseStage, refused, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.close());

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("n · contents", () => {
  it("58 PUT contents creates file on new branch", async () => {
    const { data: main } = await stage.bot.rest.git.getRef({ ...REPO, ref: "heads/main" });
    await stage.bot.rest.git.createRef({ ...REPO, ref: "refs/heads/n58", sha: main.object.sha });
    const { status, data } = await stage.bot.rest.repos.createOrUpdateFileContents({
      ...REPO,
      path: "docs/new.md",
      branch: "n58",
      message: "Write docs",
      content: base64("# new\n"),
    });
    expect(status).toBe(201);
    expect(data.commit.parents?.map((parent) => parent.sha)).toEqual([main.object.sha]);
    expect(data.content).toMatchObject({ path: "docs/new.md", size: 6 });
    expect((await stage.bot.rest.git.getRef({ ...REPO, ref: "heads/n58" })).data.object.sha).toBe(data.commit.sha);
    expect((await refused(stage.bot.rest.repos.getContent({ ...REPO, path: "docs/new.md" }))).status).toBe(404);
  });

  it("59 GET contents .github/x.yml raw + json + 404", async () => {
    await stage.alice.rest.repos.createOrUpdateFileContents({
      ...REPO,
      path: ".github/x.yml",
      message: "x",
      content: base64("a: 1\n"),
    });
    const token = await stage.hub.tokenOf("alice");
    const raw = await ask(stage.hub, "GET", "/repos/acme/app/contents/.github/x.yml", {
      token,
      headers: { accept: "application/vnd.github.raw" },
    });
    expect([raw.status, raw.text]).toEqual([200, "a: 1\n"]);
    expect(raw.headers.get("content-type")).toBe("application/vnd.github.raw; charset=utf-8");
    const { data } = await stage.alice.rest.repos.getContent({ ...REPO, path: ".github/x.yml" });
    expect(data).toMatchObject({
      type: "file",
      encoding: "base64",
      name: "x.yml",
      content: expect.stringContaining(base64("a: 1\n")),
    });
    const { data: listing } = await stage.alice.rest.repos.getContent({ ...REPO, path: ".github" });
    expect(listing).toMatchObject([{ type: "file", name: "x.yml" }]);
    expect((await refused(stage.alice.rest.repos.getContent({ ...REPO, path: ".github/none.yml" }))).status).toBe(404);
  });

  it("60 octokit.config.get (plugin-config via probot context.config)", async () => {
    await stage.alice.rest.repos.createOrUpdateFileContents({
      ...REPO,
      path: ".github/octoflow.yml",
      message: "Configure",
      content: base64("limits:\n  claimed: 3\n"),
    });
    await stage.hub.idle();
    const read = Promise.withResolvers<unknown>();
    stage.probot.on("issues.opened", async (context) => {
      context.config("octoflow.yml").then(read.resolve, read.reject);
    });
    await stage.alice.rest.issues.create({ ...REPO, title: "Which configuration?" });
    expect(await read.promise).toEqual({ limits: { claimed: 3 } });
  });

  it("61 PUT contents without sha on existing -> 409/422", async () => {
    const put = (sha?: string): Promise<unknown> =>
      stage.alice.rest.repos.createOrUpdateFileContents({
        ...REPO,
        path: "README.md",
        message: "Again",
        content: base64("again\n"),
        ...(sha === undefined ? {} : { sha }),
      });
    expect(await refused(put())).toMatchObject({
      status: 422,
      message: expect.stringContaining(`"sha" wasn't supplied.`),
    });
    expect((await refused(put("0123456789012345678901234567890123456789"))).status).toBe(409);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
