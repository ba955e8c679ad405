// Commit objects that GitHub must have signed, and rights that are never guessed.

import { describe, expect, it } from "vitest";
import type { Permission } from "../../../src/core/observation.ts";
import { REPOSITORY, type Step, scripted, sha, useScripts } from "./script.ts";

useScripts();

const COMMITS = "POST /repos/acme/app/git/commits";
const TREES = "POST /repos/acme/app/git/trees";
const made = (digit: string, verified = true): Step => ({
  to: COMMITS,
  status: 201,
  body: { sha: sha(digit), verification: { verified, reason: verified ? "valid" : "unsigned" } },
});

describe("a record's commit", () => {
  it("has the empty tree, one parent, and neither author nor date: so GitHub signs it", async () => {
    const { hub, asked } = scripted([made("b")]);
    expect(await hub.createRecord(REPOSITORY, { parent: sha("a"), message: "queued" })).toBe(sha("b"));
    expect(asked[0]?.body).toEqual({
      message: "queued",
      tree: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
      parents: [sha("a")],
    });
  });

  it("is made again when the answer was lost: no ref names it yet", async () => {
    const { hub } = scripted([{ to: COMMITS, status: 502, body: "" }, made("b")]);
    expect(await hub.createRecord(REPOSITORY, { parent: null, message: "queued" })).toBe(sha("b"));
  });

  it("has a tree with one file where GitHub refuses the empty one, and keeps it", async () => {
    const refused: Step = { to: COMMITS, status: 422, body: { message: "Tree SHA does not exist" } };
    const { hub, asked } = scripted([
      refused,
      { to: TREES, status: 201, body: { sha: sha("f") } },
      made("b"),
      made("c"),
    ]);
    await hub.createRecord(REPOSITORY, { parent: null, message: "queued" });
    await hub.createRecord(REPOSITORY, { parent: sha("b"), message: "claimed" });
    expect(asked[3]?.body).toMatchObject({ tree: sha("f"), parents: [sha("b")] });
  });

  it("is worth nothing unsigned, and nobody is to build on it", async () => {
    const { hub } = scripted([made("b", false)]);
    await expect(hub.createRecord(REPOSITORY, { parent: null, message: "queued" })).rejects.toThrow("did not sign");
  });
});

const ALICE = { id: 7, login: "alice", isBot: false };
const PERMISSION = "GET /repos/acme/app/collaborators/alice/permission";
const role = (role_name: string, permission: string, id = 7): Step => ({
  to: PERMISSION,
  body: { role_name, permission, user: { id } },
});
const failing = Array.from({ length: 4 }, (): Step => ({ to: PERMISSION, status: 503, body: "" }));

describe("a permission", () => {
  it.each<[string, readonly Step[], Permission]>([
    ["is the role's, not the old one's", [role("maintain", "write")], "maintain"],
    ["of triage is not read", [role("triage", "read")], "triage"],
    ["of a role that the organisation made is what it builds on", [role("reviewer", "write")], "write"],
    ["of an account that took over the login is none", [role("admin", "admin", 8)], "none"],
    ["of nobody is none", [{ to: PERMISSION, status: 404, body: { message: "Not Found" } }], "none"],
    ["is unknown when the App may not ask", [{ to: PERMISSION, status: 403, body: { message: "no" } }], "unknown"],
    ["is unknown when GitHub does not answer", failing, "unknown"],
    ["is unknown when the answer makes no sense", [{ to: PERMISSION, body: { permission: "owner" } }], "unknown"],
  ])("%s", async (_why, steps, permission) => {
    const { hub } = scripted(steps);
    expect(await hub.permissionOf(REPOSITORY, ALICE)).toBe(permission);
  });

  it("is asked once in a look", async () => {
    const { hub } = scripted([role("write", "write")]);
    await hub.permissionOf(REPOSITORY, ALICE);
    expect(await hub.permissionOf(REPOSITORY, ALICE)).toBe("write");
  });
});
