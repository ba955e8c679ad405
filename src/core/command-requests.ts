// People ask by commenting. Turns the commands of the comments that nobody has answered yet into move requests,
// in the order in which they were written; what comes of each is a reply, which a projection shows on the comment.

import { type GivenCommand, isGiven, type ParsedCommand } from "./command.ts";
import { parseCommands } from "./command-parser.ts";
import { settingsOf } from "./labels.ts";
import type { Account, Observation, ObservedComment } from "./observation.ts";
import { standingOf } from "./people.ts";
import { PHASE_OPTIONS, type PhaseOption, phasePlanOf, withOptions } from "./phases.ts";
import type { Refusal } from "./refusal.ts";
import type { MoveRequest } from "./request.ts";
import { headSeenAt, type Situation } from "./situation.ts";
import type { Sha, Task } from "./task.ts";
import { applySetting, defaultSettings } from "./task-settings.ts";

/** One command that waits for an answer. */
export interface Heard {
  readonly cause: string;
  readonly comment: ObservedComment;
  readonly author: Account;
  readonly parsed: ParsedCommand;
}

/** Unanswered comments that one look goes through at the most; the rest wait for the next look. */
const COMMENTS_MAX = 50;

const FINAL_REACTIONS: ReadonlySet<string> = new Set(["rocket", "+1", "confused"]);

/** A comment counts while its author is its last editor, it is not ours, and it has no final reaction of ours. */
function isPending(comment: ObservedComment, { writer, repository }: Observation): boolean {
  const { author, editor } = comment;
  if (author === null || author.id === writer.id || comment.createdAt < repository.installedAt) return false;
  if (editor !== null && editor.id !== author.id) return false;
  return !comment.reactions.some((reaction) => FINAL_REACTIONS.has(reaction));
}

/** @param mention the app's name as people mention it, without `@` */
export function heardCommands(observation: Observation, mention: string): readonly Heard[] {
  return observation.comments
    .filter((comment) => isPending(comment, observation))
    .toSorted((a, b) => a.id - b.id)
    .slice(0, COMMENTS_MAX)
    .flatMap((comment) => {
      const { author } = comment;
      if (author === null) return [];
      return parseCommands(comment.body, mention).map((parsed) => {
        const cause = `comment:${comment.id}/${comment.bodyDigest}/${parsed.index}`;
        return { cause, comment, author, parsed };
      });
    });
}

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
      return move(
        queueRequest(common, observation, task, {
          role: null,
          options: PHASE_OPTIONS.filter((option) => given.args[option]),
        }),
      );
    case "breakdown":
      return move(queueRequest(common, observation, task, { role: "breakdown", options: [] }));
    case "claim":
      return move(humanClaim(common, heard.author, observation, task));
    case "release":
      return move({ ...common, move: "release", data: { reason: given.args.text, infrastructure: false } });
    case "accept":
      return approvesPlan(task)
        ? move({ ...common, move: "approve-plan", data: { digest: planSeen(task, heard) } })
        : accept(given.args.sha, common, heard, situation);
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

/** A person's claim lasts this long after the last push or comment. */
const HUMAN_LEASE_MS = 7 * 24 * 3_600_000;

interface Chosen {
  readonly role: string | null;
  readonly options: readonly PhaseOption[];
}

function queueRequest(
  common: Common,
  observation: Observation,
  task: Task | null,
  { role, options }: Chosen,
): MoveRequest {
  const { issue, config } = observation;
  const chosen = settingsOf(issue.labels, config, task?.settings ?? null);
  const named = role === null ? chosen : { ...chosen, role };
  const written = phasePlanOf(named.phases)?.options ?? [];
  const settings =
    options.length === 0 ? named : { ...named, phases: withOptions(named.phases, [...written, ...options]) };
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

function approvesPlan(task: Task | null): task is Task {
  return (
    task?.state === "needs-human" && task.plan !== null && task.plan.approvedBy === null && task.plan.digest !== null
  );
}

/** What its author could read: a plan that was written after the comment is another one, and no digest. */
function planSeen({ plan }: Task, { comment }: Heard): string {
  return plan !== null && plan.at <= comment.createdAt ? (plan.digest ?? NO_DIGEST) : NO_DIGEST;
}

const NO_DIGEST = "0".repeat(64);

/** A bare accept means the head whose push came before the comment; `--sha` names it. */
function accept(sha: string | null, common: Common, heard: Heard, { pullRequest }: Situation): Meaning {
  const visible = pullRequest === null ? null : headSeenAt(pullRequest, heard.comment.createdAt);
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
