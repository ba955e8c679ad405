// What the app needs of GitHub beyond one repository's Hub: who is installed where, narrowed tokens, deliveries.
// A port: the implementation is an adapter's, a double of it is all that a test of the app needs.

import type { Hub, InstalledOn, RepositoryRef } from "../core/ports.ts";
import type { EpochMs, Sha } from "../core/task.ts";

export interface RepositoryFacts {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
}

/** The App as GitHub knows it. */
export interface AppIdentity {
  readonly slug: string;
  readonly botId: number;
}

/** Every key is a permission of the installation; what is not here, the token may not do. */
export type TokenPermissions = Readonly<Record<string, "read" | "write">>;

export interface NarrowedToken {
  readonly token: string;
  readonly expiresAt: EpochMs;
}

/** One attempt to deliver a webhook. A redelivery has the same `guid` and another `id`. */
export interface DeliveryAttempt {
  readonly id: number;
  readonly guid: string;
  readonly at: EpochMs;
  readonly isSuccess: boolean;
}

export interface GitHub {
  identity(): Promise<AppIdentity>;
  /** @returns null when the App is not installed there or suspended */
  hubFor(repository: RepositoryRef): Promise<Hub | null>;
  /** Repositories of every installation that is not suspended. */
  repositories(): Promise<readonly RepositoryRef[]>;
  /** Installations that are not suspended. */
  installations(): Promise<readonly number[]>;
  /** Read afresh, archived repositories left out. @returns null when it is suspended or gone */
  installation(installationId: number): Promise<InstalledOn | null>;
  /** Read afresh: identity and default branch decide about tokens. @returns null when the App is not installed there */
  factsOf(repository: RepositoryRef): Promise<RepositoryFacts | null>;
  /** @returns the commit that a branch points to, or null when there is no such branch */
  headOf(repository: RepositoryRef, branch: string): Promise<Sha | null>;
  /** @returns the head branch of a pull request whose head is in the repository itself, else null */
  headBranchOf(repository: RepositoryRef, pullRequest: number): Promise<string | null>;
  /** A new token for this one repository and nothing but these permissions. */
  narrowedToken(repository: RepositoryRef, permissions: TokenPermissions): Promise<NarrowedToken>;
  /** Newest first, no older than `since`, in pages of bounded number. */
  deliveriesSince(since: EpochMs): Promise<readonly DeliveryAttempt[]>;
  redeliver(deliveryId: number): Promise<void>;
  /** What is remembered of an installation is void. */
  forgetInstallation(installationId: number): void;
}

/** What the agent's side of a run may read. */
export const READ_PERMISSIONS = {
  contents: "read",
  issues: "read",
  pull_requests: "read",
} as const satisfies TokenPermissions;
