// /repos/{owner}/{repo}/rulesets, and which rules hold for one branch.
import { rulesetsFor } from "../code/rulesets.ts";
import { repositoryApiUrl, repositoryWebUrl } from "../formats/repositories.ts";
import {
  optionalObject,
  optionalOneOf,
  optionalString,
  optionalStrings,
  readJson,
  requiredString,
} from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite, numberParam } from "../http/context.ts";
import { notEmulated, notFound, unprocessable } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import { isoSeconds } from "../world/clock.ts";
import { nodeId } from "../world/ids.ts";
import { isJsonObject, type Json, type JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { BYPASS_TYPES, type BypassActor, RULE_TYPES, type Rule, type Ruleset } from "../world/rulesets.ts";
import { fullNameOf, repositoryOf } from "../world/world.ts";

const READ = { permission: "metadata", level: "read", role: "read" } as const;
const WRITE = { permission: "administration", level: "write", role: "admin" } as const;

function objectsIn(body: JsonObject, name: string): readonly JsonObject[] {
  const value = body[name];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw unprocessable(`Invalid request.\n\n${name} must be an array.`);
  return value.filter((entry: Json) => isJsonObject(entry));
}

function ruleFrom(entry: JsonObject): Rule {
  const given = requiredString(entry, "type");
  const type = RULE_TYPES.find((each) => each === given);
  if (type === undefined) throw notEmulated(`the rule ${given}`);
  return { type, parameters: optionalObject(entry, "parameters") ?? {} };
}

function bypassFrom(entry: JsonObject): BypassActor {
  const given = requiredString(entry, "actor_type");
  const type = BYPASS_TYPES.find((each) => each === given);
  if (type === undefined) throw notEmulated(`bypass by ${given}`);
  const id = entry["actor_id"];
  return { type, id: typeof id === "number" ? id : null };
}

type Fields = Pick<Ruleset, "name" | "target" | "enforcement" | "include" | "exclude" | "bypass" | "rules">;

/** What the body says, over what was there. */
function fieldsFrom(body: JsonObject, before: Fields): Fields {
  const names = optionalObject(optionalObject(body, "conditions") ?? {}, "ref_name");
  return {
    name: optionalString(body, "name") ?? before.name,
    target: optionalOneOf(body, "target", ["branch", "tag"] as const) ?? before.target,
    enforcement: optionalOneOf(body, "enforcement", ["active", "disabled", "evaluate"] as const) ?? before.enforcement,
    include: names === undefined ? before.include : (optionalStrings(names, "include") ?? []),
    exclude: names === undefined ? before.exclude : (optionalStrings(names, "exclude") ?? []),
    bypass: body["bypass_actors"] === undefined ? before.bypass : objectsIn(body, "bypass_actors").map(bypassFrom),
    rules: body["rules"] === undefined ? before.rules : objectsIn(body, "rules").map(ruleFrom),
  };
}

const NOTHING: Fields = {
  name: "",
  target: "branch",
  enforcement: "active",
  include: [],
  exclude: [],
  bypass: [],
  rules: [],
};

function ruleJson(rule: Rule): JsonObject {
  return { type: rule.type, ...(Object.keys(rule.parameters).length === 0 ? {} : { parameters: rule.parameters }) };
}

function rulesetJson(hub: Hub, ruleset: Ruleset, isWhole: boolean): JsonObject {
  const repository = repositoryOf(hub.world, ruleset);
  return {
    id: ruleset.id,
    name: ruleset.name,
    target: ruleset.target,
    source_type: "Repository",
    source: fullNameOf(hub.world, repository),
    enforcement: ruleset.enforcement,
    node_id: ruleset.nodeId,
    created_at: isoSeconds(ruleset.createdAt),
    updated_at: isoSeconds(ruleset.updatedAt),
    _links: {
      self: { href: `${repositoryApiUrl(hub, repository)}/rulesets/${ruleset.id}` },
      html: { href: `${repositoryWebUrl(hub, repository)}/rules/${ruleset.id}` },
    },
    ...(isWhole
      ? {
          conditions: { ref_name: { include: ruleset.include, exclude: ruleset.exclude } },
          rules: ruleset.rules.map(ruleJson),
          bypass_actors: ruleset.bypass.map(({ type, id }) => ({
            actor_id: id,
            actor_type: type,
            bypass_mode: "always",
          })),
        }
      : {}),
  };
}

async function create(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enterToWrite(c, hub, WRITE);
  const body = await readJson(c);
  requiredString(body, "name");
  requiredString(body, "enforcement");
  const id = hub.world.ids.next();
  const now = hub.world.clock.now();
  const about = {
    id,
    nodeId: nodeId("RepositoryRuleset", id),
    repositoryId: repository.id,
    createdAt: now,
    updatedAt: now,
  };
  const ruleset: Ruleset = { ...about, ...fieldsFrom(body, NOTHING) };
  repository.rulesets.set(id, ruleset);
  return c.json(rulesetJson(hub, ruleset, true), 201);
}

function rulesetParam(c: Ctx, repository: Repository): Ruleset {
  const ruleset = repository.rulesets.get(numberParam(c, "ruleset_id"));
  if (ruleset === undefined) throw notFound();
  return ruleset;
}

async function update(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enterToWrite(c, hub, WRITE);
  const ruleset = rulesetParam(c, repository);
  Object.assign(ruleset, fieldsFrom(await readJson(c), ruleset), { updatedAt: hub.world.clock.now() });
  return c.json(rulesetJson(hub, ruleset, true));
}

function rulesOfBranch(c: Ctx, hub: Hub): Response {
  const { repository } = enter(c, hub, READ);
  const source = fullNameOf(hub.world, repository);
  const found = rulesetsFor(repository, `refs/heads/${c.req.param("branch") ?? ""}`).flatMap((ruleset) =>
    ruleset.rules.map((rule) => ({
      ...ruleJson(rule),
      ruleset_source_type: "Repository",
      ruleset_source: source,
      ruleset_id: ruleset.id,
    })),
  );
  return c.json(pageOf(c, hub, found));
}

export function registerRulesets(api: Api, hub: Hub): void {
  const path = "/repos/:owner/:repo/rulesets";
  api.get(path, (c) => {
    const { repository } = enter(c, hub, READ);
    return c.json(pageOf(c, hub, [...repository.rulesets.values()]).map((ruleset) => rulesetJson(hub, ruleset, false)));
  });
  api.post(path, (c) => create(c, hub));
  api.get(`${path}/:ruleset_id`, (c) => {
    const { repository } = enter(c, hub, READ);
    return c.json(rulesetJson(hub, rulesetParam(c, repository), true));
  });
  api.put(`${path}/:ruleset_id`, (c) => update(c, hub));
  api.delete(`${path}/:ruleset_id`, (c) => {
    const { repository } = enterToWrite(c, hub, WRITE);
    repository.rulesets.delete(rulesetParam(c, repository).id);
    return c.body(null, 204);
  });
  api.get("/repos/:owner/:repo/rules/branches/:branch{.+}", (c) => rulesOfBranch(c, hub));
}
