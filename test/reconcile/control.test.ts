// Passes of no-server mode over GitHub in memory: what a pass looks at, what it follows, and when it gives up.

import { describe, expect, it } from "vitest";
import { LEDGER_PREFIX } from "../../src/core/observation.ts";
import type { Hub } from "../../src/core/ports.ts";
import { decodeRecord } from "../../src/core/record.ts";
import { CONTROL_MS_MAX, type ControlStart, control, LOOKS_MAX } from "../../src/reconcile/control.ts";
import { NOW, stage } from "../support/stage.ts";

const TEXT = { title: "Empty list crashes", body: "`sum([])` throws; it should be 0." };

/** @param meanwhile called at every wait of the pass, with how many there were before */
function passes(meanwhile: (waits: number) => void = () => undefined, options: Parameters<typeof stage>[0] = {}) {
  const scene = stage(options);
  const { deps, people, repository, world } = scene;
  const waits: number[] = [];
  const clock = {
    now: scene.now,
    wait: async (ms: number) => {
      meanwhile(waits.length);
      waits.push(ms);
      scene.pass(ms);
    },
  };
  const movesOf = (issue: number) => recordsAt(`${LEDGER_PREFIX}${issue}`).map(({ move }) => move);

  function recordsAt(ref: string) {
    const { commits, refs } = people.state();
    const records = [];
    for (let sha = refs.get(ref); sha !== undefined; sha = commits.get(sha)?.parents[0]) {
      const decoded = decodeRecord(commits.get(sha)?.message ?? "");
      if ("problem" in decoded) throw new Error(decoded.problem);
      records.push(decoded.record);
    }
    return records.reverse();
  }

  async function inMotion(since: number): Promise<readonly number[]> {
    const ledgers = [...people.state().refs.keys()].filter((ref) => /ledger\/\d+$/.test(ref));
    return ledgers.flatMap((ref) => {
      const last = recordsAt(ref).at(-1);
      const isMoving = last?.state === "claimed" || last?.state === "review" || (last?.at ?? 0) >= since;
      return isMoving ? [Number(ref.split("/").at(-1))] : [];
    });
  }

  const changedSince = async (since: number) =>
    world.history.flatMap(({ issue, at }) => (issue === null || at < since ? [] : [{ issue, at }]));

  const pass = (start: Partial<ControlStart> = {}, hub: Hub = deps.hub) =>
    control(
      { ...deps, hub, clock, changedSince, inMotion },
      { repository, subject: null, since: NOW, everything: false, ...start },
    );
  return { ...scene, runPass: pass, waits, movesOf };
}

it("claims, waits for the run to begin, binds it, and is over", async () => {
  const scene = passes((waits) => {
    const [run] = scene.people.state().runs.keys();
    if (waits === 3 && run !== undefined) scene.people.startRun(run);
  });
  const issue = scene.people.openIssue(scene.alice, TEXT);
  scene.people.addLabel(scene.alice, issue, "task:queued");
  expect(await scene.runPass()).toMatchObject({ failed: [], isCutShort: false });
  expect(scene.movesOf(issue)).toEqual(["queue", "claim", "bind"]);
  const [, ...polls] = scene.waits;
  expect(polls.length).toBeGreaterThan(0);
  expect(Math.max(...scene.waits)).toBeLessThan(30_000);
});

it("looks at nothing when nothing changed, and at every open task when it is to", async () => {
  const scene = passes();
  const issue = scene.people.openIssue(scene.alice, TEXT);
  scene.people.addLabel(scene.alice, issue, "task:queued");
  scene.people.comment(scene.alice, issue, "/task hold not yet");
  await scene.runPass();
  scene.pass(10 * 60_000);
  const since = scene.now();
  expect(await scene.runPass({ since })).toEqual({ looks: 0, failed: [], isCutShort: false });
  expect((await scene.runPass({ since, everything: true })).looks).toBe(1);
});

it("hears of what people ask while it waits for a run", async () => {
  const scene = passes((waits) => {
    if (waits === 5) scene.people.comment(scene.alice, 2, "/task queue");
  });
  const first = scene.people.openIssue(scene.alice, TEXT);
  const second = scene.people.openIssue(scene.alice, { title: "Second", body: "Look again." });
  scene.people.addLabel(scene.alice, first, "task:queued");
  await scene.runPass();
  expect(scene.movesOf(second).slice(0, 2)).toEqual(["queue", "claim"]);
});

it("gives a claim back when no run begins within 15 minutes, in bounded looks and time", async () => {
  const scene = passes();
  const issue = scene.people.openIssue(scene.alice, TEXT);
  scene.people.addLabel(scene.alice, issue, "task:queued");
  const began = scene.now();
  const { looks } = await scene.runPass();
  expect(scene.movesOf(issue).slice(0, 3)).toEqual(["queue", "claim", "release"]);
  expect(looks).toBeLessThan(LOOKS_MAX);
  expect(scene.now() - began).toBeLessThanOrEqual(CONTROL_MS_MAX);
});

it("looks after the others when one task cannot be read, and says which", async () => {
  const scene = passes(undefined, { config: { limits: { claimed: 1 } } });
  const issues = [1, 2].map(() => scene.people.openIssue(scene.alice, TEXT));
  for (const issue of issues) scene.people.addLabel(scene.alice, issue, "task:queued");
  const [broken = 0, whole = 0] = issues;
  const hub: Hub = {
    ...scene.hub,
    observe: (ref) => (ref.issue === broken ? Promise.reject(new Error("half an answer")) : scene.hub.observe(ref)),
  };
  expect((await scene.runPass({}, hub)).failed).toEqual([broken]);
  expect(scene.movesOf(whole).slice(0, 2)).toEqual(["queue", "claim"]);
});

describe("a run is not bound", () => {
  it.each<[why: string, runs: (scene: ReturnType<typeof passes>, run: number) => void]>([
    ["while it waits for a machine", () => undefined],
    ["when it is over", (scene, run) => scene.people.finishRun(run, "failure")],
  ])("%s", async (_why, change) => {
    const scene = passes((waits) => {
      const [run] = scene.people.state().runs.keys();
      if (waits === 1 && run !== undefined) change(scene, run);
    });
    const issue = scene.people.openIssue(scene.alice, TEXT);
    scene.people.addLabel(scene.alice, issue, "task:queued");
    await scene.runPass();
    expect(scene.movesOf(issue)).not.toContain("bind");
  });
});
