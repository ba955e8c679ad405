// Probe, area b (second part): comments, their edits, and reactions.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, only, REPO, raiseStage, refused, type Stage } from "./stage.ts";

let stage: Stage;
let issue_number: number;

beforeAll(async () => {
  stage = await raiseStage();
  issue_number = (await stage.alice.rest.issues.create({ ...REPO, title: "Talk here" })).data.number;
  await stage.hub.idle();
});
afterAll(() => stage.close());

describe("b · comments and reactions", () => {
  it("35 comment create by app: user=octoflow[bot] type Bot, performed_via_github_app", async () => {
    const before = await stage.mark();
    const { status, data, headers } = await stage.bot.rest.issues.createComment({
      ...REPO,
      issue_number,
      body: "I am a bot",
    });
    expect(status).toBe(201);
    expect(headers.location).toBe(data.url);
    expect(data.user).toMatchObject({ login: "octoflow[bot]", type: "Bot" });
    expect(data.performed_via_github_app).toMatchObject({ slug: "octoflow", id: stage.appId });
    const hook = only(await stage.hooksSince(before), "issue_comment", "created");
    expect(hook.payload).toMatchObject({
      comment: { id: data.id, body: "I am a bot" },
      sender: { login: "octoflow[bot]", type: "Bot" },
    });
    const { data: byAlice } = await stage.alice.rest.issues.createComment({ ...REPO, issue_number, body: "I am not" });
    expect(byAlice.performed_via_github_app ?? null).toBeNull();
  });

  it("36 ids monotonically increase, unique over repo", async () => {
    const ids: number[] = [];
    for (const body of ["one", "two", "three"]) {
      ids.push((await stage.alice.rest.issues.createComment({ ...REPO, issue_number, body })).data.id);
    }
    const other = await stage.alice.rest.issues.create({ ...REPO, title: "Other" });
    ids.push(
      (await stage.alice.rest.issues.createComment({ ...REPO, issue_number: other.data.number, body: "four" })).data.id,
    );
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(ids).toHaveLength(4);
  });

  it("37 comment edit: updated_at moves, created_at stays, hook has changes.body.from", async () => {
    const { data: created } = await stage.alice.rest.issues.createComment({
      ...REPO,
      issue_number,
      body: "first words",
    });
    await stage.hub.clock.advance(5_000);
    await stage.hub.idle();
    const before = await stage.mark();
    const { data: edited } = await stage.alice.rest.issues.updateComment({
      ...REPO,
      comment_id: created.id,
      body: "second words",
    });
    expect(edited.created_at).toBe(created.created_at);
    expect(Date.parse(edited.updated_at)).toBeGreaterThanOrEqual(Date.parse(created.updated_at) + 5_000);
    const hook = only(await stage.hooksSince(before), "issue_comment", "edited");
    expect(hook.payload).toMatchObject({
      changes: { body: { from: "first words" } },
      comment: { body: "second words" },
    });
    const foreign = stage.carol.rest.issues.updateComment({ ...REPO, comment_id: created.id, body: "mine now" });
    expect((await refused(foreign)).status).toBe(403);
  });

  it("38 comment list since= & pagination", async () => {
    const { data: issue } = await stage.alice.rest.issues.create({ ...REPO, title: "Long talk" });
    const at = { ...REPO, issue_number: issue.number };
    for (let index = 0; index < 5; index += 1)
      await stage.alice.rest.issues.createComment({ ...at, body: `old ${index}` });
    await stage.hub.clock.advance(60_000);
    const since = new Date(stage.hub.clock.now()).toISOString();
    await stage.hub.clock.advance(1_000);
    await stage.alice.rest.issues.createComment({ ...at, body: "new" });
    const { data: recent } = await stage.alice.rest.issues.listComments({ ...at, since });
    expect(recent.map((comment) => comment.body)).toEqual(["new"]);
    const second = await stage.alice.rest.issues.listComments({ ...at, per_page: 2, page: 2 });
    expect(second.data.map((comment) => comment.body)).toEqual(["old 2", "old 3"]);
    expect(second.headers.link).toMatch(/[?&]page=3[^>]*>; rel="next"/);
    expect(second.headers.link).toMatch(/[?&]page=1[^>]*>; rel="first"/);
  });

  it("39 comment delete -> hook", async () => {
    const { data } = await stage.alice.rest.issues.createComment({ ...REPO, issue_number, body: "oops" });
    await stage.hub.idle();
    const before = await stage.mark();
    expect((await stage.alice.rest.issues.deleteComment({ ...REPO, comment_id: data.id })).status).toBe(204);
    const hook = only(await stage.hooksSince(before), "issue_comment", "deleted");
    expect(hook.payload).toMatchObject({ comment: { id: data.id, body: "oops" } });
    expect((await refused(stage.alice.rest.issues.getComment({ ...REPO, comment_id: data.id }))).status).toBe(404);
  });

  it("40 body > 65536 chars -> 422", async () => {
    const fits = await stage.alice.rest.issues.createComment({ ...REPO, issue_number, body: "x".repeat(65_536) });
    expect(fits.status).toBe(201);
    const tooLong = stage.alice.rest.issues.createComment({ ...REPO, issue_number, body: "x".repeat(65_537) });
    expect((await refused(tooLong)).status).toBe(422);
    expect(
      (await refused(stage.alice.rest.issues.create({ ...REPO, title: "t", body: "x".repeat(65_537) }))).status,
    ).toBe(422);
  });

  it("41 reactions on issue & comment (create/list/delete)", async () => {
    const reactions = stage.bot.rest.reactions;
    const at = { ...REPO, issue_number };
    const first = await reactions.createForIssue({ ...at, content: "eyes" });
    const again = await reactions.createForIssue({ ...at, content: "eyes" });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.data.id).toBe(first.data.id);
    const { data: listed } = await reactions.listForIssue(at);
    expect(listed.map((reaction) => [reaction.content, reaction.user?.login])).toEqual([["eyes", "octoflow[bot]"]]);
    expect((await stage.alice.rest.issues.get(at)).data.reactions).toMatchObject({
      total_count: 1,
      eyes: 1,
      rocket: 0,
    });
    expect((await reactions.deleteForIssue({ ...at, reaction_id: first.data.id })).status).toBe(204);
    expect((await reactions.listForIssue(at)).data).toEqual([]);

    const { data: comment } = await stage.alice.rest.issues.createComment({ ...at, body: "/task queue" });
    const onComment = { ...REPO, comment_id: comment.id };
    const { data: rocket } = await reactions.createForIssueComment({ ...onComment, content: "rocket" });
    expect((await reactions.listForIssueComment(onComment)).data.map((reaction) => reaction.content)).toEqual([
      "rocket",
    ]);
    expect((await reactions.deleteForIssueComment({ ...onComment, reaction_id: rocket.id })).status).toBe(204);
    expect((await reactions.listForIssueComment(onComment)).data).toEqual([]);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
