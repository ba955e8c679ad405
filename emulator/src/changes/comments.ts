// Comments on issues and pull requests.
import { commentJson, issueJson } from "../formats/issues.ts";
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import { nodeId } from "../world/ids.ts";
import type { Comment, Issue, MinimizeReason } from "../world/issues.ts";
import type { JsonObject } from "../world/json.ts";
import { entity, repositoryOf } from "../world/world.ts";
import { addToTimeline, editBody, touch } from "./record.ts";
import { followReferences } from "./references.ts";

export function addComment(hub: Hub, actor: Actor, issue: Issue, body: string): Comment {
  const id = hub.world.ids.next();
  const now = hub.world.clock.now();
  const comment: Comment = {
    id,
    nodeId: nodeId("IssueComment", id),
    repositoryId: issue.repositoryId,
    issueId: issue.id,
    body,
    authorId: actor.account.id,
    viaAppId: actor.app?.id ?? null,
    createdAt: now,
    updatedAt: now,
    edits: [],
    reactions: new Map(),
    minimized: null,
  };
  hub.world.comments.set(id, comment);
  issue.commentIds = [...issue.commentIds, id];
  touch(hub, issue);
  addToTimeline(hub, actor, issue, "commented", { commentId: id });
  tell(hub, actor, comment, "created");
  followReferences(hub, actor, issue, body);
  return comment;
}

export function editComment(hub: Hub, actor: Actor, comment: Comment, body: string): void {
  if (body === comment.body) return;
  const from = comment.body;
  editBody(hub, actor, comment, body);
  const issue = entity(hub.world.issues, comment.issueId, "issue");
  touch(hub, issue);
  tell(hub, actor, comment, "edited", { changes: { body: { from } } });
  followReferences(hub, actor, issue, body);
}

export function deleteComment(hub: Hub, actor: Actor, comment: Comment): void {
  const issue = entity(hub.world.issues, comment.issueId, "issue");
  issue.commentIds = issue.commentIds.filter((id) => id !== comment.id);
  hub.world.comments.delete(comment.id);
  const at = issue.timeline.findIndex((entry) => entry.subject.commentId === comment.id);
  if (at >= 0) issue.timeline.splice(at, 1);
  touch(hub, issue);
  addToTimeline(hub, actor, issue, "comment_deleted");
  tell(hub, actor, comment, "deleted");
}

/** Hides a comment behind a reason, or (null) shows it again. GitHub sends no webhook for it. */
export function minimizeComment(actor: Actor, comment: Comment, reason: MinimizeReason | null): void {
  comment.minimized = reason === null ? null : { reason, byId: actor.account.id };
}

function tell(hub: Hub, actor: Actor, comment: Comment, action: string, more: JsonObject = {}): void {
  const issue = entity(hub.world.issues, comment.issueId, "issue");
  hub.events.emit({
    name: "issue_comment",
    action,
    actor,
    repository: repositoryOf(hub.world, comment),
    payload: { issue: issueJson(hub, issue), comment: commentJson(hub, comment), ...more },
  });
}
