// Who may do what: roles of people, permissions of apps, public and private repositories.
import type { Octokit } from "octokit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScene, Plain, type Scene } from "./scene.ts";

type Who = "anonymous" | "carol" | "tess" | "bob" | "alice" | "bot" | "reader";
type What = "read" | "comment" | "label" | "write-label" | "rename" | "permission";

let scene: Scene;
const clients = new Map<Who, Octokit>();
beforeAll(async () => {
  scene = await openScene();
  const { hub } = scene;
  hub.createUser({ login: "carol" });
  hub.createUser({ login: "tess" });
  await hub.createRepository({ owner: "acme", name: "secret", private: true, collaborators: { bob: "write" } });
  for (const name of ["app", "secret"]) {
    hub.setCollaborator(`acme/${name}`, "tess", "triage");
    await scene.alice.rest.issues.create({ owner: "acme", repo: name, title: "a thread" });
  }
  const { data } = await scene.app.octokit.request("POST /app/installations/{installation_id}/access_tokens", {
    installation_id: scene.installationId,
    permissions: { contents: "read" },
  });
  const client = (auth?: string): Octokit =>
    new Plain({ baseUrl: hub.apiUrl, ...(auth === undefined ? {} : { auth }) });
  clients.set("anonymous", client());
  for (const login of ["carol", "tess", "bob", "alice"] as const) clients.set(login, client(hub.tokenOf(login)));
  clients.set("bot", scene.bot);
  clients.set("reader", client(data.token));
});
afterAll(() => scene.hub.close());

async function statusOf(who: Who, what: What, repo: string): Promise<number> {
  const octokit = clients.get(who) ?? scene.alice;
  const at = { owner: "acme", repo, issue_number: 1 };
  const calls: Readonly<Record<What, () => Promise<{ readonly status: number }>>> = {
    read: () => octokit.rest.issues.get(at),
    comment: () => octokit.rest.issues.createComment({ ...at, body: "hello" }),
    label: () => octokit.rest.issues.addLabels({ ...at, labels: ["bug"] }),
    "write-label": () => octokit.rest.issues.updateLabel({ ...at, name: "bug", color: "ff0000" }),
    rename: () => octokit.rest.repos.update({ ...at, description: "mine" }),
    permission: () => octokit.rest.repos.getCollaboratorPermissionLevel({ ...at, username: "bob" }),
  };
  try {
    return (await calls[what]()).status;
  } catch (error) {
    return error instanceof Error && "status" in error ? Number(error.status) : 0;
  }
}

const WHAT: readonly What[] = ["read", "comment", "label", "write-label", "rename", "permission"];

describe("rights", () => {
  it.each<[who: Who, repo: string, statuses: readonly number[]]>([
    // biome-ignore-start format: a table reads by column.
    //                       read  comment label  write-label rename permission
    ["anonymous", "app", [200, 401, 401, 401, 401, 401]],
    ["carol", "app", [200, 201, 403, 403, 403, 403]],
    ["tess", "app", [200, 201, 200, 403, 403, 403]],
    ["bob", "app", [200, 201, 200, 200, 403, 200]],
    ["alice", "app", [200, 201, 200, 200, 200, 200]],
    ["bot", "app", [200, 201, 200, 200, 403, 200]],
    ["reader", "app", [200, 403, 403, 403, 403, 200]],
    ["anonymous", "secret", [404, 404, 404, 404, 404, 404]],
    ["carol", "secret", [404, 404, 404, 404, 404, 404]],
    ["tess", "secret", [200, 201, 200, 403, 403, 403]],
    ["bot", "secret", [200, 201, 200, 200, 403, 200]],
    ["reader", "secret", [403, 403, 403, 403, 403, 200]],
    // biome-ignore-end format: a table reads by column.
  ])("%s in %s", async (who, repo, statuses) => {
    const seen: number[] = [];
    for (const what of WHAT) seen.push(await statusOf(who, what, repo));
    expect(Object.fromEntries(WHAT.map((what, at) => [what, seen[at]]))).toEqual(
      Object.fromEntries(WHAT.map((what, at) => [what, statuses[at]])),
    );
  });

  it("a bot is not a user to the permission endpoint", async () => {
    const asked = scene.bot.rest.repos.getCollaboratorPermissionLevel({
      ...{ owner: "acme", repo: "app", username: "octoflow[bot]" },
    });
    await expect(asked).rejects.toMatchObject({ status: 404, message: expect.stringContaining("is not a user") });
  });

  it.each<[login: string, permission: string, roleName: string]>([
    ["alice", "admin", "admin"],
    ["bob", "write", "write"],
    ["tess", "read", "triage"],
    ["carol", "read", "read"],
  ])("%s has the legacy permission %s and the role %s", async (username, permission, roleName) => {
    const { data } = await scene.bot.rest.repos.getCollaboratorPermissionLevel({
      owner: "acme",
      repo: "app",
      username,
    });
    expect([data.permission, data.role_name]).toEqual([permission, roleName]);
  });

  it("a body over the limit is refused before it is read", async () => {
    const own = await openScene({ limits: { requestBytesMax: 1_000 } });
    try {
      const big = own.alice.rest.issues.create({ owner: "acme", repo: "app", title: "x".repeat(2_000) });
      await expect(big).rejects.toMatchObject({ status: 413 });
    } finally {
      await own.hub.close();
    }
  });
});
