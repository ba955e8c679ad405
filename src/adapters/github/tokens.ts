// Tokens of installations, each narrowed to one repository and to what it is for, kept until shortly before they end.

import { z } from "zod";
import type { Clock, RepositoryRef } from "../../core/ports.ts";
import type { EpochMs } from "../../core/task.ts";
import { createTable, nameOf } from "./context.ts";
import type { Wire } from "./wire.ts";

/** Every key is a permission of the installation; what is not here, the token may not do. */
export type TokenPermissions = Readonly<Record<string, "read" | "write">>;

/** What the reconcile loop needs to look at a task and to bring GitHub up to date. */
export const HUB_PERMISSIONS = {
  actions: "write",
  checks: "write",
  contents: "write",
  issues: "write",
  metadata: "read",
  pull_requests: "write",
  statuses: "read",
} as const satisfies TokenPermissions;

/** What is asked of other repositories of the same installation: how the issues stand that a task waits for. */
export const ACROSS_PERMISSIONS = {
  issues: "read",
  metadata: "read",
  pull_requests: "read",
} as const satisfies TokenPermissions;

/** What the job that publishes needs: it looks at a task as the loop does, but writes no issue and starts no run. */
export const PUBLISH_PERMISSIONS = {
  actions: "read",
  checks: "write",
  contents: "write",
  issues: "read",
  metadata: "read",
  pull_requests: "write",
  statuses: "read",
} as const satisfies TokenPermissions;

export interface NarrowedToken {
  readonly token: string;
  readonly expiresAt: EpochMs;
}

/** Before its end a token is not used for anything new. Source: GitHub's tokens live an hour. */
const MARGIN_MS = 5 * 60_000;

const tokenSchema = z.object({ token: z.string().min(1), expires_at: z.string() });

export interface TokenMint {
  /** @param repository null for all that the installation has */
  tokenFor(
    installation: number,
    repository: RepositoryRef | null,
    permissions: TokenPermissions,
    isFresh?: boolean,
  ): Promise<NarrowedToken>;
  /** A token of its own for somebody else, who may revoke it: never one that is in use here, and not kept. */
  mint(installation: number, repository: RepositoryRef, permissions: TokenPermissions): Promise<NarrowedToken>;
  forget(installation: number): void;
}

/** @param appWire speaks as the App */
export function createTokenMint(appWire: Wire, clock: Clock): TokenMint {
  const tokens = createTable<NarrowedToken>();
  /** Whoever asks while one is being made waits for that one. */
  const coming = new Map<string, Promise<NarrowedToken>>();
  /** A new generation makes every token of an installation a stranger. */
  const generations = new Map<number, number>();

  async function mint(
    installation: number,
    repository: RepositoryRef | null,
    permissions: TokenPermissions,
  ): Promise<NarrowedToken> {
    const answer = await appWire.rest({
      route: "POST /app/installations/{installation_id}/access_tokens",
      parameters: {
        installation_id: installation,
        permissions,
        ...(repository === null ? {} : { repositories: [repository.name] }),
      },
      // A second token harms nobody: it is not used and ends by itself.
      repeat: "freely",
      kind: "read",
      priority: "urgent",
    });
    if (!answer.ok) throw new Error(`GitHub gave no token for the installation ${installation}: ${answer.message}`);
    const { token, expires_at } = tokenSchema.parse(answer.data);
    return { token, expiresAt: Date.parse(expires_at) };
  }

  return {
    mint,
    async tokenFor(installation, repository, permissions, isFresh = false) {
      const what = JSON.stringify(Object.entries(permissions).sort());
      const generation = generations.get(installation) ?? 0;
      const key = `${installation}/${generation} ${repository === null ? "*" : nameOf(repository)} ${what}`;
      const known = tokens.get(key);
      if (known !== undefined && !isFresh && known.expiresAt - clock.now() > MARGIN_MS) return known;
      const minting = coming.get(key) ?? mint(installation, repository, permissions).finally(() => coming.delete(key));
      coming.set(key, minting);
      const minted = await minting;
      tokens.set(key, minted);
      return minted;
    },
    forget(installation) {
      generations.set(installation, (generations.get(installation) ?? 0) + 1);
    },
  };
}
