// What the gestures on a dashboard ask for: ticked boxes, and closing or reopening it. Whether it is granted depends on
// who asks; that is judged by whoever knows permissions.

import type { BoxChange } from "./board.ts";
import { settingsOf } from "./labels.ts";
import type { Account, Observation } from "./observation.ts";
import type { RepositoryChange } from "./plan.ts";
import type { Refusal } from "./refusal.ts";
import type { RepositoryState } from "./repository.ts";
import type { MoveRequest, Standing } from "./request.ts";
import type { ObservedBoard, Survey } from "./survey.ts";
import type { Task } from "./task.ts";

export type BoardCommand = { readonly by: Account; readonly cause: string } & (
  | { readonly does: "repository"; readonly change: RepositoryChange["change"]; readonly role: string | null }
  | { readonly does: "task"; readonly verb: "retry" | "cancel"; readonly issue: number }
);

const TASK_BOX = /^(retry|cancel)\/([1-9]\d{0,9})$/;
const ROLE_BOX = /^resume-role\/([a-z][a-z0-9-]{0,49})$/;

/** @returns commands that were not obeyed before, in the order in which they were given */
export function commandsOf(
  board: ObservedBoard,
  changes: readonly BoxChange[],
  survey: Survey,
): readonly BoardCommand[] {
  const ticked = changes.filter(({ isTicked }) => isTicked).flatMap((change) => boxCommand(change) ?? []);
  return [...ticked, ...stateCommands(board, survey)].filter(({ cause }) => !survey.recentCauses.has(cause));
}

function boxCommand({ box, by, cause }: BoxChange): BoardCommand | null {
  if (box === "pause" || box === "resume") return { does: "repository", change: box, role: null, by, cause };
  const role = ROLE_BOX.exec(box)?.[1];
  if (role !== undefined) return { does: "repository", change: "resume", role, by, cause };
  const [, verb, issue] = TASK_BOX.exec(box) ?? [];
  return verb === "retry" || verb === "cancel" ? { does: "task", verb, issue: Number(issue), by, cause } : null;
}

/** The newest closing or reopening by a person, if it still shows. */
function stateCommands(board: ObservedBoard, { writer, repositoryLedger }: Survey): readonly BoardCommand[] {
  const event = board.events.at(-1);
  if (event?.actor === undefined || event.actor === null || event.actor.id === writer.id) return [];
  if ((event.kind === "closed") === board.isOpen) return [];
  const change = board.isOpen ? "resume" : "pause";
  // A pause that came after the reopening was meant.
  const paused = "state" in repositoryLedger ? repositoryLedger.state.paused : null;
  if (change === "resume" && paused !== null && paused.at > event.at) return [];
  return [{ does: "repository", change, role: null, by: event.actor, cause: `issue:${event.id}` }];
}

/** @returns true when what is asked for is already so */
export function isSoAlready(
  { change, role }: Pick<RepositoryChange, "change" | "role">,
  state: RepositoryState,
): boolean {
  const isPaused = role === null ? state.paused !== null : state.pausedRoles.includes(role);
  return isPaused === (change === "pause");
}

const CAN_WRITE: ReadonlySet<Standing> = new Set(["write", "maintain", "admin"]);

/** Everything on a dashboard needs write. @returns why this account may not, or null */
export function notEntitled(by: Account, standing: Standing, bots: readonly number[]): Refusal | null {
  if (standing === "unknown") return { reason: "permission-unknown" };
  if (by.isBot && !bots.includes(by.id)) return { reason: "bot-not-allowed" };
  return CAN_WRITE.has(standing) ? null : { reason: "not-permitted", needs: ["write"], has: standing };
}

/** The move that a task's box stands for. */
export function boxRequest(
  { verb, by, cause }: Extract<BoardCommand, { does: "task" }>,
  observation: Observation,
  task: Task | null,
  standing: Standing,
): MoveRequest {
  const { issue, config, now } = observation;
  const actor = { id: by.id, login: by.login, kind: by.isBot ? ("app" as const) : ("user" as const) };
  const common = { actor, standing, cause, at: now };
  if (verb === "cancel") {
    return { ...common, move: "cancel", data: { reason: "abandoned on the dashboard", close: false } };
  }
  const settings = settingsOf(issue.labels, config, task?.settings ?? null);
  return { ...common, move: "queue", data: { settings, digest: issue.textDigest, title: issue.title.slice(0, 1_000) } };
}
