// All views of one request, tied together.
import { pullOf } from "../changes/pulls.ts";
import type { Gql, Views } from "./gql.ts";
import { actorView, appView, userView } from "./views/accounts.ts";
import { checkRunView, checkSuiteView, rollupView, statusView } from "./views/checks.ts";
import { commentView, reviewCommentView, reviewView } from "./views/comments.ts";
import { commitView } from "./views/commits.ts";
import { objectView, refView } from "./views/git-objects.ts";
import { issueView } from "./views/issues.ts";
import { labelView, milestoneView } from "./views/labels.ts";
import { pullView } from "./views/pulls.ts";
import { repositoryView } from "./views/repositories.ts";

/** @param g the request's own context, which will hold these views */
export function createViews(g: () => Gql): Views {
  return {
    actor: (account) => actorView(g(), account),
    user: (account) => userView(g(), account),
    app: (app) => appView(g(), app),
    repository: (repository) => repositoryView(g(), repository),
    issue: (issue) => issueView(g(), issue),
    pull: (pull) => pullView(g(), pull),
    issueOrPull: (issue) => {
      const pull = pullOf(g().hub, issue);
      return pull === null ? issueView(g(), issue) : pullView(g(), pull);
    },
    comment: (comment) => commentView(g(), comment),
    review: (review) => reviewView(g(), review),
    reviewComment: (comment) => reviewCommentView(g(), comment),
    label: (label) => labelView(g(), label),
    milestone: (milestone) => milestoneView(g(), milestone),
    commit: (repository, commit) => commitView(g(), repository, commit),
    ref: (repository, ref) => refView(g(), repository, ref),
    object: (repository, sha, path) => objectView(g(), repository, sha, path),
    checkSuite: (suite) => checkSuiteView(g(), suite),
    checkRun: (run) => checkRunView(g(), run),
    status: (status) => statusView(g(), status),
    rollup: (repository, sha) => rollupView(g(), repository, sha),
  };
}
