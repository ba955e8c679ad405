// Organisations: profile, members, teams, issue types.
import { accountJson, accountProfileJson, organizationJson } from "../formats/accounts.ts";
import { ISSUE_TYPES, issueTypeJson } from "../formats/issue-types.ts";
import { repositoryJson } from "../formats/repositories.ts";
import { optionalString, readJson, requiredString } from "../http/body.ts";
import { type Api, type Ctx, requireActor } from "../http/context.ts";
import { forbidden, notFound, validationFailed } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { Account, Team } from "../world/accounts.ts";
import { isoSeconds } from "../world/clock.ts";
import { nodeId } from "../world/ids.ts";
import type { JsonObject } from "../world/json.ts";
import { entity } from "../world/world.ts";
import { accountParam, visible } from "./users.ts";

export function registerOrganizations(api: Api, hub: Hub): void {
  api.get("/orgs/:org", (c) => {
    return c.json(organizationProfileJson(hub, organizationParam(c, hub)));
  });
  api.get("/orgs/:org/repos", (c) => {
    const organization = organizationParam(c, hub);
    const owned = visible(hub, c).filter((repository) => repository.ownerId === organization.id);
    return c.json(pageOf(c, hub, owned).map((repository) => repositoryJson(hub, repository)));
  });
  api.get("/orgs/:org/members", (c) => {
    const members = [...organizationParam(c, hub).members.keys()].map((id) =>
      entity(hub.world.accounts, id, "account"),
    );
    return c.json(pageOf(c, hub, members).map((account) => accountJson(hub, account)));
  });
  api.get("/orgs/:org/members/:username", (c) => {
    requireActor(c);
    if (!organizationParam(c, hub).members.has(accountParam(c, hub, "username").id)) throw notFound();
    return c.body(null, 204);
  });
  api.get("/orgs/:org/memberships/:username", (c) => {
    requireActor(c);
    const organization = organizationParam(c, hub);
    const account = accountParam(c, hub, "username");
    const role = organization.members.get(account.id);
    if (role === undefined) throw notFound();
    const url = `${hub.urls.api}/orgs/${organization.login}`;
    return c.json({
      url: `${url}/memberships/${account.login}`,
      state: "active",
      role,
      organization_url: url,
      organization: organizationJson(hub, organization),
      user: accountJson(hub, account),
    });
  });
  api.get("/orgs/:org/issue-types", (c) => {
    organizationParam(c, hub);
    return c.json(ISSUE_TYPES.map(issueTypeJson));
  });
  registerTeams(api, hub);
}

function registerTeams(api: Api, hub: Hub): void {
  api.get("/orgs/:org/teams", (c) => {
    const organization = organizationParam(c, hub);
    const teams = [...hub.world.teams.values()].filter((team) => team.organizationId === organization.id);
    return c.json(pageOf(c, hub, teams).map((team) => teamJson(hub, team)));
  });
  api.post("/orgs/:org/teams", async (c) => {
    const organization = organizationParam(c, hub);
    if (organization.members.get(requireActor(c).account.id) !== "admin") throw forbidden();
    const name = requiredString(await readJson(c), "name");
    const slug = name.toLowerCase().replace(/[^\w]+/g, "-");
    if (findTeam(hub, organization, slug) !== null) {
      throw validationFailed([{ resource: "Team", code: "already_exists", field: "name" }]);
    }
    const id = hub.world.ids.next();
    const team: Team = {
      id,
      nodeId: nodeId("Team", id),
      organizationId: organization.id,
      slug,
      name,
      members: new Map(),
    };
    hub.world.teams.set(id, team);
    return c.json(fullTeamJson(hub, team, organization), 201);
  });
  api.get("/orgs/:org/teams/:team_slug/members", (c) => {
    const members = [...teamParam(c, hub).members.keys()].map((id) => entity(hub.world.accounts, id, "account"));
    return c.json(pageOf(c, hub, members).map((account) => accountJson(hub, account)));
  });
  api.get("/orgs/:org/teams/:team_slug/memberships/:username", (c) => {
    const team = teamParam(c, hub);
    const account = accountParam(c, hub, "username");
    const role = team.members.get(account.id);
    if (role === undefined) throw notFound();
    return c.json(membershipJson(hub, team, account, role));
  });
  api.put("/orgs/:org/teams/:team_slug/memberships/:username", async (c) => {
    const organization = organizationParam(c, hub);
    if (organization.members.get(requireActor(c).account.id) !== "admin") throw forbidden();
    const team = teamParam(c, hub);
    const account = accountParam(c, hub, "username");
    const role = optionalString(await readJson(c), "role") === "maintainer" ? "maintainer" : "member";
    team.members.set(account.id, role);
    if (!organization.members.has(account.id)) organization.members.set(account.id, "member");
    return c.json(membershipJson(hub, team, account, role));
  });
}

function organizationProfileJson(hub: Hub, organization: Account): JsonObject {
  return {
    ...accountProfileJson(hub, organization),
    ...organizationJson(hub, organization),
    has_organization_projects: true,
    has_repository_projects: true,
    default_repository_permission: organization.defaultRole,
    archived_at: null,
    name: organization.name ?? organization.login,
    company: "",
    location: "",
    email: "",
  };
}

function organizationParam(c: Ctx, hub: Hub): Account {
  const account = accountParam(c, hub, "org");
  if (account.type !== "Organization") throw notFound();
  return account;
}

function findTeam(hub: Hub, organization: Account, slug: string): Team | null {
  for (const team of hub.world.teams.values()) {
    if (team.organizationId === organization.id && team.slug === slug) return team;
  }
  return null;
}

function teamParam(c: Ctx, hub: Hub): Team {
  requireActor(c);
  const team = findTeam(hub, organizationParam(c, hub), c.req.param("team_slug") ?? "");
  if (team === null) throw notFound();
  return team;
}

function teamUrl(hub: Hub, team: Team): string {
  return `${hub.urls.api}/organizations/${team.organizationId}/team/${team.id}`;
}

function fullTeamJson(hub: Hub, team: Team, organization: Account): JsonObject {
  const at = isoSeconds(hub.world.clock.now());
  return {
    ...teamJson(hub, team),
    created_at: at,
    updated_at: at,
    members_count: team.members.size,
    repos_count: 0,
    organization: organizationProfileJson(hub, organization),
  };
}

function membershipJson(hub: Hub, team: Team, account: Account, role: string): JsonObject {
  return { url: `${teamUrl(hub, team)}/memberships/${account.login}`, role, state: "active" };
}

function teamJson(hub: Hub, team: Team): JsonObject {
  const url = teamUrl(hub, team);
  const organization = entity(hub.world.accounts, team.organizationId, "account");
  return {
    id: team.id,
    node_id: team.nodeId,
    name: team.name,
    slug: team.slug,
    description: null,
    privacy: "closed",
    notification_setting: "notifications_enabled",
    permission: "pull",
    url,
    html_url: `${hub.urls.web}/orgs/${organization.login}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    type: "organization",
    organization_id: organization.id,
    parent: null,
  };
}
