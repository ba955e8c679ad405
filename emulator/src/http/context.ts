// What a route handler is given and asks for: the route contract.
//
//   export function registerLabels(api: Api, hub: Hub): void {
//     api.get("/repos/:owner/:repo/labels", (c) => {
//       const { repository } = enter(c, hub, { permission: "issues", level: "read", role: "read" });
//       return c.json(pageOf(c, hub, [...repository.labels.values()]).map((label) => labelJson(hub, label)));
//     });
//   }
//
// Parameters carry the names that GitHub's OpenAPI description gives them: the request log and the validators derive the
// operation from the route.
import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import type { Hub, RequestEntry } from "../hub.ts";
import type { Actor, Caller, Need } from "../world/caller.ts";
import { accessTo, actorOf } from "../world/caller.ts";
import type { Issue } from "../world/issues.ts";
import type { Repository } from "../world/repositories.ts";
import { findRepository, fullNameOf } from "../world/world.ts";
import { forbidden, GitHubError, gone, notFound, requiresAuthentication } from "./errors.ts";

export interface Env {
  readonly Bindings: HttpBindings;
  readonly Variables: {
    /** Set before every handler. */
    caller: Caller;
    /** The log entry of this request; git and GraphQL put their operation name here. */
    entry: RequestEntry;
  };
}

export type Api = Hono<Env>;
export type Ctx = Context<Env>;
export type Register = (api: Api, hub: Hub) => void;

/** The acting identity; 401 when the request has none. */
export function requireActor(c: Ctx): Actor {
  const actor = actorOf(c.get("caller"));
  if (actor === null) throw requiresAuthentication();
  return actor;
}

/** The acting person (user or user-to-server token); 401 or 403 otherwise. */
export function requireUser(c: Ctx): Actor {
  const actor = requireActor(c);
  if (actor.through === "installation" || actor.through === "job")
    throw forbidden("Resource not accessible by integration");
  return actor;
}

/** The repository in the route, after the check that the caller may do this to it; throws GitHub's refusal otherwise. */
export function enter(c: Ctx, hub: Hub, need: Need): { readonly repository: Repository; readonly caller: Caller } {
  const caller = c.get("caller");
  const repository = findRepository(hub.world, c.req.param("owner") ?? "", c.req.param("repo") ?? "");
  const names = typeof need.permission === "string" ? [need.permission] : need.permission;
  c.header("X-Accepted-GitHub-Permissions", names.map((name) => `${name}=${need.level}`).join("; "));
  if (repository === null) throw movedOrMissing(c, hub);
  const refusal = refusalFor(hub, caller, repository, need);
  if (refusal !== null) throw refusal;
  return { repository, caller };
}

/** Old names of renamed repositories lead to the new one. */
function movedOrMissing(c: Ctx, hub: Hub): GitHubError {
  const former = `${c.req.param("owner")}/${c.req.param("repo")}`;
  const repository = hub.world.repositories.get(hub.world.formerNames.get(former.toLowerCase()) ?? 0);
  if (repository === undefined) return notFound();
  const url = c.req.url.replace(`/repos/${former}`, `/repos/${fullNameOf(hub.world, repository)}`);
  return new GitHubError(301, "Moved Permanently", { url }, { Location: url });
}

/** Like `enter`, for writes: also gives the actor, and refuses archived repositories. */
export function enterToWrite(c: Ctx, hub: Hub, need: Need): { readonly repository: Repository; readonly actor: Actor } {
  const { repository } = enter(c, hub, need);
  const actor = requireActor(c);
  if (repository.archived) throw forbidden("Repository was archived so is read-only.");
  return { repository, actor };
}

/** GitHub's refusal of a caller on a repository, or null. Also for GraphQL and git, which have no route parameters. */
export function refusalFor(hub: Hub, caller: Caller, repository: Repository, need: Need): GitHubError | null {
  const access = accessTo(hub.world, caller, repository, need);
  if (access.allowed) return null;
  if (access.why === "hidden") return notFound();
  if (access.why === "suspended") return forbidden("This installation has been suspended");
  if (caller.kind === "anonymous") return requiresAuthentication();
  if (caller.kind === "user") {
    return need.role === "admin" || need.role === "write"
      ? notFoundOrAdmin(need)
      : forbidden("Must have triage rights to Repository.");
  }
  return forbidden("Resource not accessible by integration");
}

function notFoundOrAdmin(need: Need): GitHubError {
  return forbidden(
    need.role === "admin" ? "Must have admin rights to Repository." : "Must have write access to Repository.",
  );
}

/** A positive whole number in the route; 404 otherwise. */
export function numberParam(c: Ctx, name: string): number {
  const text = c.req.param(name) ?? "";
  if (!/^\d{1,15}$/.test(text)) throw notFound();
  return Number(text);
}

/** The issue (or issue side of a pull request) in the route. */
export function issueParam(c: Ctx, repository: Repository): Issue {
  const number = numberParam(c, "issue_number");
  const issue = repository.issues.get(number);
  if (repository.goneNumbers.has(number)) throw gone("This issue was deleted");
  if (issue === undefined) throw notFound();
  return issue;
}
