// Which ref moves GitHub refuses, beyond stale old values: protected branches, read-only namespaces, non-fast-forwards,
// workflow files. Decides; moves nothing.
import { isAncestor } from "../git/history.ts";
import { ZERO_SHA } from "../git/objects.ts";
import type { AppliedRefChange, RefRefusal } from "../git/refs.ts";
import type { GitRepository } from "../git/repository.ts";
import type { BranchProtection, Repository } from "../world/repositories.ts";
import type { Mover } from "./mover.ts";
import { newWorkflowChange } from "./workflow-files.ts";

export type MoveRefusal =
  | RefRefusal
  | { readonly reason: "not-fast-forward"; readonly name: string }
  | { readonly reason: "hidden"; readonly name: string }
  | { readonly reason: "default-branch"; readonly name: string }
  | { readonly reason: "not-a-commit"; readonly name: string }
  | { readonly reason: "protected"; readonly name: string; readonly message: string }
  | { readonly reason: "workflow-file"; readonly name: string; readonly message: string };

export interface RefMove {
  readonly name: string;
  readonly before?: string;
  readonly after: string;
  /** Allows moves that are not fast-forwards. */
  readonly force: boolean;
}

export interface RuleSetting {
  readonly repository: Repository;
  readonly git: GitRepository;
  readonly mover: Mover;
  /** A merge that satisfied the branch's rules already. */
  readonly rulesSatisfied: boolean;
}

const BRANCHES = "refs/heads/";

export function branchName(ref: string): string | null {
  return ref.startsWith(BRANCHES) ? ref.slice(BRANCHES.length) : null;
}

export function protectionOf(repository: Repository, branch: string): BranchProtection | null {
  return repository.protections.get(branch) ?? null;
}

function protectionRefusal(setting: RuleSetting, change: AppliedRefChange, forced: boolean): string | null {
  const branch = branchName(change.name);
  const rule = branch === null ? null : protectionOf(setting.repository, branch);
  if (rule === null || change.before === ZERO_SHA) return null;
  const isAdmin = setting.mover.role === "admin" && !rule.enforceAdmins;
  if (change.after === ZERO_SHA) return rule.allowDeletions ? null : "Cannot delete a protected branch";
  if (forced && !rule.allowForcePushes) return "Cannot force-push to a protected branch";
  if (setting.rulesSatisfied || isAdmin) return null;
  if (rule.requiredApprovals > 0) return "Changes must be made through a pull request.";
  const checks = rule.requiredChecks ?? [];
  if (checks.length > 0) return `Required status check "${checks[0]}" is expected.`;
  const login = setting.mover.actor.account.login;
  if (rule.pushLogins !== null && !rule.pushLogins.includes(login))
    return "You're not authorized to push to this branch.";
  return null;
}

async function refusalOf(setting: RuleSetting, move: RefMove, change: AppliedRefChange): Promise<MoveRefusal | null> {
  const { name } = move;
  const { git, repository } = setting;
  const branch = branchName(name);
  if (change.after === ZERO_SHA) {
    if (branch !== null && branch === repository.defaultBranch) return { reason: "default-branch", name };
  } else if (branch !== null && (await git.objects.readCommit(change.after)) === null) {
    return { reason: "not-a-commit", name };
  }
  const moves = change.before !== ZERO_SHA && change.after !== ZERO_SHA;
  const forced = moves && !(await isAncestor(git.objects, change.before, change.after));
  if (forced && !move.force) return { reason: "not-fast-forward", name };
  const message = protectionRefusal(setting, change, forced);
  return message === null ? null : { reason: "protected", name, message };
}

/** The first reason why these moves must not happen together, or null. */
export async function firstMoveRefusal(
  setting: RuleSetting,
  moves: readonly RefMove[],
  changes: readonly AppliedRefChange[],
): Promise<MoveRefusal | null> {
  for (const [index, move] of moves.entries()) {
    const change = changes[index];
    if (change === undefined || change.before === change.after) continue;
    const refusal = await refusalOf(setting, move, change);
    if (refusal !== null) return refusal;
  }
  if (setting.mover.mayWriteWorkflows) return null;
  for (const { name, after } of moves) {
    const path = after === ZERO_SHA ? null : await newWorkflowChange(setting.git, [after]);
    if (path !== null) return { reason: "workflow-file", name, message: workflowRefusal(setting.mover, path) };
  }
  return null;
}

export function workflowRefusal(mover: Mover, path: string): string {
  const missing = mover.kind === "GitHub App" ? "`workflows` permission" : "`workflow` scope";
  const who = mover.kind === "OAuth App" ? `an ${mover.kind}` : `a ${mover.kind}`;
  return `refusing to allow ${who} to create or update workflow \`${path}\` without ${missing}`;
}

/** GitHub's words for a refusal, as git shows them behind `! [remote rejected]`. */
export function pushReason(refusal: MoveRefusal): string {
  switch (refusal.reason) {
    case "stale":
      return "fetch first";
    case "not-fast-forward":
      return "non-fast-forward";
    case "hidden":
      return "deny updating a hidden ref";
    case "default-branch":
      return `refusing to delete the current branch: ${refusal.name}`;
    case "protected":
      return "protected branch hook declined";
    case "workflow-file":
      return refusal.message;
    case "bad-name":
      return "funny refname";
    case "missing-object":
    case "not-a-commit":
      return "missing necessary objects";
    default:
      return "failed to update ref";
  }
}
