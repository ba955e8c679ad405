// Probe, area f: check runs and commit statuses.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { branchWith } from "./branches.ts";
import { complaintsOf, only, REPO, raiseStage, refused, type Stage } from "./stage.ts";

let stage: Stage;
let head_sha: string;

beforeAll(async () => {
  stage = await raiseStage();
  head_sha = await branchWith(stage, "checked", { "checked.txt": "x\n" });
  await stage.hub.idle();
});
afterAll(() => stage.close());

describe("f · checks and statuses", () => {
  it("98 POST check-run in_progress", async () => {
    const before = await stage.mark();
    const { status, data } = await stage.bot.rest.checks.create({
      ...REPO,
      name: "evidence",
      head_sha,
      status: "in_progress",
      external_id: "task-7",
      output: {
        title: "Working",
        summary: "so far",
        annotations: [{ path: "checked.txt", start_line: 1, end_line: 1, annotation_level: "notice", message: "look" }],
      },
    });
    expect(status).toBe(201);
    expect(data).toMatchObject({
      name: "evidence",
      status: "in_progress",
      conclusion: null,
      external_id: "task-7",
      app: { slug: "octoflow" },
      output: { title: "Working", annotations_count: 1 },
    });
    expect(only(await stage.hooksSince(before), "check_run", "created").payload).toMatchObject({
      check_run: { id: data.id, name: "evidence" },
    });
    const { data: annotations } = await stage.bot.rest.checks.listAnnotations({ ...REPO, check_run_id: data.id });
    expect(annotations.map((annotation) => annotation.message)).toEqual(["look"]);
  });

  it("99 PATCH check-run completed + actions", async () => {
    const { data: created } = await stage.bot.rest.checks.create({ ...REPO, name: "gate", head_sha, status: "queued" });
    await stage.hub.idle();
    const before = await stage.mark();
    const { data } = await stage.bot.rest.checks.update({
      ...REPO,
      check_run_id: created.id,
      conclusion: "success",
      actions: [{ label: "Again", description: "Run it again", identifier: "again" }],
    });
    expect(data).toMatchObject({ status: "completed", conclusion: "success" });
    expect(data.completed_at).toMatch(/Z$/);
    only(await stage.hooksSince(before), "check_run", "completed");
  });

  it("100 user token cannot create check runs (403)", async () => {
    const attempt = stage.alice.rest.checks.create({ ...REPO, name: "mine", head_sha });
    expect(await refused(attempt)).toMatchObject({
      status: 403,
      message: "You must authenticate via a GitHub App.",
    });
  });

  it("101 GET commits/{ref}/check-runs", async () => {
    await stage.bot.rest.checks.create({ ...REPO, name: "listed", head_sha, conclusion: "failure" });
    const { data } = await stage.alice.rest.checks.listForRef({ ...REPO, ref: "checked", check_name: "listed" });
    expect(data).toMatchObject({ total_count: 1, check_runs: [{ name: "listed", conclusion: "failure", head_sha }] });
  });

  it("102 commit statuses create/combined", async () => {
    const before = await stage.mark();
    const first = await stage.bot.rest.repos.createCommitStatus({
      ...REPO,
      sha: head_sha,
      state: "pending",
      context: "ci/a",
    });
    expect(first.status).toBe(201);
    expect(only(await stage.hooksSince(before), "status").payload).toMatchObject({
      sha: head_sha,
      state: "pending",
      context: "ci/a",
    });
    await stage.bob.rest.repos.createCommitStatus({ ...REPO, sha: head_sha, state: "success", context: "ci/b" });
    const combined = async (): Promise<unknown> =>
      (await stage.alice.rest.repos.getCombinedStatusForRef({ ...REPO, ref: "checked" })).data;
    expect(await combined()).toMatchObject({ state: "pending", total_count: 2, sha: head_sha });
    await stage.bot.rest.repos.createCommitStatus({ ...REPO, sha: head_sha, state: "success", context: "ci/a" });
    expect(await combined()).toMatchObject({ state: "success", total_count: 2 });
    expect(
      (await refused(stage.carol.rest.repos.createCommitStatus({ ...REPO, sha: head_sha, state: "success" }))).status,
    ).toBe(403);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
