// People ask by moving the state label. Finds the request that the labels now on an issue express; whether it is
// granted is `decide`'s matter, and putting a wrong label right is a projection's.

import { shownName } from "./conditions.ts";
import { customStates } from "./flow.ts";
import { settingsOf, stateLabelsOf } from "./labels.ts";
import type { Account, Observation, ObservedEvent } from "./observation.ts";
import { standingOf } from "./people.ts";
import type { Refusal } from "./refusal.ts";
import type { MoveRequest } from "./request.ts";
import { SHOWN_STATES, type ShownState, type Task } from "./task.ts";

/** What a person's label edit asks for: a move, or something that no move can be. */
export type LabelRequest = { readonly event: ObservedEvent; readonly actor: Account } & (
  | { readonly request: MoveRequest }
  | { readonly refusal: Refusal }
);

/**
 * @param state the state whose label should be on the issue, or null when there is no task
 * @returns the newest edit by a person that explains why the labels differ from it, or null
 */
export function labelRequest(
  observation: Observation,
  task: Task | null,
  state: ShownState | null,
): LabelRequest | null {
  const shown = shownName(state, task, observation.config);
  const { config, issue, events, writer, repository } = observation;
  const present = stateLabelsOf(issue.labels, config.prefix);
  if (shown === null ? present.length === 0 : present.length === 1 && present[0] === shown) return null;
  const event = events.findLast(
    (candidate) =>
      (candidate.kind === "labeled" || candidate.kind === "unlabeled") &&
      candidate.subject !== null &&
      candidate.subject.startsWith(`${config.prefix}:`) &&
      candidate.actor !== null &&
      candidate.actor.id !== writer.id &&
      candidate.at >= repository.installedAt &&
      explains(candidate, present, shown, config.prefix),
  );
  if (event?.actor === null || event?.actor === undefined) return null;
  const cause = `label:${event.id}`;
  if (task?.causes.has(cause) === true) return null;
  return { event, actor: event.actor, ...asked(observation, task, event, event.actor, cause) };
}

/** An edit that is still visible: the label it put on is on and is not ours, or the one it took off was ours and is off. */
function explains(event: ObservedEvent, present: readonly string[], shown: string | null, prefix: string): boolean {
  const name = event.subject?.slice(prefix.length + 1) ?? "";
  return event.kind === "labeled" ? present.includes(name) && name !== shown : name === shown && present.length === 0;
}

function asked(
  observation: Observation,
  task: Task | null,
  event: ObservedEvent,
  account: Account,
  cause: string,
): { readonly request: MoveRequest } | { readonly refusal: Refusal } {
  const name = event.subject?.slice(observation.config.prefix.length + 1) ?? "";
  const actor = { id: account.id, login: account.login, kind: account.isBot ? ("app" as const) : ("user" as const) };
  const common = { actor, standing: standingOf(observation, account), cause, at: observation.now };
  if (event.kind === "unlabeled") {
    return { request: { ...common, move: "cancel", data: { reason: "the label was removed", close: false } } };
  }
  switch (name) {
    case "draft":
      return { request: { ...common, move: "draft", data: {} } };
    case "queued":
      return queueOrRelease(observation, task, common);
    case "blocked":
      return { request: { ...common, move: "hold", data: { reason: "held by its label" } } };
    case "cancelled":
      return { request: { ...common, move: "cancel", data: { reason: "cancelled by its label", close: false } } };
    default:
      return { refusal: refusalFor(name, task, customStates(observation.config)) };
  }
}

type Common = Pick<MoveRequest, "actor" | "standing" | "cause" | "at">;

function queueOrRelease(
  observation: Observation,
  task: Task | null,
  common: Common,
): { readonly request: MoveRequest } | { readonly refusal: Refusal } {
  if (task?.held) return { request: { ...common, move: "unhold", data: {} } };
  if (task?.state === "claimed") {
    return {
      request: { ...common, move: "release", data: { reason: "queued again by its label", infrastructure: false } },
    };
  }
  const settings = settingsOf(observation.issue.labels, observation.config, task?.settings ?? null);
  const { textDigest, title } = observation.issue;
  return {
    request: { ...common, move: "queue", data: { settings, digest: textDigest, title: title.slice(0, 1_000) } },
  };
}

function refusalFor(name: string, task: Task | null, stages: readonly string[]): Refusal {
  const known: readonly string[] = [...SHOWN_STATES, ...stages];
  if (!known.includes(name)) return { reason: "unknown-state", state: name, known };
  return { reason: "label-not-a-request", label: name, state: task?.state ?? "none" };
}
