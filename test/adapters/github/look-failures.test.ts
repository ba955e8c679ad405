// A look that brings back half of the truth brings back nothing; an issue is gone only when GitHub insists.

import { describe, expect, it } from "vitest";
import { ISSUE, type Step, scripted, useScripts } from "./script.ts";

useScripts();

const ISSUE_PATH = "GET /repos/acme/app/issues/7";
const missing: Step = {
  to: "Look",
  body: {
    data: { repository: { issue: null } },
    errors: [{ type: "NOT_FOUND", path: ["repository", "issue"], message: "Could not resolve to an issue" }],
  },
};
const look = (errors: readonly object[], data: unknown = { repository: {} }): Step => ({
  to: "Look",
  body: { data, errors },
});
const four = (step: Step) => Array.from({ length: 4 }, () => step);

describe("an issue that GitHub does not find", () => {
  it.each<[string, readonly Step[]]>([
    ["was deleted", [missing, { to: ISSUE_PATH, status: 410, body: { message: "This issue was deleted" } }]],
    [
      "was transferred",
      [missing, { to: ISSUE_PATH, status: 301, body: {}, headers: { location: "https://api.github.test/x" } }],
    ],
    [
      "is not found three times",
      [
        missing,
        ...Array.from({ length: 3 }, (): Step => ({ to: ISSUE_PATH, status: 404, body: { message: "Not Found" } })),
      ],
    ],
  ])("%s: it is gone", async (_why, steps) => {
    const { hub } = scripted(steps);
    expect(await hub.observe(ISSUE)).toBe("gone");
  });

  it("is not gone when REST knows it: GraphQL read an old copy", async () => {
    const there: Step = { to: ISSUE_PATH, body: { number: 7 } };
    const { hub } = scripted([missing, there, missing, there, missing, there]);
    await expect(hub.observe(ISSUE)).rejects.toThrow("REST knows an issue");
  });

  it("is not gone when GitHub may not be asked", async () => {
    const { hub } = scripted([missing, { to: ISSUE_PATH, status: 403, body: { message: "Resource not accessible" } }]);
    await expect(hub.observe(ISSUE)).rejects.toThrow("Resource not accessible");
  });
});

describe("a look throws", () => {
  it.each<[string, readonly Step[], string]>([
    [
      "when a part of it is forbidden",
      [look([{ type: "FORBIDDEN", path: ["repository", "pullRequests"], message: "Resource not accessible" }])],
      "Resource not accessible",
    ],
    [
      "when the repository is not there",
      [look([{ type: "NOT_FOUND", path: ["repository"], message: "Could not resolve to a Repository" }], null)],
      "Could not resolve to a Repository",
    ],
    [
      "when GitHub gives up half-way, four times",
      four(look([{ message: "Something went wrong" }])),
      "Something went wrong",
    ],
    ["when GitHub is down, four times", four({ to: "Look", status: 503, body: "<html>" }), "status 503"],
    ["when fields are missing", [{ to: "Look", body: { data: { repository: { id: "R_1" } } } }], "databaseId"],
    [
      "when there is no clock in the answer",
      four({ to: "Look", body: { data: { repository: {} } }, headers: { date: "" } }),
      "half an answer",
    ],
  ])("%s", async (_why, steps, message) => {
    const { hub } = scripted(steps);
    await expect(hub.observe(ISSUE)).rejects.toThrow(message);
  });

  it("only after GitHub's limits have been waited for five times", async () => {
    const limited: Step = {
      to: "Look",
      body: { data: null, errors: [{ type: "RATE_LIMITED", message: "API rate limit" }] },
    };
    const { hub, clock } = scripted(Array.from({ length: 5 }, () => limited));
    const start = clock.now();
    await expect(hub.observe(ISSUE)).rejects.toThrow("put it off 5 times");
    expect(clock.now() - start).toBe(60_000 + 120_000 + 240_000 + 480_000);
  });
});

describe("checks that the token may not read", () => {
  const hidden = (field: string): Step =>
    look([{ type: "FORBIDDEN", path: ["repository", "pullRequests", "nodes", 0, field], message: "not accessible" }]);

  it("are no reason to stop for somebody who decides nothing by them: the rest of the answer is read", async () => {
    const { hub } = scripted([hidden("statusCheckRollup")], { mayLackChecks: true });
    await expect(hub.observe(ISSUE)).rejects.not.toThrow("not accessible");
  });

  it("stop everybody else, and nothing else may be hidden", async () => {
    const everybody = scripted([hidden("statusCheckRollup")]);
    await expect(everybody.hub.observe(ISSUE)).rejects.toThrow("not accessible");
    const viewer = scripted([hidden("reviews")], { mayLackChecks: true });
    await expect(viewer.hub.observe(ISSUE)).rejects.toThrow("not accessible");
  });
});
