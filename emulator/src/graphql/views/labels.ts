// Labels and milestones.
import { milestoneOf } from "../../formats/issues.ts";
import type { Issue, Label, Milestone } from "../../world/issues.ts";
import { entity, repositoryOf } from "../../world/world.ts";
import { connectionOf, orderOf } from "../connection.ts";
import type { Gql } from "../gql.ts";
import { type Args, enumName, time, timeOrNull, type View } from "../view.ts";
import { pageFields } from "./comments.ts";
import { issueConnection, pullConnection } from "./lists.ts";

export function labelView(g: Gql, label: Label): View {
  const repository = repositoryOf(g.hub.world, label);
  const has = (issue: Issue) => issue.labelIds.includes(label.id);
  return {
    ...pageFields(g, label, `/labels/${encodeURIComponent(label.name)}`),
    __typename: "Label",
    id: label.nodeId,
    name: label.name,
    color: label.color,
    description: label.description,
    isDefault: label.isDefault,
    createdAt: time(label.createdAt),
    updatedAt: time(label.updatedAt),
    repository: () => g.views.repository(repository),
    issues: (args: Args) => issueConnection(g, args, [...repository.issues.values()].filter(has)),
    pullRequests: (args: Args) => pullConnection(g, args, [...repository.issues.values()].filter(has)),
  };
}

export function labelsOf(g: Gql, issue: Issue, args: Args): View {
  const labels = issue.labelIds.map((id) => entity(g.hub.world.labels, id, "label"));
  return labelConnection(g, args, labels);
}

export function labelConnection(g: Gql, args: Args, labels: readonly Label[]): View {
  const order = orderOf(args);
  const sorted =
    order === null
      ? labels
      : labels.toSorted(
          (a, b) =>
            order.sign *
            (order.field === "NAME" ? a.name.localeCompare(b.name) : a.createdAt - b.createdAt || a.id - b.id),
        );
  return connectionOf("labels", args, sorted, g.views.label);
}

export function milestoneView(g: Gql, milestone: Milestone): View {
  const repository = repositoryOf(g.hub.world, milestone);
  const mine = () =>
    [...repository.issues.values()].filter((issue) => milestoneOf(repository, issue)?.id === milestone.id);
  const closed = () => mine().filter((issue) => issue.state === "closed").length;
  return {
    ...pageFields(g, milestone, `/milestone/${milestone.number}`),
    __typename: "Milestone",
    id: milestone.nodeId,
    number: milestone.number,
    title: milestone.title,
    description: milestone.description,
    state: enumName(milestone.state),
    closed: milestone.state === "closed",
    closedAt: timeOrNull(milestone.closedAt),
    dueOn: timeOrNull(milestone.dueOn),
    createdAt: time(milestone.createdAt),
    updatedAt: time(milestone.updatedAt),
    creator: () => g.views.actor(entity(g.hub.world.accounts, milestone.creatorId, "account")),
    progressPercentage: () => (mine().length === 0 ? 0 : (closed() * 100) / mine().length),
    repository: () => g.views.repository(repository),
    issues: (args: Args) => issueConnection(g, args, mine()),
    pullRequests: (args: Args) => pullConnection(g, args, mine()),
  };
}
