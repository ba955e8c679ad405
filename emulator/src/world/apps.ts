// GitHub Apps, their installations, and the permissions that apps hold.

export type PermissionLevel = "read" | "write" | "admin";
/** Permission name as in the API (`issues`, `pull_requests`, …) → level; absent = none. */
export type Permissions = Readonly<Record<string, PermissionLevel>>;

export interface App {
  readonly id: number;
  readonly nodeId: string;
  readonly slug: string;
  name: string;
  readonly ownerId: number;
  readonly clientId: string;
  readonly clientSecret: string;
  /** SPKI PEM; null for GitHub's own Actions app, which never signs a JWT. */
  readonly publicKeyPem: string | null;
  /** The account that acts when the app acts: `slug[bot]`. */
  readonly botId: number;
  permissions: Permissions;
  events: readonly string[];
  webhookUrl: string | null;
  webhookSecret: string | null;
  webhookActive: boolean;
  description: string | null;
  externalUrl: string;
  callbackUrls: readonly string[];
  /** Id of the hook as in X-GitHub-Hook-ID. */
  readonly hookId: number;
  readonly createdAt: number;
  updatedAt: number;
}

export interface Installation {
  readonly id: number;
  readonly nodeId: string;
  readonly appId: number;
  readonly accountId: number;
  /** null = every repository of the account, now and later. */
  repositoryIds: Set<number> | null;
  permissions: Permissions;
  events: readonly string[];
  suspendedAt: number | null;
  suspendedById: number | null;
  readonly createdAt: number;
  updatedAt: number;
}

const ORDER: readonly PermissionLevel[] = ["read", "write", "admin"];

/** Does `held` give at least `needed` of this permission? `metadata: read` comes with every installation. */
export function permits(held: Permissions, name: string, needed: PermissionLevel): boolean {
  const level = held[name] ?? (name === "metadata" ? "read" : undefined);
  return level !== undefined && ORDER.indexOf(level) >= ORDER.indexOf(needed);
}
