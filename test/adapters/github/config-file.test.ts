// The config file: joined with the organisation's, and held to its last good version while it is wrong.

import { describe, expect, it } from "vitest";
import { createConfigReader } from "../../../src/adapters/github/config-file.ts";
import type { GraphqlAnswer, Wire } from "../../../src/adapters/github/wire.ts";
import { extendConfig } from "../../../src/core/config-extend.ts";

const NOW = Date.UTC(2026, 10, 20, 12);
const REPOSITORY = { owner: "acme", name: "app" };
const file = (text: string | null) => (text === null ? null : { text, isTruncated: false });

/** @param others files of other repositories; @param history versions of this one's, newest first */
function stage(others: Record<string, string | null> = {}, history: readonly string[] = []) {
  const reads: string[] = [];
  const answer = (data: unknown): GraphqlAnswer => ({ data, problems: [], now: NOW });
  const wire: Wire = {
    rest: async () => Promise.reject(new Error("no REST is needed")),
    async graphql({ document, variables }) {
      const name = `${String(variables["owner"])}/${String(variables["name"])}`;
      reads.push(document.startsWith("query ConfigHistory") ? `history of ${name}` : name);
      if (document.startsWith("query ConfigHistory")) {
        const nodes = history.map((text) => ({ file: { object: file(text) } }));
        return answer({ repository: { defaultBranchRef: { target: { history: { nodes } } } } });
      }
      const text = others[name];
      const isThere = text !== undefined;
      const problems = isThere ? [] : [{ type: "NOT_FOUND", message: "no such repository", path: ["repository"] }];
      return { ...answer({ repository: isThere ? { config: file(text) } : null }), problems };
    },
  };
  const configs = createConfigReader(async () => wire);
  return { reads, read: (text: string | null, at = NOW) => configs.inForce(REPOSITORY, file(text), at) };
}

describe("a file that extends its organisation's", () => {
  it("says what it says itself, and the rest as the organisation does", async () => {
    const { read } = stage({ "acme/.github": "limits: { claimed: 1, review: 4 }\nsetup: [npm ci]\n" });
    const { config, problems } = await read("_extends: .github\nlimits: { claimed: 2 }\n");
    expect([config.limits.claimed, config.limits.review, config.setup, problems]).toEqual([2, 4, ["npm ci"], []]);
  });

  it("cannot be read where the organisation's cannot: what held before holds", async () => {
    const { read } = stage({}, ["limits: { claimed: 1 }\n"]);
    const { config, problems } = await read("_extends: .github\n");
    expect([config.limits.claimed, problems]).toEqual([1, ["`_extends`: acme/.github cannot be read"]]);
  });

  it("reads the organisation's once in a minute", async () => {
    const { read, reads } = stage({ "acme/.github": null });
    await read("_extends: .github\n", NOW);
    await read("_extends: .github\n", NOW + 59_000);
    await read("_extends: .github\n", NOW + 60_000);
    expect(reads).toEqual(["acme/.github", "acme/.github"]);
  });

  it.each<[string, unknown, unknown, unknown]>([
    ["lists replace lists", { setup: ["a"] }, { setup: ["b"] }, { setup: ["b"] }],
    [
      "a locked key stays",
      { locked: ["budget"], budget: { task: 1 } },
      { budget: { task: 9 } },
      { budget: { task: 1 } },
    ],
    [
      "a locked key within a key stays, its neighbours do not",
      { locked: ["merge.ci"], merge: { ci: "ask", method: "merge" } },
      { merge: { ci: "run", method: "rebase" } },
      { merge: { ci: "ask", method: "rebase" } },
    ],
    [
      "a locked key that the organisation leaves open stays open",
      { locked: ["bots"] },
      { bots: [1], plan: "show" },
      { plan: "show" },
    ],
    ["an organisation without a file adds nothing", null, { plan: "show" }, { plan: "show" }],
  ])("%s", (_why, base, own, joined) => {
    expect(extendConfig(base, own)).toEqual(joined);
  });
});

describe("a file that is wrong", () => {
  it.each([
    ["no YAML", "a: [", "the file is no YAML"],
    ["an unknown key", "colour: red\n", "colour"],
    ["too many aliases", `a: &a [1]\nb: [${"*a, ".repeat(60)}]\n`, "the file is no YAML"],
  ])("(%s) leaves the one before it in force", async (_why, text, problem) => {
    const { read, reads } = stage();
    await read("limits: { claimed: 1 }\n");
    const { config, problems } = await read(text);
    expect(config.limits.claimed).toBe(1);
    expect(problems.join()).toContain(problem);
    expect(reads).toEqual([]);
  });

  it("is looked up in its own history after a restart: the newest version that holds is in force", async () => {
    const { read, reads } = stage({}, ["limits: nonsense\n", "limits: { claimed: 2 }\n", "limits: { claimed: 3 }\n"]);
    const { config, problems } = await read("limits: nonsense\n");
    expect([config.limits.claimed, problems.length]).toEqual([2, 1]);
    await read("limits: nonsense\n");
    expect(reads).toEqual(["history of acme/app"]);
  });
});
