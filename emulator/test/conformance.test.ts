// The watch over everything sent: it must see what is wrong, say each thing once, and keep out of what is no REST.
import { describe, expect, it } from "vitest";
import { createConformance } from "../src/descriptions/conformance.ts";

const JSON_TYPE = "application/json; charset=utf-8";
const labels = { method: "GET", operation: "/repos/{owner}/{repo}/labels", status: 200, contentType: JSON_TYPE };

describe("conformance", () => {
  it("tells a wrong answer once, however often and with whatever numbers it comes", () => {
    const conformance = createConformance();
    for (const id of [1, 22, 333]) conformance.response({ ...labels, body: JSON.stringify([{ id: String(id) }]) });
    expect(conformance.counted()).toEqual({ responses: 3, webhooks: 0 });
    expect(conformance.violations()).toMatchObject([
      {
        where: "GET /repos/{owner}/{repo}/labels 200",
        what: expect.arrayContaining(["/0 must have required property 'name'"]),
      },
    ]);
  });

  it("has nothing to say of a right answer", () => {
    const conformance = createConformance();
    conformance.response({ ...labels, body: "[]" });
    conformance.response({
      ...labels,
      method: "DELETE",
      operation: "/repos/{owner}/{repo}/labels/{name}",
      status: 204,
      contentType: "",
      body: "",
    });
    expect([conformance.counted().responses, conformance.violations()]).toEqual([2, []]);
  });

  it.each([
    ["GraphQL", { ...labels, operation: "graphql:viewer", body: "{}" }],
    ["sign-in", { ...labels, operation: "/login/oauth/access_token", body: "{}" }],
    ["the control plane", { ...labels, operation: "/_control/idle", body: "{}" }],
    ["a page", { ...labels, operation: "/{owner}/{repo}", contentType: "text/html; charset=UTF-8", body: "<p>" }],
    [
      "a diff",
      {
        ...labels,
        operation: "/repos/{owner}/{repo}/pulls/{pull_number}",
        contentType: "application/vnd.github.diff; charset=utf-8",
        body: "diff",
      },
    ],
  ])("keeps out of %s", (_what, seen) => {
    const conformance = createConformance();
    conformance.response(seen);
    expect([conformance.counted().responses, conformance.violations()]).toEqual([0, []]);
  });

  it("tells a wrong webhook and an answer that no description knows", () => {
    const conformance = createConformance();
    conformance.webhook({ event: "issues", payload: { action: "opened" } });
    conformance.response({ ...labels, operation: "/repos/{owner}/{repo}/tea", body: "{}" });
    expect(conformance.violations().map((violation) => violation.where)).toEqual([
      "issues.opened",
      "GET /repos/{owner}/{repo}/tea 200",
    ]);
  });
});
