// One look at a repository as a whole: labels, newest records, boards. It brings back facts and decides nothing.

import { BOARD_TITLES } from "../../core/board.ts";
import { LEDGER_PREFIX, REPOSITORY_LEDGER_REF } from "../../core/observation.ts";
import { ONBOARDING_BRANCH, WORKFLOW_PATH } from "../../core/onboarding-files.ts";
import type { RepositoryRef } from "../../core/ports.ts";
import { recentOf } from "../../core/recent.ts";
import { readRepositoryLedger } from "../../core/repository-record.ts";
import type { ConfigReport, ObservedBoard, ObservedProposal, PlainIssue, Survey } from "../../core/survey.ts";
import type { Sha } from "../../core/task.ts";
import { accountOf, GHOST } from "./accounts.ts";
import type { ConfigReader } from "./config-file.ts";
import { type Context, nameOf } from "./context.ts";
import {
  type BoardAnswer,
  boardsSchema,
  configAtSchema,
  openIssuesSchema,
  type SurveyAnswer,
  surveySchema,
} from "./look-schema.ts";
import { stateLabels } from "./observe.ts";
import { observedEvent } from "./observe-issue.ts";
import { entryOf, neighboursOf } from "./observe-ledger.ts";
import { followPages, PAGES_MAX } from "./pages.ts";
import { boardsDocument, CONFIG_AT, OPEN_ISSUES, SURVEY } from "./survey-documents.ts";
import { readWhole, type Wire } from "./wire.ts";

/** No issue has this number: every task is somebody's neighbour. */
const NO_ISSUE = 0;
/** Boards that are read, oldest first: one of each kind, and duplicates. */
const BOARDS_MAX = 6;

export async function survey(context: Context, configs: ConfigReader, ref: RepositoryRef): Promise<Survey> {
  const wire = await context.wireTo(ref);
  const { writer, memory, installedAt } = context;
  const { repository, now, labels, made } = await readAll(context, wire, ref);
  const { config, problems } = await configs.inForce(ref, repository.config, now);
  const defaultBranch = repository.defaultBranchRef?.name ?? "main";
  const { id: nodeId, databaseId: id } = repository;
  memory.repositories.set(nameOf(ref), { nodeId, databaseId: id, defaultBranch, config });
  const expected = { writerId: writer.id, repositoryId: id };
  const { owner, name } = ref;
  const [boards, tips, labelled] = await Promise.all([
    boardsOf(context, wire, ref, made),
    followPages(wire, "ledgers", null, { owner, name, ledgers: LEDGER_PREFIX }),
    followPages(wire, "labelled", null, { owner, name, labels: stateLabels(config.prefix), states: ["OPEN"] }),
  ]);
  const records = (repository.repositoryLedger?.target.history.nodes ?? []).map((commit) => entryOf(commit));
  return {
    now,
    repository: {
      id,
      nodeId,
      owner: repository.owner.login,
      name: repository.name,
      isPrivate: repository.isPrivate,
      defaultBranch,
      defaultBranchSha: repository.defaultBranchRef?.target?.oid ?? null,
      installedAt,
    },
    url: repository.url,
    isArchived: repository.isArchived,
    writer,
    config,
    configProblems: problems,
    hasConfig: repository.config !== null,
    hasWorkflow: repository.workflow !== null || config.runner.repository !== null,
    repositoryLedger: readRepositoryLedger(records[0] ?? null, expected),
    ...recentOf(records, expected),
    labels: labels.map((label) => ({
      nodeId: label.id,
      name: label.name,
      colour: label.color,
      description: label.description ?? "",
    })),
    tasks: neighboursOf(NO_ISSUE, tips, labelled, expected),
    boards,
    proposal: proposalOf(context, repository),
  };
}

/** The first page of everything, and what follows of the lists that are longer. */
async function readAll(context: Context, wire: Wire, ref: RepositoryRef) {
  const labels: SurveyAnswer["labels"]["nodes"][number][] = [];
  const made: SurveyAnswer["made"]["nodes"][number][] = [];
  let [afterLabels, afterMade]: (string | null)[] = [null, null];
  for (let pages = 1; pages <= PAGES_MAX; pages += 1) {
    const { data, now } = await readWhole(wire, SURVEY, {
      owner: ref.owner,
      name: ref.name,
      repositoryLedger: REPOSITORY_LEDGER_REF,
      proposal: ONBOARDING_BRANCH,
      workflow: `HEAD:${WORKFLOW_PATH}`,
      writer: context.writer.login,
      afterLabels,
      afterMade,
    });
    const { repository } = surveySchema.parse(data);
    const isFirst = pages === 1;
    if (isFirst || afterLabels !== null) labels.push(...repository.labels.nodes);
    if (isFirst || afterMade !== null) made.push(...repository.made.nodes);
    const next = (list: SurveyAnswer["labels"] | SurveyAnswer["made"], wasRead: boolean) =>
      wasRead && list.pageInfo.hasNextPage ? list.pageInfo.endCursor : null;
    [afterLabels, afterMade] = [
      next(repository.labels, isFirst || afterLabels !== null),
      next(repository.made, isFirst || afterMade !== null),
    ];
    if (afterLabels === null && afterMade === null) return { repository, now, labels, made };
  }
  throw new Error(`a repository has more than ${PAGES_MAX} pages of labels or of our own issues`);
}

const TITLES: ReadonlySet<string> = new Set(Object.values(BOARD_TITLES));

async function boardsOf(
  context: Context,
  wire: Wire,
  ref: RepositoryRef,
  made: SurveyAnswer["made"]["nodes"],
): Promise<readonly ObservedBoard[]> {
  const { boards: known } = context.memory;
  const titled = made.filter(({ title }) => TITLES.has(title)).map(({ number }) => number);
  // One whose title somebody changed is known by its number, until it is put right.
  const numbers = [...new Set([...(known.get(nameOf(ref)) ?? []), ...titled])].sort((a, b) => a - b);
  if (numbers.length === 0) return [];
  const asked = numbers.slice(0, BOARDS_MAX);
  const variables = Object.fromEntries(asked.map((number, index) => [`board${index}`, number]));
  const answer = await wire.graphql({
    document: boardsDocument(asked.length),
    variables: { owner: ref.owner, name: ref.name, ...variables },
    repeat: "freely",
    kind: "read",
  });
  // A board that was deleted meanwhile is no error.
  const problem = answer.problems.find(({ type }) => type !== "NOT_FOUND");
  if (problem !== undefined) throw new Error(`GitHub answered a query with an error: ${problem.message}`);
  const found = Object.values(boardsSchema.parse(answer.data).repository).filter((board) => board !== null);
  const boards = found
    .filter(({ author }) => accountOf(author)?.id === context.writer.id)
    .map((board) => observedBoard(board, context.writer.id))
    .sort((a, b) => a.number - b.number);
  known.set(
    nameOf(ref),
    boards.map(({ number }) => number),
  );
  return boards;
}

function observedBoard(board: BoardAnswer, writerId: number): ObservedBoard {
  const edits = board.userContentEdits?.nodes ?? [];
  return {
    number: board.number,
    nodeId: board.id,
    title: board.title,
    body: board.body,
    isOpen: board.state === "OPEN",
    createdAt: board.createdAt,
    versions: edits.map(({ id, editedAt, diff, editor }, index) => ({
      id,
      editor: accountOf(editor) ?? GHOST,
      at: editedAt,
      // GitHub calls it a diff and gives the text; the newest one is at hand anyway.
      body: index === 0 ? board.body : diff,
    })),
    events: board.events.nodes.flatMap(observedEvent),
    said: board.comments.nodes
      .filter(({ author }) => accountOf(author)?.id === writerId)
      .map(({ body }) => body.split("\n", 1)[0] ?? ""),
  };
}

function proposalOf({ writer }: Context, { proposals, owner, name }: SurveyAnswer): ObservedProposal | null {
  const ours = proposals.nodes.find(
    ({ author, headRepository }) =>
      accountOf(author)?.id === writer.id && headRepository?.nameWithOwner === `${owner.login}/${name}`,
  );
  if (ours === undefined) return null;
  const { number, state, createdAt } = ours;
  return { number, isOpen: state === "OPEN", isMerged: state === "MERGED", createdAt };
}

export async function openIssues(context: Context, ref: RepositoryRef): Promise<readonly PlainIssue[]> {
  const wire = await context.wireTo(ref);
  const { data } = await readWhole(wire, OPEN_ISSUES, { owner: ref.owner, name: ref.name });
  return openIssuesSchema
    .parse(data)
    .repository.issues.nodes.filter(({ author }) => accountOf(author)?.id !== context.writer.id)
    .map(({ number, title, body, labels }) => ({
      number,
      title,
      hasBody: body.trim() !== "",
      labels: (labels?.nodes ?? []).map((label) => label.name),
    }));
}

export async function reportConfig(
  context: Context,
  configs: ConfigReader,
  ref: RepositoryRef,
  sha: Sha,
  when: "always" | "changed",
): Promise<ConfigReport | null> {
  const wire = await context.wireTo(ref);
  const { owner, name } = ref;
  const answer = await readWhole(wire, CONFIG_AT, { owner, name, at: `${sha}:.github/signalbox.yml` });
  const { at, now } = configAtSchema.parse(answer.data).repository;
  if (at === null || (when === "changed" && at.text === now?.text)) return null;
  return await configs.report({ owner, name }, at, answer.now);
}
