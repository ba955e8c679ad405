// Who moves refs, and with which rights beyond "may write": the part of a credential that git-side rules ask for.
import type { Role } from "../world/accounts.ts";
import { permits } from "../world/apps.ts";
import { type Actor, actorOf, type Caller, installationFor, roleOf } from "../world/caller.ts";
import type { Repository } from "../world/repositories.ts";
import type { World } from "../world/world.ts";

export interface Mover {
  readonly actor: Actor;
  /** May add or change files below `.github/workflows/`. */
  readonly mayWriteWorkflows: boolean;
  /** How GitHub names the credential in its refusal of workflow files. */
  readonly kind: "GitHub App" | "OAuth App" | "Personal Access Token";
  readonly role: Role;
  /** True for whoever sets up a world: rules of branches do not hold for it. */
  readonly isUnbound: boolean;
}

function hasWorkflows(world: World, caller: Caller, repository: Repository): boolean {
  switch (caller.kind) {
    case "installation":
    case "job":
      return permits(caller.token.permissions, "workflows", "write");
    case "user-to-server": {
      const installation = installationFor(world, caller.app, repository);
      return installation !== null && permits(installation.permissions, "workflows", "write");
    }
    case "user":
      // A personal token without any scope listed stands for "everything its user may do".
      return caller.token.scopes.length === 0 || caller.token.scopes.includes("workflow");
    default:
      return false;
  }
}

/** null for callers that cannot act. */
export function moverOf(world: World, caller: Caller, repository: Repository): Mover | null {
  const actor = actorOf(caller);
  if (actor === null) return null;
  return {
    actor,
    mayWriteWorkflows: hasWorkflows(world, caller, repository),
    kind: caller.kind === "user" ? "Personal Access Token" : "GitHub App",
    isUnbound: false,
    role:
      caller.kind === "user" || caller.kind === "user-to-server" ? roleOf(world, actor.account, repository) : "write",
  };
}

/** Whoever sets up a world, and GitHub itself: no rule holds for them. */
export function unboundMover(actor: Actor): Mover {
  return { actor, mayWriteWorkflows: true, kind: "Personal Access Token", role: "admin", isUnbound: true };
}
