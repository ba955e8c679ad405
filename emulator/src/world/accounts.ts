// Users, bots and organisations, and the roles they hold.

export type AccountType = "User" | "Bot" | "Organization";

export interface Account {
  readonly id: number;
  readonly nodeId: string;
  readonly type: AccountType;
  login: string;
  name: string | null;
  email: string | null;
  readonly createdAt: number;
  updatedAt: number;
  /** Organisations only: user id → role in it. */
  readonly members: Map<number, OrganizationRole>;
  /** Organisations only: what members may do in every repository of it without being collaborators. */
  defaultRole: Role;
  /** Bots only: the app that the bot speaks for. */
  readonly appId: number | null;
}

export type OrganizationRole = "admin" | "member";

/** Roles on a repository, weakest first: the order is the comparison. */
export const ROLES = ["none", "read", "triage", "write", "maintain", "admin"] as const;
export type Role = (typeof ROLES)[number];

export function roleAtLeast(held: Role, needed: Role): boolean {
  return ROLES.indexOf(held) >= ROLES.indexOf(needed);
}

export interface Team {
  readonly id: number;
  readonly nodeId: string;
  readonly organizationId: number;
  readonly slug: string;
  readonly name: string;
  readonly members: Map<number, "member" | "maintainer">;
}
