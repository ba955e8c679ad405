// The validators must refuse what GitHub would not send and accept what it does send: real examples and small damages to them.
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { createResponseValidator, validateResponse } from "../src/descriptions/validate-response.ts";
import { validateWebhook } from "../src/descriptions/validate-webhook.ts";

const examples: readonly { name: string; examples: readonly object[] }[] = createRequire(import.meta.url)(
  "@octokit/webhooks-examples",
);

const bug = {
  id: 1,
  node_id: "LA_1",
  url: "http://127.0.0.1:3000/api/v3/repos/acme/app/labels/bug",
  name: "bug",
  description: null,
  color: "d73a4a",
  default: true,
};

describe("a concrete path finds its operation", () => {
  const { operationOf } = createResponseValidator();
  it.each([
    ["GET", "/repos/acme/app", "GET /repos/{owner}/{repo}"],
    ["GET", "/api/v3/repos/acme/app?per_page=1", "GET /repos/{owner}/{repo}"],
    ["get", "/repos/acme/app/issues/7", "GET /repos/{owner}/{repo}/issues/{issue_number}"],
    ["GET", "/repos/acme/app/issues/comments", "GET /repos/{owner}/{repo}/issues/comments"],
    ["GET", "/repos/acme/app/contents", "GET /repos/{owner}/{repo}/contents/{path}"],
    ["GET", "/repos/acme/app/contents/src/a b.ts", "GET /repos/{owner}/{repo}/contents/{path}"],
    ["GET", "/repos/acme/app/git/ref/heads/signalbox/task/7", "GET /repos/{owner}/{repo}/git/ref/{ref}"],
    ["GET", "/repos/acme/app/commits/feature/x/check-runs", "GET /repos/{owner}/{repo}/commits/{ref}/check-runs"],
    ["GET", "/repos/acme/app/commits/feature/x", "GET /repos/{owner}/{repo}/commits/{ref}"],
    ["GET", "/repos/acme/app/compare/main...feature/x", "GET /repos/{owner}/{repo}/compare/{basehead}"],
    ["PATCH", "/repos/acme/app/git/refs/heads/main", "PATCH /repos/{owner}/{repo}/git/refs/{ref}"],
    ["GET", "/app/hook/deliveries", "GET /app/hook/deliveries"],
    ["GET", "/", "GET /"],
    ["GET", "/acme/app/issues/7", null],
    ["BREW", "/repos/acme/app", null],
  ])("%s %s", (method, path, expected) => {
    expect(operationOf(method, path)).toBe(expected);
  });
});

describe("answers", () => {
  const labels = "/repos/acme/app/labels";
  it.each<[why: string, status: number, body: unknown, complaint: string | null]>([
    ["a label as described", 201, bug, null],
    ["a label without colour", 201, { ...bug, color: undefined }, "body must have required property 'color'"],
    ["a label whose id is text", 201, { ...bug, id: "1" }, '/id must be integer, given "1"'],
    ["an address that is none", 201, { ...bug, url: "labels/bug" }, '/url must match format "uri", given "labels/bug"'],
    [
      "a status that creation never has",
      202,
      bug,
      "POST /repos/{owner}/{repo}/labels is not described with status 202",
    ],
    [
      "a refusal with details",
      422,
      { message: "Validation Failed", errors: [{ resource: "Label", code: "already_exists", field: "name" }] },
      null,
    ],
    ["a refusal nobody listed", 451, { message: "Unavailable" }, null],
    ["a refusal without message", 404, { error: "no" }, "body must have required property 'message'"],
  ])("%s", (_why, status, body, complaint) => {
    const sent: unknown = JSON.parse(JSON.stringify(body));
    expect(validateResponse({ method: "POST", path: labels, status, body: sent })).toEqual(
      complaint === null ? [] : [complaint],
    );
  });

  it("wants no body where none is described", () => {
    const removal = { method: "DELETE", path: `${labels}/bug`, status: 204 };
    expect(validateResponse({ ...removal, body: undefined })).toEqual([]);
    expect(validateResponse({ ...removal, body: {} })).toEqual([
      "DELETE /repos/{owner}/{repo}/labels/{name} 204 must have no JSON body",
    ]);
  });

  it("reads an empty body as the empty object of a cancelled run", () => {
    const cancel = { method: "POST", path: "/repos/acme/app/actions/runs/7/cancel", status: 202 };
    expect(validateResponse({ ...cancel, body: undefined })).toEqual([]);
  });

  it("knows null from missing", () => {
    const list = { method: "GET", path: "/repos/acme/app/labels", status: 200 };
    expect(validateResponse({ ...list, body: [{ ...bug, description: null }] })).toEqual([]);
    expect(validateResponse({ ...list, body: [{ ...bug, name: null }] })).toEqual([
      "/0/name must be string, given null",
    ]);
  });

  it("has no description of an invented operation", () => {
    const answer = { method: "GET", path: "/api/v3/tea", status: 200, body: {} };
    expect(validateResponse(answer)).toEqual(["no operation is described for GET /api/v3/tea"]);
  });
});

describe("webhooks", () => {
  /** Events whose recorded examples are as new as the descriptions. */
  const current = [
    "check_suite",
    "commit_comment",
    "create",
    "delete",
    "membership",
    "milestone",
    "organization",
    "ping",
    "repository",
  ];
  const recorded = examples.flatMap(({ name, examples: payloads }) =>
    payloads.map((payload) => ({ event: name, payload })),
  );

  it.each(current)("accepts every recorded %s", (event) => {
    const own = recorded.filter((webhook) => webhook.event === event);
    expect(own.length).toBeGreaterThan(2);
    expect(own.flatMap(validateWebhook)).toEqual([]);
  });

  it("accepts the recorded issues but the two that are older than the description", () => {
    const own = recorded.filter((webhook) => webhook.event === "issues");
    expect([own.length, own.filter((webhook) => validateWebhook(webhook).length === 0).length]).toEqual([29, 27]);
  });

  it.each(current)("refuses every recorded %s without its sender", (event) => {
    const damaged = recorded.filter((webhook) => webhook.event === event && "sender" in webhook.payload);
    const accepted = damaged.filter(
      ({ payload }) => validateWebhook({ event, payload: { ...payload, sender: "nobody" } }).length === 0,
    );
    expect(accepted).toEqual([]);
  });

  it("has no description of an invented action", () => {
    expect(validateWebhook({ event: "issues", payload: { action: "sung" } })).toEqual([
      "no webhook is described for issues.sung",
    ]);
    expect(validateWebhook({ event: "tea", payload: {} })).toEqual(["no webhook is described for tea.(no action)"]);
  });
});
