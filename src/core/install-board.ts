// The board of an installation: which repositories it may be used on. A ticked box asks for an onboarding pull request;
// it stays ticked until there is one, because only ten are opened in an hour.

import { type BoardChanges, boardKeyLine, boxLine } from "./board.ts";
import type { InstalledOn, RepositoryRef } from "./ports.ts";
import { time } from "./render-format.ts";
import { safeCode } from "./safe-text.ts";
import type { ObservedProposal, Survey } from "./survey.ts";
import type { EpochMs } from "./task.ts";

/** Onboarding pull requests that are opened in an hour, over an installation. */
export const PROPOSALS_PER_HOUR = 10;
const HOUR_MS = 3_600_000;
/** Repositories that one board lists: a line is at most about 200 of GitHub's 65,536 characters. */
export const LISTED_MAX = 250;
const NAME_CHARS_MAX = 150;

export type Standing =
  /** It has its config. */
  | { readonly is: "ready" }
  | { readonly is: "proposed"; readonly pullRequest: number }
  /** Its pull request was closed without being merged. */
  | { readonly is: "declined"; readonly pullRequest: number }
  | { readonly is: "untouched" }
  /** It could not be read. */
  | { readonly is: "unknown" };

export interface Listed extends RepositoryRef {
  readonly standing: Standing;
  /** When its onboarding pull request was opened, if ever. */
  readonly proposedAt: EpochMs | null;
}

/** @returns where the board of an installation lives: the owner's `.github`, else the only repository, else the oldest */
export function homeOf({ repositories }: InstalledOn): RepositoryRef | null {
  const shared = repositories.find(({ name }) => name.toLowerCase() === ".github");
  return shared ?? repositories.toSorted((a, b) => a.id - b.id)[0] ?? null;
}

export function standingOf(survey: Pick<Survey, "hasConfig" | "proposal">): Standing {
  if (survey.hasConfig) return { is: "ready" };
  const { proposal } = survey;
  if (proposal === null) return { is: "untouched" };
  // Merged, and the file taken away again: it may be set up anew.
  if (proposal.isMerged) return { is: "untouched" };
  return { is: proposal.isOpen ? "proposed" : "declined", pullRequest: proposal.number };
}

export function listed(repository: RepositoryRef, survey: Pick<Survey, "hasConfig" | "proposal"> | null): Listed {
  const { owner, name } = repository;
  const proposal: ObservedProposal | null = survey?.proposal ?? null;
  const standing: Standing = survey === null ? { is: "unknown" } : standingOf(survey);
  return { owner, name, standing, proposedAt: proposal?.createdAt ?? null };
}

/** The box of a repository. */
export function boxOf({ owner, name }: RepositoryRef): string {
  return `onboard/${owner}/${name}`;
}

function isOpenToOnboarding({ standing }: Listed): boolean {
  return standing.is === "untouched" || standing.is === "declined" || standing.is === "unknown";
}

/**
 * Repositories that people want set up: those ticked when we wrote last and not unticked since, and those newly ticked by
 * somebody who may.
 *
 * @param granted causes of ticks whose author may write to that repository
 */
export function wantedOf(
  all: readonly Listed[],
  changes: BoardChanges | null,
  granted: ReadonlySet<string>,
): readonly Listed[] {
  if (changes === null) return [];
  const wanted = new Set(changes.ours);
  for (const { box, isTicked, cause } of changes.changes) {
    if (!isTicked) wanted.delete(box);
    else if (granted.has(cause)) wanted.add(box);
  }
  return all.filter((one) => isOpenToOnboarding(one) && wanted.has(boxOf(one)));
}

/** @returns how many pull requests may be opened now, and when the next one may */
export function allowanceOf(all: readonly Listed[], now: EpochMs): { readonly left: number; readonly nextAt: EpochMs } {
  const lately = all
    .flatMap(({ proposedAt }) => (proposedAt !== null && now - proposedAt < HOUR_MS ? [proposedAt] : []))
    .toSorted((a, b) => a - b);
  const left = Math.max(PROPOSALS_PER_HOUR - lately.length, 0);
  return { left, nextAt: (lately[0] ?? now) + HOUR_MS };
}

export interface BoardFacts {
  readonly all: readonly Listed[];
  /** Wanted ones that have no pull request yet. */
  readonly waiting: readonly Listed[];
  /** When the next pull request may be opened, if that is what they wait for. */
  readonly nextAt: EpochMs | null;
  readonly seen: string | null;
}

/** What the board says. */
export function installBoardText({ all, waiting, nextAt, seen }: BoardFacts): string {
  const wanted = new Set(waiting.map(boxOf));
  const open = all.filter(isOpenToOnboarding);
  const shown = open.slice(0, LISTED_MAX);
  const set = all.filter(({ standing }) => standing.is === "ready" || standing.is === "proposed");
  return [
    boardKeyLine("repositories", seen),
    "Tick a repository to get a pull request that sets it up. Nothing runs before that is merged and a person has added the workflow it links to.",
    "",
    ...(nextAt === null || waiting.length === 0
      ? []
      : [`At most ${PROPOSALS_PER_HOUR} are opened in an hour; the next one at ${time(nextAt)}.`, ""]),
    ...shown.map((one) => boxLine(boxOf(one), `${nameOf(one)}${remark(one)}`, wanted.has(boxOf(one)))),
    ...(open.length > shown.length ? [`- and ${open.length - shown.length} more, listed as these are set up`] : []),
    ...(set.length === 0 ? [] : ["", "### Set up", "", ...set.slice(0, LISTED_MAX).map(setUpLine)]),
  ].join("\n");
}

function nameOf({ owner, name }: RepositoryRef): string {
  return safeCode(`${owner}/${name}`, NAME_CHARS_MAX);
}

function remark({ owner, name, standing }: Listed): string {
  if (standing.is === "declined") return ` (${owner}/${name}#${standing.pullRequest} was closed)`;
  return standing.is === "unknown" ? " (cannot be read now)" : "";
}

function setUpLine({ owner, name, standing }: Listed): string {
  return standing.is === "proposed"
    ? `- ${nameOf({ owner, name })}: ${owner}/${name}#${standing.pullRequest} waits to be merged`
    : `- ${nameOf({ owner, name })}`;
}
