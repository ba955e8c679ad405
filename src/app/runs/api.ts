// What a run may ask of the app: its bind, a place for its phase reports, the token to publish with. Every answer is
// decided by the ledger as it stands now; nothing here writes to GitHub.

import type { z } from "zod";
import { PUBLISH_PERMISSIONS } from "../../adapters/github/tokens.ts";
import type { bindAnswerSchema, publishTokenAnswerSchema } from "../../core/api.ts";
import { configForRun } from "../../core/conditions.ts";
import { fold } from "../../core/fold.ts";
import type { Observation } from "../../core/observation.ts";
import { taskId } from "../../core/plan.ts";
import type { Clock, Hub, IssueRef, WorkQueue } from "../../core/ports.ts";
import { bindRequest, notHeldBy } from "../../core/run-requests.ts";
import type { Sha, Task } from "../../core/task.ts";
import { viewOf } from "../../reconcile/task-view.ts";
import type { AskBoard } from "../asks.ts";
import { type GitHub, READ_PERMISSIONS } from "../github.ts";
import { repositoryOf, taskKey } from "../keys.ts";
import { type Answer, granted, refused, refusedByProtocol } from "./answers.ts";
import type { LiveRuns } from "./live.ts";
import type { RunIdentity } from "./oidc.ts";

export interface RunsOptions {
  readonly github: Pick<GitHub, "hubFor" | "factsOf" | "headOf" | "narrowedToken">;
  readonly asks: Pick<AskBoard, "ask" | "tell">;
  readonly queue: Pick<WorkQueue, "add">;
  readonly live: LiveRuns;
  readonly clock: Clock;
}

interface About {
  readonly repository: string;
  readonly issue: number;
}
interface Claimed extends About {
  readonly token: Sha;
}

export type RunsApi = ReturnType<typeof createRunsApi>;

export function createRunsApi(options: RunsOptions) {
  const { asks, queue, live, clock } = options;
  return {
    async bind(identity: RunIdentity, about: Claimed, signal: AbortSignal): Promise<Answer> {
      const access = await accessTo(options, identity, about);
      if ("no" in access) return access.no;
      const key = taskKey(access.ref, access.ref.issue);
      const { run } = identity;
      const ask = { id: `bind-${run.id}-${run.attempt}`, request: bindRequest(run, about.token, clock.now()) };
      const waiting = asks.ask(key, ask, signal);
      await queue.add(key);
      const result = await waiting;
      if ("unanswered" in result) return refused(result.unanswered);
      const { reply, task, observation } = result.outcome;
      if (reply.reply === "refused") return refusedByProtocol(reply.refusal);
      if (reply.reply !== "done" || task === null || observation === null) return refused("failed");
      const no = notHolding(task, identity, about.token);
      return no ?? grant(options, access, { identity, token: about.token, task, observation });
    },

    async phase(
      identity: RunIdentity,
      about: Claimed & {
        readonly phase: string;
        readonly status: "started" | "passed" | "failed";
        readonly cost: number;
      },
    ): Promise<Answer> {
      const { run } = identity;
      const { token, phase, status, cost } = about;
      const key = `${about.repository}#${about.issue}`;
      if (!live.isBound(key, run, token)) {
        // After a restart nothing is remembered: the ledger is.
        const access = await accessTo(options, identity, about);
        if ("no" in access) return access.no;
        const holding = await holdingOf(access, identity, token);
        if ("no" in holding) return holding.no;
        live.bound(key, run, token);
      }
      live.report({ key, run, phase, status, cost, at: clock.now() });
      return granted({});
    },

    async publishToken(identity: RunIdentity, about: Claimed): Promise<Answer> {
      const access = await accessTo(options, identity, about);
      if ("no" in access) return access.no;
      const holding = await holdingOf(access, identity, about.token);
      if ("no" in holding) return holding.no;
      const { writer, configSource } = holding.observation;
      const { token, expiresAt } = await options.github.narrowedToken(
        holding.observation.repository,
        PUBLISH_PERMISSIONS,
      );
      return granted({
        writeToken: token,
        expiresAt,
        writer: { id: writer.id, login: writer.login, isBot: writer.isBot },
        config: configSource ?? null,
      } satisfies z.infer<typeof publishTokenAnswerSchema>);
    },

    async published(identity: RunIdentity, about: About): Promise<Answer> {
      const access = await accessTo(options, identity, about);
      if ("no" in access) return access.no;
      const key = taskKey(access.ref, access.ref.issue);
      asks.tell(key);
      await queue.add(key);
      return granted({});
    },
  };
}

interface Access {
  readonly hub: Hub;
  /** With the repository's name as GitHub writes it: keys must be equal to be one key. */
  readonly ref: IssueRef;
  /** What was read on the way, when anything was. */
  readonly observation: Observation | null;
}

/** A run may ask about its own repository, or about one whose config names the run's repository as its runner. */
async function accessTo(
  { github }: RunsOptions,
  identity: RunIdentity,
  about: About,
): Promise<Access | { readonly no: Answer }> {
  const target = repositoryOf(about.repository);
  if (target === null) return { no: refused("bad-request") };
  const own = identity.repository;
  if (isSame(target, own)) {
    const hub = await github.hubFor(own);
    if (hub === null) return { no: refused("not-installed") };
    return { hub, ref: { owner: own.owner, name: own.name, issue: about.issue }, observation: null };
  }
  const hub = await github.hubFor(target);
  if (hub === null) return { no: refused("not-installed") };
  const observation = await hub.observe({ ...target, issue: about.issue });
  if (observation === "gone") return { no: refused("gone") };
  const { runner } = observation.config;
  const named = runner.repository === null ? null : repositoryOf(runner.repository);
  if (named === null || !isSame(named, own) || runner.workflow !== identity.workflow)
    return { no: refused("not-runner") };
  const { owner, name } = observation.repository;
  return { hub, ref: { owner, name, issue: about.issue }, observation };
}

function isSame(
  a: { readonly owner: string; readonly name: string },
  b: { readonly owner: string; readonly name: string },
) {
  return a.owner.toLowerCase() === b.owner.toLowerCase() && a.name.toLowerCase() === b.name.toLowerCase();
}

/** @returns task and observation when the ledger says, now, that this run is bound under this token */
async function holdingOf(
  { hub, ref, observation: seen }: Access,
  identity: RunIdentity,
  token: Sha,
): Promise<{ readonly task: Task; readonly observation: Observation } | { readonly no: Answer }> {
  const observation = seen ?? (await hub.observe(ref));
  if (observation === "gone") return { no: refused("gone") };
  const folded = fold(observation.ledger, { writerId: observation.writer.id, task: taskId(observation) });
  if ("problem" in folded) return { no: refusedByProtocol({ reason: "ledger-broken", problem: folded.problem }) };
  const no = notHolding(folded.task, identity, token);
  return no !== null || folded.task === null ? { no: no ?? refused("failed") } : { task: folded.task, observation };
}

/** @returns the refusal for a run that does not hold the lease under this token, or null when it does */
function notHolding(task: Task | null, { run }: RunIdentity, token: Sha): Answer | null {
  const refusal = notHeldBy(task, run, token);
  return refusal === null ? null : refusedByProtocol(refusal);
}

interface Granted {
  readonly identity: RunIdentity;
  readonly token: Sha;
  readonly task: Task;
  readonly observation: Observation;
}

/** What a bound run is handed. */
async function grant(options: RunsOptions, { hub, ref }: Access, granting: Granted): Promise<Answer> {
  const { identity, token, task, observation } = granting;
  const { github, live } = options;
  const shown = await viewOf({ hub, headOf: (branch) => github.headOf(ref, branch) }, ref, { task, observation });
  if ("no" in shown) return refused(shown.no);
  if ("refusal" in shown) return refusedByProtocol(shown.refusal);
  const { token: readToken, expiresAt } = await github.narrowedToken(ref, READ_PERMISSIONS);
  live.bound(taskKey(ref, ref.issue), identity.run, token);
  const config = configForRun(observation.configSource ?? null, task, observation.config);
  return granted({ view: shown.view, config, readToken, expiresAt } satisfies z.infer<typeof bindAnswerSchema>);
}
