// Which deliveries lead to a look, and where: one table for events about tasks, one for what changes nothing.

import { describe, expect, it } from "vitest";
import { payloadSchema } from "../../../src/app/webhooks/payload.ts";
import { type EventName, pullRequestIn, whereToLook } from "../../../src/app/webhooks/where-to-look.ts";

const repository = { id: 1, full_name: "acme/shop" };
const elsewhere = { id: 2, full_name: "acme/tools" };
const ada = { id: 5, login: "ada", type: "User" };
const bot = { id: 9, login: "signalbox[bot]", type: "Bot" };
const task = { number: 7, labels: [{ name: "task:queued" }, { name: "bug" }] };
const plain = { number: 8, labels: [{ name: "bug" }] };
const pull = { number: 12, labels: [], pull_request: { url: "…" } };
const head = (ref: string, id = 1) => ({ number: 12, head: { ref, repo: { id } } });
const TOKEN = "a".repeat(40);

function look(
  event: EventName,
  payload: object,
  app: { slug: string; botId: number } | null = { slug: "signalbox", botId: 9 },
) {
  const parsed = payloadSchema.parse({ repository, sender: ada, ...payload });
  return whereToLook(event, parsed, {
    app,
    taskOf: (_repository, number) => (number === 15 ? 7 : null),
    dependantsOf: (ref) => (ref === "acme/shop#44" ? ["acme/till#3"] : []),
  });
}

describe("what leads to a look", () => {
  it.each<[why: string, EventName, payload: object, keys: readonly string[]]>([
    [
      "a closed issue that a task elsewhere waits for",
      "issues",
      { action: "closed", issue: { number: 44, labels: [] } },
      ["acme/shop#44", "acme/till#3"],
    ],
    [
      "a merged pull request that a task elsewhere waits for",
      "pull_request",
      { action: "closed", pull_request: { number: 44, head: { ref: "feature", repo: { id: 1 } } } },
      ["acme/till#3"],
    ],
    ["a task's label", "issues", { action: "labeled", issue: task, label: { name: "task:queued" } }, ["acme/shop#7"]],
    [
      "a state label with another prefix",
      "issues",
      { action: "labeled", issue: plain, label: { name: "agent:queued" } },
      ["acme/shop#8"],
    ],
    [
      "a state label taken off",
      "issues",
      { action: "unlabeled", issue: plain, label: { name: "task:claimed" } },
      ["acme/shop#8"],
    ],
    [
      "another label on a task",
      "issues",
      { action: "labeled", issue: task, label: { name: "priority:p0" } },
      ["acme/shop#7"],
    ],
    ["a task's text edited", "issues", { action: "edited", issue: task }, ["acme/shop#7"]],
    ["any issue closed: it may block a task", "issues", { action: "closed", issue: plain }, ["acme/shop#8"]],
    ["any issue reopened", "issues", { action: "reopened", issue: plain }, ["acme/shop#8"]],
    ["an issue opened with the label", "issues", { action: "opened", issue: task }, ["acme/shop#7"]],
    ["a task deleted", "issues", { action: "deleted", issue: task }, ["acme/shop#7"]],
    ["a task transferred", "issues", { action: "transferred", issue: task }, ["acme/shop#7"]],
    [
      "our own closing: GitHub did it in answer",
      "issues",
      { action: "closed", issue: task, sender: bot },
      ["acme/shop#7"],
    ],
    [
      "a comment on a task",
      "issue_comment",
      { action: "created", issue: task, comment: { body: "hm", user: ada } },
      ["acme/shop#7"],
    ],
    [
      "a command on any issue",
      "issue_comment",
      { action: "created", issue: plain, comment: { body: "/task queue", user: ada } },
      ["acme/shop#8"],
    ],
    [
      "a mention on any issue",
      "issue_comment",
      { action: "created", issue: plain, comment: { body: "@Signalbox queue", user: ada } },
      ["acme/shop#8"],
    ],
    [
      "a box ticked in our comment",
      "issue_comment",
      { action: "edited", issue: plain, comment: { body: "- [x] accept", user: bot } },
      ["acme/shop#8"],
    ],
    [
      "a command on a pull request of unknown task",
      "issue_comment",
      { action: "created", issue: pull, comment: { body: "/task accept", user: ada } },
      ["acme/shop!12"],
    ],
    [
      "any comment on a known one",
      "issue_comment",
      { action: "created", issue: { ...pull, number: 15 }, comment: { body: "hm", user: ada } },
      ["acme/shop#7"],
    ],
    [
      "a pull request of a task",
      "pull_request",
      { action: "opened", pull_request: head("signalbox/task/7"), sender: bot },
      ["acme/shop#7"],
    ],
    [
      "a review of it",
      "pull_request_review",
      { action: "submitted", pull_request: head("signalbox/task/7") },
      ["acme/shop#7"],
    ],
    [
      "a check run completed",
      "check_run",
      { action: "completed", check_run: { check_suite: { head_branch: "signalbox/task/7" } } },
      ["acme/shop#7"],
    ],
    [
      "a check suite completed",
      "check_suite",
      { action: "completed", check_suite: { head_branch: "signalbox/task/7" } },
      ["acme/shop#7"],
    ],
    ["a status", "status", { branches: [{ name: "main" }, { name: "signalbox/task/7" }] }, ["acme/shop#7"]],
    [
      "our run started",
      "workflow_run",
      { action: "in_progress", workflow_run: { display_title: `signalbox acme/shop#7 ${TOKEN}`, head_branch: "main" } },
      ["acme/shop#7"],
    ],
    [
      "our run in a central runner",
      "workflow_run",
      {
        action: "completed",
        repository: elsewhere,
        workflow_run: { display_title: `signalbox acme/shop#7 ${TOKEN}`, head_branch: "main" },
      },
      ["acme/shop#7"],
    ],
    [
      "the repository's own CI on a task's branch",
      "workflow_run",
      { action: "completed", workflow_run: { display_title: "Fix", head_branch: "signalbox/task/7" } },
      ["acme/shop#7"],
    ],
    ["a person's push to a task's branch", "push", { ref: "refs/heads/signalbox/task/7" }, ["acme/shop#7"]],
    ["somebody else's hand on a ledger", "push", { ref: "refs/heads/signalbox/ledger/7" }, ["acme/shop#7"]],
    [
      "somebody else's hand on the shared ledger",
      "push",
      { ref: "refs/heads/signalbox/ledger/repository" },
      ["acme/shop", "board:acme/shop"],
    ],
    [
      "a new config",
      "push",
      {
        ref: "refs/heads/main",
        commits: [{ modified: [".github/signalbox.yml"] }],
        after: TOKEN,
        installation: { id: 31 },
      },
      ["acme/shop", "board:acme/shop", `acme/shop@${TOKEN}`, "install:31"],
    ],
    [
      "a label renamed to one of ours",
      "label",
      { action: "edited", label: { name: "task:queued" } },
      ["board:acme/shop", "acme/shop"],
    ],
    [
      "a state label renamed by somebody",
      "label",
      { action: "edited", label: { name: "todo" }, changes: { name: { from: "task:queued" } } },
      ["board:acme/shop", "acme/shop"],
    ],
    ["a role's label deleted", "label", { action: "deleted", label: { name: "role:fix" } }, ["board:acme/shop"]],
    [
      "a box ticked on a board, in an issue that the app wrote",
      "issues",
      { action: "edited", issue: { ...plain, user: bot }, installation: { id: 31 } },
      ["board:acme/shop", "install:31"],
    ],
    [
      "a board closed",
      "issues",
      { action: "closed", issue: { ...plain, user: bot } },
      ["board:acme/shop", "acme/shop#8"],
    ],
    [
      "a pull request that may bring another config, also from a fork",
      "pull_request",
      { action: "synchronize", pull_request: { number: 12, head: { ref: "tune", sha: TOKEN, repo: { id: 2 } } } },
      [`acme/shop@${TOKEN}?`],
    ],
    [
      "the onboarding pull request, merged or not",
      "pull_request",
      { action: "closed", pull_request: head("signalbox/onboarding"), installation: { id: 31 } },
      ["install:31"],
    ],
    [
      "a sub-issue, both ends",
      "sub_issues",
      { action: "sub_issue_added", parent_issue: task, sub_issue: plain },
      ["acme/shop#7", "acme/shop#8"],
    ],
    [
      "a blocker elsewhere, both ends",
      "issue_dependencies",
      { action: "blocked_by_added", blocked_issue: task, blocking_issue: plain, blocking_issue_repo: elsewhere },
      ["acme/shop#7", "acme/tools#8"],
    ],
    ["a repository with a new name", "repository", { action: "renamed" }, ["acme/shop"]],
  ])("%s", (_why, event, payload, keys) => {
    expect(look(event, payload)).toEqual(keys);
  });

  it("an installation, at each of its repositories", () => {
    const given = {
      installation: { id: 31 },
      repositories: [{ full_name: "acme/shop" }, { full_name: "acme/tools" }],
    };
    for (const action of ["created", "unsuspend"]) {
      expect(look("installation", { repository: undefined, action, ...given })).toEqual([
        "install:31",
        "acme/shop",
        "acme/tools",
      ]);
    }
    for (const action of ["deleted", "suspend"]) {
      expect(look("installation", { repository: undefined, action, ...given })).toEqual([]);
    }
    const added = {
      installation: { id: 31 },
      action: "added",
      repositories_added: [{ full_name: "acme/tools" }],
      repositories_removed: [{ full_name: "acme/shop" }],
    };
    expect(look("installation_repositories", { repository: undefined, ...added })).toEqual([
      "install:31",
      "acme/tools",
    ]);
  });

  it("every mention, while GitHub has not said what the App is called", () => {
    const comment = { action: "created", issue: plain, comment: { body: "@box queue", user: ada } };
    expect(look("issue_comment", comment, null)).toEqual(["acme/shop#8"]);
    expect(look("issue_comment", comment)).toEqual([]);
  });
});

describe("what changes nothing", () => {
  it.each<[why: string, EventName, payload: object]>([
    ["an issue opened without a state label", "issues", { action: "opened", issue: plain }],
    ["an edit of an issue that is no task", "issues", { action: "edited", issue: plain }],
    [
      "another label on an issue that is no task",
      "issues",
      { action: "labeled", issue: plain, label: { name: "bug" } },
    ],
    ["our own label", "issues", { action: "labeled", issue: task, label: { name: "task:claimed" }, sender: bot }],
    ["our own assignment", "issues", { action: "assigned", issue: task, sender: bot }],
    [
      "our own comment",
      "issue_comment",
      { action: "created", issue: task, comment: { body: "/task help", user: bot }, sender: bot },
    ],
    [
      "a deleted comment",
      "issue_comment",
      { action: "deleted", issue: task, comment: { body: "/task help", user: ada } },
    ],
    [
      "talk on an issue that is no task",
      "issue_comment",
      { action: "created", issue: plain, comment: { body: "hm", user: ada } },
    ],
    [
      "talk on a pull request that is none of ours",
      "issue_comment",
      { action: "created", issue: pull, comment: { body: "hm", user: ada } },
    ],
    ["a pull request from another branch", "pull_request", { action: "opened", pull_request: head("feature") }],
    [
      "a fork's branch of the same name",
      "pull_request",
      { action: "opened", pull_request: head("signalbox/task/7", 99) },
    ],
    [
      "a head whose repository is gone",
      "pull_request",
      { action: "closed", pull_request: { number: 12, head: { ref: "signalbox/task/7", repo: null } } },
    ],
    ["a branch that only looks alike", "pull_request", { action: "opened", pull_request: head("signalbox/task/7b") }],
    [
      "a check that is not done",
      "check_run",
      { action: "created", check_run: { check_suite: { head_branch: "signalbox/task/7" } } },
    ],
    ["checks of another branch", "check_suite", { action: "completed", check_suite: { head_branch: "main" } }],
    [
      "a run of another name",
      "workflow_run",
      { action: "completed", workflow_run: { display_title: "signalbox acme/shop#7 abc", head_branch: "main" } },
    ],
    ["our own push to a ledger", "push", { ref: "refs/heads/signalbox/ledger/7", sender: bot }],
    ["a push of other files", "push", { ref: "refs/heads/main", commits: [{ modified: ["src/index.ts"] }] }],
    ["our own label of the repository", "label", { action: "created", label: { name: "task:queued" }, sender: bot }],
    ["another label of the repository", "label", { action: "deleted", label: { name: "bug" } }],
    ["a repository that was described anew", "repository", { action: "edited" }],
  ])("%s", (_why, event, payload) => {
    expect(look(event, payload)).toEqual([]);
  });
});

it("a pull request's task is remembered for its comments, a fork's never", () => {
  const parse = (pull_request: object) => payloadSchema.parse({ repository, pull_request });
  expect(pullRequestIn(parse(head("signalbox/task/7")))).toEqual({
    repository: { owner: "acme", name: "shop" },
    pullRequest: 12,
    issue: 7,
  });
  expect(pullRequestIn(parse(head("signalbox/task/7", 99)))).toBeNull();
  expect(pullRequestIn(parse(head("feature")))).toBeNull();
});
