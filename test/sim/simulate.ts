// One history: the whole product on GitHub in memory, in virtual time, with the faults of its seed; safety is judged at
// every change. Then the faults stop, people go home, and everything has to come to rest.

import { peopleOf } from "../../src/adapters/memory/people.ts";
import { createMemoryWorld, type MemoryWorld } from "../../src/adapters/memory/world.ts";
import { nonceFrom } from "../../src/core/nonce.ts";
import { createDice, type Dice } from "./dice.ts";
import { type Faults, NO_FAULTS, swarm } from "./faults.ts";
import { createInstance, type Instance } from "./instance.ts";
import { createMonitor, type Limits, type Violation } from "./invariants.ts";
import { actOfMeddlers, actOfPeople, type Crowd, careFor, TEXT } from "./people.ts";
import { createRunners, RUN_MS_MAX } from "./runner.ts";
import { settle } from "./settle.ts";
import { createTimeline } from "./timeline.ts";
import { createTruthReader } from "./truth.ts";
import { createWebhooks } from "./webhooks.ts";

export interface History {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** What the history amounted to. */
  readonly counts: Readonly<Record<string, number>>;
  /** Told line by line, when asked for. */
  readonly told: readonly string[];
}

export interface SimulateOptions {
  readonly faults?: Faults;
  readonly tell?: boolean;
}

/** What the product throws when the wire leaves it no answer. */
const EXPECTED: ReadonlySet<string> = new Set(["LostAnswer", "RefsUnsettled"]);
const START = Date.UTC(2026, 10, 20, 9);
const HOUR = 3_600_000;

export async function simulate(seed: number, options: SimulateOptions = {}): Promise<History> {
  const dice = createDice(seed);
  let faults = options.faults ?? swarm(dice);
  const timeline = createTimeline(START);
  const bare = createMemoryWorld({ clock: timeline });
  const writer = bare.account("signalbox[bot]", "bot");
  const crowd: Crowd = {
    alice: bare.account("alice"),
    mara: bare.account("mara"),
    carol: bare.account("carol"),
    eve: bare.account("eve"),
  };
  const limits: Limits = {
    claimed: dice.int(1, 2),
    review: dice.int(1, 3),
    dayMicroUsd: dice.pick([6, 12, 50]) * 1_000_000,
  };
  const roles = [
    [crowd.alice, "write"],
    [crowd.mara, "maintain"],
    [crowd.carol, "triage"],
  ] as const;
  const repository = bare.createRepository({
    owner: "acme",
    name: "app",
    roles: [...roles],
    configSource: {
      checks: [{ name: "test", run: "npm test" }],
      limits: { claimed: limits.claimed, review: limits.review },
      runner: { "timeout-minutes": RUN_MS_MAX / 60_000 },
      budget: { task: 5, day: limits.dayMicroUsd / 1_000_000 },
      merge: { accept_on: dice.pick(["command", "approval"]) },
    },
  });
  const monitor = createMonitor({
    truth: createTruthReader(writer.id),
    limits,
    writerLogin: writer.login,
    now: bare.now,
    readsThePast: faults.staleRead > 0,
    roleOf: (id) => roles.find(([account]) => account.id === id)?.[1] ?? "none",
  });
  const told: string[] = [];
  const counts: Record<string, number> = {};
  const world = watched(bare, (before, after, entry) => {
    counts[entry.what] = (counts[entry.what] ?? 0) + 1;
    if (options.tell === true)
      told.push(`${(entry.at - START) / 1_000} ${entry.by} ${entry.what} ${entry.issue ?? ""} ${entry.detail}`);
    monitor.changed(before, after, entry);
    webhooks.happened(entry);
    if (entry.what === "dispatched") {
      const run = [...after.runs.values()].at(-1);
      if (run?.token != null) runners.start(entry.issue ?? 0, run.token, run.run);
    }
  });
  const onBug = (error: unknown): void => {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (options.tell === true) told.push(`${(timeline.now() - START) / 1_000} error ${text}`);
    if (!(error instanceof Error) || !EXPECTED.has(error.name))
      monitor.broken("no-bug", error instanceof Error ? (error.stack ?? text) : text);
  };
  const people = peopleOf(world, repository);
  const instances: Instance[] = [];
  const deliveries = {
    deliveriesSince: (since: number) => webhooks.deliveriesSince(since),
    redeliver: (id: number) => webhooks.redeliver(id),
  };
  const boot = (): Instance =>
    createInstance({ timeline, dice: dice.fork(), faults: () => faults, world, repository, writer, deliveries, onBug });
  const anyInstance = (): Instance | null => {
    const up = instances.filter(({ life }) => life.isAlive);
    return up.length === 0 ? null : dice.pick(up);
  };
  const webhooks = createWebhooks({
    timeline,
    dice: dice.fork(),
    faults: () => faults,
    world,
    repository,
    writer,
    anyInstance,
  });
  const nonces = dice.fork();
  const runners = createRunners({
    timeline,
    dice: dice.fork(),
    faults: () => faults,
    world,
    people,
    repository,
    writer,
    anyInstance,
    nonce: () => nonceFrom(nonces),
    witness: monitor,
    onBug,
  });

  const issues: number[] = [];
  for (let count = dice.int(1, 4); count > 0; count -= 1) issues.push(people.openIssue(crowd.alice, TEXT));
  for (let index = 0; index < faults.instances; index += 1) instances.push(boot());
  for (const issue of issues)
    timeline.after(dice.int(0, HOUR / 4), () => people.addLabel(crowd.alice, issue, "task:queued"));
  const end = START + dice.int(3, 10) * (HOUR / 4);
  disturb({ timeline, dice, faults, instances, boot, people, crowd, issues, end });
  await timeline.runTo(end);

  faults = { ...NO_FAULTS };
  for (const [index, instance] of instances.entries()) if (!instance.life.isAlive) instances[index] = boot();
  await settle({
    timeline,
    anyInstance,
    instanceCount: instances.length,
    world,
    repository,
    writer,
    people,
    crowd,
    issues,
    monitor,
    runners,
  });
  return { seed, violations: monitor.violations, counts: { ...counts, steps: timeline.steps }, told };
}

/** The world, with somebody who sees every change as it happens. */
function watched(
  world: MemoryWorld,
  see: (
    before: ReturnType<MemoryWorld["stateOf"]>,
    after: ReturnType<MemoryWorld["stateOf"]>,
    entry: MemoryWorld["history"][number],
  ) => void,
): MemoryWorld {
  return {
    ...world,
    act(ref, by, make) {
      const before = world.stateOf(ref);
      const entries = world.history.length;
      const id = world.act(ref, by, make);
      const entry = world.history[entries];
      if (entry !== undefined) see(before, world.stateOf(ref), entry);
      return id;
    },
  };
}

interface Disturbance {
  readonly timeline: ReturnType<typeof createTimeline>;
  readonly dice: Dice;
  readonly faults: Faults;
  readonly instances: Instance[];
  readonly boot: () => Instance;
  readonly people: ReturnType<typeof peopleOf>;
  readonly crowd: Crowd;
  readonly issues: readonly number[];
  readonly end: number;
}

/** Everything that happens by itself until the end: crashes, jumping clocks, people. */
function disturb({ timeline, dice, faults, instances, boot, people, crowd, issues, end }: Disturbance): void {
  const often = (perHour: number, act: (one: Dice) => void): void => {
    if (perHour === 0) return;
    const own = dice.fork();
    const next = (): void => {
      timeline.after(own.int(0, (2 * HOUR) / perHour), () => {
        if (timeline.now() >= end) return;
        act(own);
        next();
      });
    };
    next();
  };
  often(faults.crashesPerHour, (own) => {
    const index = own.int(0, instances.length - 1);
    instances[index]?.crash();
    timeline.after(own.int(1_000, 10 * 60_000), () => {
      if (instances[index]?.life.isAlive === false) instances[index] = boot();
    });
  });
  if (faults.clockJumps) often(4, (own) => own.pick(instances).jump(own.pick([-1, 1]) * own.int(1_000, 48 * HOUR)));
  if (faults.people) often(dice.pick([4, 12, 30]), (own) => actOfPeople(people, crowd, own, own.pick(issues)));
  // Somebody looks after the tasks, so that histories get somewhere.
  often(6, (own) => careFor(people, crowd, own, own.pick(issues)));
  if (faults.meddlers) often(1, (own) => actOfMeddlers(people, crowd, own, own.pick(issues)));
}
