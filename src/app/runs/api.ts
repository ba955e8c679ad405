// What a run may ask of the app: its bind, a place for its phase reports, the token to publish with. Every answer is
// decided by the ledger as it stands now; nothing here writes to GitHub.

import type { z } from "zod";
import type { bindAnswerSchema, publishTokenAnswerSchema } from "../../core/api.ts";
import type { Observation } from "../../core/observation.ts";
import type { Clock, Hub, IssueRef, WorkQueue } from "../../core/ports.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { Sha, Task } from "../../core/task.ts";
import type { AskBoard } from "../asks.ts";
import { type GitHub, READ_PERMISSIONS, WRITE_PERMISSIONS } from "../github.ts";
import { repositoryOf, taskKey } from "../keys.ts";
import { type Answer, granted, refused, refusedByProtocol } from "./answers.ts";
import type { BindAnswer, BindAsk } from "./bind-ask.ts";
import type { LiveRuns } from "./live.ts";
import type { RunIdentity } from "./oidc.ts";
import { baseOf, taskView } from "./view.ts";

export interface RunsOptions {
  readonly github: Pick<GitHub, "hubFor" | "factsOf" | "headOf" | "narrowedToken">;
  readonly asks: Pick<AskBoard<BindAsk, BindAnswer>, "ask">;
  readonly queue: Pick<WorkQueue, "add">;
  readonly live: LiveRuns;
  readonly clock: Clock;
  /** Folds the ledger that was observed. */
  readonly taskOf: (observation: Observation) => { readonly task: Task | null } | { readonly problem: string };
  /** A refusal in one sentence for people. */
  readonly say: (refusal: Refusal) => string;
  /** A text without what its readers on GitHub do not see. */
  readonly visible: (text: string) => string;
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
      const { run, repository } = identity;
      const actor = { id: run.id, login: `${repository.owner}/${repository.name}`.slice(0, 100), kind: "run" } as const;
      const waiting = asks.ask(key, { move: "bind", run, token: about.token, actor }, signal);
      await queue.add(key);
      const result = await waiting;
      if ("unanswered" in result) return refused(result.unanswered);
      const { answer } = result;
      // An answer that was lost on its way is asked for again: the bind of this very run is a yes.
      const isOurs = answer.granted || (answer.refusal.reason === "already-bound" && answer.refusal.run === run.id);
      return isOurs
        ? grant(options, access, identity, about.token)
        : refusedByProtocol(answer.refusal, options.say(answer.refusal));
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
        const holding = await holdingOf(options, access, identity, token);
        if ("no" in holding) return holding.no;
        live.bound(key, run, token);
      }
      live.report({ key, run, phase, status, cost, at: clock.now() });
      return granted({});
    },

    async publishToken(identity: RunIdentity, about: Claimed): Promise<Answer> {
      const access = await accessTo(options, identity, about);
      if ("no" in access) return access.no;
      const holding = await holdingOf(options, access, identity, about.token);
      if ("no" in holding) return holding.no;
      const { writer, configSource } = holding.observation;
      const { token, expiresAt } = await options.github.narrowedToken(access.ref, WRITE_PERMISSIONS);
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
      await queue.add(taskKey(access.ref, access.ref.issue));
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
  { taskOf, say }: RunsOptions,
  { hub, ref, observation: seen }: Access,
  identity: RunIdentity,
  token: Sha,
): Promise<{ readonly task: Task; readonly observation: Observation } | { readonly no: Answer }> {
  const observation = seen ?? (await hub.observe(ref));
  if (observation === "gone") return { no: refused("gone") };
  const folded = taskOf(observation);
  if ("problem" in folded) return { no: refused("unreadable-ledger") };
  const { task } = folded;
  const no = (refusal: Refusal) => ({ no: refusedByProtocol(refusal, say(refusal)) });
  if (task === null || task.lease === null || task.lease.token !== token) {
    return no({ reason: "stale-token", current: task?.lease?.token ?? null });
  }
  const { run } = task.lease;
  if (run === null || run.id !== identity.run.id || run.attempt !== identity.run.attempt) {
    return no({ reason: "run-not-bound", bound: run?.id ?? null });
  }
  return { task, observation };
}

/** What a bound run is handed. Read anew: an observation from before the bind does not show it. */
async function grant(options: RunsOptions, access: Access, identity: RunIdentity, token: Sha): Promise<Answer> {
  const holding = await holdingOf(options, { ...access, observation: null }, identity, token);
  if ("no" in holding) return holding.no;
  const { task, observation } = holding;
  const base = baseOf(task, observation);
  const { defaultBranch, defaultBranchSha } = observation.repository;
  const baseSha = base === defaultBranch ? defaultBranchSha : await options.github.headOf(access.ref, base);
  if (baseSha === null) return refused("no-base");
  const shown = taskView({ task, observation, baseSha, visible: options.visible });
  if ("refusal" in shown) return refusedByProtocol(shown.refusal, options.say(shown.refusal));
  const { token: readToken, expiresAt } = await options.github.narrowedToken(access.ref, READ_PERMISSIONS);
  options.live.bound(taskKey(access.ref, access.ref.issue), identity.run, token);
  return granted({
    view: shown.view,
    config: observation.configSource ?? null,
    readToken,
    expiresAt,
  } satisfies z.infer<typeof bindAnswerSchema>);
}
