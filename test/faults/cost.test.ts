// What a task and a sweep cost of GitHub's limits, counted where the requests arrive: the numbers of DESIGN §10.

import type { RequestEntry } from "signalbox-emulator";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { isIn, openIssue, rest, tell, until } from "./story.ts";
import { createUniverse, isOurs, type Universe, type World } from "./world.ts";

const WRITES_MAX = 25;
const FURTHER_WRITES_MAX = 20;
const POINTS_MAX = 60;
/** At the default of one in five minutes. */
const SWEEPS_AN_HOUR = 12;

let universe: Universe;
beforeAll(async () => {
  universe = await createUniverse();
});
afterAll(() => universe.close());

/** A write against GitHub's limits: tokens that are bought or given back are none. The stand-in's ref is the push. */
const isWrite = ({ isWrite: writes, token, operation }: RequestEntry) =>
  writes && token.kind === "installation" && !operation.includes("/installation/token");
const written = (world: World) =>
  world.hub.requests.writes(isWrite).map(({ method, operation }) => `${method} ${operation}`);

it("a task from label to merge: at most 25 writes and 60 points of reading", async () => {
  const world = await universe.world();
  const { wrong } = await tell(world);
  expect(wrong).toEqual([]);
  const writes = written(world);
  expect(writes.length, writes.join("\n")).toBeLessThanOrEqual(WRITES_MAX);
  expect(world.hub.requests.graphqlPoints()).toBeLessThanOrEqual(POINTS_MAX);
  // What the app tells of itself is what GitHub counted, without what the publish job wrote on its own.
  const metrics = await (await fetch(`${world.process.url}/metrics`)).text();
  const told = [...metrics.matchAll(/signalbox_github_requests_total\{kind="write",status="2xx"\} (\d+)/g)];
  const ofThePublishJob = 6;
  expect(Number(told[0]?.[1])).toBe(writes.length - ofThePublishJob + tokens(world));
  await world.close();
});

const tokens = (world: World) =>
  world.hub.requests.entries.filter(({ operation, status }) => operation.endsWith("/access_tokens") && status === 201)
    .length;

it("a further attempt: at most 20 writes and 60 points", async () => {
  const world = await universe.world();
  await world.process.start();
  await rest(world);
  const issue = await openIssue(world);
  await world.as("alice", "POST", `/issues/${issue}/labels`, { labels: ["task:queued"] });
  await until(world, "the task is in review", () => isIn(world, issue, "review"));
  world.hub.requests.clear();
  await world.as("alice", "POST", `/issues/${issue}/comments`, { body: "/task reject the empty list is not covered" });
  await until(world, "the second attempt is in review", async () => {
    const seen = await world.hub.git(world.full).log(`refs/heads/signalbox/ledger/${issue}`);
    return (
      seen[0]?.message.includes('"move":"submit"') === true && seen.length > 5 && (await isIn(world, issue, "review"))
    );
  });
  await rest(world);
  const pulls = z.array(z.unknown()).parse(await world.as("alice", "GET", "/pulls?state=all"));
  expect(pulls).toHaveLength(1);
  const writes = written(world);
  expect(writes.length, writes.join("\n")).toBeLessThanOrEqual(FURTHER_WRITES_MAX);
  expect(world.hub.requests.graphqlPoints()).toBeLessThanOrEqual(POINTS_MAX);
  await world.close();
});

it("an idle repository: no write, and of its own limits one read a sweep", async () => {
  const world = await universe.world();
  await world.process.start();
  await rest(world);
  world.hub.requests.clear();
  const began = world.process.sweeps();
  await until(world, "an hour of sweeps", async () => world.process.sweeps() - began >= SWEEPS_AN_HOUR);
  const asked = world.hub.requests.entries.filter((entry) => isOurs(entry));
  expect(world.hub.requests.writes(isWrite)).toEqual([]);
  const calls = Map.groupBy(asked, ({ method, operation }) => `${method} ${operation}`);
  console.log(
    [...calls].map(([call, all]) => `${all.length} ${call}`),
    world.hub.requests.graphqlPoints(),
  );
  await world.close();
});
