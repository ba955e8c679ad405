// Giving out and taking back tokens.
import type { Account } from "./accounts.ts";
import type { App, Installation, Permissions } from "./apps.ts";
import type { InstallationToken, JobToken, Token, UserToken, UserToServerToken } from "./tokens.ts";
import type { World } from "./world.ts";

export const INSTALLATION_TOKEN_MS = 3_600_000;
export const USER_TO_SERVER_TOKEN_MS = 8 * 3_600_000;
export const REFRESH_TOKEN_MS = 184 * 24 * 3_600_000;

function randomText(world: World, length: number): string {
  return world.randomBytes(length).toString("base64url").replace(/[-_]/g, "0").slice(0, length);
}

/** The long format that GitHub began to hand out in 2026: `ghs_<app id>_<three parts>`; whoever counts characters fails. */
function serverToken(world: World, appId: number): string {
  return `ghs_${appId}_${randomText(world, 36)}.${randomText(world, 96)}.${randomText(world, 86)}`;
}

/** Above this, tokens that open nothing any more are forgotten. */
const TOKENS_KEPT_MAX = 10_000;

function keep<T extends Token>(world: World, token: T): T {
  if (world.tokens.size >= TOKENS_KEPT_MAX) {
    for (const [value, old] of world.tokens) {
      const isDead = old.revoked || (old.expiresAt !== null && old.expiresAt <= world.clock.now());
      if (isDead && old.kind !== "user-to-server") world.tokens.delete(value);
    }
  }
  world.tokens.set(token.value, token);
  return token;
}

export interface InstallationTokenInput {
  readonly installation: Installation;
  /** null = all that the installation has. */
  readonly repositoryIds: ReadonlySet<number> | null;
  readonly permissions: Permissions;
}

export function mintInstallationToken(world: World, input: InstallationTokenInput): InstallationToken {
  const now = world.clock.now();
  return keep(world, {
    kind: "installation",
    value: serverToken(world, input.installation.appId),
    installationId: input.installation.id,
    repositoryIds: input.repositoryIds,
    permissions: input.permissions,
    createdAt: now,
    expiresAt: now + INSTALLATION_TOKEN_MS,
    revoked: false,
  });
}

export interface JobTokenInput {
  readonly appId: number;
  readonly repositoryId: number;
  readonly permissions: Permissions;
  readonly runId: number;
  readonly jobId: number;
  /** Epoch ms at which it dies even if the job does not end. */
  readonly expiresAt: number;
}

/** The GITHUB_TOKEN of a job; whoever ends the job revokes it. */
export function mintJobToken(world: World, input: JobTokenInput): JobToken {
  const { appId, ...rest } = input;
  return keep(world, {
    kind: "job",
    value: serverToken(world, appId),
    ...rest,
    createdAt: world.clock.now(),
    revoked: false,
  });
}

const CLASSIC_SCOPES: readonly string[] = ["admin:org", "admin:repo_hook", "repo", "user", "workflow"];

export function mintUserToken(
  world: World,
  user: Account,
  scopes = CLASSIC_SCOPES,
  prefix: "ghp" | "gho" = "ghp",
): UserToken {
  return keep(world, {
    kind: "user",
    value: `${prefix}_${randomText(world, 36)}`,
    userId: user.id,
    scopes,
    createdAt: world.clock.now(),
    expiresAt: null,
    revoked: false,
  });
}

export function mintUserToServerToken(world: World, user: Account, app: App): UserToServerToken {
  const now = world.clock.now();
  return keep(world, {
    kind: "user-to-server",
    value: `ghu_${randomText(world, 36)}`,
    userId: user.id,
    appId: app.id,
    refreshToken: `ghr_${randomText(world, 76)}`,
    refreshExpiresAt: now + REFRESH_TOKEN_MS,
    createdAt: now,
    expiresAt: now + USER_TO_SERVER_TOKEN_MS,
    revoked: false,
  });
}

export function revokeToken(world: World, value: string): void {
  const token = world.tokens.get(value);
  if (token !== undefined) token.revoked = true;
}

/** A token that still opens something, or null. */
export function liveToken(world: World, value: string): Token | null {
  const token = world.tokens.get(value);
  if (token === undefined || token.revoked) return null;
  return token.expiresAt !== null && token.expiresAt <= world.clock.now() ? null : token;
}
