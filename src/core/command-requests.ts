// People ask by commenting. Turns a command that was heard into a move request, a change of what tasks share, or a
// question; what comes of it is a reply, which a projection shows on the comment.

import { type GivenCommand, isGiven } from "./command.ts";
import type { Heard } from "./heard.ts";
import { settingsOf } from "./labels.ts";
import { HUMAN_LEASE_MS } from "./lease-times.ts";
import type { Account, Observation } from "./observation.ts";
import { standingOf } from "./people.ts";
import type { Refusal } from "./refusal.ts";
import type { MoveRequest } from "./request.ts";
import { headSeenAt, type Situation } from "./situation.ts";
import type { Sha, Task } from "./task.ts";
import { applySetting, defaultSettings } from "./task-settings.ts";

/** What a command amounts to. */
export type Meaning =
  | { readonly means: "move"; readonly request: MoveRequest }
  | { readonly means: "repository"; readonly change: "pause" | "resume"; readonly role: string | null }
  | { readonly means: "query"; readonly query: "status" }
  | { readonly means: "query"; readonly query: "help"; readonly about: string | null }
  | { readonly means: "refused"; readonly refusal: Refusal };

export function meaningOf(heard: Heard, observation: Observation, task: Task | null, situation: Situation): Meaning {
  const { parsed, author, cause } = heard;
  if (!isGiven(parsed)) return { means: "refused", refusal: parsed.problem };
  const common: Common = {
    actor: { id: author.id, login: author.login, kind: author.isBot ? "app" : "user" },
    standing: standingOf(observation, author),
    cause,
    at: observation.now,
  };
  return meaning(parsed, common, heard, observation, task, situation);
}

type Common = Pick<MoveRequest, "actor" | "standing" | "cause" | "at">;

function meaning(
  given: GivenCommand,
  common: Common,
  heard: Heard,
  observation: Observation,
  task: Task | null,
  situation: Situation,
): Meaning {
  switch (given.verb) {
    case "queue":
      return move(queueRequest(common, observation, task, null));
    case "breakdown":
      return move(queueRequest(common, observation, task, "breakdown"));
    case "claim":
      return move(humanClaim(common, heard.author, observation, task));
    case "release":
      return move({
        ...common,
        // In review, what holds the task is somebody's look at it.
        move: task?.state === "review" && task.lease !== null ? "recall" : "release",
        data: { reason: given.args.text, infrastructure: false },
      });
    case "accept":
      if (task?.state === "needs-human" && task.breakdown?.isApproved === false)
        return move({ ...common, move: "approve", data: {} });
      return accept(given.args.sha, common, heard, situation);
    case "reject":
      return move({ ...common, move: "reject", data: { reason: given.args.text, source: "reject" } });
    case "answer":
      return move({ ...common, move: "answer", data: { text: given.args.text } });
    case "hold":
      return move({ ...common, move: "hold", data: { reason: given.args.text } });
    case "unhold":
      return move({ ...common, move: "unhold", data: {} });
    case "cancel":
      return move({ ...common, move: "cancel", data: { reason: given.args.text, close: given.args.close } });
    case "set":
      return setting(given, common, observation, task);
    case "force":
      return move({ ...common, move: "force", data: { to: given.args.state, reason: given.args.text } });
    case "pause":
    case "resume":
      return { means: "repository", change: given.verb, role: given.args.role };
    case "status":
      return { means: "query", query: "status" };
    case "help":
      return { means: "query", query: "help", about: given.args.command };
  }
}

function move(request: MoveRequest): Meaning {
  return { means: "move", request };
}

function queueRequest(common: Common, observation: Observation, task: Task | null, role: string | null): MoveRequest {
  const { issue, config } = observation;
  const chosen = settingsOf(issue.labels, config, task?.settings ?? null);
  const settings = role === null ? chosen : { ...chosen, role };
  return { ...common, move: "queue", data: { settings, digest: issue.textDigest, title: issue.title.slice(0, 1_000) } };
}

function humanClaim(common: Common, author: Account, observation: Observation, task: Task | null): MoveRequest {
  return {
    ...common,
    move: "claim",
    data: {
      attempt: (task?.counters.attempts ?? 0) + 1,
      host: "human",
      role: task?.settings.role ?? "implement",
      phases: task?.settings.phases ?? observation.config.phases,
      holder: { id: author.id, login: author.login, kind: "user" },
      leaseMs: HUMAN_LEASE_MS,
      reserved: 0,
      digest: observation.issue.textDigest,
    },
  };
}

/** A bare accept means the head whose push came before the comment; `--sha` names it. */
function accept(sha: string | null, common: Common, heard: Heard, { pullRequest }: Situation): Meaning {
  // What an edit or a tick asks for was written when the comment was last touched.
  const writtenAt = heard.by === "comment" ? heard.comment.createdAt : heard.comment.updatedAt;
  const visible = pullRequest === null ? null : headSeenAt(pullRequest, writtenAt);
  // A head that nobody could see equals none, so the guard refuses it, after state and permission have had their say.
  const head: Sha = (sha === null ? visible : named(sha, pullRequest?.head ?? null)) ?? "";
  return move({ ...common, move: "accept", data: { head } });
}

function named(prefix: string, head: Sha | null): Sha | null {
  return head?.startsWith(prefix) === true ? head : null;
}

function setting(
  given: Extract<GivenCommand, { verb: "set" }>,
  common: Common,
  observation: Observation,
  task: Task | null,
): Meaning {
  const before = task?.settings ?? defaultSettings(observation.config);
  const changed = applySetting(before, given.args, observation.config);
  if ("problem" in changed) return { means: "refused", refusal: changed.problem };
  const text = `${given.args.setting} set to ${String(given.args.value)}`;
  return move({ ...common, move: "note", data: { text, settings: changed.settings } });
}
