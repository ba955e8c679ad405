// Mentions of people and issues in texts. Code is not looked into, as on GitHub.
import type { Hub } from "../hub.ts";
import { canSee } from "../world/assignable.ts";
import type { Actor } from "../world/caller.ts";
import type { Issue } from "../world/issues.ts";
import { findAccount, findRepository, fullNameOf, repositoryOf } from "../world/world.ts";
import { addToTimeline } from "./record.ts";

/** More references than this in one text are not followed. */
const REFERENCES_MAX = 50;

function withoutCode(text: string): string {
  return text
    .replace(/^(```|~~~)[\s\S]*?^\1.*$/gm, "")
    .replace(/`[^`\n]*`/g, "")
    .replace(/<!--[\s\S]*?-->/g, "");
}

function referencedIssues(hub: Hub, source: Issue, text: string): readonly Issue[] {
  const home = fullNameOf(hub.world, repositoryOf(hub.world, source));
  const web = hub.urls.web.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const short = /(?<![\w/&])([\w.-]+\/[\w.-]+)?#(\d{1,9})\b/g;
  const long = new RegExp(`${web}/([\\w.-]+/[\\w.-]+)/(?:issues|pull)/(\\d{1,9})\\b`, "g");
  const found = new Set<Issue>();
  for (const match of [...text.matchAll(short), ...text.matchAll(long)].slice(0, REFERENCES_MAX)) {
    const [owner = "", name = ""] = (match[1] ?? home).split("/");
    const issue = findRepository(hub.world, owner, name)?.issues.get(Number(match[2]));
    if (issue !== undefined && issue.id !== source.id) found.add(issue);
  }
  return [...found];
}

/**
 * Puts what a new text mentions into timelines: `cross-referenced` on other issues (once per source), `mentioned` and
 * `subscribed` on its own.
 */
export function followReferences(hub: Hub, actor: Actor, source: Issue, body: string): void {
  const text = withoutCode(body);
  for (const target of referencedIssues(hub, source, text)) {
    const isKnown = target.timeline.some(
      (entry) => entry.kind === "cross-referenced" && entry.subject.issueId === source.id,
    );
    if (!isKnown) addToTimeline(hub, actor, target, "cross-referenced", { issueId: source.id });
  }
  const repository = repositoryOf(hub.world, source);
  for (const match of [...text.matchAll(/(?<![\w/@])@([a-z\d][a-z\d-]{0,38})\b/gi)].slice(0, REFERENCES_MAX)) {
    const account = findAccount(hub.world, match[1] ?? "");
    if (account === null || account.type !== "User" || !canSee(hub.world, account, repository)) continue;
    const isKnown = source.timeline.some((entry) => entry.kind === "mentioned" && entry.actorId === account.id);
    if (isKnown) continue;
    const mentioned: Actor = { account, app: null, through: "system" };
    addToTimeline(hub, mentioned, source, "mentioned");
    addToTimeline(hub, mentioned, source, "subscribed");
  }
}
