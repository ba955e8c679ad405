// The top-level fields of queries.
import { searchIssues } from "../rest/search.ts";
import { findAccount, findRepository, repositoryOf } from "../world/world.ts";
import { text, texts } from "./args.ts";
import { connection, connectionOf } from "./connection.ts";
import type { Gql } from "./gql.ts";
import { nodeView } from "./nodes.ts";
import { notEmulated, notFound } from "./refusal.ts";
import { type Args, time, type View } from "./view.ts";

function repository(g: Gql, args: Args): View {
  const found = findRepository(g.hub.world, text(args, "owner"), text(args, "name"));
  if (found !== null && g.canRead(found)) return g.views.repository(found);
  throw notFound(`Could not resolve to a Repository with the name '${text(args, "owner")}/${text(args, "name")}'.`);
}

function account(g: Gql, args: Args, kind: "User" | "Organization" | null): View {
  const login = text(args, "login");
  const found = findAccount(g.hub.world, login);
  const isRight = found !== null && (kind === null || found.type === kind);
  if (isRight) return g.views.actor(found);
  const wanted = kind === "Organization" ? "an Organization" : kind === "User" ? "a User" : "a ProfileOwner";
  throw notFound(`Could not resolve to ${wanted} with the login of '${login}'.`);
}

function search(g: Gql, args: Args): View {
  const type = text(args, "type");
  const query = text(args, "query");
  if (type === "REPOSITORY") {
    const words = query.toLowerCase().split(/\s+/);
    const found = [...g.hub.world.repositories.values()].filter(
      (each) => g.canRead(each) && words.every((word) => each.name.toLowerCase().includes(word)),
    );
    return connectionOf("search", args, found, g.views.repository, { ...NO_COUNTS, repositoryCount: found.length });
  }
  if (!type.startsWith("ISSUE")) throw notEmulated(`Query.search(type: ${type})`);
  const found = searchIssues(g.hub, query).filter((issue) => g.canRead(repositoryOf(g.hub.world, issue)));
  return connection(
    "search",
    args,
    { items: found, key: (issue) => issue.id, view: g.views.issueOrPull },
    { ...NO_COUNTS, issueCount: found.length },
  );
}

const NO_COUNTS: View = {
  issueCount: 0,
  repositoryCount: 0,
  userCount: 0,
  codeCount: 0,
  discussionCount: 0,
  wikiCount: 0,
};

/** What is left after this query, whose cost is charged already. */
function rateLimit(g: Gql): View {
  const state = g.hub.rateLimits.state(g.caller, "graphql");
  const read = (name: string): number => {
    const value = state[name];
    return typeof value === "number" ? value : 0;
  };
  return {
    cost: g.cost.points,
    nodeCount: g.cost.nodes,
    limit: read("limit"),
    remaining: read("remaining"),
    used: read("used"),
    resetAt: time(read("reset") * 1000),
  };
}

async function resource(g: Gql, args: Args): Promise<View | null> {
  const { pathname } = new URL(text(args, "url"), g.hub.urls.web);
  const [owner = "", name = "", kind, which = ""] = pathname.slice(1).split("/");
  const found = findRepository(g.hub.world, owner, name);
  if (found === null || !g.canRead(found)) return null;
  if (kind === undefined) return g.views.repository(found);
  if (kind === "commit") return g.views.object(found, which);
  const issue = kind === "issues" || kind === "pull" ? found.issues.get(Number(which)) : undefined;
  return issue === undefined ? null : g.views.issueOrPull(issue);
}

export function queryRoot(g: Gql): View {
  const root: View = {
    viewer: () => g.views.user(g.viewer),
    repository: (args: Args) => repository(g, args),
    user: (args: Args) => account(g, args, "User"),
    organization: (args: Args) => account(g, args, "Organization"),
    repositoryOwner: (args: Args) => account(g, args, null),
    node: (args: Args) => nodeView(g, text(args, "id")),
    // One id that leads nowhere is an error beside the others, and null in its place.
    nodes: (args: Args) => (texts(args, "ids") ?? []).map((id) => nodeView(g, id)),
    search: (args: Args) => search(g, args),
    rateLimit: () => rateLimit(g),
    resource: (args: Args) => resource(g, args),
    relay: () => root,
    id: "Query",
    __typename: "Query",
  };
  return root;
}
