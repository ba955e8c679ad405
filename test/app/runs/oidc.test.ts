// Who may ask: a token in which one claim is wrong buys nothing, whichever claim it is.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClaimedTask, type RunUnderTest, startRuns } from "./run-under-test.ts";
import { type Claims, PUBLISH, WORK } from "./tokens.ts";

let runs: RunUnderTest;
let task: ClaimedTask;
beforeAll(async () => {
  runs = await startRuns();
  task = await runs.claimedTask();
});
afterAll(() => runs.stop());

const now = () => Math.floor(Date.now() / 1_000);

describe("a token that is wrong in one claim buys neither a bind nor a token", () => {
  it.each<[claim: string, wrong: () => Claims, reason: string]>([
    ["audience", () => ({ aud: "sigstore" }), "bad-token"],
    ["issuer", () => ({ iss: "https://token.actions.githubusercontent.com" }), "bad-token"],
    ["expiry", () => ({ exp: now() - 60 }), "bad-token"],
    ["no expiry", () => ({ exp: undefined }), "bad-token"],
    ["not before", () => ({ nbf: now() + 600 }), "bad-token"],
    ["no jti", () => ({ jti: undefined }), "bad-token"],
    ["no subject", () => ({ sub: undefined }), "bad-token"],
    ["repository", () => ({ repository: "acme/other" }), "not-installed"],
    ["repository that is no name", () => ({ repository: "acme/shop/../other" }), "bad-claims"],
    ["repository id: somebody took over the name", () => ({ repository_id: "4711" }), "wrong-repository"],
    ["no repository id", () => ({ repository_id: undefined }), "bad-claims"],
    ["run id", () => ({ run_id: "abc" }), "bad-claims"],
    ["attempt: a re-run inherits nothing", () => ({ run_attempt: "2" }), "not-first-attempt"],
    ["event", () => ({ event_name: "pull_request" }), "wrong-event"],
    [
      "workflow on another branch",
      () => ({ workflow_ref: "acme/shop/.github/workflows/signalbox.yml@refs/heads/attack" }),
      "not-default-branch",
    ],
    [
      "workflow on a tag",
      () => ({ workflow_ref: "acme/shop/.github/workflows/signalbox.yml@refs/tags/main" }),
      "not-default-branch",
    ],
    [
      "workflow of another repository",
      () => ({ workflow_ref: "evil/shop/.github/workflows/signalbox.yml@refs/heads/main" }),
      "not-default-branch",
    ],
    [
      "workflow outside its folder",
      () => ({ workflow_ref: "acme/shop/.github/workflows/../x.yml@refs/heads/main" }),
      "not-default-branch",
    ],
    [
      "job workflow of another repository",
      () => ({ job_workflow_ref: "evil/tools/.github/workflows/work.yml@refs/heads/main" }),
      "wrong-workflow",
    ],
    [
      "job workflow on another branch",
      () => ({ job_workflow_ref: "acme/shop/.github/workflows/work.yml@refs/heads/attack" }),
      "wrong-workflow",
    ],
    [
      "job workflow of another name",
      () => ({ job_workflow_ref: "acme/shop/.github/workflows/other.yml@refs/heads/main" }),
      "wrong-workflow",
    ],
    ["job workflow sha", () => ({ job_workflow_sha: "short" }), "bad-claims"],
    ["no job workflow: the job is the user's own", () => ({ job_workflow_ref: undefined }), "bad-claims"],
  ])("%s", async (_claim, wrong, reason) => {
    const tokensBefore = runs.on.side.tokens.length;
    const work = await runs.bind(task, { claims: { job_workflow_ref: WORK, ...wrong() } });
    const publish = await runs.publishToken(task, { claims: { job_workflow_ref: PUBLISH, ...wrong() } });
    expect([work.reason, publish.reason]).toEqual([reason, reason]);
    expect(runs.on.side.tokens.length).toBe(tokensBefore);
  });

  it.each<[why: string, bearer: () => Promise<string | null>, reason: string]>([
    ["none at all", async () => null, "no-token"],
    ["another scheme", async () => `Basic ${await runs.issuer.mint()}`, "no-token"],
    ["no token behind the scheme", async () => "Bearer ", "no-token"],
    ["signed by somebody else", async () => `Bearer ${await runs.issuer.forge()}`, "bad-token"],
    [
      "changed after it was signed",
      async () => `Bearer ${(await runs.issuer.mint()).replace(/\.[^.]+\./, `.${btoa("{}").replaceAll("=", "")}.`)}`,
      "bad-token",
    ],
    [
      "unsigned",
      async () =>
        `Bearer ${btoa('{"alg":"none"}').replaceAll("=", "")}.${(await runs.issuer.mint()).split(".")[1] ?? ""}.AA`,
      "bad-token",
    ],
    ["under an unknown key", async () => `Bearer ${await runs.issuer.mint({}, { kid: "two" })}`, "bad-token"],
    ["far too long", async () => `Bearer ${await runs.issuer.mint({ padding: "x".repeat(8_000) })}`, "no-token"],
  ])("%s", async (_why, bearer, reason) => {
    expect((await runs.bind(task, { bearer: await bearer() })).reason).toBe(reason);
  });

  it("the work job's token does not publish, the publish job's does not work", async () => {
    expect((await runs.publishToken(task, { claims: { job_workflow_ref: WORK } })).reason).toBe("wrong-job");
    expect((await runs.bind(task, { claims: { job_workflow_ref: PUBLISH } })).reason).toBe("wrong-job");
  });
});

it("what none of them was refused for, they did not leave behind: the honest run is still the first", async () => {
  const bound = await runs.bind(task);
  expect(bound.status).toBe(200);
});

it("a token is good for one call", async () => {
  const bearer = `Bearer ${await runs.issuer.mint({ run_id: `${task.runId}` })}`;
  expect((await runs.bind(task, { bearer })).status).toBe(200);
  expect(await runs.bind(task, { bearer })).toMatchObject({ status: 403, reason: "used-token" });
});

it("of two calls at once with one token exactly one gets through", async () => {
  const bearer = `Bearer ${await runs.issuer.mint({ run_id: `${task.runId}` })}`;
  const answers = await Promise.all([1, 2, 3, 4].map(() => runs.bind(task, { bearer })));
  expect(answers.map(({ reason }) => reason).toSorted()).toEqual(
    ["used-token", "used-token", "used-token", null].toSorted(),
  );
});
