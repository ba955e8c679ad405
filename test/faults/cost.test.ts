// What a task and a sweep cost of GitHub's limits, counted where the requests arrive: the numbers of DESIGN §10.

import type { RequestEntry } from "signalbox-emulator";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { begin, isIn, openIssue, rest, tellMainJob, until } from "./story.ts";
import { createUniverse, type Universe, type World } from "./world.ts";

const WRITES_MAX = 25;
const FURTHER_WRITES_MAX = 20;
const POINTS_MAX = 60;
/** At the default of one in five minutes. */
const SWEEPS_AN_HOUR = 12;
/**
 * An hour may hold the end of two tokens, of 55 minutes each: the lists of the installation, the newest issue, labels,
 * ledgers, and the hourly survey for the dashboard. */
const IDLE_READS_MAX = 10;
const IDLE_POINTS_MAX = 7;

let universe: Universe;
let world: World;
beforeAll(async () => {
  universe = await createUniverse();
});
afterAll(() => universe.close());
beforeEach(async () => {
  world = await universe.world();
});
afterEach(() => world.close());

/**
 * A write against GitHub's limits: tokens that are bought or given back are none, and the dashboard is made once for an
 * installation, whatever its tasks. The stand-in's ref is the push.
 */
const isWrite = ({ isWrite: writes, token, operation }: RequestEntry) =>
  writes &&
  token.kind === "installation" &&
  !operation.includes("/installation/token") &&
  operation !== "/repos/{owner}/{repo}/issues";
const written = () => world.hub.requests.writes(isWrite).map(({ method, operation }) => `${method} ${operation}`);

it("a task from label to merge: at most 25 writes and 60 points of reading", async () => {
  await begin(world);
  world.hub.requests.clear();
  const { wrong } = await tellMainJob(world);
  expect(wrong).toEqual([]);
  const writes = written();
  expect(writes.length, writes.join("\n")).toBeLessThanOrEqual(WRITES_MAX);
  expect(world.hub.requests.graphqlPoints()).toBeLessThanOrEqual(POINTS_MAX);
});

it("a further attempt: at most 20 writes and 60 points", async () => {
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
  const writes = written();
  expect(writes.length, writes.join("\n")).toBeLessThanOrEqual(FURTHER_WRITES_MAX);
  expect(world.hub.requests.graphqlPoints()).toBeLessThanOrEqual(POINTS_MAX);
});

it("an idle repository: no write, and one look in the life of a token", async () => {
  await world.process.start();
  await rest(world);
  const sweeps = async (count: number) => {
    const began = world.process.sweeps();
    await until(world, "sweeps", async () => world.process.sweeps() - began >= count);
  };
  await sweeps(SWEEPS_AN_HOUR);
  world.hub.requests.clear();
  await sweeps(SWEEPS_AN_HOUR);
  expect(world.hub.requests.writes(isWrite)).toEqual([]);
  // A 304 costs nothing. What is left is the look after the token was renewed, and the App's own list of repositories.
  const counted = world.hub.requests.entries
    .filter(({ token, status }) => token.kind === "installation" && status !== 304)
    .map(({ method, operation }) => `${method} ${operation}`);
  expect(counted.length, counted.join("\n")).toBeLessThanOrEqual(IDLE_READS_MAX);
  expect(world.hub.requests.graphqlPoints()).toBeLessThanOrEqual(IDLE_POINTS_MAX);
});
