// What a runner that asks for work is offered.

import { describe, expect, it } from "vitest";
import type { ObservedNeighbour } from "../../src/core/observation.ts";
import { type ClaimFilter, claimsFrom, pick } from "../../src/core/pick.ts";
import type { LedgerRecord } from "../../src/core/record.ts";
import type { State } from "../../src/core/task.ts";
import { APP, config, DIGEST, NOW, SETTINGS } from "./scene.ts";

function task(issue: number, state: State, labels: readonly string[] = []): ObservedNeighbour {
  const data = { settings: SETTINGS, digest: DIGEST, title: "t" };
  const common = { v: 1, task: `7/I_${issue}`, actor: APP, cause: `sweep:${NOW}/0`, at: NOW } as const;
  const tip: LedgerRecord = { ...common, move: "queue", state, data };
  return { issue, tip, labels, author: { id: issue, login: `u${issue}`, isBot: false }, createdAt: NOW + issue };
}

const ANY: ClaimFilter = { role: null, type: null, from: null };
const TASKS = [
  task(1, "queued"),
  task(2, "queued", ["role:test", "type:bug"]),
  task(3, "review", ["role:implement"]),
  task(4, "queued", ["priority:p0", "chore"]),
  task(5, "queued", ["task:blocked"]),
  task(6, "done"),
  task(7, "failed"),
];

describe("work that is offered", () => {
  it.each<[why: string, Partial<ClaimFilter>, issues: readonly number[]]>([
    ["B01 the most urgent first, then the oldest", {}, [4, 1, 2]],
    ["B09 only of the role", { role: "test" }, [2]],
    ["B10 only of the type", { type: "bug" }, [2]],
    ["B10 only with the label", { type: "chore" }, [4]],
    ["B12 from review for a role that judges", { role: "gatekeeper" }, [3]],
    ["B12 unless it is said where from", { role: "gatekeeper", from: "queued" }, []],
    ["B13 nothing from review, done or failed for who implements", { role: "implement" }, [4, 1]],
  ])("%s", (_why, filter, issues) => {
    expect(pick(TASKS, { ...ANY, ...filter }, config())).toEqual({ issues });
  });

  it("B03 of an empty queue is nothing, and no error", () => {
    expect(pick([], ANY, config())).toEqual({ issues: [] });
  });

  it("B11 for an unknown role is a refusal that lists the known ones", () => {
    expect(pick(TASKS, { ...ANY, role: "poet" }, config())).toMatchObject({
      refusal: { reason: "unknown-role", role: "poet", known: expect.arrayContaining(["implement", "gatekeeper"]) },
    });
  });

  it("B12 comes from where the config says, for its own roles too", () => {
    const file = { roles: { critic: { kind: "verdict" }, poet: { kind: "change" }, fix: { claims_from: "review" } } };
    const own = config(file);
    expect(["critic", "poet", "fix", "test", null].map((role) => claimsFrom(role, own))).toEqual([
      "review",
      "queued",
      "review",
      "queued",
      "queued",
    ]);
  });
});
