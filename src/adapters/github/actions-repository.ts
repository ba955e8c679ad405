// A repository as a workflow of its own sees it, with the token that GitHub gave the job: no App, one repository, and
// `github-actions[bot]` as the account that writes. Says what changed there; decides nothing about it.

import { z } from "zod";
import { type Account, taskBranch } from "../../core/observation.ts";
import type { Clock, Random, RepositoryRef } from "../../core/ports.ts";
import type { EpochMs, Sha } from "../../core/task.ts";
import { createFacts } from "./facts.ts";
import { createGovernor } from "./governor.ts";
import { createGithubHub, type GithubHub } from "./hub.ts";
import { createTokenOctokit, type Endpoint } from "./octokit.ts";
import { createWire, type Wire } from "./wire.ts";

/** The name that people may mention instead of writing `/task`. */
export const ACTIONS_SLUG = "github-actions";
/** The same name for everything that GITHUB_TOKEN does; its number is GitHub's to say. */
const WRITER_LOGIN = `${ACTIONS_SLUG}[bot]`;

/** Pages of changed threads that are read in one call. More than that waits for the next call. */
const PAGES_MAX = 10;
const PAGE_ITEMS = 100;

const userSchema = z.object({ id: z.int() });
const changedSchema = z.array(
  z.object({ number: z.int(), updated_at: z.string(), pull_request: z.unknown().optional() }),
);
const workflowSchema = z.object({ created_at: z.string() });
const runsSchema = z.object({
  workflow_runs: z.array(z.object({ id: z.int(), display_title: z.string().optional(), created_at: z.string() })),
});

/** A task whose issue, or whose pull request, was changed. */
export interface ChangedTask {
  readonly issue: number;
  readonly at: EpochMs;
}

export interface ActionsRepository {
  readonly hub: GithubHub;
  readonly writer: Account;
  /** @returns the commit that a branch points to, or null when there is no such branch */
  headOf(branch: string): Promise<Sha | null>;
  /** @returns every issue whose thread changed at or after `since`, and the task of every pull request that did, oldest change first */
  changedSince(since: EpochMs): Promise<readonly ChangedTask[]>;
  /** @returns the task of a pull request from a task branch; the number itself when it is an issue's; null for others */
  taskOfThread(number: number, isPullRequest: boolean): Promise<number | null>;
}

export interface ActionsRepositoryOptions extends Endpoint {
  readonly token: string;
  readonly repository: RepositoryRef;
  /** When the mode was installed: nothing older is obeyed. */
  readonly installedAt: EpochMs;
  readonly isPacing: boolean;
  /** The job may not read checks, and nothing is decided by them. */
  readonly mayLackChecks: boolean;
  readonly clock: Clock;
  readonly random: Random;
}

export async function openActionsRepository(options: ActionsRepositoryOptions): Promise<ActionsRepository> {
  const { repository, installedAt, mayLackChecks, clock, random } = options;
  const octokit = createTokenOctokit(options, options.token);
  const governor = createGovernor({ clock, isPacing: options.isPacing });
  const wire = createWire({ octokit, governor, clock, random });
  const facts = createFacts(async () => wire);
  const writer = await writerOf(wire);
  const tasks = new Map<number, Promise<number | null>>();

  /** A pull request keeps its head branch for life, so it is asked for once. */
  function taskOfThread(number: number, isPullRequest: boolean): Promise<number | null> {
    if (!isPullRequest) return Promise.resolve(number);
    const known = tasks.get(number) ?? facts.headBranchOf(repository, number).then(taskOfBranch);
    tasks.set(number, known);
    return known;
  }

  return {
    hub: createGithubHub({
      octokitFor: async () => octokit,
      governor,
      writer,
      installedAt,
      mayLackChecks,
      clock,
      random,
    }),
    writer,
    headOf: (branch) => facts.headOf(repository, branch),
    taskOfThread,
    async changedSince(since) {
      const changed: ChangedTask[] = [];
      for (const thread of await threadsSince(wire, repository, since)) {
        const issue = await taskOfThread(thread.number, thread.pull_request !== undefined);
        if (issue !== null) changed.push({ issue, at: Date.parse(thread.updated_at) });
      }
      return changed;
    },
  };
}

async function writerOf(wire: Wire): Promise<Account> {
  const parameters = { username: WRITER_LOGIN };
  const answer = await wire.rest({ route: "GET /users/{username}", parameters, repeat: "freely", kind: "read" });
  if (!answer.ok) throw new Error(`GitHub does not show the account ${WRITER_LOGIN}: ${answer.message}`);
  return { id: userSchema.parse(answer.data).id, login: WRITER_LOGIN, isBot: true };
}

function taskOfBranch(branch: string | null): number | null {
  const issue = Number(branch?.split("/").at(-1));
  return Number.isSafeInteger(issue) && issue > 0 && branch === taskBranch(issue) ? issue : null;
}

async function threadsSince(wire: Wire, { owner, name }: RepositoryRef, since: EpochMs) {
  const threads: z.infer<typeof changedSchema> = [];
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const answer = await wire.rest({
      route: "GET /repos/{owner}/{repo}/issues",
      parameters: {
        owner,
        repo: name,
        state: "all",
        sort: "updated",
        direction: "asc",
        since: new Date(since).toISOString(),
        per_page: PAGE_ITEMS,
        page,
      },
      repeat: "freely",
      kind: "read",
    });
    if (!answer.ok) throw new Error(`GitHub did not say which issues changed: ${answer.message}`);
    const some = changedSchema.parse(answer.data);
    threads.push(...some);
    if (some.length < PAGE_ITEMS) break;
  }
  return threads;
}

/** What the workflow's own history says of the passes before this one. */
export interface ControlHistory {
  /** When GitHub first saw the workflow's file. */
  readonly installedAt: EpochMs;
  /** When the newest pass that handled everything was created; null when there was none. */
  readonly watermark: EpochMs | null;
}

/** Successful runs that are looked through for the newest pass; the others are runs of tasks. */
const PASSES_MAX = 100;

/** @param isPass tells runs that look after tasks, by their title, from runs that work on one */
export async function controlHistory(
  options: Pick<ActionsRepositoryOptions, "token" | "repository" | "clock" | "random"> & Endpoint,
  workflow: string,
  isPass: (title: string) => boolean,
): Promise<ControlHistory> {
  const { repository, clock, random } = options;
  const octokit = createTokenOctokit(options, options.token);
  const wire = createWire({ octokit, governor: createGovernor({ clock, isPacing: false }), clock, random });
  const ask = async (path: string, parameters: { readonly [name: string]: unknown }): Promise<unknown> => {
    const answer = await wire.rest({
      route: `GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}${path}`,
      parameters: { owner: repository.owner, repo: repository.name, workflow_id: workflow, ...parameters },
      repeat: "freely",
      kind: "read",
    });
    if (!answer.ok) throw new Error(`GitHub did not show the workflow ${workflow}: ${answer.message}`);
    return answer.data;
  };
  const installedAt = Date.parse(workflowSchema.parse(await ask("", {})).created_at);
  const { workflow_runs: runs } = runsSchema.parse(await ask("/runs", { status: "success", per_page: PASSES_MAX }));
  const passes = runs
    .filter(({ display_title: title }) => isPass(title ?? ""))
    .map((run) => Date.parse(run.created_at));
  return { installedAt, watermark: passes.length === 0 ? null : Math.max(...passes) };
}
