// One look at one task: a single GraphQL document, further pages where a list is long, and a few REST reads where
// GraphQL has no field for it. It brings back facts and decides nothing.

import type { RepositoryConfig } from "../../core/config.ts";
import { isHeldByPerson, leaseRecord, recordOf } from "../../core/ledger-tip.ts";
import {
  LEDGER_PREFIX,
  ledgerRef,
  type Observation,
  type ObservedComment,
  type ObservedPullRequest,
  REPOSITORY_LEDGER_REF,
  taskBranch,
} from "../../core/observation.ts";
import { isAskedForWorks } from "../../core/path-overlap.ts";
import type { IssueRef } from "../../core/ports.ts";
import { readRepositoryLedger } from "../../core/repository-record.ts";
import { type EpochMs, SHOWN_STATES } from "../../core/task.ts";
import type { ConfigInForce, ConfigReader } from "./config-file.ts";
import { type Context, nameOf } from "./context.ts";
import { CLOSING, LOOK } from "./documents.ts";
import { isGone } from "./gone.ts";
import { findLabels } from "./labels.ts";
import {
  closingSchema,
  type Happened,
  type IssueAnswer,
  type LookAnswer,
  lookSchema,
  recordedSchema,
  stateLabelsSchema,
  type Who,
} from "./look-schema.ts";
import { observedFamily } from "./observe-family.ts";
import { headsOf } from "./observe-heads.ts";
import { observedComment, observedEvent, observedIssue } from "./observe-issue.ts";
import { entryOf, ledgerOf, neighboursOf, tipsOf } from "./observe-ledger.ts";
import { observedPullRequest } from "./observe-pull-request.ts";
import { observedRelations } from "./observe-relations.ts";
import { withRevisions } from "./observe-revisions.ts";
import { observedRuns } from "./observe-runs.ts";
import { observedWorks } from "./observe-works.ts";
import { followPages } from "./pages.ts";
import { requiredChecks } from "./required-checks.ts";
import { readWhole, type Wire } from "./wire.ts";

/** Every label that says a state, for a repository's prefix. */
export function stateLabels(prefix: string): readonly string[] {
  return SHOWN_STATES.map((state) => `${prefix}:${state}`);
}

interface StateLabel {
  readonly id: string;
  readonly name: string;
}

interface Answered {
  readonly repository: LookAnswer;
  /** Labels that say a state, as far as the repository has them. */
  readonly states: readonly StateLabel[];
  readonly now: EpochMs;
}

/** The field that GitHub answers with null and a refusal when the token may not read checks. */
const CHECKS_FIELD = "statusCheckRollup";

async function ask(context: Context, wire: Wire, ref: IssueRef, prefix: string): Promise<Answered | "not-found"> {
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
      ...Object.fromEntries(stateLabels(prefix).map((label, index) => [`state${index}`, label])),
    },
    repeat: "freely",
    kind: "read",
  });
  const problems = answer.problems.filter(
    ({ type, path }) => !(context.mayLackChecks && type === "FORBIDDEN" && path.at(-1) === CHECKS_FIELD),
  );
  const [problem] = problems;
  const isMissing = problems.every(({ type, path }) => type === "NOT_FOUND" && path.join(".") === "repository.issue");
  if (problem !== undefined && isMissing) return "not-found";
  if (problem !== undefined) throw new Error(`GitHub answered a look with an error: ${problem.message}`);
  return {
    repository: lookSchema.parse(answer.data).repository,
    states: stateLabelsSchema.parse(answer.data),
    now: answer.now,
  };
}

/** Keeps what later writes need: ids of labels and accounts, the config, the default branch. */
function remember(
  context: Context,
  ref: IssueRef,
  repository: LookAnswer,
  config: RepositoryConfig,
  states: readonly StateLabel[],
): void {
  const { memory } = context;
  const name = nameOf(ref);
  const defaultBranch = repository.defaultBranchRef?.name ?? "main";
  const { id: nodeId, databaseId } = repository;
  memory.repositories.set(name, { nodeId, databaseId, defaultBranch, config });
  const { issue } = repository;
  // One that was renamed or deleted is not written under its old id again.
  for (const label of stateLabels(config.prefix)) memory.labels.delete(`${name} ${label}`);
  for (const label of [...(issue.labels?.nodes ?? []), ...states]) {
    memory.labels.set(`${name} ${label.name}`, label.id);
    memory.labels.set(`${name} ${label.name.toLowerCase()}`, label.id);
  }
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

/** Wherever they come from: a person may work in a fork. */
async function closingPulls(wire: Wire, issue: IssueAnswer): Promise<PullRequests> {
  const { data } = await readWhole(wire, CLOSING, { id: issue.id });
  const nodes = closingSchema.parse(data).node.closing?.nodes ?? [];
  return nodes.flatMap((pull) => pull ?? []);
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

/**
 * Deleting a label takes it off every issue, which is nobody's wish for any of them: taking off counts only for a state
 * label that is still there.
 */
async function eventsOf(wire: Wire, issue: IssueAnswer, states: readonly StateLabel[], prefix: string) {
  if (issue.events === undefined) return [];
  const ids = new Set(states.map(({ id }) => id));
  const isStillMeant = ({ __typename, label }: Happened) =>
    __typename !== "UnlabeledEvent" ||
    label?.name.toLowerCase().startsWith(`${prefix}:`) !== true ||
    (label.id !== undefined && ids.has(label.id));
  const happened = await followPages(wire, "events", issue.events, { id: issue.id });
  return happened.filter(isStillMeant).flatMap(observedEvent);
}

/** Times that GraphQL may not find an issue which REST finds. */
const MISSES_MAX = 3;

async function askUntilFound(context: Context, wire: Wire, ref: IssueRef, prefix: string): Promise<Answered | "gone"> {
  for (let misses = 0; misses < MISSES_MAX; misses += 1) {
    const answered = await ask(context, wire, ref, prefix);
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
  const { prefix: inForce } = config.config;
  const states = inForce === prefix ? answered.states : await findLabels(wire, ref, stateLabels(inForce));
  remember(context, ref, answered.repository, config.config, states);
  return await assemble(context, wire, ref, { ...answered, states }, config, prefix);
}

async function assemble(
  context: Context,
  wire: Wire,
  ref: IssueRef,
  { repository, states, now }: Answered,
  config: ConfigInForce,
  askedPrefix: string,
): Promise<Observation> {
  const { writer } = context;
  const expected = { writerId: writer.id, repositoryId: repository.databaseId };
  const labels = stateLabels(config.config.prefix);
  // The labels that were asked for are those of another prefix: their list is read anew.
  const firstLabelled = askedPrefix === config.config.prefix ? repository.labelled : null;
  const [ledger, events, branchPulls, tips, labelled] = await Promise.all([
    ledgerOf(wire, ref, repository.ledger),
    eventsOf(wire, repository.issue, states, config.config.prefix),
    pullRequestsOf(wire, ref, repository),
    tipsOf(wire, ref, repository.ledgers),
    followPages(wire, "labelled", firstLabelled, { owner: ref.owner, name: ref.name, labels, states: ["OPEN"] }),
  ]);
  const closing = isHeldByPerson(ledger, expected) ? await closingPulls(wire, repository.issue) : [];
  const known = new Set(branchPulls.map(({ number }) => number));
  const pulls = [...branchPulls, ...closing.filter(({ number }) => !known.has(number))];
  const tip = ledger.at(-1);
  const record = recordOf(tip, expected);
  const head = pulls.find((pull) => pull.state === "OPEN")?.headRefOid ?? null;
  const bases = pulls.filter((pull) => pull.state === "OPEN").map((pull) => pull.baseRefName);
  const shared = repository.repositoryLedger?.target ?? null;
  const repositoryLedger = readRepositoryLedger(
    shared === null ? null : entryOf(recordedSchema.parse(shared)),
    expected,
  );
  const claimed = "state" in repositoryLedger ? repositoryLedger.state.admissions.map((one) => one.issue) : [];
  const state = record?.state ?? "none";
  const { body } = repository.issue;
  const isAsked = isAskedForWorks({ body, hasPullRequest: head !== null }, state, config.config);
  const [comments, heads, runs, relations, family, works, required] = await Promise.all([
    commentsOf(wire, repository.issue, pulls),
    headsOf(wire, ref, head, ledger, expected),
    observedRuns(context, ref, config.config, leaseRecord(ledger, expected)),
    observedRelations(context, wire, ref, repository.issue, state),
    observedFamily(wire, ref, repository.issue, writer, state),
    isAsked ? observedWorks(wire, ref, body, claimed) : [],
    requiredChecks(context, ref, bases, now),
  ]);
  return {
    now,
    repository: repositoryOf(context, repository),
    writer,
    config: config.config,
    configSource: config.source,
    configProblems: config.problems,
    issue: observedIssue(repository.issue, events),
    events,
    comments: await withRevisions(context, wire, comments),
    ledger,
    repositoryLedger,
    taskBranch: repository.taskBranch?.target.oid ?? null,
    pullRequests: await observePulls(wire, pulls, { writer, heads, now, required }),
    runs,
    ...relations,
    blocking: (repository.issue.blocking?.nodes ?? []).flatMap((node) =>
      node === null ? [] : [`${node.repository.nameWithOwner}#${node.number}`],
    ),
    family,
    works,
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
