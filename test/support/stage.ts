// A stage for stories without a network: GitHub in memory, people with roles, one issue, and the real loop over it.
// Every step ends with a second look that must write nothing: running it twice is the same as running it once.

import { createMemoryHub, type FaultHook } from "../../src/adapters/memory/memory-hub.ts";
import { peopleOf } from "../../src/adapters/memory/people.ts";
import { createMemoryWorld } from "../../src/adapters/memory/world.ts";
import { readCommentKey } from "../../src/core/comment-keys.ts";
import { stagingRef, taskBranch } from "../../src/core/observation.ts";
import type { Ask } from "../../src/core/plan.ts";
import type { RunResult } from "../../src/core/result.ts";
import { bindRequest } from "../../src/core/run-requests.ts";
import { NO_USAGE } from "../../src/core/task.ts";
import { publish } from "../../src/reconcile/publish.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";

export const NOW = Date.UTC(2026, 10, 20, 12);
const QUIET = { info: () => undefined, warn: () => undefined };

export interface StageOptions {
  readonly config?: unknown;
  readonly faults?: FaultHook;
  /** While it says yes, GitHub starts no workflow. */
  readonly refuseDispatch?: () => boolean;
}

export function stage({
  config = { checks: [{ name: "test", run: "npm test" }] },
  faults = () => "none",
  refuseDispatch = () => false,
}: StageOptions = {}) {
  let now = NOW;
  const world = createMemoryWorld({ clock: { now: () => now } });
  const bot = world.account("signalbox[bot]", "bot");
  const alice = world.account("alice");
  const carol = world.account("carol");
  const repository = world.createRepository({
    owner: "acme",
    name: "app",
    roles: [
      [alice, "write"],
      [carol, "triage"],
    ],
    configSource: config,
  });
  const withRefusals: FaultHook = (point) =>
    point.detail === "dispatch" && refuseDispatch() ? { refuse: "Workflow does not exist" } : faults(point);
  const hub = createMemoryHub({ world, writer: bot, faults: withRefusals });
  const people = peopleOf(world, repository);
  let nonces = 0;
  const nonce = () => {
    nonces += 1;
    return nonces.toString(16).padStart(16, "0");
  };
  const deps = { hub, log: QUIET, mention: "signalbox", nonce };

  const writes = () => world.history.length;

  async function look(issue: number, asks: readonly Ask[] = []) {
    const first = await reconcile(deps, { ...repository, issue }, asks);
    const before = writes();
    const second = await reconcile(deps, { ...repository, issue }, []);
    const extra = world.history.slice(before);
    if (extra.length > 0) throw new Error(`a second look wrote: ${JSON.stringify(extra)}`);
    return { ...first, task: second.task };
  }

  /** A workflow run starts and asks to be bound, as the work job does. */
  async function bind(issue: number, runId: number, token: string, attempt = 1) {
    const run = { id: runId, attempt };
    const ask: Ask = { id: `bind-${runId}-${attempt}`, request: bindRequest(run, token, now) };
    const { answers } = await look(issue, [ask]);
    return answers[0]?.reply;
  }

  function resultOf(
    issue: number,
    token: string,
    runId: number,
    head: string | null,
    more: Partial<RunResult> = {},
  ): RunResult {
    const main = people.refOf("refs/heads/main") ?? "";
    return {
      v: 1,
      repository: "acme/app",
      issue,
      token,
      run: { id: runId, attempt: 1 },
      exit: "done",
      reason: "",
      summary: "Did it.",
      question: null,
      phases: [],
      base: "main",
      baseSha: main,
      head,
      evidence: [{ name: "test", command: "npm test", exitCode: 0, durationMs: 1_200, logDigest: "a".repeat(64) }],
      usage: { ...NO_USAGE, inputTokens: 1_000, outputTokens: 100, turns: 3, cost: 40_000 },
      pullRequest: null,
      ...more,
    };
  }

  /** What the publish job does: objects to the staging ref, then the atomic publish. */
  async function finish(issue: number, runId: number, token: string, more: Partial<RunResult> = {}) {
    const ref = stagingRef(runId);
    const tip = people.refOf(`refs/heads/${taskBranch(issue)}`) ?? people.refOf("refs/heads/main");
    const head = more.head === null ? null : people.push(bot, ref, { parent: tip });
    const result = resultOf(issue, token, runId, head, more);
    const staged = head === null ? null : { ref, head };
    return publish(
      deps,
      { ...repository, issue },
      { result, unreadable: null, run: { id: runId, attempt: 1 }, token, staged },
    );
  }

  /** The work job left nothing that could be read. */
  async function publishNothing(issue: number, runId: number, token: string) {
    const run = { id: runId, attempt: 1 };
    return publish(
      deps,
      { ...repository, issue },
      { result: null, unreadable: "the run ended without a result", run, token, staged: null },
    );
  }

  function comments(issue: number) {
    return [...people.state().comments.values()]
      .filter((comment) => comment.on === issue)
      .map((comment) => ({
        by: comment.author?.login,
        key: readCommentKey(comment.body)?.is ?? null,
        body: comment.body,
      }));
  }

  const issueOf = (number: number) => {
    const found = people.state().issues.get(number);
    if (found === undefined) throw new Error(`there is no issue ${number}`);
    return found;
  };

  return {
    world,
    hub,
    repository,
    people,
    bot,
    alice,
    carol,
    look,
    bind,
    finish,
    publishNothing,
    resultOf,
    comments,
    issueOf,
    writes,
    deps,
    pass: (ms: number) => {
      now += ms;
    },
    now: () => now,
  };
}
export type Stage = ReturnType<typeof stage>;
