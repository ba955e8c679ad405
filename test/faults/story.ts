// The main job from a label to a merged pull request, told on virtual time, and what the world looks like at its end.

import { z } from "zod";
import { readCommentKey } from "../../src/core/comment-keys.ts";
import { decodeRecord } from "../../src/core/record.ts";
import { decodeRepositoryRecord } from "../../src/core/repository-record.ts";
import type { World } from "./world.ts";

/** Passes of the sweep within which a step of the story must be over. */
export const PATIENCE_SWEEPS = 12;
/** Turns of one wait: a story that never comes to rest is a fault of its own. */
const TURNS_MAX = 4_000;
/** A sweep that is under way has no alarm; one that never ends has none either. */
const IDLE_MAX = 500;
const ROUNDS_MAX = 20_000;

/** Everything that people see in the end, without what may differ from one history to the next (ids, times, attempts). */
export interface FinalState {
  readonly issue: { readonly state: string; readonly reason: string | null; readonly labels: readonly string[] };
  readonly assignees: readonly string[];
  readonly pullRequests: readonly string[];
  readonly commitsOnMain: number;
  readonly branches: readonly string[];
  readonly checks: readonly string[];
  readonly admissions: number;
  readonly state: string;
}

export interface Told {
  readonly final: FinalState;
  /** What must not be, in words; empty when nothing is wrong. */
  readonly wrong: readonly string[];
  readonly attempts: number;
  /** Passes of the sweep that the slowest step of the story took. */
  readonly sweeps: number;
  readonly moves: readonly string[];
}

export class Stuck extends Error {}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Everything that can go on without time has gone on: only whoever waits for a moment to come is left. */
export async function rest(world: World): Promise<void> {
  const { hub, process, runs } = world;
  for (let quiet = 0, rounds = 0; quiet < 3; rounds += 1) {
    if (rounds > ROUNDS_MAX) throw new Error("the world does not come to rest");
    const before = hub.requests.entries.length;
    await hub.idle();
    const app = await process.up();
    // An app that does not know yet who it is has a queue that waits for it; one that is killed never comes to rest.
    if (app.queue.inHand > 0) await Promise.race([app.queue.idle(), process.death()]);
    await turn();
    // Signatures are made and checked on other threads. A run that is acted for and does not wait at the app for its bind
    // is such work under way, here or there.
    const isUnderWay = runs.step() || runs.busy() > (await process.asks());
    const isBusy = isUnderWay || hub.requests.entries.length !== before || (await process.up()).queue.inHand > 0;
    quiet = isBusy ? 0 : quiet + 1;
  }
}

/** @returns the passes of the sweep that it took */
export async function until(world: World, what: string, holds: () => Promise<boolean>): Promise<number> {
  const { process, time, runs } = world;
  const began = process.sweeps();
  for (let turns = 0, idle = 0; turns < TURNS_MAX; turns += 1) {
    await rest(world);
    if (runs.busy() === 0 && (await holds())) return process.sweeps() - began;
    if (process.sweeps() - began > PATIENCE_SWEEPS) break;
    const next = time.next();
    idle = next === null ? idle + 1 : 0;
    if (idle > IDLE_MAX) throw new Stuck(`${what}: nobody waits for anything any more`);
    if (next !== null) time.advance(Math.max(next - time.now(), 1));
  }
  throw new Stuck(`${what}: not within ${PATIENCE_SWEEPS} sweeps`);
}

const issueSchema = z.object({
  number: z.int(),
  state: z.string(),
  state_reason: z.string().nullish(),
  labels: z.array(z.object({ name: z.string() })),
  assignees: z.array(z.object({ login: z.string() })),
});
const pullsSchema = z.array(
  z.object({
    number: z.int(),
    state: z.string(),
    merged_at: z.string().nullable(),
    head: z.object({ ref: z.string(), sha: z.string() }),
  }),
);
const commentsSchema = z.array(z.object({ user: z.object({ id: z.int() }), body: z.string() }));
const checksSchema = z.object({
  check_runs: z.array(z.object({ name: z.string(), conclusion: z.string().nullable() })),
});

export async function openIssue(world: World): Promise<number> {
  const text = { title: "Empty list crashes", body: "`sum([])` throws." };
  return issueSchema.parse(await world.as("alice", "POST", "/issues", text)).number;
}

async function issueNow(world: World, issue: number) {
  return issueSchema.parse(await world.as("alice", "GET", `/issues/${issue}`));
}

export async function isIn(world: World, issue: number, state: string): Promise<boolean> {
  const { labels } = await issueNow(world, issue);
  return labels.some(({ name }) => name === `task:${state}`);
}

/** Starts the app and tells the story to its end. */
export async function tell(world: World): Promise<Told> {
  await world.process.start();
  await rest(world);
  const issue = await openIssue(world);
  await world.as("alice", "POST", `/issues/${issue}/labels`, { labels: ["task:queued"] });
  const first = await until(world, "the task gets a pull request", async () => {
    const pulls = pullsSchema.parse(await world.as("alice", "GET", "/pulls?state=open"));
    return pulls.length > 0 && (await isIn(world, issue, "review"));
  });
  const [pull] = pullsSchema.parse(await world.as("alice", "GET", "/pulls?state=open"));
  await world.as("alice", "POST", `/issues/${pull?.number ?? 0}/comments`, { body: "/task accept" });
  const second = await until(world, "the accepted work is merged", () => isIn(world, issue, "done"));
  // What is late (a projection that failed, a branch that stays) has the sweeps that the design gives it.
  const ended = await afterwards(world, issue);
  return { ...ended, sweeps: Math.max(first, second, ended.sweeps) };
}

/** Looks until nothing is wrong any more, at most as long as anything may take. */
export async function afterwards(world: World, issue: number): Promise<Told> {
  let seen = await finalState(world, issue);
  const sweeps = await until(world, "everything is in order", async () => {
    seen = await finalState(world, issue);
    return seen.wrong.length === 0;
  }).catch((error: unknown) => {
    if (error instanceof Stuck) return PATIENCE_SWEEPS + 1;
    throw error;
  });
  return { ...seen, sweeps };
}

async function finalState(world: World, issue: number): Promise<Omit<Told, "sweeps">> {
  const { hub, full } = world;
  const git = hub.git(full);
  const seen = await issueNow(world, issue);
  const pulls = pullsSchema.parse(await world.as("alice", "GET", "/pulls?state=all"));
  const records = (await git.log(`refs/heads/signalbox/ledger/${issue}`)).toReversed().map(({ message }) => {
    const decoded = decodeRecord(message);
    if ("problem" in decoded) throw new Error(decoded.problem);
    return decoded.record;
  });
  const moves = records.map(({ move }) => move);
  const [tip] = await git.log("refs/heads/signalbox/ledger/repository");
  const shared = decodeRepositoryRecord(tip?.message ?? "");
  if ("problem" in shared) throw new Error(shared.problem);
  const { admissions } = shared.record.after;
  const head = pulls[0]?.head.sha ?? "";
  const { check_runs } = checksSchema.parse(await world.as("alice", "GET", `/commits/${head}/check-runs`));
  const checks = check_runs.filter(({ name }) => name === "signalbox");
  const final: FinalState = {
    issue: { state: seen.state, reason: seen.state_reason ?? null, labels: seen.labels.map(({ name }) => name) },
    assignees: seen.assignees.map(({ login }) => login),
    pullRequests: pulls.map(({ state, merged_at }) => `${state} ${merged_at === null ? "unmerged" : "merged"}`),
    commitsOnMain: (await git.log("main")).length,
    branches: Object.keys(git.refs("refs/heads/signalbox/task/")),
    checks: checks.map(({ conclusion }) => conclusion ?? "pending"),
    admissions: admissions.length,
    state: records.at(-1)?.state ?? "none",
  };
  const attempts = moves.filter((move) => move === "claim").length;
  // A publish that failed leaves its work where it lies, for a person or the next attempt: one place for each at the most.
  const staged = Object.keys(git.refs("refs/signalbox/staging/")).length;
  const doubled = [
    ...(await doubles(world, issue, moves)),
    ...(staged > attempts - 1 ? [`${staged} staging refs are left of ${attempts} attempts`] : []),
  ];
  return {
    final,
    wrong: [...doubled, ...differences(final)],
    attempts: moves.filter((m) => m === "claim").length,
    moves,
  };
}

/** What stands twice and must stand once. */
async function doubles(world: World, issue: number, moves: readonly string[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  const comments = commentsSchema.parse(await world.as("alice", "GET", `/issues/${issue}/comments?per_page=100`));
  const keys = comments
    .filter(({ user }) => user.id === world.botId)
    .map(({ body }) => {
      const key = readCommentKey(body);
      return key === null ? "unknown" : key.is === "claim" ? `claim ${key.token}` : key.is;
    });
  for (const key of new Set(keys)) if (keys.filter((one) => one === key).length > 1) wrong.push(`two comments: ${key}`);
  const tokens = world.runs.runs.map(({ token }) => token);
  for (const token of new Set(tokens)) {
    if (tokens.filter((one) => one === token).length > 1) wrong.push("two runs were dispatched for one claim");
  }
  for (const move of ["submit", "accept", "done"]) {
    const times = moves.filter((one) => one === move).length;
    if (times !== 1) wrong.push(`${times} × ${move} in the ledger`);
  }
  return wrong;
}

/** The one final state of the main job. */
export const FINAL: FinalState = {
  issue: { state: "closed", reason: "completed", labels: ["task:done"] },
  assignees: [],
  pullRequests: ["closed merged"],
  commitsOnMain: 2,
  branches: [],
  checks: ["success"],
  admissions: 0,
  state: "done",
};

function differences(final: FinalState): readonly string[] {
  return Object.entries(FINAL).flatMap(([key, expected]) => {
    const is = JSON.stringify(Object.entries(final).find(([name]) => name === key)?.[1]);
    return is === JSON.stringify(expected) ? [] : [`${key} is ${is}, not ${JSON.stringify(expected)}`];
  });
}
