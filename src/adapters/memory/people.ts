// Levers for tests: what people, their machines and GitHub Actions do on the pretended GitHub. Everything that is done
// here shows in the world's history under the name of whoever did it.

import type { Account, ObservedCheck, ObservedReview, Permission } from "../../core/observation.ts";
import type { RepositoryRef } from "../../core/ports.ts";
import type { Sha } from "../../core/task.ts";
import { commitId } from "./ids.ts";
import * as issues from "./issues.ts";
import { mergePullRequest, type NewPullRequest, openPullRequest, review } from "./pull-requests.ts";
import { setRef } from "./refs.ts";
import { type MemoryCommit, type MemoryPullRequest, type MemoryRepository, withEntry, withoutEntry } from "./state.ts";
import type { Change, MemoryWorld } from "./world.ts";

export interface Push {
  readonly message?: string;
  readonly touchesWorkflows?: boolean;
  /** Parent of the new commit; the ref's present tip when not given, no parent when null. */
  readonly parent?: Sha | null;
}

/** @returns levers on one repository of the world */
export function peopleOf(world: MemoryWorld, ref: RepositoryRef) {
  const act = (by: Account, make: (state: MemoryRepository, one: issues.Act) => Change) => world.act(ref, by, make);
  const onIssue = (
    by: Account,
    issue: number,
    what: string,
    detail: string,
    change: (state: MemoryRepository, one: issues.Act) => MemoryRepository,
  ) => act(by, (state, one) => ({ state: change(state, one), issue, what, detail }));
  const setup = (what: string, change: (state: MemoryRepository) => MemoryRepository) =>
    act(world.account("owner"), (state) => ({ state: change(state), what }));

  return {
    state: () => world.stateOf(ref),
    refOf: (name: string): Sha | null => world.stateOf(ref).refs.get(name) ?? null,

    setRole: (account: Account, role: Permission) =>
      setup("role-set", (state) => ({ ...state, roles: withEntry(state.roles, account.id, { account, role }) })),
    setConfig: (configSource: unknown) => setup("config-set", (state) => ({ ...state, configSource })),
    requireChecks: (names: readonly string[]) =>
      setup("checks-required", (state) => ({ ...state, requiredChecks: names })),
    setBlockers: (number: number, blockers: readonly string[]) =>
      setup("blockers-set", (state) => issues.putIssue(state, { ...issues.issueOf(state, number), blockers })),
    setMergeQueue: (hasMergeQueue: boolean) => setup("merge-queue-set", (state) => ({ ...state, hasMergeQueue })),
    changePull: (
      number: number,
      change: Partial<Pick<MemoryPullRequest, "isBehind" | "isInMergeQueue" | "dropped" | "baseRef" | "isDraft">>,
    ) =>
      setup("pull-request-changed", (state) => {
        const pull = state.pullRequests.get(number);
        if (pull === undefined) throw new Error(`there is no pull request ${number}`);
        return { ...state, pullRequests: withEntry(state.pullRequests, number, { ...pull, ...change }) };
      }),
    setConflict: (number: number, hasConflict: boolean) =>
      setup("conflict-set", (state) => {
        const pull = state.pullRequests.get(number);
        if (pull === undefined) throw new Error(`there is no pull request ${number}`);
        return { ...state, pullRequests: withEntry(state.pullRequests, number, { ...pull, hasConflict }) };
      }),

    openIssue(by: Account, text: { readonly title: string; readonly body: string }): number {
      const number = world.stateOf(ref).nextNumber;
      onIssue(by, number, "issue-opened", text.title, (state, one) =>
        issues.openIssue(state, { ...text, isPullRequest: false }, one),
      );
      return number;
    },
    editIssue: (by: Account, number: number, text: { readonly title?: string; readonly body?: string }) =>
      onIssue(by, number, "issue-edited", "", (state) =>
        issues.putIssue(state, { ...issues.issueOf(state, number), ...text, editor: by }),
      ),
    deleteIssue: (by: Account, number: number) =>
      onIssue(by, number, "issue-deleted", "", (state) => ({ ...state, issues: withoutEntry(state.issues, number) })),
    addLabel: (by: Account, number: number, label: string) =>
      onIssue(by, number, "labels-added", label, (state, one) => issues.addLabel(state, number, label, one)),
    removeLabel: (by: Account, number: number, label: string) =>
      onIssue(by, number, "labels-removed", label, (state, one) => issues.removeLabel(state, number, label, one)),
    assign: (by: Account, number: number, whom: Account) =>
      onIssue(by, number, "assigned", whom.login, (state, one) => issues.assign(state, number, whom, one)),
    unassign: (by: Account, number: number, whom: Account) =>
      onIssue(by, number, "unassigned", whom.login, (state, one) => issues.unassign(state, number, whom, one)),
    close: (by: Account, number: number, reason: "completed" | "not_planned" = "completed") =>
      onIssue(by, number, "closed", reason, (state, one) => issues.close(state, number, reason, one)),
    reopen: (by: Account, number: number) =>
      onIssue(by, number, "reopened", "", (state, one) => issues.reopen(state, number, one)),

    /** @returns the comment's id */
    comment: (by: Account, on: number, body: string): number =>
      onIssue(by, on, "comment-created", body, (state, one) => issues.comment(state, on, body, one)),
    editComment: (by: Account, id: number, body: string) =>
      act(by, (state, one) => {
        const found = commentOf(state, id);
        return { state: issues.editComment(state, found, body, one), issue: found.on, what: "comment-edited" };
      }),
    deleteComment: (by: Account, id: number) =>
      act(by, (state) => {
        const { on } = commentOf(state, id);
        return { state: { ...state, comments: withoutEntry(state.comments, id) }, issue: on, what: "comment-deleted" };
      }),

    ...branchLevers(world, ref),
    ...machineLevers(world, ref),
  };
}

function commentOf(state: MemoryRepository, id: number) {
  const found = state.comments.get(id);
  if (found === undefined) throw new Error(`there is no comment ${id}`);
  return found;
}

/** Pushes, pull requests, reviews. */
function branchLevers(world: MemoryWorld, ref: RepositoryRef) {
  return {
    /** Makes a commit on a full ref name, as `git push` does: by force when `parent` says so. @returns its SHA */
    push(by: Account, name: string, push: Push = {}): Sha {
      let made = "";
      world.act(ref, by, (state, { at, id }) => {
        const parent = push.parent === undefined ? (state.refs.get(name) ?? null) : push.parent;
        const parents = parent === null ? [] : [parent];
        const message = push.message ?? `work ${id}`;
        made = commitId({ parents, message, author: by, at, content: `${id}` });
        const facts = { message, author: by, signedByGitHub: false, touchesWorkflows: push.touchesWorkflows ?? false };
        const commit: MemoryCommit = { sha: made, parents, ...facts };
        const next = setRef({ ...state, commits: withEntry(state.commits, made, commit) }, name, made, at);
        return { state: next, what: "pushed", detail: `${name}:${made}` };
      });
      return made;
    },
    deleteRef: (by: Account, name: string) =>
      world.act(ref, by, (state, { at }) => ({
        state: setRef(state, name, null, at),
        what: "ref-deleted",
        detail: name,
      })),
    /** Puts a ref on a commit that exists, by force. */
    moveRef: (by: Account, name: string, to: Sha) =>
      world.act(ref, by, (state, { at }) => ({ state: setRef(state, name, to, at), what: "ref-moved", detail: name })),
    openPullRequest(by: Account, asked: NewPullRequest): number {
      const number = world.stateOf(ref).nextNumber;
      world.act(ref, by, (state, act) => {
        const opened = openPullRequest(state, asked, act);
        if ("refused" in opened) throw new Error(opened.refused);
        return { state: opened, issue: number, what: "pull-request-opened", detail: asked.head };
      });
      return number;
    },
    mergePullRequest: (by: Account, number: number) =>
      world.act(ref, by, (state, act) => {
        const merged = mergePullRequest(state, number, { head: null, title: "" }, act);
        if ("refused" in merged) throw new Error(merged.refused);
        return { state: merged, issue: number, what: "merged" };
      }),
    review: (by: Account, number: number, given: Pick<ObservedReview, "state" | "body">) =>
      world.act(ref, by, (state, act) => ({
        state: review(state, number, given, act),
        issue: number,
        what: "reviewed",
        detail: given.state,
      })),
  };
}

/** Checks and workflow runs. */
function machineLevers(world: MemoryWorld, ref: RepositoryRef) {
  const actions = world.account("github-actions[bot]", "bot");
  const changeRun = (id: number, what: string, change: Partial<ReturnType<typeof runOf>>) =>
    world.act(ref, actions, (state) => {
      const run = runOf(state, id);
      const next = { ...state, runs: withEntry(state.runs, id, { ...run, ...change }) };
      return { state: next, issue: run.issue, what, detail: String(id) };
    });
  return {
    report: (head: Sha, check: Pick<ObservedCheck, "name" | "app" | "status">) =>
      world.act(ref, actions, (state, { id, at }) => {
        const others = (state.checks.get(head) ?? []).filter((one) => one.name !== check.name || one.app !== check.app);
        const endedAt = check.status === "pending" ? null : at;
        const checks = withEntry(state.checks, head, [...others, { ...check, runId: id, endedAt }]);
        return { state: { ...state, checks }, what: "check-reported", detail: `${check.name} ${check.status}` };
      }),
    startRun: (id: number) => changeRun(id, "run-started", { status: "running" }),
    finishRun: (id: number, conclusion: string) => changeRun(id, "run-finished", { status: "completed", conclusion }),
    /** Somebody clicks "re-run": same id, next attempt. */
    rerun: (id: number) => {
      const { run } = runOf(world.stateOf(ref), id);
      return changeRun(id, "run-restarted", {
        run: { ...run, attempt: run.attempt + 1 },
        status: "running",
        conclusion: null,
      });
    },
  };
}

function runOf(state: MemoryRepository, id: number) {
  const run = state.runs.get(id);
  if (run === undefined) throw new Error(`there is no run ${id}`);
  return run;
}
