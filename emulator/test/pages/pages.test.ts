// The pages as a visitor's browser uses them: looking, writing through forms, and being refused.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../../src/index.ts";

let hub: Emulator;

beforeAll(async () => {
  hub = await createEmulator({ actions: { enabled: false } });
  for (const login of ["alice", "carol"]) hub.createUser({ login });
  hub.createOrganization({ login: "acme", members: { alice: "admin" } });
  await hub.createRepository({
    owner: "acme",
    name: "app",
    files: { "README.md": "# The app\n\n<!-- whispered -->\nSee #1.\n" },
  });
  await hub.createRepository({ owner: "acme", name: "secret", private: true, files: { "README.md": "hush\n" } });
});
afterAll(() => hub.close());

interface Seen {
  readonly status: number;
  readonly text: string;
  readonly location: string;
}

async function look(path: string, as = "alice"): Promise<Seen> {
  const response = await fetch(`${hub.url}${path}`, { headers: { cookie: `viewer=${as}` } });
  return { status: response.status, text: await response.text(), location: "" };
}

async function submit(
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = { cookie: "viewer=alice" },
): Promise<Seen> {
  const body = new URLSearchParams(fields);
  const response = await fetch(`${hub.url}${path}`, { method: "POST", body, headers, redirect: "manual" });
  return { status: response.status, text: await response.text(), location: response.headers.get("location") ?? "" };
}

async function api(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${hub.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${hub.tokenOf("alice")}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return text === "" ? undefined : JSON.parse(text);
}

describe("looking", () => {
  it("the front door lists what the viewer may see", async () => {
    expect((await look("/", "alice")).text).toContain("acme/secret");
    const outsider = await look("/", "carol");
    expect(outsider.text).toContain("acme/app");
    expect(outsider.text).not.toContain("acme/secret");
  });

  it("a repository shows its README without the hidden comment", async () => {
    const { status, text } = await look("/acme/app");
    expect(status).toBe(200);
    expect(text).toContain("<h1>The app</h1>");
    expect(text).toContain('<a href="/acme/app/issues/1">#1</a>');
    expect(text).not.toContain("whispered");
  });

  it("files and directories open, at any ref; what is not there does not", async () => {
    await hub
      .git("acme/app")
      .commitFiles({ branch: "side/way", message: "x", files: { "src/a.js": "1 < 2\n" }, author: "alice" });
    expect((await look("/acme/app/tree/side%2Fway/src")).text).toContain('href="/acme/app/blob/side%2Fway/src/a.js"');
    expect((await look("/acme/app/blob/side%2Fway/src/a.js")).text).toContain("<pre>1 &lt; 2\n</pre>");
    const missing = await Promise.all(
      ["/blob/main/src/a.js", "/tree/main/src", "/tree/main/README.md"].map((path) => look(`/acme/app${path}`)),
    );
    expect(missing.map((page) => page.status)).toEqual([404, 404, 404]);
  });

  it("a private repository does not exist for an outsider, in any of its pages", async () => {
    for (const path of ["", "/issues", "/pulls", "/branches", "/actions", "/commits/main", "/issues/new"]) {
      expect([path, (await look(`/acme/secret${path}`, "carol")).status]).toEqual([path, 404]);
      expect([path, (await look(`/acme/secret${path}`, "alice")).status]).toEqual([path, 200]);
    }
  });

  it("the page of a ref tells its story, newest first", async () => {
    await hub
      .git("acme/app")
      .commitFiles({ branch: "signalbox/ledger/7", message: "second entry", files: { a: "1" }, author: "alice" });
    const { text } = await look("/acme/app/commits/signalbox/ledger/7");
    expect(text).toContain("second entry");
  });

  it("what people write is text, never markup of the page", async () => {
    const attack = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;
    const issue = Object(await api("POST", "/repos/acme/app/issues", { title: attack, body: attack }));
    await api("POST", "/repos/acme/app/labels", { name: "<b>l</b>", color: "ff0000", description: attack });
    await api("POST", `/repos/acme/app/issues/${issue.number}/labels`, { labels: ["<b>l</b>"] });
    await api("POST", `/repos/acme/app/issues/${issue.number}/comments`, { body: attack });
    for (const path of [`/acme/app/issues/${issue.number}`, "/acme/app/issues"]) {
      const { text } = await look(path);
      expect(text).toContain("&lt;script&gt;");
      expect(text).not.toMatch(/<script|<img|<b>l/);
    }
  });
});

describe("taking part", () => {
  async function newIssue(body = ""): Promise<number> {
    const { status, location } = await submit("/acme/app/issues", { title: "From a form", body });
    expect(status).toBe(303);
    return Number(location.split("/").at(-1));
  }
  const issue = (number: number): Promise<unknown> => api("GET", `/repos/acme/app/issues/${number}`);

  it("a form opens an issue as the viewer", async () => {
    const number = await newIssue("Words");
    expect(await issue(number)).toMatchObject({ title: "From a form", body: "Words", user: { login: "alice" } });
  });

  it("a comment, with and without closing", async () => {
    const number = await newIssue();
    await submit(`/acme/app/issues/${number}/comments`, { body: "first" });
    expect(await issue(number)).toMatchObject({ comments: 1, state: "open" });
    await submit(`/acme/app/issues/${number}/comments`, { body: "", state: "not_planned" });
    expect(await issue(number)).toMatchObject({ comments: 1, state: "closed", state_reason: "not_planned" });
    await submit(`/acme/app/issues/${number}/comments`, { body: "again", state: "open" });
    expect(await issue(number)).toMatchObject({ comments: 2, state: "open" });
    expect((await look(`/acme/app/issues/${number}`)).text).toContain("closed this as not planned");
  });

  it("labels and assignees go on and off", async () => {
    const number = await newIssue();
    await submit(`/acme/app/issues/${number}/label`, { label: "task:queued" });
    await submit(`/acme/app/issues/${number}/assign`, { login: "alice" });
    expect(await issue(number)).toMatchObject({ labels: [{ name: "task:queued" }], assignees: [{ login: "alice" }] });
    await submit(`/acme/app/issues/${number}/unlabel`, { label: "task:queued" });
    await submit(`/acme/app/issues/${number}/unassign`, { login: "alice" });
    expect(await issue(number)).toMatchObject({ labels: [], assignees: [] });
  });

  it("a tick changes the body, or the comment it stands in", async () => {
    const number = await newIssue("- [ ] one\n- [ ] two");
    await submit(`/acme/app/issues/${number}/tick/body`, { task: "1" });
    expect(await issue(number)).toMatchObject({ body: "- [ ] one\n- [x] two" });
    const comment = Object(await api("POST", `/repos/acme/app/issues/${number}/comments`, { body: "- [ ] accept" }));
    await submit(`/acme/app/issues/${number}/tick/comment/${comment.id}`, { task: "0" });
    expect(await api("GET", `/repos/acme/app/issues/comments/${comment.id}`)).toMatchObject({ body: "- [x] accept" });
    const { location } = await submit(`/acme/app/issues/${number}/tick/body`, { task: "9" });
    expect(location).toContain("refusal=There%20is%20no%20such%20task");
  });

  it("a refusal of the API comes back to the page in words", async () => {
    const number = await newIssue();
    const asCarol = { cookie: "viewer=carol" };
    const { location } = await submit(`/acme/app/issues/${number}/label`, { label: "task:queued" }, asCarol);
    expect((await look(location, "carol")).text).toMatch(/<p class="refusal" role="alert">.+\(403\)<\/p>/);
    expect(await issue(number)).toMatchObject({ labels: [] });
  });

  it("a form on another site acts for nobody", async () => {
    const number = await newIssue();
    const foreign = { cookie: "viewer=alice", origin: "http://evil.example" };
    expect((await submit(`/acme/app/issues/${number}/comments`, { body: "gotcha" }, foreign)).status).toBe(404);
    expect(await issue(number)).toMatchObject({ comments: 0 });
  });

  it("choosing whom to look as leads back to the page, and nowhere else", async () => {
    const chosen = await submit("/_viewer", { login: "carol", back: "/acme/app" });
    expect(chosen.location).toBe("/acme/app");
    expect((await submit("/_viewer", { login: "carol", back: "//evil.example" })).location).toBe("/");
  });

  it("a pull request is reviewed and merged from its page", async () => {
    await hub
      .git("acme/app")
      .commitFiles({ branch: "topic", message: "Add a file", files: { "new.txt": "new\n" }, author: "alice" });
    const pull = Object(await api("POST", "/repos/acme/app/pulls", { title: "A change", head: "topic", base: "main" }));
    const path = `/acme/app/pull/${pull.number}`;
    const { text } = await look(path);
    expect(text).toContain('<tr class="add"><td class="at"></td><td class="at">1</td><td>+new</td></tr>');
    const own = await submit(`${path}/reviews`, { event: "APPROVE", body: "" });
    expect(own.location).toContain("refusal=");
    const { location } = await submit(`${path}/merge`, { sha: pull.head.sha, method: "squash" });
    expect(location).toBe(path);
    expect(await api("GET", `/repos/acme/app/pulls/${pull.number}`)).toMatchObject({ merged: true });
    expect((await look(path)).text).toContain('<span class="state closed">merged</span>');
  });
});
