// Every kind of fault: what the client sees, and whether the write happened.
import { RequestError } from "octokit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../../src/index.ts";
import { openScene, REPO, type Scene } from "./scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ limits: { faultHoldMs: 5 } });
});
afterAll(() => scene.hub.close());
afterEach(() => scene.hub.faults.clear());

async function commentOnce(): Promise<{ readonly saw: number | "connection lost"; readonly applied: boolean }> {
  const { data: issue } = await scene.alice.rest.issues.create({ ...REPO, title: "a thread" });
  let saw: number | "connection lost";
  try {
    saw = (await scene.alice.rest.issues.createComment({ ...REPO, issue_number: issue.number, body: "hello" })).status;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    saw = error.response === undefined || error.status === 200 ? "connection lost" : error.status;
  }
  const { data } = await scene.alice.rest.issues.listComments({ ...REPO, issue_number: issue.number });
  return { saw, applied: data.length === 1 };
}

describe("faults", () => {
  it.each<[fault: Fault, saw: number | "connection lost", applied: boolean]>([
    ["timeout-before", "connection lost", false],
    ["reset", "connection lost", false],
    ["applied-then-lost", "connection lost", true],
    ["applied-then-502", 502, true],
    ["502", 502, false],
    ["503-retry-after", 503, false],
    ["403-secondary", 403, false],
    ["429", 429, false],
    ["401", 401, false],
    ["404", 404, false],
    ["409", 409, false],
    ["422", 422, false],
    ["slow", 201, true],
  ])("%s: the client sees %s, applied: %s", async (fault, saw, applied) => {
    scene.hub.faults.add({
      match: (request) => request.method === "POST" && request.operation.endsWith("/comments"),
      times: 1,
      fault,
    });
    expect(await commentOnce()).toEqual({ saw, applied });
    const entry = scene.hub.requests.entries.findLast((each) => each.fault === fault);
    expect(entry?.operation).toBe("/repos/{owner}/{repo}/issues/{issue_number}/comments");
  });

  it("truncated: half an answer arrives, the write happened", async () => {
    scene.hub.faults.add({ match: ({ method }) => method === "PATCH", times: 1, fault: "truncated" });
    const response = fetch(`${scene.hub.apiUrl}/repos/acme/app/issues/1`, {
      method: "PATCH",
      headers: { authorization: `token ${scene.hub.tokenOf("alice")}` },
      body: JSON.stringify({ title: "renamed" }),
    }).then((each) => each.text());
    await expect(response).rejects.toThrow("terminated");
    expect((await scene.alice.rest.issues.get({ ...REPO, issue_number: 1 })).data.title).toBe("renamed");
  });

  it("strikes as often as it was told, counting requests of one operation", async () => {
    scene.hub.requests.clear();
    scene.hub.faults.add({
      match: ({ operation, count }) => operation === "/repos/{owner}/{repo}" && count === 2,
      fault: "502",
    });
    const seen: number[] = [];
    for (const _ of [1, 2, 3]) {
      const answer = await fetch(`${scene.hub.apiUrl}/repos/acme/app`);
      seen.push(answer.status);
    }
    expect(seen).toEqual([200, 502, 200]);
  });

  it("a secondary limit says when to come back", async () => {
    scene.hub.faults.add({ match: () => true, times: 1, fault: "429" });
    const answer = await fetch(`${scene.hub.apiUrl}/repos/acme/app`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "60"]);
  });

  it("the log tells writes from reads and never holds a token", async () => {
    await scene.bot.rest.issues.listForRepo(REPO);
    scene.hub.requests.clear();
    await scene.bot.rest.issues.create({ ...REPO, title: "counted" });
    await scene.bot.rest.issues.listForRepo(REPO);
    expect(scene.hub.requests.writes().map(({ operation, status }) => [operation, status])).toEqual([
      ["/repos/{owner}/{repo}/issues", 201],
    ]);
    const [entry] = scene.hub.requests.entries;
    expect(entry?.token).toEqual({
      kind: "installation",
      login: "octoflow[bot]",
      installationId: scene.installationId,
    });
    expect(JSON.stringify(scene.hub.requests.entries)).not.toMatch(/gh[sp]_/);
  });
});
