// Deleting an issue for good. Its number is never given again and answers 410 from then on.
import { issueJson } from "../formats/issues.ts";
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import type { Issue } from "../world/issues.ts";
import { repositoryOf } from "../world/world.ts";

export function deleteIssue(hub: Hub, actor: Actor, issue: Issue): void {
  const repository = repositoryOf(hub.world, issue);
  const payload = { issue: issueJson(hub, issue) };
  for (const other of hub.world.issues.values()) {
    other.subIssueIds = other.subIssueIds.filter((id) => id !== issue.id);
    other.blockedByIds = other.blockedByIds.filter((id) => id !== issue.id);
    other.blockingIds = other.blockingIds.filter((id) => id !== issue.id);
    if (other.parentId === issue.id) other.parentId = null;
  }
  for (const id of issue.commentIds) hub.world.comments.delete(id);
  repository.issues.delete(issue.number);
  repository.goneNumbers.add(issue.number);
  if (issue.state === "open") repository.openIssueCount -= 1;
  hub.world.issues.delete(issue.id);
  hub.events.emit({ name: "issues", action: "deleted", actor, repository, payload });
}
