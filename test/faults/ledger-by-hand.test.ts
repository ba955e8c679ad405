// People may push whatever they like to a ledger's ref: nothing of it is obeyed, the task stops, and somebody is asked once.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ledgerRef } from "../../src/core/observation.ts";
import { WAYS } from "./ledger-by-hand.ts";
import { isIn, openIssue, rest, until } from "./story.ts";
import { createUniverse, isOurs, type Universe, type World } from "./world.ts";

let universe: Universe;
/** A repository that has been there before, whose first task has the number of ours. */
let elsewhere: World;
beforeAll(async () => {
  universe = await createUniverse();
  elsewhere = await universe.world();
  await claimed(elsewhere, await openIssue(elsewhere));
  await elsewhere.close();
});
afterAll(() => universe.close());

const comments = z.array(z.object({ body: z.string(), user: z.object({ login: z.string() }) }));

async function queue(world: World, issue: number): Promise<void> {
  await world.as("alice", "POST", `/issues/${issue}/labels`, { labels: ["task:queued"] });
}

/** Nobody works on it yet: the run is dispatched, and its machine never comes. */
async function claimed(world: World, issue: number): Promise<void> {
  world.runs.pause();
  await world.process.start();
  await rest(world);
  await queue(world, issue);
  await until(world, "the task is claimed", () => isIn(world, issue, "claimed"));
}

async function reviewed(world: World, issue: number): Promise<void> {
  await world.process.start();
  await rest(world);
  await queue(world, issue);
  await until(world, "the task is in review", () => isIn(world, issue, "review"));
}

const STANDS = { claimed, review: reviewed } as const;
const cells = Object.keys(WAYS).flatMap((way) =>
  Object.keys(STANDS).map((stand): [way: string, stand: string] => [way, stand]),
);

describe("a ledger by hand", () => {
  it.each(cells)("%s, in %s: not obeyed, and a person is asked", async (way, stand) => {
    const world = await universe.world();
    try {
      const issue = await openIssue(world);
      const other = await openIssue(world);
      await (stand === "claimed" ? claimed : reviewed)(world, issue);
      await queue(world, other);
      await until(world, "the other one has a ledger", async () => {
        await rest(world);
        return (await world.hub.git(world.full).resolve(ledgerRef(other))) !== null;
      });
      await rest(world);

      const act = WAYS[way];
      if (act === undefined) throw new Error(`there is no way called ${way}`);
      await act({ world, issue, other, elsewhere });
      const forged = await world.hub.git(world.full).resolve(ledgerRef(issue));
      const before = world.hub.requests.entries.length;
      await rest(world);
      await world.process.app().sweep.once();
      await until(world, "a person is asked", () => isIn(world, issue, "needs-human"));
      await world.process.app().queue.add(`${world.full}#${issue}`);
      await rest(world);

      expect(await world.hub.git(world.full).resolve(ledgerRef(issue))).toBe(forged);
      const said = comments
        .parse(await world.as("alice", "GET", `/issues/${issue}/comments?per_page=100`))
        .filter(({ user, body }) => user.login === "signalbox[bot]" && body.includes("signalbox:answer ledger"));
      expect(said).toHaveLength(1);
      const main = await world.hub.git(world.full).log("main");
      expect(main).toHaveLength(1);
      const acts = world.hub.requests.entries
        .slice(before)
        .filter((entry) => isOurs(entry) && entry.isWrite && entry.path.includes(`/issues/${issue}/comments`));
      expect(acts).toHaveLength(1);
    } finally {
      await world.close();
    }
  });
});
