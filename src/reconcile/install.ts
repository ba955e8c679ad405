// Brings an installation to where it should be: a board that lists its repositories, and an onboarding pull request for
// each that somebody ticked. Told of it twice, or installed again, it finds everything there and writes nothing.

import { type BoardChanges, boardsOf, changesOn } from "../core/board.ts";
import { notEntitled } from "../core/board-commands.ts";
import { boardEffects } from "../core/board-effects.ts";
import { allowanceOf, boxOf, homeOf, installBoardText, type Listed, listed, wantedOf } from "../core/install-board.ts";
import { ONBOARDING_BRANCH, ONBOARDING_FILES } from "../core/onboarding-files.ts";
import type { Effect, Hub, InstalledOn, RepositoryRef } from "../core/ports.ts";
import { boardAnswer, boardAnswerKey } from "../core/render-board-answer.ts";
import { ONBOARDING_TITLE, onboardingBody } from "../core/render-onboarding.ts";
import type { ObservedBoard, Survey } from "../core/survey.ts";
import type { EpochMs } from "../core/task.ts";
import type { Log } from "./reconcile.ts";

export interface InstallDeps {
  /** Null where the App is not, or no longer. */
  readonly hubFor: (repository: RepositoryRef) => Promise<Hub | null>;
  readonly log: Log;
}

export interface InstallReconciled {
  readonly lookAgainAt: EpochMs | null;
  readonly now: EpochMs | null;
}

const NOTHING: InstallReconciled = { lookAgainAt: null, now: null };
/** Ticks of one look whose authors are asked about. */
const TICKS_MAX = 300;

interface Found {
  readonly one: Listed;
  readonly hub: Hub;
  readonly survey: Survey;
}

export async function reconcileInstallation(deps: InstallDeps, installed: InstalledOn): Promise<InstallReconciled> {
  const home = homeOf(installed);
  const homeHub = home === null ? null : await deps.hubFor(home);
  if (home === null || homeHub === null) return NOTHING;
  const survey = await homeHub.survey(home);
  const [board] = boardsOf(survey.boards, "repositories");
  const changes = board === undefined ? null : changesOn(board, survey.writer.id);
  const found = await surveyAll(deps, installed, home, survey);
  const judged = await judge(found, changes, board ?? null);
  const all = found.map(({ one }) => one);
  const opened = await proposeWanted(deps, found, wantedOf(all, changes, judged.granted), survey.now);
  const text = installBoardText({ ...opened, seen: changes?.seen ?? null });
  const isWanted = all.some(({ standing }) => standing.is !== "ready");
  const { effects, lookAgainAt } = boardEffects(survey, { kind: "repositories", text, changes, isWanted });
  const due = [...judged.answers, ...effects];
  if (due.length > 0) await homeHub.apply(home, due);
  const times = [lookAgainAt, opened.waiting.length > 0 ? opened.nextAt : null].filter((at) => at !== null);
  return { lookAgainAt: times.length === 0 ? null : Math.min(...times), now: survey.now };
}

/** Archived repositories, which nobody can write to, are left out. */
async function surveyAll(
  { hubFor, log }: InstallDeps,
  { repositories }: InstalledOn,
  home: RepositoryRef,
  homeSurvey: Survey,
): Promise<readonly (Omit<Found, "hub" | "survey"> & { readonly hub: Hub | null; readonly survey: Survey | null })[]> {
  const found = [];
  for (const repository of repositories.toSorted((a, b) => a.name.localeCompare(b.name))) {
    const isHome = repository.owner === home.owner && repository.name === home.name;
    const hub = await hubFor(repository);
    if (hub === null) continue;
    try {
      const survey = isHome ? homeSurvey : await hub.survey(repository);
      if (!survey.isArchived) found.push({ one: listed(repository, survey), hub, survey });
    } catch (error) {
      log.warn({ repository: `${repository.owner}/${repository.name}`, error }, "a repository could not be surveyed");
      found.push({ one: listed(repository, null), hub, survey: null });
    }
  }
  return found;
}
type FoundAll = Awaited<ReturnType<typeof surveyAll>>;

interface Judged {
  /** Causes of ticks by people who may. */
  readonly granted: ReadonlySet<string>;
  readonly answers: readonly Effect[];
}

/** Whoever ticks a repository must be able to write to that repository, not only to the one that has the board. */
async function judge(found: FoundAll, changes: BoardChanges | null, board: ObservedBoard | null): Promise<Judged> {
  const granted = new Set<string>();
  const answers: Effect[] = [];
  const ticks = (changes?.changes ?? []).filter(({ isTicked }) => isTicked).slice(0, TICKS_MAX);
  for (const tick of ticks) {
    const target = found.find(({ one }) => boxOf(one) === tick.box);
    if (target === undefined || target.hub === null) continue;
    const standing = await target.hub.permissionOf(target.one, tick.by);
    const refusal = notEntitled(tick.by, standing, target.survey?.config.bots ?? []);
    if (refusal === null) granted.add(tick.cause);
    else if (board !== null && !board.said.includes(boardAnswerKey(tick.cause))) {
      const key = boardAnswerKey(tick.cause);
      const body = `${key}\n${boardAnswer(tick.by, `setting up ${target.one.name}`, refusal)}`;
      answers.push({ kind: "create-comment", issue: board.number, key, body });
    }
  }
  return { granted, answers };
}

async function proposeWanted(
  { log }: InstallDeps,
  found: FoundAll,
  wanted: readonly Listed[],
  now: EpochMs,
): Promise<{ readonly all: readonly Listed[]; readonly waiting: readonly Listed[]; readonly nextAt: EpochMs | null }> {
  let all = found.map(({ one }) => one);
  const waiting: Listed[] = [];
  for (const want of wanted) {
    const target = found.find(({ one }) => one === want);
    const { left } = allowanceOf(all, now);
    if (left === 0 || target === undefined || target.hub === null || target.survey === null) {
      waiting.push(want);
      continue;
    }
    const result = await propose(target.hub, want, target.survey);
    log.info({ repository: `${want.owner}/${want.name}`, ok: result !== null }, "onboarding was proposed");
    if (result === null) waiting.push(want);
    else {
      const proposed: Listed = { ...want, standing: { is: "proposed", pullRequest: result }, proposedAt: now };
      all = all.map((one) => (one === want ? proposed : one));
    }
  }
  const { left, nextAt } = allowanceOf(all, now);
  return { all, waiting, nextAt: waiting.length > 0 && left === 0 ? nextAt : null };
}

/** @returns the pull request's number, or null when GitHub would not have it: an empty repository, a rule */
async function propose(hub: Hub, repository: RepositoryRef, survey: Survey): Promise<number | null> {
  const { defaultBranch, defaultBranchSha } = survey.repository;
  if (defaultBranchSha === null) return null;
  const { url, config, hasWorkflow } = survey;
  const issues = await hub.openIssues(repository);
  const [result] = await hub.apply(repository, [
    {
      kind: "propose",
      branch: ONBOARDING_BRANCH,
      base: defaultBranch,
      baseSha: defaultBranchSha,
      message: ONBOARDING_TITLE,
      files: ONBOARDING_FILES,
      title: ONBOARDING_TITLE,
      body: onboardingBody({ url, defaultBranch, hasWorkflow, config, issues }),
    },
  ]);
  return result?.ok === true ? (result.id ?? null) : null;
}
