// What every change of an issue does besides the change itself: a timeline entry, a new `updated_at`, a webhook.
import { issueJson } from "../formats/issues.ts";
import { pullJson } from "../formats/pulls.ts";
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import { nodeId } from "../world/ids.ts";
import type { Authored, ContentEdit, Issue, TimelineEntry, TimelineKind, TimelineSubject } from "../world/issues.ts";
import type { JsonObject } from "../world/json.ts";
import { repositoryOf } from "../world/world.ts";

/** Adds an entry to the timeline of an issue or pull request. */
export function addToTimeline(
  hub: Hub,
  actor: Actor,
  issue: Issue,
  kind: TimelineKind,
  subject: TimelineSubject = {},
  commitId: string | null = null,
): TimelineEntry {
  const id = hub.world.ids.next();
  const entry: TimelineEntry = {
    id,
    nodeId: nodeId("IssueEvent", id),
    kind,
    actorId: actor.account.id,
    viaAppId: actor.app?.id ?? null,
    createdAt: hub.world.clock.now(),
    commitId,
    subject,
  };
  issue.timeline.push(entry);
  return entry;
}

export function touch(hub: Hub, thing: { updatedAt: number }): void {
  thing.updatedAt = hub.world.clock.now();
}

/** `issues.<action>`, or `pull_request.<action>` when the issue is a pull request's. */
export function tellAboutIssue(hub: Hub, actor: Actor, issue: Issue, action: string, more: JsonObject = {}): void {
  const repository = repositoryOf(hub.world, issue);
  const pull = issue.isPull ? repository.pulls.get(issue.number) : undefined;
  hub.events.emit({
    name: pull === undefined ? "issues" : "pull_request",
    action,
    actor,
    repository,
    payload:
      pull === undefined
        ? { issue: issueJson(hub, issue), ...more }
        : { number: issue.number, pull_request: pullJson(hub, pull), ...more },
  });
}

/** Replaces a body and keeps its history, the original included. */
export function editBody(hub: Hub, actor: Actor, thing: Authored, body: string): void {
  const now = hub.world.clock.now();
  const edit = (editorId: number, editedAt: number, text: string): ContentEdit => {
    const id = hub.world.ids.next();
    return { id, nodeId: nodeId("UserContentEdit", id), editorId, editedAt, body: text };
  };
  const before = thing.edits.length > 0 ? thing.edits : [edit(thing.authorId, thing.createdAt, thing.body)];
  thing.edits = [...before, edit(actor.account.id, now, body)];
  thing.body = body;
  thing.updatedAt = now;
}

/** Who last edited a text, and when; null while it is as it was written. */
export function lastEdit(thing: Authored): ContentEdit | null {
  return thing.edits.length > 1 ? (thing.edits[thing.edits.length - 1] ?? null) : null;
}
