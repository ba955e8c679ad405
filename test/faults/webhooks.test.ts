// Webhooks that never come: what failed is asked for again, what was never sent is found by looking, and days without an app
// change nothing about where everything ends.

import { afterAll, beforeAll, expect, it } from "vitest";
import { isIn, openIssue, rest, tell, until } from "./story.ts";
import { createUniverse, type Universe, type World } from "./world.ts";

const HOUR_MS = 60 * 60_000;

let universe: Universe;
beforeAll(async () => {
  universe = await createUniverse();
});
afterAll(() => universe.close());

async function inWorld(work: (world: World) => Promise<void>): Promise<void> {
  const world = await universe.world();
  try {
    await work(world);
  } finally {
    await world.close();
  }
}

const redeliveries = (world: World) =>
  world.hub.requests.entries.filter(({ operation }) => operation === "/app/hook/deliveries/{delivery_id}/attempts")
    .length;

it.each([
  ["every webhook is lost before it is sent", { seed: 1, lose: 1 }],
  ["every webhook fails", { seed: 2, drop: 1 }],
  [
    "half of them fail, and the others come twice and out of order",
    { seed: 3, drop: 0.5, duplicate: 0.5, reorder: 0.5 },
  ],
])("%s: the main job comes to the same end by looking", (_what, chaos) =>
  inWorld(async (world) => {
    world.hub.hooks.chaos(chaos);
    const { wrong, attempts } = await tell(world);
    expect({ wrong, attempts }).toEqual({ wrong: [], attempts: 1 });
  }),
);

it("what failed is asked for again through the deliveries API, each delivery at most three times", () =>
  inWorld(async (world) => {
    await world.process.start();
    await rest(world);
    world.hub.hooks.chaos({ seed: 4, drop: 1 });
    const issue = await openIssue(world);
    // An issue that is no task: only its delivery tells of it, no look at open tasks finds it.
    await world.as("alice", "POST", `/issues/${issue}/comments`, { body: "/task help" });
    await world.hub.idle();
    const guids = new Set(world.hub.deliveries.filter(({ status }) => status !== "OK").map(({ guid }) => guid));
    expect(guids.size).toBeGreaterThan(0);
    for (let pass = 0; pass < 6; pass += 1) await world.process.app().sweep.once();
    const asked = redeliveries(world);
    expect(asked).toBeGreaterThan(0);
    world.hub.hooks.chaos();
    for (let pass = 0; pass < 3; pass += 1) {
      await world.process.app().sweep.once();
      await rest(world);
    }
    const perGuid = Map.groupBy(world.hub.deliveries, ({ guid }) => guid);
    for (const tries of perGuid.values()) expect(tries.length).toBeLessThanOrEqual(4);
  }));

it("an outage of three days: what people did meanwhile is found, and done within three sweeps", () =>
  inWorld(async (world) => {
    await world.process.start();
    await rest(world);
    world.runs.pause();
    const [queued, withdrawn, held] = [await openIssue(world), await openIssue(world), await openIssue(world)];
    for (const issue of [withdrawn, held]) {
      await world.as("alice", "POST", `/issues/${issue}/labels`, { labels: ["task:queued"] });
      await until(world, "it is claimed", () => isIn(world, issue, "claimed"));
    }
    await rest(world);
    world.process.kill();
    await world.as("alice", "POST", `/issues/${queued}/labels`, { labels: ["task:queued"] });
    world.time.advance(20 * HOUR_MS);
    await world.as("alice", "POST", `/issues/${withdrawn}/comments`, { body: "/task cancel" });
    world.time.advance(40 * HOUR_MS);
    await world.as("alice", "POST", `/issues/${held}/comments`, { body: "/task hold wait for the release" });
    world.time.advance(12 * HOUR_MS);
    await world.hub.idle();
    await world.process.start();
    const sweeps = await until(
      world,
      "the three tasks are where people want them",
      async () =>
        (await isIn(world, queued, "claimed")) &&
        (await isIn(world, withdrawn, "cancelled")) &&
        (await isIn(world, held, "blocked")),
    );
    expect(sweeps).toBeLessThanOrEqual(3);
  }));
