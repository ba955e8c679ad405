// Probe, area o: a fresh start.
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { createEmulator } from "../../src/index.ts";
import { ask } from "./stage.ts";

describe("o · reset", () => {
  it("130 reset()", async () => {
    const first = await createEmulator({ actions: { enabled: false } });
    first.createUser({ login: "alice" });
    await first.createRepository({ owner: "alice", name: "mine", files: { "README.md": "1\n" } });
    const token = first.tokenOf("alice");
    const { path } = first.git("alice/mine");
    expect((await ask(first, "GET", "/repos/alice/mine", { token })).status).toBe(200);
    expect(existsSync(path)).toBe(true);
    await first.close();
    expect(existsSync(dirname(path))).toBe(false);
    await expect(ask(first, "GET", "/repos/alice/mine", { token })).rejects.toThrow("fetch failed");

    const second = await createEmulator({ actions: { enabled: false } });
    try {
      expect((await ask(second, "GET", "/repos/alice/mine")).status).toBe(404);
      expect((await ask(second, "GET", "/user", { token })).status).toBe(401);
      expect([second.requests.entries.length, second.deliveries.length]).toEqual([2, 0]);
      second.requests.clear();
      expect(second.requests.entries).toEqual([]);
    } finally {
      await second.close();
    }
  });
});
