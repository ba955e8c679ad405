// The port `Hub` over GitHub's API. Each call is one of the other files; this one says which.

import type { Account, Permission } from "../../core/observation.ts";
import type { Clock, Effect, EffectResult, Hub, IssueRef, Random, RepositoryRef } from "../../core/ports.ts";
import type { EpochMs } from "../../core/task.ts";
import { rerunChecks, showEvidence } from "./check-effects.ts";
import type { OctokitLike } from "./client.ts";
import { createComment } from "./comments.ts";
import { type ConfigReader, createConfigReader } from "./config-file.ts";
import { type Context, createMemory, nameOf } from "./context.ts";
import type { Governor } from "./governor.ts";
import { observe } from "./observe.ts";
import { openTasks } from "./open-tasks.ts";
import { permissionOf } from "./permission.ts";
import { closePullRequest, merge, openPullRequest, updateBranch } from "./pull-request-effects.ts";
import { createRecord } from "./records.ts";
import { updateRefs } from "./refs.ts";
import { knowledgeOf } from "./repositories.ts";
import { cancelRun, dispatch } from "./run-effects.ts";
import { applyShared, isShared, type SharedEffect } from "./shared-effects.ts";
import { createWire, type Wire } from "./wire.ts";

export interface GithubHubOptions {
  /** An authenticated Octokit for one repository, without throttling or retries of its own. */
  readonly octokitFor: (repository: RepositoryRef) => Promise<OctokitLike>;
  /** One per installation, shared by everybody who writes with its tokens. */
  readonly governor: Governor;
  /** The account that writes records: the App's bot, or `github-actions[bot]`. */
  readonly writer: Account;
  /** When the App was installed: nothing older is obeyed. */
  readonly installedAt: EpochMs;
  readonly clock: Clock;
  readonly random: Random;
}

type SingleEffect = Exclude<Effect, SharedEffect>;

async function applySingle(
  context: Context,
  configs: ConfigReader,
  ref: IssueRef,
  effect: SingleEffect,
): Promise<EffectResult> {
  switch (effect.kind) {
    case "create-comment":
      return await createComment(context, { ...ref, issue: effect.issue }, effect);
    case "dispatch":
      return await dispatch(
        context,
        configs,
        { ...ref, issue: effect.issue },
        await knowledgeOf(context, configs, ref),
        effect,
      );
    case "cancel-run":
      return await cancelRun(context, ref, await knowledgeOf(context, configs, ref), effect.runId);
    case "merge":
      return await merge(context, ref, effect);
    case "open-pull-request":
      return await openPullRequest(context, ref, effect);
    case "close-pull-request":
      return await closePullRequest(context, ref, effect);
    case "evidence-check":
      return await showEvidence(context, ref, effect);
    case "rerun-checks":
      return await rerunChecks(context, ref, effect);
    case "update-branch":
      return await updateBranch(context, ref, effect);
    case "delete-branch":
      return await deleteBranch(context, configs, ref, effect);
  }
}

/** Only as long as it stands where it is expected: a person's later push is kept. */
async function deleteBranch(
  context: Context,
  configs: ConfigReader,
  repository: RepositoryRef,
  { branch, head }: Extract<Effect, { kind: "delete-branch" }>,
): Promise<EffectResult> {
  const update = { ref: `refs/heads/${branch}`, before: head, after: null };
  const result = await updateRefs(context, configs, repository, [update]);
  return result === "won" ? { ok: true } : { ok: false, refused: `${branch} does not stand at ${head} any more` };
}

/** Shared effects that follow each other go in one document; the others go one by one, in their order. */
async function apply(
  context: Context,
  configs: ConfigReader,
  ref: IssueRef,
  effects: readonly Effect[],
): Promise<readonly EffectResult[]> {
  const results: EffectResult[] = [];
  let shared: SharedEffect[] = [];
  const flush = async () => {
    if (shared.length === 0) return;
    results.push(...(await applyShared(context, ref, await knowledgeOf(context, configs, ref), shared)));
    shared = [];
  };
  for (const effect of effects) {
    if (isShared(effect)) {
      shared.push(effect);
      continue;
    }
    await flush();
    results.push(await applySingle(context, configs, ref, effect));
  }
  await flush();
  return results;
}

export function createGithubHub(options: GithubHubOptions): Hub {
  const { governor, writer, installedAt, clock, random } = options;

  async function wireTo(repository: RepositoryRef): Promise<Wire> {
    const octokit = await options.octokitFor(repository);
    return createWire({ octokit, governor, clock, random });
  }

  const context: Context = { wireTo, writer, installedAt, clock, random, memory: createMemory() };
  const configs = createConfigReader(wireTo);
  /** Of one look: the next one asks again, so that a right that was taken away is gone. */
  const asked = new Map<string, Map<number, Permission>>();

  return {
    async observe(ref) {
      asked.delete(nameOf(ref));
      return await observe(context, configs, ref);
    },
    async permissionOf(repository, account) {
      const known = asked.get(nameOf(repository)) ?? new Map<number, Permission>();
      asked.set(nameOf(repository), known);
      const permission = known.get(account.id) ?? (await permissionOf(context, repository, account));
      if (permission !== "unknown") known.set(account.id, permission);
      return permission;
    },
    createRecord: (repository, record) => createRecord(context, repository, record),
    updateRefs: (repository, updates) => updateRefs(context, configs, repository, updates),
    apply: (ref, effects) => apply(context, configs, ref, effects),
    openTasks: (repository) => openTasks(context, configs, repository),
  };
}
