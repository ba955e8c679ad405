// Labels of a repository, and labels on an issue.
import {
  addLabels,
  deleteLabel,
  editLabel,
  labelsByName,
  labelsOf,
  removeLabels,
  setLabels,
} from "../changes/labels.ts";
import { labelJson } from "../formats/issues.ts";
import { nullableString, optionalString, readJson, requiredString } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite, issueParam } from "../http/context.ts";
import { notFound, validationFailed } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import { addLabel } from "../world/create.ts";
import type { Issue, Label } from "../world/issues.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { readIssues, writeIssues } from "./issue-needs.ts";
import { labelNames } from "./issues.ts";

const NAME_CHARS_MAX = 50;
const DESCRIPTION_CHARS_MAX = 100;

export function registerLabels(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/labels", (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    return c.json(pageOf(c, hub, [...repository.labels.values()]).map((label) => labelJson(hub, label)));
  });
  api.post("/repos/:owner/:repo/labels", async (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("write"));
    const body = await readJson(c);
    const name = checkName(requiredString(body, "name"));
    if (repository.labels.has(name.toLowerCase())) {
      throw validationFailed([{ resource: "Label", code: "already_exists", field: "name" }]);
    }
    const description = descriptionIn(body) ?? null;
    const label = addLabel(hub.world, repository, { name, color: colorIn(body) ?? "ededed", description });
    hub.events.emit({ name: "label", action: "created", actor, repository, payload: { label: labelJson(hub, label) } });
    const json = labelJson(hub, label);
    c.header("Location", String(json["url"]));
    return c.json(json, 201);
  });
  api.get("/repos/:owner/:repo/labels/:name", (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    return c.json(labelJson(hub, labelParam(c, repository)));
  });
  api.patch("/repos/:owner/:repo/labels/:name", async (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("write"));
    const label = labelParam(c, repository);
    const body = await readJson(c);
    const name = optionalString(body, "new_name");
    const color = colorIn(body);
    const description = descriptionIn(body);
    const other = name === undefined ? undefined : repository.labels.get(checkName(name).toLowerCase());
    if (other !== undefined && other.id !== label.id) {
      throw validationFailed([{ resource: "Label", code: "already_exists", field: "name" }]);
    }
    editLabel(hub, actor, label, {
      ...(name === undefined ? {} : { name }),
      ...(color === undefined ? {} : { color }),
      ...(description === undefined ? {} : { description }),
    });
    return c.json(labelJson(hub, label));
  });
  api.delete("/repos/:owner/:repo/labels/:name", (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("write"));
    deleteLabel(hub, actor, labelParam(c, repository));
    return c.body(null, 204);
  });
  registerIssueLabels(api, hub);
}

function registerIssueLabels(api: Api, hub: Hub): void {
  const path = "/repos/:owner/:repo/issues/:issue_number/labels";
  const answer = (issue: Issue): JsonObject[] => labelsOf(hub, issue).map((label) => labelJson(hub, label));
  api.get(path, (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    const labels = labelsOf(hub, issueParam(c, repository));
    return c.json(pageOf(c, hub, labels).map((label) => labelJson(hub, label)));
  });
  api.post(path, async (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("triage"));
    const issue = issueParam(c, repository);
    addLabels(hub, actor, issue, labelsByName(hub, actor, repository, namesIn(await readJson(c))));
    return c.json(answer(issue));
  });
  api.put(path, async (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("triage"));
    const issue = issueParam(c, repository);
    setLabels(hub, actor, issue, labelsByName(hub, actor, repository, namesIn(await readJson(c))));
    return c.json(answer(issue));
  });
  api.delete(path, (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("triage"));
    setLabels(hub, actor, issueParam(c, repository), []);
    return c.body(null, 204);
  });
  api.delete(`${path}/:name`, (c: Ctx) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("triage"));
    const issue = issueParam(c, repository);
    const label = repository.labels.get((c.req.param("name") ?? "").toLowerCase());
    if (label === undefined || !issue.labelIds.includes(label.id)) throw notFound("Label does not exist");
    removeLabels(hub, actor, issue, [label]);
    return c.json(answer(issue));
  });
}

function labelParam(c: Ctx, repository: Repository): Label {
  const label = repository.labels.get((c.req.param("name") ?? "").toLowerCase());
  if (label === undefined) throw notFound();
  return label;
}

/** `{labels: […]}`, or a bare array. */
function namesIn(body: JsonObject): readonly string[] {
  const names = labelNames(body["labels"] ?? body["items"]) ?? [];
  for (const name of names) checkName(name);
  return names;
}

function checkName(name: string): string {
  if (name.trim() === "" || [...name].length > NAME_CHARS_MAX || name.includes(",")) {
    throw validationFailed([{ resource: "Label", code: "invalid", field: "name", value: name }]);
  }
  return name;
}

function colorIn(body: JsonObject): string | undefined {
  const color = optionalString(body, "color");
  if (color !== undefined && !/^[\da-f]{6}$/i.test(color)) {
    throw validationFailed([{ resource: "Label", code: "invalid", field: "color", value: color }]);
  }
  return color?.toLowerCase();
}

function descriptionIn(body: JsonObject): string | null | undefined {
  const description = nullableString(body, "description");
  if (description !== undefined && description !== null && [...description].length > DESCRIPTION_CHARS_MAX) {
    throw validationFailed([
      {
        resource: "Label",
        code: "custom",
        field: "description",
        message: `description is too long (maximum is ${DESCRIPTION_CHARS_MAX} characters)`,
      },
    ]);
  }
  return description;
}
