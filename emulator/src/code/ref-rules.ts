// Which ref moves GitHub refuses, beyond stale old values: protected branches, read-only namespaces, non-fast-forwards,
// workflow files. Decides; moves nothing.
import { ancestorsOf, isAncestor, walk } from "../git/history.ts";
import { type Commit, type Sha, ZERO_SHA } from "../git/objects.ts";
import type { AppliedRefChange, RefRefusal } from "../git/refs.ts";
import type { GitRepository } from "../git/repository.ts";
import type { Repository } from "../world/repositories.ts";
import type { Rule } from "../world/rulesets.ts";
import type { Mover } from "./mover.ts";
import { rulesFor } from "./rulesets.ts";
import { newWorkflowChange } from "./workflow-files.ts";

export type MoveRefusal =
  | RefRefusal
  | { readonly reason: "not-fast-forward"; readonly name: string }
  | { readonly reason: "hidden"; readonly name: string }
  | { readonly reason: "overtaken"; readonly name: string }
  | { readonly reason: "default-branch"; readonly name: string }
  | { readonly reason: "not-a-commit"; readonly name: string }
  | { readonly reason: "protected"; readonly name: string; readonly message: string }
  | { readonly reason: "rule"; readonly name: string; readonly message: string }
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
  /** Commits that GitHub signed. */
  readonly signed: ReadonlySet<Sha>;
}

const BRANCHES = "refs/heads/";

export function branchName(ref: string): string | null {
  return ref.startsWith(BRANCHES) ? ref.slice(BRANCHES.length) : null;
}

function protectionRefusal(setting: RuleSetting, change: AppliedRefChange, forced: boolean): string | null {
  const branch = branchName(change.name);
  const rule = branch === null ? null : (setting.repository.protections.get(branch) ?? null);
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

/** What a ruleset says against one kind of change; null = nothing. */
async function ruleAgainst(
  setting: RuleSetting,
  rule: Rule,
  change: AppliedRefChange,
  forced: boolean,
): Promise<string | null> {
  const isNew = change.before === ZERO_SHA;
  const isGone = change.after === ZERO_SHA;
  const isUpdate = !isNew && !isGone;
  switch (rule.type) {
    case "creation":
      return isNew ? "Cannot create ref due to creations being restricted." : null;
    case "update":
      return isUpdate ? "Cannot update this protected ref." : null;
    case "deletion":
      return isGone ? "Cannot delete this protected ref." : null;
    case "non_fast_forward":
      return forced ? "Cannot force-push to this branch" : null;
    case "pull_request":
      return isUpdate && !setting.rulesSatisfied ? "Changes must be made through a pull request." : null;
    case "required_status_checks":
      return isUpdate && !setting.rulesSatisfied ? "Required status checks are expected." : null;
    case "required_signatures":
      return (await everyNewCommit(setting, change, (commit) => setting.signed.has(commit.sha)))
        ? null
        : "Commits must have verified signatures.";
    case "required_linear_history":
      return (await everyNewCommit(setting, change, (commit) => commit.parents.length < 2))
        ? null
        : "This branch must not contain merge commits.";
  }
}

async function everyNewCommit(
  setting: RuleSetting,
  change: AppliedRefChange,
  test: (commit: Commit) => boolean,
): Promise<boolean> {
  if (change.after === ZERO_SHA) return true;
  const { objects, refs } = setting.git;
  // What is on some branch already was let in by that branch's rules.
  const known = await ancestorsOf(
    objects,
    refs.list("refs/heads/").map((ref) => ref.sha),
  );
  for await (const commit of walk(objects, [change.after], known)) if (!test(commit)) return false;
  return true;
}

async function rulesetRefusal(setting: RuleSetting, change: AppliedRefChange, forced: boolean): Promise<string | null> {
  for (const rule of rulesFor(setting.repository, change.name, setting.mover)) {
    const message = await ruleAgainst(setting, rule, change, forced);
    if (message !== null) return message;
  }
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
  if (setting.mover.isUnbound) return null;
  const message = protectionRefusal(setting, change, forced);
  if (message !== null) return { reason: "protected", name, message };
  const violation = await rulesetRefusal(setting, change, forced);
  return violation === null ? null : { reason: "rule", name, message: violation };
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
    case "rule":
      return "push declined due to repository rule violations";
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
