// Decides whether the work of a run may be published: takes its bundle apart, checks where it starts and what it changes.
// It pushes nothing.

import { rm } from "node:fs/promises";
import path from "node:path";
import type { Git } from "../adapters/git/git-process.ts";
import {
  BadBundle,
  bundleFacts,
  changesBetween,
  fetchPublished,
  isOnBase,
  mergeBase,
  type PublishedState,
  parentsOf,
  takeBundle,
} from "../adapters/git/publication.ts";
import type { Remote } from "../adapters/git/work-copy.ts";
import { taskBranch } from "../core/observation.ts";
import type { RunResult } from "../core/result.ts";
import type { Sha } from "../core/task.ts";
import { type Artifact, withoutWork } from "./artifact.ts";
import { type PolicyRules, refusalOf, violations } from "./publish-policy.ts";
import { secretsIn } from "./secret-patterns.ts";

/** What a branch may be called here: git allows more, but nothing that anybody needs. */
const BRANCH_NAME = /^[\w](?:[\w./+#@-]*[\w+#])?$/;

export interface Inspection {
  /** What the ledger is to be told: the run's own result, or a failure in its place. */
  readonly result: RunResult;
  /** The head to be staged, or null when there is nothing new to be pushed. */
  readonly push: Sha | null;
}

export interface InspectionParts {
  readonly git: Git;
  readonly remote: Remote;
  /** A repository that is made for this and nothing else. */
  readonly gitDir: string;
  readonly rules: PolicyRules;
}

export async function inspectChange(
  parts: InspectionParts,
  result: RunResult,
  bundle: Artifact["bundle"],
): Promise<Inspection> {
  const leaked = secretsIn(wordsOf(result), "", parts.rules.secrets);
  if (leaked.length > 0)
    return withheld(silenced(result), `The run's own words were not published: they seem to contain ${leaked[0]}.`);
  if (result.head === null) return { result, push: null };
  try {
    return await headIn(parts, result, result.head, bundle);
  } catch (error) {
    if (!(error instanceof BadBundle)) throw error;
    return withheld(result, `The change was not published: ${error.message}.`);
  }
}

/** All that a model could have written into the result. */
function wordsOf(result: RunResult): string {
  const { reason, summary, question, pullRequest, phases, verdict, tasks, report, progress } = result;
  return [
    reason,
    summary,
    question,
    pullRequest?.title,
    pullRequest?.body,
    verdict?.reason,
    JSON.stringify(tasks ?? null),
    report?.title,
    report?.text,
    progress?.plan,
    progress?.notes,
    ...phases.map((phase) => phase.summary),
  ].join("\n");
}

function silenced(result: RunResult): RunResult {
  const phases = result.phases.map((phase) => ({ ...phase, summary: "" }));
  return { ...result, summary: "", phases, verdict: null, tasks: null, report: null, progress: null };
}

function withheld(result: RunResult, reason: string): Inspection {
  return { result: withoutWork(result, reason), push: null };
}

async function headIn(
  parts: InspectionParts,
  result: RunResult,
  head: Sha,
  bundle: string | null,
): Promise<Inspection> {
  const { git, gitDir, remote } = parts;
  if (!BRANCH_NAME.test(result.base)) throw new BadBundle("its base is no name of a branch");
  await rm(gitDir, { recursive: true, force: true });
  const published = await fetchPublished(git, gitDir, remote, { base: result.base, task: taskBranch(result.issue) });
  if (!(await isOnBase(git, gitDir, remote, { branch: result.base, commit: result.baseSha }))) {
    throw new BadBundle(`it does not start from ${result.base}`);
  }
  // Work that an earlier attempt published is kept as it is: there is nothing to push.
  if (bundle === null) {
    if (head !== published.taskHead) throw new BadBundle("its head is neither in a bundle nor on the task's branch");
    return { result, push: null };
  }
  await takeOver(parts, bundle, { head, baseSha: result.baseSha, published });
  const from = await mergeBase(git, gitDir, result.baseSha, head);
  if (from === null) throw new BadBundle("it has no history in common with its base");
  const found = violations(await changesBetween(git, { gitDir, objects: null }, from, head), parts.rules);
  const refusal = refusalOf(found);
  return refusal === null ? { result, push: head } : withheld(result, refusal);
}

interface Expected {
  readonly head: Sha;
  readonly baseSha: Sha;
  readonly published: PublishedState;
}

/** One commit, on the base or on what the task's branch has: anything else was not made by the runner. */
async function takeOver({ git, gitDir }: InspectionParts, bundle: string, expected: Expected): Promise<void> {
  const facts = await bundleFacts(bundle);
  if (facts.head !== expected.head) throw new BadBundle("its bundle holds another head");
  await takeBundle(git, gitDir, path.resolve(bundle), facts);
  const parents = await parentsOf(git, gitDir, expected.head);
  const [parent] = parents;
  const known = [expected.baseSha, expected.published.taskHead];
  if (parents.length !== 1 || parent === undefined || !known.includes(parent)) {
    throw new BadBundle("it is not one commit on top of the base or of the task's branch");
  }
}
