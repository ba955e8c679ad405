// What a mutation is, and the rights that mutations share.
import { refusalFor } from "../../http/context.ts";
import type { Role } from "../../world/accounts.ts";
import { roleAtLeast } from "../../world/accounts.ts";
import { type Need, roleOf } from "../../world/caller.ts";
import type { Authored, Issue } from "../../world/issues.ts";
import type { Repository } from "../../world/repositories.ts";
import { repositoryOf } from "../../world/world.ts";
import type { Gql } from "../gql.ts";
import { forbidden, unprocessable } from "../refusal.ts";
import type { Args, View } from "../view.ts";

/** Answers the fields of its payload; `clientMutationId` is added by the root. */
export type Mutation = (g: Gql, input: Args) => View | Promise<View>;
export type Mutations = Readonly<Record<string, Mutation>>;

export const WRITE_CONTENTS: Need = { permission: "contents", level: "write", role: "write" };

export function writeIssues(role: Role): Need {
  return { permission: "issues", level: "write", role };
}

export function writePulls(role: Role): Need {
  return { permission: "pull_requests", level: "write", role };
}

/** Issues need `issues`; pull requests take either permission. */
export function writeConversation(issue: Issue, role: Role): Need {
  return { permission: issue.isPull ? ["pull_requests", "issues"] : "issues", level: "write", role };
}

/** People are told who lacks what; apps only that they lack it. */
export function needToWrite(g: Gql, repository: Repository, need: Need, field: string): void {
  const refusal = refusalFor(g.hub, g.caller, repository, need);
  if (refusal === null) {
    if (repository.archived) throw unprocessable("Repository was archived so is read-only.");
    return;
  }
  if (g.caller.kind === "user")
    throw forbidden(`${g.viewer.login} does not have the correct permissions to execute \`${field}\``);
  throw refusal;
}

/** Authors may change what is theirs; others need write. Apps with the permission may change all. */
export function needOwnOrWrite(
  g: Gql,
  thing: Authored & { readonly repositoryId: number },
  need: Need,
  field: string,
): void {
  const repository = repositoryOf(g.hub.world, thing);
  needToWrite(g, repository, need, field);
  if (thing.authorId === g.viewer.id || g.actor.through === "installation" || g.actor.through === "job") return;
  if (roleAtLeast(roleOf(g.hub.world, g.viewer, repository), "write")) return;
  throw forbidden(`${g.viewer.login} does not have the correct permissions to execute \`${field}\``);
}

export function checkLength(g: Gql, body: string): void {
  if ([...body].length > g.hub.limits.bodyCharsMax)
    throw unprocessable(`Body is too long (maximum is ${g.hub.limits.bodyCharsMax} characters)`);
}
