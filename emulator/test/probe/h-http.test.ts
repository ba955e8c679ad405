// Probe, area h: what every answer has in common: limits, conditions, pages, refusals, faults.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmulator } from "../../src/index.ts";
import { ask, complaintsOf, REPO, raiseStage, type Stage } from "./stage.ts";

let stage: Stage;
let token: string;

beforeAll(async () => {
  stage = await raiseStage();
  token = await stage.hub.tokenOf("alice");
});
afterAll(() => stage.close());

const remaining = (headers: Headers): number => Number(headers.get("x-ratelimit-remaining"));

describe("h · HTTP", () => {
  it("105 rate-limit headers", async () => {
    const { headers } = await ask(stage.hub, "GET", "/repos/acme/app", { token });
    expect(headers.get("x-ratelimit-limit")).toBe("5000");
    expect(headers.get("x-ratelimit-resource")).toBe("core");
    expect(Number(headers.get("x-ratelimit-used"))).toBe(5000 - remaining(headers));
    const resetS = Number(headers.get("x-ratelimit-reset"));
    expect(resetS * 1000).toBeGreaterThan(stage.hub.clock.now());
    expect(resetS * 1000).toBeLessThanOrEqual(stage.hub.clock.now() + 3_601_000);
    const next = await ask(stage.hub, "GET", "/repos/acme/app", { token });
    expect(remaining(next.headers)).toBe(remaining(headers) - 1);
  });

  it("106 GET /rate_limit", async () => {
    const { status, body, headers } = await ask(stage.hub, "GET", "/rate_limit", { token });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      resources: { core: { limit: 5000 }, graphql: { limit: 5000 }, search: { limit: 30 } },
      rate: { limit: 5000 },
    });
    const again = await ask(stage.hub, "GET", "/rate_limit", { token });
    expect(remaining(again.headers)).toBe(remaining(headers));
  });

  it("107 ETag + If-None-Match -> 304 (not counted)", async () => {
    const first = await ask(stage.hub, "GET", "/repos/acme/app/labels", { token });
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^(W\/)?".+"$/);
    const second = await ask(stage.hub, "GET", "/repos/acme/app/labels", { token, headers: { "if-none-match": etag } });
    expect([second.status, second.text]).toEqual([304, ""]);
    expect(remaining(second.headers)).toBe(remaining(first.headers));
    await stage.alice.rest.issues.createLabel({ ...REPO, name: "etag-mover", color: "ededed" });
    const third = await ask(stage.hub, "GET", "/repos/acme/app/labels", { token, headers: { "if-none-match": etag } });
    expect(third.status).toBe(200);
  });

  it("108 Last-Modified / If-Modified-Since", async () => {
    const { data: issue } = await stage.alice.rest.issues.create({ ...REPO, title: "Dated" });
    const path = `/repos/acme/app/issues/${issue.number}`;
    const first = await ask(stage.hub, "GET", path, { token });
    const modified = first.headers.get("last-modified") ?? "";
    expect(Date.parse(modified)).toBe(Date.parse(issue.updated_at));
    const second = await ask(stage.hub, "GET", path, { token, headers: { "if-modified-since": modified } });
    expect(second.status).toBe(304);
  });

  it("109 Link pagination rel next/last; octokit.paginate", async () => {
    for (let index = 0; index < 5; index += 1)
      await stage.alice.rest.issues.createLabel({ ...REPO, name: `page ${index}`, color: "ededed" });
    const { headers } = await ask(stage.hub, "GET", "/repos/acme/app/labels?per_page=2", { token });
    expect(headers.get("link")).toMatch(/<[^>]*[?&]page=2[^>]*>; rel="next", <[^>]*[?&]page=\d+[^>]*>; rel="last"/);
    const all = await stage.alice.paginate(stage.alice.rest.issues.listLabelsForRepo, { ...REPO, per_page: 2 });
    expect(all.map((label) => label.name)).toEqual(expect.arrayContaining(["page 0", "page 4"]));
    expect(new Set(all.map((label) => label.id)).size).toBe(all.length);
  });

  it("110 422 body has errors[] {resource,field,code}", async () => {
    const { status, body } = await ask(stage.hub, "POST", "/repos/acme/app/labels", {
      token,
      body: { name: "etag-mover", color: "ededed" },
    });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      message: "Validation Failed",
      errors: [{ resource: "Label", code: "already_exists", field: "name" }],
      status: "422",
    });
  });

  it("111 404 body {message,documentation_url,status}", async () => {
    const { status, body } = await ask(stage.hub, "GET", "/repos/acme/nothing", { token });
    expect(status).toBe(404);
    expect(body).toEqual({
      message: "Not Found",
      documentation_url: expect.stringMatching(/^https:\/\/docs\.github\.com\/rest/),
      status: "404",
    });
  });

  it("112 private repo without access -> 404 (not 403)", async () => {
    await stage.hub.createRepository({
      owner: "acme",
      name: "secret",
      private: true,
      files: { "README.md": "hush\n" },
    });
    const carol = await stage.hub.tokenOf("carol");
    expect((await ask(stage.hub, "GET", "/repos/acme/secret", { token: carol })).status).toBe(404);
    expect(
      (await ask(stage.hub, "POST", "/repos/acme/secret/issues", { token: carol, body: { title: "x" } })).status,
    ).toBe(404);
    expect((await ask(stage.hub, "GET", "/repos/acme/secret")).status).toBe(404);
    expect((await ask(stage.hub, "GET", "/repos/acme/secret", { token })).status).toBe(200);
  });

  it("113 malformed JSON -> 400 Problems parsing JSON", async () => {
    const { status, body } = await ask(stage.hub, "POST", "/repos/acme/app/issues", { token, body: '{"title": ' });
    expect([status, body]).toMatchObject([400, { message: "Problems parsing JSON" }]);
  });

  it("114 x-github-request-id, x-github-media-type, x-accepted-github-permissions", async () => {
    const { headers } = await ask(stage.hub, "GET", "/repos/acme/app/issues", { token });
    expect(headers.get("x-github-request-id")).toMatch(/^[0-9A-F]{4}:/);
    expect(headers.get("x-github-media-type")).toBe("github.v3; format=json");
    expect(headers.get("x-accepted-github-permissions")).toMatch(/^issues=read/);
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
  });

  it("115 Date header present (clock source for leases)", async () => {
    const first = await ask(stage.hub, "GET", "/", { token });
    await stage.hub.clock.advance(3_600_000);
    const second = await ask(stage.hub, "GET", "/", { token });
    const moved = Date.parse(second.headers.get("date") ?? "") - Date.parse(first.headers.get("date") ?? "");
    expect(moved).toBeGreaterThanOrEqual(3_600_000);
  });

  it("116 fault injection: 429/403 secondary limit with retry-after", async () => {
    stage.hub.faults.add({ match: ({ path }) => path.includes("/labels"), times: 1, fault: "403-secondary" });
    const secondary = await ask(stage.hub, "GET", "/repos/acme/app/labels", { token });
    expect(secondary.status).toBe(403);
    expect(Number(secondary.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(secondary.body).toMatchObject({ message: expect.stringContaining("secondary rate limit") });
    expect((await ask(stage.hub, "GET", "/repos/acme/app/labels", { token })).status).toBe(200);
    stage.hub.faults.add({ match: ({ method }) => method === "POST", times: 1, fault: "429" });
    const limited = await ask(stage.hub, "POST", "/repos/acme/app/issues", { token, body: { title: "x" } });
    expect(limited.status).toBe(429);
    stage.hub.faults.add({ match: ({ method }) => method === "POST", times: 1, fault: "applied-then-502" });
    const lost = await ask(stage.hub, "POST", "/repos/acme/app/issues", {
      token,
      body: { title: "applied all the same" },
    });
    expect(lost.status).toBe(502);
    const { data } = await stage.alice.rest.issues.listForRepo({ ...REPO, per_page: 1 });
    expect(data[0]?.title).toBe("applied all the same");
    stage.hub.faults.clear();
  });

  it("117 5001 requests from one token do not die (configurable limit)", async () => {
    const generous = await createEmulator({ actions: { enabled: false }, limits: { requestsPerHour: 100_000 } });
    const strict = await createEmulator({ actions: { enabled: false }, limits: { requestsPerHour: 3 } });
    try {
      for (const hub of [generous, strict]) await hub.createUser({ login: "alice" });
      const own = await generous.tokenOf("alice");
      const statuses = new Map<number, number>();
      const worker = async (count: number): Promise<void> => {
        for (let index = 0; index < count; index += 1) {
          const { status } = await ask(generous, "GET", "/user", { token: own });
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      };
      await Promise.all([...Array.from({ length: 20 }, () => worker(250)), worker(1)]);
      expect([...statuses]).toEqual([[200, 5001]]);
      const short = await strict.tokenOf("alice");
      const seen: number[] = [];
      for (let index = 0; index < 4; index += 1)
        seen.push((await ask(strict, "GET", "/user", { token: short })).status);
      expect(seen).toEqual([200, 200, 200, 403]);
    } finally {
      await generous.close();
      await strict.close();
    }
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
