// What happened to an issue: its timeline, and the older lists of events.
import { issueJson } from "../formats/issues.ts";
import { isIssueEvent, issueEventJson, timelineEntryJson } from "../formats/timeline.ts";
import { type Api, enter, issueParam, numberParam } from "../http/context.ts";
import { notFound } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { Issue, TimelineEntry } from "../world/issues.ts";
import type { Repository } from "../world/repositories.ts";
import { readIssues } from "./issue-needs.ts";

export function registerTimeline(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/issues/events", (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    const newestFirst = eventsOf(repository).toSorted((a, b) => b.entry.id - a.entry.id);
    return c.json(
      pageOf(c, hub, newestFirst).map(({ issue, entry }) => ({
        ...issueEventJson(hub, issue, entry),
        issue: issueJson(hub, issue),
      })),
    );
  });
  api.get("/repos/:owner/:repo/issues/events/:event_id", (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    const id = numberParam(c, "event_id");
    const found = eventsOf(repository).find(({ entry }) => entry.id === id);
    if (found === undefined) throw notFound();
    return c.json({ ...issueEventJson(hub, found.issue, found.entry), issue: issueJson(hub, found.issue) });
  });
  api.get("/repos/:owner/:repo/issues/:issue_number/events", (c) => {
    const issue = issueParam(c, enter(c, hub, readIssues("read")).repository);
    const entries = issue.timeline.filter(isIssueEvent);
    return c.json(pageOf(c, hub, entries).map((entry) => issueEventJson(hub, issue, entry)));
  });
  api.get("/repos/:owner/:repo/issues/:issue_number/timeline", (c) => {
    const issue = issueParam(c, enter(c, hub, readIssues("read")).repository);
    const shown = issue.timeline.map((entry) => timelineEntryJson(hub, issue, entry)).filter((entry) => entry !== null);
    return c.json(pageOf(c, hub, shown));
  });
}

function eventsOf(repository: Repository): readonly { readonly issue: Issue; readonly entry: TimelineEntry }[] {
  return [...repository.issues.values()].flatMap((issue) =>
    issue.timeline.filter(isIssueEvent).map((entry) => ({ issue, entry })),
  );
}
