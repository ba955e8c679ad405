// Every credential the emulator gives out. A token is looked up by its text; none is ever logged.
import type { Permissions } from "./apps.ts";

interface TokenBase {
  readonly value: string;
  readonly createdAt: number;
  /** Epoch ms; null = never. */
  readonly expiresAt: number | null;
  revoked: boolean;
}

/** `ghs_…`: an app acting in one account. */
export interface InstallationToken extends TokenBase {
  readonly kind: "installation";
  readonly installationId: number;
  /** null = everything that the installation has. */
  readonly repositoryIds: ReadonlySet<number> | null;
  readonly permissions: Permissions;
}

/** `ghs_…`: the GITHUB_TOKEN of one job. Its events start no workflow. */
export interface JobToken extends TokenBase {
  readonly kind: "job";
  readonly repositoryId: number;
  readonly permissions: Permissions;
  readonly runId: number;
  readonly jobId: number;
}

/** `ghp_…`: everything that the user may do. */
export interface UserToken extends TokenBase {
  readonly kind: "user";
  readonly userId: number;
  readonly scopes: readonly string[];
}

/** `ghu_…`: a user through an app: what both may do. */
export interface UserToServerToken extends TokenBase {
  readonly kind: "user-to-server";
  readonly userId: number;
  readonly appId: number;
  readonly refreshToken: string;
  readonly refreshExpiresAt: number;
}

export type Token = InstallationToken | JobToken | UserToken | UserToServerToken;
