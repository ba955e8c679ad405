// What comes of an effect when GitHub refuses, loses its answer, or has done it already.

import { describe, expect, it } from "vitest";
import type { Effect, EffectResult } from "../../../src/core/ports.ts";
import { ISSUE, KNOWN, type Step, scripted, sha, useScripts } from "./script.ts";

useScripts();

const HEAD = sha("b");
const lost = (to: string): Step => ({ to, status: 502, body: "<html>" });
const answer = (to: string, body: unknown, status = 200): Step => ({ to, status, body });
const no = (to: string, status: number, message: string): Step => ({ to, status, body: { message } });

const COMMENT = "POST /repos/acme/app/issues/7/comments";
const KEY = "<!-- signalbox:status ";
const comment: Effect = { kind: "create-comment", issue: 7, key: KEY, body: `${KEY}x -->\nQueued.` };
const shown = (...bodies: readonly string[]): Step => {
  const nodes = bodies.map((body, index) => ({ fullDatabaseId: `${90 + index}`, body, viewerDidAuthor: true }));
  return answer("NewestComments", { data: { repository: { thread: { comments: { nodes } } } } });
};

describe("a comment", () => {
  it.each<[string, readonly Step[], EffectResult]>([
    ["is created once", [answer(COMMENT, { id: 91 }, 201)], { ok: true, id: 91 }],
    [
      "is found after its answer was lost",
      [lost(COMMENT), shown("hello", `${KEY}x -->\nQueued.`)],
      { ok: true, id: 91 },
    ],
    ["is refused on a locked issue", [no(COMMENT, 403, "Issue is locked")], { ok: false, refused: "Issue is locked" }],
  ])("%s", async (_why, steps, result) => {
    const { hub } = scripted(steps);
    expect(await hub.apply(ISSUE, [comment])).toEqual([result]);
  });

  it("is not written again on the spot when nobody knows whether it was, and is looked for first the next time", async () => {
    const { hub, asked } = scripted([lost(COMMENT), shown("hello"), shown("hello", `${KEY}x -->\nQueued.`)]);
    await expect(hub.apply(ISSUE, [comment])).rejects.toThrow("status 502");
    expect(await hub.apply(ISSUE, [comment])).toEqual([{ ok: true, id: 91 }]);
    expect(asked.filter(({ what }) => what === COMMENT)).toHaveLength(1);
  });

  it("is written the next time when it does not show then either", async () => {
    const { hub } = scripted([lost(COMMENT), shown(), shown(), answer(COMMENT, { id: 92 }, 201)]);
    await expect(hub.apply(ISSUE, [comment])).rejects.toThrow("status 502");
    expect(await hub.apply(ISSUE, [comment])).toEqual([{ ok: true, id: 92 }]);
  });
});

const MERGE = "PUT /repos/acme/app/pulls/8/merge";
const PULL = "GET /repos/acme/app/pulls/8";
const merge: Effect = { kind: "merge", pullRequest: 8, head: HEAD, method: "squash", title: "Say hello" };
const pull = (merged: boolean, head = HEAD) =>
  answer(PULL, { state: merged ? "closed" : "open", merged, head: { sha: head } });
const OPEN = "POST /repos/acme/app/pulls";
const open: Effect = {
  kind: "open-pull-request",
  issue: 7,
  head: "signalbox/task/7",
  base: "main",
  title: "Say hello",
  body: "Closes #7",
};
const LIST = "GET /repos/acme/app/pulls?head=acme:signalbox/task/7&base=main&state=open";
const CLOSE = "PATCH /repos/acme/app/pulls/8";
const close: Effect = { kind: "close-pull-request", pullRequest: 8, comment: "Not ours." };

describe("a pull request", () => {
  it.each<[string, Effect, readonly Step[], EffectResult]>([
    ["is merged", merge, [answer(MERGE, { merged: true })], { ok: true }],
    [
      "is refused with GitHub's reason",
      merge,
      [no(MERGE, 405, "Merge conflict"), pull(false)],
      { ok: false, refused: "Merge conflict" },
    ],
    [
      "is refused when its head moved",
      merge,
      [no(MERGE, 409, "Head branch was modified"), pull(false, sha("c"))],
      { ok: false, refused: "Head branch was modified" },
    ],
    [
      "was merged by the try whose answer was lost",
      merge,
      [lost(MERGE), no(MERGE, 405, "not mergeable"), pull(true)],
      { ok: true },
    ],
    [
      "was merged at another head: that is no success of ours",
      merge,
      [no(MERGE, 405, "not mergeable"), pull(true, sha("c"))],
      { ok: false, refused: "not mergeable" },
    ],
    ["is opened", open, [answer(OPEN, { number: 8 }, 201)], { ok: true, id: 8 }],
    [
      "is adopted when it is there already",
      open,
      [no(OPEN, 422, "A pull request already exists"), answer(LIST, [{ number: 8 }])],
      { ok: true, id: 8 },
    ],
    [
      "is adopted after the answer to its opening was lost",
      open,
      [lost(OPEN), no(OPEN, 422, "A pull request already exists"), answer(LIST, [{ number: 8 }])],
      { ok: true, id: 8 },
    ],
    [
      "is refused when there is nothing in it",
      open,
      [no(OPEN, 422, "No commits between main and signalbox/task/7"), answer(LIST, [])],
      { ok: false, refused: "No commits between main and signalbox/task/7" },
    ],
    [
      "is closed with a word",
      close,
      [
        pull(false),
        { ...shown(), to: "NewestComments" },
        answer("POST /repos/acme/app/issues/8/comments", { id: 95 }, 201),
        answer(CLOSE, {}),
      ],
      { ok: true },
    ],
    ["that is closed is left alone", close, [pull(true)], { ok: true }],
    ["is not told twice why it is closed", close, [pull(false), shown("Not ours."), answer(CLOSE, {})], { ok: true }],
  ])("%s", async (_why, effect, steps, result) => {
    const { hub } = scripted(steps);
    expect(await hub.apply(ISSUE, [effect])).toEqual([result]);
  });
});

const TOKEN = sha("a");
const DISPATCH = "POST /repos/acme/app/actions/workflows/signalbox.yml/dispatches";
const dispatch: Effect = { kind: "dispatch", issue: 7, token: TOKEN };
const RUNS =
  "GET /repos/acme/app/actions/workflows/signalbox.yml/runs?event=workflow_dispatch&created=>=2026-11-20T11:59:00Z&per_page=100";
const runs = (...titles: readonly string[]): Step =>
  answer(RUNS, {
    workflow_runs: titles.map((display_title, index) => ({
      id: 500 + index,
      status: "queued",
      conclusion: null,
      display_title,
      created_at: "2026-11-20T12:00:00Z",
      html_url: "https://github.test/run",
    })),
  });
const CANCEL = "POST /repos/acme/app/actions/runs/500/cancel";
const cancel: Effect = { kind: "cancel-run", runId: 500 };

describe("a run", () => {
  it.each<[string, Effect, readonly Step[], EffectResult]>([
    [
      "is dispatched, and GitHub names it",
      dispatch,
      [answer(DISPATCH, { workflow_run_id: 500 })],
      { ok: true, id: 500 },
    ],
    [
      "is dispatched by a GitHub that does not name it",
      dispatch,
      [{ to: DISPATCH, status: 204, body: "" }],
      { ok: true },
    ],
    [
      "is dispatched by a GitHub that cannot be asked to name it",
      dispatch,
      [
        no(DISPATCH, 422, "Invalid input: return_run_details is not a permitted key"),
        { to: DISPATCH, status: 204, body: "" },
      ],
      { ok: true },
    ],
    [
      "is found after the answer was lost",
      dispatch,
      [lost(DISPATCH), runs(`signalbox acme/app#7 ${sha("9")}`, `signalbox acme/app#7 ${TOKEN}`)],
      { ok: true, id: 501 },
    ],
    [
      "is dispatched again when none shows",
      dispatch,
      [lost(DISPATCH), runs(), answer(DISPATCH, { workflow_run_id: 502 })],
      { ok: true, id: 502 },
    ],
    ["is refused without a workflow", dispatch, [no(DISPATCH, 404, "Not Found")], { ok: false, refused: "Not Found" }],
    ["is cancelled", cancel, [answer(CANCEL, {}, 202)], { ok: true }],
    ["that is over is as good as cancelled", cancel, [no(CANCEL, 409, "Cannot cancel a completed run")], { ok: true }],
    ["that is gone is as good as cancelled", cancel, [no(CANCEL, 404, "Not Found")], { ok: true }],
  ])("%s", async (_why, effect, steps, result) => {
    const { hub } = scripted([KNOWN, ...steps]);
    expect(await hub.apply(ISSUE, [effect])).toEqual([result]);
  });
});

const CHECKS = `GET /repos/acme/app/commits/${HEAD}/check-runs?check_name=signalbox&filter=latest`;
const evidence: Effect = {
  kind: "evidence-check",
  head: HEAD,
  conclusion: "success",
  title: "1 of 1",
  summary: "test",
};
const checkRun = (slug: string, conclusion: string) => ({
  id: 70,
  conclusion,
  app: { slug },
  output: { title: "1 of 1", summary: "test" },
});

describe("the evidence check", () => {
  it.each<[string, readonly Step[]]>([
    ["is made", [answer(CHECKS, { check_runs: [] }), answer("POST /repos/acme/app/check-runs", { id: 71 }, 201)]],
    ["is left alone when it says so already", [answer(CHECKS, { check_runs: [checkRun("signalbox", "success")] })]],
    [
      "is brought up to date",
      [
        answer(CHECKS, { check_runs: [checkRun("signalbox", "failure")] }),
        answer("PATCH /repos/acme/app/check-runs/70", { id: 70 }),
      ],
    ],
    [
      "is not somebody else's of the same name",
      [
        answer(CHECKS, { check_runs: [checkRun("other", "success")] }),
        answer("POST /repos/acme/app/check-runs", { id: 71 }, 201),
      ],
    ],
  ])("%s", async (_why, steps) => {
    const { hub } = scripted(steps);
    expect(await hub.apply(ISSUE, [evidence])).toEqual([{ ok: true }]);
  });
});

const label: Effect = { kind: "add-labels", nodeId: "I_7", labels: ["task:queued"] };
const react: Effect = { kind: "react", nodeId: "IC_9", reaction: "eyes" };
const remove: Effect = { kind: "delete-comment", nodeId: "IC_9" };
const labels = (id: string | null): Step =>
  answer("Labels", { data: { repository: { label0: id === null ? null : { id, name: "task:queued" } } } });
const effects = (data: object, ...errors: readonly object[]): Step =>
  answer("Effects", { data, ...(errors.length === 0 ? {} : { errors }) });
const done = { clientMutationId: null };
const missing = (alias: string) => ({ type: "NOT_FOUND", path: [alias], message: "Could not resolve to a node" });

describe("effects in one document", () => {
  it("go together, with ids of labels and a result for each", async () => {
    const { hub, asked } = scripted([KNOWN, labels("L_1"), effects({ e0: done, e1: null }, missing("e1"))]);
    const results = await hub.apply(ISSUE, [label, react]);
    expect(results).toEqual([{ ok: true }, { ok: false, refused: "Could not resolve to a node" }]);
    expect(asked[2]?.body).toEqual({
      query:
        "mutation Effects($i0: AddLabelsToLabelableInput!, $i1: AddReactionInput!) {\n" +
        "  e0: addLabelsToLabelable(input: $i0) { clientMutationId }\n" +
        "  e1: addReaction(input: $i1) { clientMutationId }\n}",
      variables: { i0: { labelableId: "I_7", labelIds: ["L_1"] }, i1: { subjectId: "IC_9", content: "EYES" } },
    });
  });

  it.each<[string, readonly Effect[], readonly Step[], readonly EffectResult[]]>([
    [
      "a label that nobody made yet is made",
      [label],
      [labels(null), answer("POST /repos/acme/app/labels", { node_id: "L_2" }, 201), effects({ e0: done })],
      [{ ok: true }],
    ],
    [
      "a label that somebody makes at the same moment is found",
      [label],
      [labels(null), no("POST /repos/acme/app/labels", 422, "already_exists"), labels("L_3"), effects({ e0: done })],
      [{ ok: true }],
    ],
    [
      "a label that was made anew is looked up again",
      [label],
      [labels("L_old"), effects({ e0: null }, missing("e0")), labels("L_new"), effects({ e0: done })],
      [{ ok: true }],
    ],
    ["what was to go and is gone is a success", [remove], [effects({ e0: null }, missing("e0"))], [{ ok: true }]],
    [
      "a label that does not exist is on nothing",
      [{ ...label, kind: "remove-labels" }],
      [labels(null)],
      [{ ok: true }],
    ],
    [
      "the whole document is repeated when its answer was lost",
      [react],
      [lost("Effects"), effects({ e0: done })],
      [{ ok: true }],
    ],
  ])("%s", async (_why, asked, steps, results) => {
    const { hub } = scripted([KNOWN, ...steps]);
    expect(await hub.apply(ISSUE, asked)).toEqual(results);
  });

  it("throw when GitHub does not say what came of one", async () => {
    const { hub } = scripted([KNOWN, effects({ e0: null }, { path: ["e0"], message: "Something went wrong" })]);
    await expect(hub.apply(ISSUE, [react])).rejects.toThrow("Something went wrong");
  });
});
