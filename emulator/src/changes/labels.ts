// Labels on issues and pull requests. Adding what is there and removing what is not changes nothing and tells nobody.
import { labelJson } from "../formats/issues.ts";
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import { addLabel } from "../world/create.ts";
import type { Issue, Label } from "../world/issues.ts";
import type { Repository } from "../world/repositories.ts";
import { entity, repositoryOf } from "../world/world.ts";
import { addToTimeline, tellAboutIssue, touch } from "./record.ts";

const NEW_LABEL_COLOR = "ededed";

/** Labels by name, without regard to case; those that the repository lacks are made, as GitHub does. */
export function labelsByName(
  hub: Hub,
  actor: Actor,
  repository: Repository,
  names: readonly string[],
): readonly Label[] {
  return names.map((name) => {
    const known = repository.labels.get(name.toLowerCase());
    if (known !== undefined) return known;
    const label = addLabel(hub.world, repository, { name, color: NEW_LABEL_COLOR, description: null });
    hub.events.emit({ name: "label", action: "created", actor, repository, payload: { label: labelJson(hub, label) } });
    return label;
  });
}

export function labelsOf(hub: Hub, issue: Issue): readonly Label[] {
  return issue.labelIds.map((id) => entity(hub.world.labels, id, "label"));
}

export function addLabels(hub: Hub, actor: Actor, issue: Issue, labels: readonly Label[]): void {
  for (const label of labels) {
    if (issue.labelIds.includes(label.id)) continue;
    issue.labelIds = [...issue.labelIds, label.id];
    note(hub, actor, issue, label, "labeled");
  }
}

export function removeLabels(hub: Hub, actor: Actor, issue: Issue, labels: readonly Label[]): void {
  for (const label of labels) {
    if (!issue.labelIds.includes(label.id)) continue;
    issue.labelIds = issue.labelIds.filter((id) => id !== label.id);
    note(hub, actor, issue, label, "unlabeled");
  }
}

export function setLabels(hub: Hub, actor: Actor, issue: Issue, labels: readonly Label[]): void {
  const wanted = new Set(labels.map((label) => label.id));
  removeLabels(
    hub,
    actor,
    issue,
    labelsOf(hub, issue).filter((label) => !wanted.has(label.id)),
  );
  addLabels(hub, actor, issue, labels);
}

/** Removes a label from the repository and from every issue that has it. */
export function deleteLabel(hub: Hub, actor: Actor, label: Label): void {
  const repository = repositoryOf(hub.world, label);
  for (const issue of repository.issues.values()) {
    if (issue.labelIds.includes(label.id)) removeLabels(hub, actor, issue, [label]);
  }
  repository.labels.delete(label.name.toLowerCase());
  hub.world.labels.delete(label.id);
  hub.events.emit({ name: "label", action: "deleted", actor, repository, payload: { label: labelJson(hub, label) } });
}

export interface LabelChange {
  readonly name?: string;
  readonly color?: string;
  readonly description?: string | null;
}

export function editLabel(hub: Hub, actor: Actor, label: Label, change: LabelChange): void {
  const repository = repositoryOf(hub.world, label);
  const from: Record<string, { readonly from: string }> = {};
  if (change.name !== undefined && change.name !== label.name) {
    from["name"] = { from: label.name };
    repository.labels.delete(label.name.toLowerCase());
    label.name = change.name;
    repository.labels.set(label.name.toLowerCase(), label);
  }
  if (change.color !== undefined && change.color !== label.color) {
    from["color"] = { from: label.color };
    label.color = change.color;
  }
  if (change.description !== undefined && change.description !== label.description) {
    from["description"] = { from: label.description ?? "" };
    label.description = change.description;
  }
  touch(hub, label);
  hub.events.emit({
    name: "label",
    action: "edited",
    actor,
    repository,
    payload: { label: labelJson(hub, label), changes: from },
  });
}

function note(hub: Hub, actor: Actor, issue: Issue, label: Label, kind: "labeled" | "unlabeled"): void {
  touch(hub, issue);
  addToTimeline(hub, actor, issue, kind, { label: { id: label.id, name: label.name, color: label.color } });
  tellAboutIssue(hub, actor, issue, kind, { label: labelJson(hub, label) });
}
