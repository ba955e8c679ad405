// Comments on issues and pull requests.
import { addComment, deleteComment, editComment } from "../changes/comments.ts";
import { commentJson } from "../formats/issues.ts";
import { readJson, requiredString } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite, issueParam, numberParam } from "../http/context.ts";
import { forbidden, notFound, validationFailed } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import { roleAtLeast } from "../world/accounts.ts";
import { type Actor, roleOf } from "../world/caller.ts";
import type { Comment, Issue } from "../world/issues.ts";
import type { Repository } from "../world/repositories.ts";
import { entity } from "../world/world.ts";
import { sinceTest } from "./issue-filters.ts";
import { checkBody, readIssues, writeIssues } from "./issue-needs.ts";

export function registerComments(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/issues/comments", (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    const all = [...hub.world.comments.values()].filter((comment) => comment.repositoryId === repository.id);
    return c.json(pageOf(c, hub, ordered(c, since(c, all))).map((comment) => commentJson(hub, comment)));
  });
  api.get("/repos/:owner/:repo/issues/comments/:comment_id", (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    return c.json(commentJson(hub, commentParam(c, hub, repository)));
  });
  api.patch("/repos/:owner/:repo/issues/comments/:comment_id", async (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("read"));
    const comment = commentParam(c, hub, repository);
    requireOwnOrWrite(hub, actor, repository, comment);
    editComment(hub, actor, comment, await bodyText(c, hub));
    return c.json(commentJson(hub, comment));
  });
  api.delete("/repos/:owner/:repo/issues/comments/:comment_id", (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("read"));
    const comment = commentParam(c, hub, repository);
    requireOwnOrWrite(hub, actor, repository, comment);
    deleteComment(hub, actor, comment);
    return c.body(null, 204);
  });
  api.get("/repos/:owner/:repo/issues/:issue_number/comments", (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    const all = issueParam(c, repository).commentIds.map((id) => entity(hub.world.comments, id, "comment"));
    return c.json(pageOf(c, hub, since(c, all)).map((comment) => commentJson(hub, comment)));
  });
  api.post("/repos/:owner/:repo/issues/:issue_number/comments", async (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("read"));
    const issue = issueParam(c, repository);
    requireUnlocked(hub, actor, repository, issue);
    const json = commentJson(hub, addComment(hub, actor, issue, await bodyText(c, hub)));
    c.header("Location", String(json["url"]));
    return c.json(json, 201);
  });
}

export function commentParam(c: Ctx, hub: Hub, repository: Repository): Comment {
  const comment = hub.world.comments.get(numberParam(c, "comment_id"));
  if (comment === undefined || comment.repositoryId !== repository.id) throw notFound();
  return comment;
}

async function bodyText(c: Ctx, hub: Hub): Promise<string> {
  const text = requiredString(await readJson(c), "body");
  if (text.trim() === "") {
    throw validationFailed([
      { resource: "IssueComment", code: "unprocessable", field: "data", message: "Body cannot be blank" },
    ]);
  }
  checkBody(hub, "IssueComment", text);
  return text;
}

/** Apps edit what is theirs or what their permission covers; people their own, or anything with write. */
function requireOwnOrWrite(hub: Hub, actor: Actor, repository: Repository, comment: Comment): void {
  if (comment.authorId === actor.account.id || actor.through === "installation" || actor.through === "job") return;
  if (!roleAtLeast(roleOf(hub.world, actor.account, repository), "write")) {
    throw forbidden("Must have admin rights to Repository.");
  }
}

export function requireUnlocked(hub: Hub, actor: Actor, repository: Repository, issue: Issue): void {
  if (!issue.locked || actor.through === "installation" || actor.through === "job") return;
  if (!roleAtLeast(roleOf(hub.world, actor.account, repository), "triage")) {
    throw forbidden("Unable to create comment because issue is locked.");
  }
}

function since(c: Ctx, comments: readonly Comment[]): readonly Comment[] {
  const test = sinceTest(c.req.query("since"));
  return test === null ? comments : comments.filter(test);
}

function ordered(c: Ctx, comments: readonly Comment[]): readonly Comment[] {
  const by = c.req.query("sort") === "updated" ? "updatedAt" : "createdAt";
  const sign = c.req.query("direction") === "desc" ? -1 : 1;
  return comments.toSorted((a, b) => sign * (a[by] - b[by] || a.id - b.id));
}
