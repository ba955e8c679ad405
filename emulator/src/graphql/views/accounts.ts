// Users, bots, organisations and apps.
import type { Account } from "../../world/accounts.ts";
import type { App } from "../../world/apps.ts";
import { nodeId } from "../../world/ids.ts";
import { text } from "../args.ts";
import type { Gql } from "../gql.ts";
import { notFound } from "../refusal.ts";
import { time, type View } from "../view.ts";

function shared(g: Gql, account: Account): View {
  const { hub } = g;
  const slug = account.login.replace(/\[bot\]$/, "");
  const path = account.appId === null ? `/${account.login}` : `/apps/${slug}`;
  return {
    id: account.nodeId,
    databaseId: account.id,
    login: account.login,
    avatarUrl: `${hub.urls.web}/_avatars/u/${account.id}`,
    resourcePath: path,
    url: `${hub.urls.web}${path}`,
    createdAt: time(account.createdAt),
    updatedAt: time(account.updatedAt),
  };
}

function repositoryIn(g: Gql, account: Account, name: string): View {
  const repository = g.hub.world.repositoriesByName.get(`${account.login}/${name}`.toLowerCase());
  if (repository !== undefined && g.canRead(repository)) return g.views.repository(repository);
  throw notFound(`Could not resolve to a Repository with the name '${account.login}/${name}'.`);
}

/** Also for bots: commits and the viewer show them as users, with `[bot]` in their login. */
export function userView(g: Gql, account: Account): View {
  return {
    ...shared(g, account),
    __typename: "User",
    name: account.name,
    email: account.email ?? "",
    bio: null,
    company: null,
    location: null,
    websiteUrl: null,
    isViewer: account.id === g.viewer.id,
    isSiteAdmin: false,
    isEmployee: false,
    isBountyHunter: false,
    repository: (args: View) => repositoryIn(g, account, text(args, "name")),
  };
}

export function actorView(g: Gql, account: Account): View {
  if (account.type === "Organization") {
    const { name, email } = account;
    return {
      ...shared(g, account),
      __typename: "Organization",
      name,
      email,
      description: null,
      isVerified: false,
      viewerCanAdminister: account.members.get(g.viewer.id) === "admin",
      viewerIsAMember: account.members.has(g.viewer.id),
      repository: (args: View) => repositoryIn(g, account, text(args, "name")),
    };
  }
  if (account.type === "User") return userView(g, account);
  return { ...shared(g, account), __typename: "Bot", login: account.login.replace(/\[bot\]$/, "") };
}

export function appView(g: Gql, app: App): View {
  return {
    __typename: "App",
    id: nodeId("App", app.id),
    databaseId: app.id,
    clientId: app.clientId,
    slug: app.slug,
    name: app.name,
    description: app.description,
    url: `${g.hub.urls.web}/apps/${app.slug}`,
    logoUrl: `${g.hub.urls.web}/_avatars/u/${app.botId}`,
    logoBackgroundColor: "ffffff",
    createdAt: time(app.createdAt),
    updatedAt: time(app.updatedAt),
  };
}
