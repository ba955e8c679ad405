// One look at the pretended GitHub's repository as a whole: the same facts, in the same form, as the real adapter brings
// back.

import { boardKindOf } from "../../core/board.ts";
import { type Account, REPOSITORY_LEDGER_REF } from "../../core/observation.ts";
import { ONBOARDING_BRANCH } from "../../core/onboarding-files.ts";
import { recentOf } from "../../core/recent.ts";
import { readRepositoryLedger } from "../../core/repository-record.ts";
import { type ObservedBoard, type PlainIssue, RECENT_RECORDS, type Survey } from "../../core/survey.ts";
import type { EpochMs } from "../../core/task.ts";
import type { MemoryConfig } from "./config.ts";
import { entriesOf, neighboursOf, observedRepository } from "./observe.ts";
import type { MemoryIssue, MemoryRepository } from "./state.ts";

/** Issues on a page. */
const PAGE_ITEMS = 50;
/** No issue has this number: every task is somebody's neighbour. */
const NO_ISSUE = 0;

export function surveyIn(look: {
  readonly repository: MemoryRepository;
  readonly writer: Account;
  readonly config: MemoryConfig;
  readonly now: EpochMs;
}): Survey {
  const { repository, writer, config, now } = look;
  const expected = { writerId: writer.id, repositoryId: repository.id };
  const records = entriesOf(repository, repository.refs.get(REPOSITORY_LEDGER_REF), RECENT_RECORDS).toReversed();
  const proposals = [...repository.pullRequests.values()].filter(
    ({ headRef, author }) => headRef === ONBOARDING_BRANCH && author?.id === writer.id,
  );
  const proposal = proposals.at(-1);
  return {
    now,
    repository: observedRepository(repository),
    url: `https://github.test/${repository.owner}/${repository.name}`,
    isArchived: repository.isArchived,
    writer,
    config: config.config,
    configProblems: config.problems,
    hasConfig: repository.configSource !== undefined,
    hasWorkflow: repository.hasWorkflow,
    repositoryLedger: readRepositoryLedger(records[0] ?? null, expected),
    ...recentOf(records, expected),
    labels: [...repository.labels.values()],
    tasks: neighboursOf(repository, NO_ISSUE, config.config.prefix, expected),
    boards: [...repository.issues.values()]
      .filter((issue) => !issue.isPullRequest && issue.author?.id === writer.id && boardKindOf(issue) !== null)
      .map((issue) => boardOf(repository, issue, writer)),
    proposal:
      proposal === undefined
        ? null
        : {
            number: proposal.number,
            isOpen: proposal.isOpen,
            isMerged: proposal.isMerged,
            createdAt: repository.issues.get(proposal.number)?.createdAt ?? 0,
          },
  };
}

function boardOf(repository: MemoryRepository, issue: MemoryIssue, writer: Account): ObservedBoard {
  const { number, nodeId, title, body, isOpen, createdAt, versions, events } = issue;
  return {
    number,
    nodeId,
    title,
    body,
    isOpen,
    createdAt,
    versions: versions.toReversed(),
    events: events.filter(({ kind }) => kind === "closed" || kind === "reopened"),
    said: [...repository.comments.values()]
      .filter((comment) => comment.on === number && comment.author?.id === writer.id)
      .map((comment) => comment.body.split("\n", 1)[0] ?? ""),
  };
}

/** Newest first. */
export function openIssuesIn(repository: MemoryRepository, writer: Account): readonly PlainIssue[] {
  return [...repository.issues.values()]
    .filter((issue) => issue.isOpen && !issue.isPullRequest && issue.author?.id !== writer.id)
    .toSorted((a, b) => b.number - a.number)
    .slice(0, PAGE_ITEMS)
    .map(({ number, title, body, labels }) => ({ number, title, hasBody: body.trim() !== "", labels }));
}
