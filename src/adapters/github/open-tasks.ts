// The tasks that a sweep has to look at: by their labels, open issues and closed ones, and by their ledgers, in case a
// label was taken off while nobody watched. Never by search, whose index lags by minutes.

import { isOpenState, recordOf } from "../../core/ledger-tip.ts";
import { LEDGER_PREFIX } from "../../core/observation.ts";
import type { RepositoryRef } from "../../core/ports.ts";
import { type EpochMs, SHOWN_STATES } from "../../core/task.ts";
import type { ConfigReader } from "./config-file.ts";
import type { Context } from "./context.ts";
import { entryOf, issueOfTip } from "./observe-ledger.ts";
import { followPages } from "./pages.ts";
import { knowledgeOf } from "./repositories.ts";

export async function openTasks(
  context: Context,
  configs: ConfigReader,
  repository: RepositoryRef,
): Promise<readonly number[]> {
  const wire = await context.wireTo(repository);
  const { owner, name } = repository;
  const { config, databaseId } = await knowledgeOf(context, configs, repository);
  const labels = SHOWN_STATES.filter(isOpenState).map((state) => `${config.prefix}:${state}`);
  const expected = { writerId: context.writer.id, repositoryId: databaseId };
  const [labelled, tips] = await Promise.all([
    followPages(wire, "labelled", null, { owner, name, labels, states: ["OPEN", "CLOSED"] }),
    followPages(wire, "ledgers", null, { owner, name, ledgers: LEDGER_PREFIX }),
  ]);
  const unfinished = tips.flatMap((tip) => {
    const record = recordOf(entryOf(tip.target), expected);
    return record === null || isOpenState(record.state) ? [issueOfTip(tip)] : [];
  });
  const numbers = [...labelled.map((issue) => issue.number), ...unfinished.filter((number) => number !== null)];
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/**
 * Tasks that something may be due for although nobody touched their threads: those that a run or a pull request stands for,
 * and those whose ledger somebody else moved.
 *
 * @param since GitHub's time; a ledger that cannot be read counts as moved
 */
export async function tasksInMotion(
  context: Context,
  configs: ConfigReader,
  repository: RepositoryRef,
  since: EpochMs,
): Promise<readonly number[]> {
  const wire = await context.wireTo(repository);
  const { owner, name } = repository;
  const { databaseId } = await knowledgeOf(context, configs, repository);
  const expected = { writerId: context.writer.id, repositoryId: databaseId };
  const tips = await followPages(wire, "ledgers", null, { owner, name, ledgers: LEDGER_PREFIX });
  const issues = tips.flatMap((tip) => {
    const issue = issueOfTip(tip);
    const record = recordOf(entryOf(tip.target), expected);
    const isMoving = record === null || record.state === "claimed" || record.state === "review" || record.at >= since;
    return issue !== null && isMoving ? [issue] : [];
  });
  return [...new Set(issues)].sort((a, b) => a - b);
}
