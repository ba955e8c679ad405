// One look at one task: a single GraphQL document, further pages where a list is long, and a few REST reads where
// GraphQL has no field for it. It brings back facts and decides nothing.

import type { RepositoryConfig } from "../../core/config.ts";
import { leaseRecord, recordOf } from "../../core/ledger-tip.ts";
import {
  LEDGER_PREFIX,
  ledgerRef,
  type Observation,
  type ObservedComment,
  type ObservedPullRequest,
  REPOSITORY_LEDGER_REF,
  taskBranch,
} from "../../core/observation.ts";
import type { IssueRef } from "../../core/ports.ts";
import { readRepositoryLedger } from "../../core/repository-record.ts";
import { type EpochMs, SHOWN_STATES } from "../../core/task.ts";
import type { ConfigInForce, ConfigReader } from "./config-file.ts";
import { type Context, nameOf } from "./context.ts";
import { LOOK } from "./documents.ts";
import { isGone } from "./gone.ts";
import { type IssueAnswer, type LookAnswer, lookSchema, recordedSchema, type Who } from "./look-schema.ts";
import { observedBlockers } from "./observe-blockers.ts";
import { headsOf } from "./observe-heads.ts";
import { observedComment, observedEvent, observedIssue } from "./observe-issue.ts";
import { entryOf, ledgerOf, neighboursOf, tipsOf } from "./observe-ledger.ts";
import { observedPullRequest } from "./observe-pull-request.ts";
import { observedRuns } from "./observe-runs.ts";
import { followPages } from "./pages.ts";
import { requiredChecks } from "./required-checks.ts";
import type { Wire } from "./wire.ts";

/** Every label that says a state, for a repository's prefix. */
export function stateLabels(prefix: string): readonly string[] {
  return SHOWN_STATES.map((state) => `${prefix}:${state}`);
}

interface Answered {
  readonly repository: LookAnswer;
  readonly now: EpochMs;
}

async function ask(wire: Wire, ref: IssueRef, prefix: string): Promise<Answered | "not-found"> {
  const answer = await wire.graphql({
    document: LOOK,
    variables: {
      owner: ref.owner,
      name: ref.name,
      number: ref.issue,
      ledger: ledgerRef(ref.issue),
      repositoryLedger: REPOSITORY_LEDGER_REF,
      taskRef: `refs/heads/${taskBranch(ref.issue)}`,
      taskBranch: taskBranch(ref.issue),
      ledgers: LEDGER_PREFIX,
      labels: stateLabels(prefix),
    },
    repeat: "freely",
    kind: "read",
  });
  const [problem] = answer.problems;
  const isMissing = answer.problems.every(
    ({ type, path }) => type === "NOT_FOUND" && path.join(".") === "repository.issue",
  );
  if (problem !== undefined && isMissing) return "not-found";
  if (problem !== undefined) throw new Error(`GitHub answered a look with an error: ${problem.message}`);
  return { repository: lookSchema.parse(answer.data).repository, now: answer.now };
}

/** Keeps what later writes need: ids of labels and accounts, the config, the default branch. */
function remember(context: Context, ref: IssueRef, repository: LookAnswer, config: RepositoryConfig): void {
  const { memory } = context;
  const name = nameOf(ref);
  const defaultBranch = repository.defaultBranchRef?.name ?? "main";
  const { id: nodeId, databaseId } = repository;
  memory.repositories.set(name, { nodeId, databaseId, defaultBranch, config });
  const { issue } = repository;
  for (const label of issue.labels?.nodes ?? []) memory.labels.set(`${name} ${label.name}`, label.id);
  const seen: readonly (Who | null)[] = [
    issue.author,
    ...issue.assignees.nodes,
    ...issue.comments.nodes.map((said) => said.author),
    ...(issue.events?.nodes ?? []).map((happened) => happened.actor),
  ];
  for (const who of seen) {
    if (typeof who?.databaseId === "number" && who.id !== undefined) memory.accounts.set(`${who.databaseId}`, who.id);
  }
}

function repositoryOf(context: Context, repository: LookAnswer): Observation["repository"] {
  return {
    id: repository.databaseId,
    nodeId: repository.id,
    owner: repository.owner.login,
    name: repository.name,
    isPrivate: repository.isPrivate,
    defaultBranch: repository.defaultBranchRef?.name ?? "main",
    defaultBranchSha: repository.defaultBranchRef?.target?.oid ?? null,
    installedAt: context.installedAt,
  };
}

type PullRequests = Awaited<ReturnType<typeof pullRequestsOf>>;

/** Those whose head is the task branch of this repository: a fork's branch of the same name is somebody else's. */
async function pullRequestsOf(wire: Wire, ref: IssueRef, repository: LookAnswer) {
  const variables = { owner: ref.owner, name: ref.name, taskBranch: taskBranch(ref.issue) };
  const all = await followPages(wire, "pullRequests", repository.pullRequests, variables);
  const own = `${repository.owner.login}/${repository.name}`;
  return all.filter((pull) => pull.headRepository?.nameWithOwner === own);
}

async function commentsOf(wire: Wire, issue: IssueAnswer, pulls: PullRequests): Promise<readonly ObservedComment[]> {
  const threads = [issue, ...pulls];
  const pages = await Promise.all(
    threads.map(async ({ id, number, comments }) =>
      (await followPages(wire, "comments", comments, { id })).map((said) => observedComment(said, number)),
    ),
  );
  return pages.flat().sort((a, b) => a.id - b.id);
}

async function eventsOf(wire: Wire, issue: IssueAnswer) {
  if (issue.events === undefined) return [];
  return (await followPages(wire, "events", issue.events, { id: issue.id })).flatMap(observedEvent);
}

/** Times that GraphQL may not find an issue which REST finds. */
const MISSES_MAX = 3;

async function askUntilFound(context: Context, wire: Wire, ref: IssueRef, prefix: string): Promise<Answered | "gone"> {
  for (let misses = 0; misses < MISSES_MAX; misses += 1) {
    const answered = await ask(wire, ref, prefix);
    if (answered !== "not-found") return answered;
    if (await isGone(context, ref)) return "gone";
  }
  throw new Error("GitHub's REST knows an issue that its GraphQL does not");
}

/**
 * Reads one issue whole.
 *
 * @throws when any part of it could not be read: the caller looks again later
 */
export async function observe(context: Context, configs: ConfigReader, ref: IssueRef): Promise<Observation | "gone"> {
  const wire = await context.wireTo(ref);
  const prefix = context.memory.repositories.get(nameOf(ref))?.config.prefix ?? "task";
  const answered = await askUntilFound(context, wire, ref, prefix);
  if (answered === "gone") return "gone";
  // GitHub follows an issue to where it was transferred: there it is another repository's.
  if (answered.repository.issue.repository.databaseId !== answered.repository.databaseId) return "gone";
  const config = await configs.inForce(ref, answered.repository.config, answered.now);
  remember(context, ref, answered.repository, config.config);
  return await assemble(context, wire, ref, answered, config, prefix);
}

async function assemble(
  context: Context,
  wire: Wire,
  ref: IssueRef,
  { repository, now }: Answered,
  config: ConfigInForce,
  askedPrefix: string,
): Promise<Observation> {
  const { writer } = context;
  const expected = { writerId: writer.id, repositoryId: repository.databaseId };
  const labels = stateLabels(config.config.prefix);
  // The labels that were asked for are those of another prefix: their list is read anew.
  const firstLabelled = askedPrefix === config.config.prefix ? repository.labelled : null;
  const [ledger, events, pulls, tips, labelled] = await Promise.all([
    ledgerOf(wire, ref, repository.ledger),
    eventsOf(wire, repository.issue),
    pullRequestsOf(wire, ref, repository),
    tipsOf(wire, ref, repository.ledgers),
    followPages(wire, "labelled", firstLabelled, { owner: ref.owner, name: ref.name, labels, states: ["OPEN"] }),
  ]);
  const tip = ledger.at(-1);
  const record = recordOf(tip, expected);
  const head = pulls.find((pull) => pull.state === "OPEN")?.headRefOid ?? null;
  const bases = pulls.filter((pull) => pull.state === "OPEN").map((pull) => pull.baseRefName);
  const [comments, heads, runs, blockers, required] = await Promise.all([
    commentsOf(wire, repository.issue, pulls),
    headsOf(wire, ref, head, ledger, expected),
    observedRuns(context, ref, config.config, leaseRecord(ledger, expected)),
    observedBlockers(wire, ref, repository.issue, record?.state ?? "none"),
    requiredChecks(context, ref, bases, now),
  ]);
  const shared = repository.repositoryLedger?.target ?? null;
  return {
    now,
    repository: repositoryOf(context, repository),
    writer,
    config: config.config,
    configSource: config.source,
    configProblems: config.problems,
    issue: observedIssue(repository.issue, events),
    events,
    comments,
    ledger,
    repositoryLedger: readRepositoryLedger(shared === null ? null : entryOf(recordedSchema.parse(shared)), expected),
    taskBranch: repository.taskBranch?.target.oid ?? null,
    pullRequests: await observePulls(wire, pulls, { writer, heads, now, required }),
    runs,
    blockers,
    neighbours: neighboursOf(ref.issue, tips, labelled, expected),
    permissions: new Map(),
  };
}

/** Oldest first, as everything else in an observation. */
async function observePulls(
  wire: Wire,
  pulls: PullRequests,
  known: Parameters<typeof observedPullRequest>[2],
): Promise<readonly ObservedPullRequest[]> {
  const observed = await Promise.all(pulls.map((pull) => observedPullRequest(wire, pull, known)));
  return observed.sort((a, b) => a.number - b.number);
}
