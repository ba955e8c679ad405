// A dispatched workflow run: it starts, asks to be bound, works, pushes its objects to staging and publishes. It may
// also never start, hang, die at any moment, or come back long after everybody gave it up.

import type { People } from "../../src/adapters/memory/people.ts";
import type { MemoryWorld } from "../../src/adapters/memory/world.ts";
import { bindAnswerSchema } from "../../src/core/api.ts";
import type { Account } from "../../src/core/observation.ts";
import { stagingRef } from "../../src/core/observation.ts";
import { keyOf, type RepositoryRef } from "../../src/core/ports.ts";
import type { Exit, RunResult } from "../../src/core/result.ts";
import { NO_USAGE, type RunRef, type Sha } from "../../src/core/task.ts";
import { publish } from "../../src/reconcile/publish.ts";
import type { Dice } from "./dice.ts";
import type { Faults } from "./faults.ts";
import { type Instance, QUIET } from "./instance.ts";
import type { Timeline } from "./timeline.ts";
import { createUnreliableHub, type Life, LostAnswer } from "./unreliable-hub.ts";

export interface RunnerOptions {
  readonly timeline: Timeline;
  readonly dice: Dice;
  readonly faults: () => Faults;
  readonly world: MemoryWorld;
  readonly people: People;
  readonly repository: RepositoryRef;
  readonly writer: Account;
  /** An instance that is up, or null. */
  readonly anyInstance: () => Instance | null;
  readonly nonce: () => string;
  readonly witness: RunWitness;
  readonly onBug: (error: unknown) => void;
}

/** What the history must know of a run that git does not tell. */
export interface RunWitness {
  works(issue: number, token: Sha, run: RunRef): void;
  spends(issue: number, token: Sha, cost: number): void;
  /** What the publisher was told. */
  hears(issue: number, token: Sha, run: RunRef, heard: { readonly move: string | null; readonly reason: string }): void;
}

const MINUTE = 60_000;
/** GitHub ends a run after the config's `timeout-minutes`. */
export const RUN_MS_MAX = 30 * MINUTE;
const BIND_TRIES_MAX = 12;
const PUBLISH_TRIES_MAX = 5;

const ENDINGS: readonly Exit[] = ["done", "done", "done", "done", "asked", "out-of-money", "failed", "rate-limited"];

interface Job {
  readonly issue: number;
  readonly token: Sha;
  readonly run: RunRef;
  readonly life: Life;
  /** It works on whatever GitHub says of it. */
  readonly isStubborn: boolean;
}

export function createRunners(options: RunnerOptions) {
  const { timeline, dice, faults, people, world } = options;
  const statusOf = (id: number) => people.state().runs.get(id)?.status ?? "completed";
  const finish = (id: number, conclusion: string): void => {
    if (statusOf(id) !== "completed") people.finishRun(id, conclusion);
  };
  const working = new Set<Job>();

  async function start(issue: number, token: Sha, run: RunRef): Promise<void> {
    const now = faults();
    await timeline.delay(dice.int(1_000, 3 * MINUTE));
    if (statusOf(run.id) === "completed") return;
    if (dice.chance(now.runNeverStarts)) {
      timeline.after(dice.int(MINUTE, 24 * 60 * MINUTE), () => finish(run.id, "cancelled"));
      return;
    }
    if (run.attempt === 1) people.startRun(run.id);
    // Whatever the run itself does, GitHub ends it at last.
    timeline.after(RUN_MS_MAX, () => finish(run.id, "timed_out"));
    const job: Job = { issue, token, run, life: { isAlive: true }, isStubborn: dice.chance(now.runReturns) };
    if (dice.chance(now.runDies)) {
      timeline.after(dice.int(0, 15 * MINUTE), () => {
        job.life.isAlive = false;
        timeline.after(dice.int(0, 5 * MINUTE), () => finish(run.id, "failure"));
      });
    }
    if (dice.chance(now.runAgain)) timeline.after(dice.int(0, 45 * MINUTE), () => again(issue, token, run.id));
    working.add(job);
    try {
      await live(job);
    } catch (error) {
      if (!(error instanceof LostAnswer)) options.onBug(error);
    }
    working.delete(job);
    if (job.life.isAlive) finish(run.id, "success");
  }

  /** Somebody clicks "re-run". */
  function again(issue: number, token: Sha, id: number): void {
    const known = people.state().runs.get(id);
    if (faults().runAgain === 0 || known === undefined || known.status !== "completed") return;
    people.rerun(id);
    void start(issue, token, { id, attempt: known.run.attempt + 1 });
  }

  async function live(job: Job): Promise<void> {
    const reserved = await bind(job);
    if (reserved === null) return;
    const { issue, token, run, life } = job;
    if (!life.isAlive) return;
    options.witness.works(issue, token, run);
    const cost = dice.int(0, reserved);
    if (dice.chance(faults().runHangs)) return timeline.delay(RUN_MS_MAX);
    await timeline.delay(dice.int(MINUTE, job.isStubborn ? 80 * MINUTE : 20 * MINUTE));
    if (!life.isAlive) return;
    if (statusOf(run.id) === "completed" && !job.isStubborn) return;
    await publishWork(job, cost);
  }

  /** @returns what it may spend, or null when it may not work */
  async function bind({ issue, token, run, life }: Job): Promise<number | null> {
    const { repository } = options;
    const identity = {
      repository: { id: people.state().id, owner: repository.owner, name: repository.name },
      run,
      buys: "work" as const,
      workflow: "signalbox.yml",
    };
    const about = { repository: keyOf({ ...repository, issue }).split("#")[0] ?? "", issue, token };
    for (let tries = 0; tries < BIND_TRIES_MAX; tries += 1) {
      if (!life.isAlive || statusOf(run.id) === "completed") return null;
      const instance = options.anyInstance();
      const asked = instance === null ? null : instance.api.bind(identity, about, new AbortController().signal);
      const answer = await Promise.race([
        asked === null ? null : asked.catch(() => null),
        timeline.delay(MINUTE).then(() => null),
      ]);
      if (answer?.status === 200) return bindAnswerSchema.parse(answer.body).view.budget;
      if (answer?.status === 409) return null;
      await timeline.delay(dice.int(1_000, 20_000));
    }
    return null;
  }

  function resultOf(job: Job, exit: Exit, head: Sha | null, cost: number): RunResult {
    const isGreen = dice.chance(0.8);
    return {
      v: 1,
      repository: `${options.repository.owner}/${options.repository.name}`,
      issue: job.issue,
      token: job.token,
      run: job.run,
      exit,
      reason: exit === "done" ? "" : `the agent ended with ${exit}`,
      summary: "Did it.",
      question: exit === "asked" ? "Which of the two?" : null,
      phases: [],
      base: "main",
      baseSha: people.refOf("refs/heads/main") ?? "",
      head,
      evidence: [
        { name: "test", command: "npm test", exitCode: isGreen ? 0 : 1, durationMs: 1_000, logDigest: "a".repeat(64) },
      ],
      usage: { ...NO_USAGE, turns: 3, cost },
      pullRequest: null,
    };
  }

  async function publishWork(job: Job, cost: number): Promise<void> {
    const { issue, token, run, life } = job;
    const { repository, writer } = options;
    options.witness.spends(issue, token, cost);
    const hub = createUnreliableHub({ timeline, dice: dice.fork(), faults, world, writer, life });
    const exit = dice.pick(ENDINGS);
    const branch = people.refOf(`refs/heads/signalbox/task/${issue}`);
    const hasWork = exit === "done" ? dice.chance(0.9) : dice.chance(0.5);
    const ref = stagingRef(run.id);
    const parent = branch ?? people.refOf("refs/heads/main");
    const head = hasWork ? people.push(writer, ref, { parent }) : null;
    const result = dice.chance(0.05) ? null : resultOf(job, exit, head, cost);
    const staged = head === null || result === null ? null : { ref, head };
    for (let tries = 0; tries < PUBLISH_TRIES_MAX; tries += 1) {
      try {
        const deps = { hub, log: QUIET, nonce: options.nonce };
        const unreadable = result === null ? "the result cannot be read" : null;
        const published = await publish(deps, { ...repository, issue }, { result, unreadable, run, token, staged });
        options.witness.hears(issue, token, run, { move: published.move, reason: published.refusal?.reason ?? "" });
        return;
      } catch (error) {
        if (!(error instanceof LostAnswer)) options.onBug(error);
        await timeline.delay(dice.int(1_000, MINUTE));
        if (!life.isAlive) return;
      }
    }
  }

  return {
    start: (issue: number, token: Sha, run: RunRef): void => {
      void start(issue, token, run);
    },
    /** Processes that still run, whatever GitHub says of them. */
    get alive() {
      return [...working].filter(({ life }) => life.isAlive).length;
    },
  };
}
export type Runners = ReturnType<typeof createRunners>;
