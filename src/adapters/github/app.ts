// The App on GitHub: who it is, where it is installed, a Hub for each repository, narrowed tokens, and its deliveries.

import type { Account } from "../../core/observation.ts";
import type { Clock, Hub, InstalledOn, Random, RepositoryRef } from "../../core/ports.ts";
import type { EpochMs, Sha } from "../../core/task.ts";
import type { OctokitLike } from "./client.ts";
import { createTable, nameOf } from "./context.ts";
import { createDeliveries, type DeliveryAttempt } from "./deliveries.ts";
import { createFacts, type RepositoryFacts } from "./facts.ts";
import { createGovernor, type Governor } from "./governor.ts";
import { createGithubHub } from "./hub.ts";
import { type AppIdentity, findIdentity } from "./identity.ts";
import { createInstallations, type Installation } from "./installations.ts";
import { createAppOctokit, createRenewingOctokit, createTokenOctokit, type Endpoint } from "./octokit.ts";
import {
  ACROSS_PERMISSIONS,
  createTokenMint,
  HUB_PERMISSIONS,
  type NarrowedToken,
  type TokenPermissions,
} from "./tokens.ts";
import { createWire, type Wire } from "./wire.ts";

export interface GithubAppOptions extends Endpoint {
  readonly appId: number | string;
  readonly privateKey: string;
  readonly clock: Clock;
  readonly random: Random;
  /** False only against an emulator. */
  readonly isPacing: boolean;
}

export interface GithubApp {
  identity(): Promise<AppIdentity>;
  /** @returns null when the App is not installed there or suspended */
  hubFor(repository: RepositoryRef): Promise<Hub | null>;
  /** Repositories of every installation that is not suspended. */
  repositories(): Promise<readonly RepositoryRef[]>;
  /** Installations that are not suspended. */
  installations(): Promise<readonly number[]>;
  /** @returns null when it is suspended or gone */
  installation(installationId: number): Promise<InstalledOn | null>;
  /** @returns null when the App is not installed there */
  factsOf(repository: RepositoryRef): Promise<RepositoryFacts | null>;
  /** @returns the commit that a branch points to, or null when there is no such branch */
  headOf(repository: RepositoryRef, branch: string): Promise<Sha | null>;
  /** @returns the head branch of a pull request whose head is in the repository itself, else null */
  headBranchOf(repository: RepositoryRef, pullRequest: number): Promise<string | null>;
  narrowedToken(repository: RepositoryRef, permissions: TokenPermissions): Promise<NarrowedToken>;
  deliveriesSince(since: EpochMs): Promise<readonly DeliveryAttempt[]>;
  redeliver(deliveryId: number): Promise<void>;
  forgetInstallation(installationId: number): void;
}

/** Octokits that are kept, one per token; a token that is renewed leaves its own behind. */
const OCTOKITS_MAX = 500;

export function createGithubApp(options: GithubAppOptions): GithubApp {
  const { clock, random, baseUrl } = options;
  const governors = createTable<Governor>();
  const hubs = createTable<Hub>();
  const octokits = createTable<OctokitLike>(OCTOKITS_MAX);
  const governorOf = (key: string): Governor => {
    const known = governors.get(key) ?? createGovernor({ clock, isPacing: options.isPacing });
    governors.set(key, known);
    return known;
  };
  const wireOver = (octokit: OctokitLike, governorKey: string): Wire =>
    createWire({ octokit, governor: governorOf(governorKey), clock, random });
  const appWire = wireOver(createAppOctokit(options, options), "app");
  const mint = createTokenMint(appWire, clock);
  const installations = createInstallations(appWire, async (installation) => {
    const { token } = await mint.tokenFor(installation, null, { metadata: "read" });
    return wireOver(createTokenOctokit(options, token), `${installation}`);
  });
  const facts = createFacts(factsWire);
  let known: Promise<AppIdentity> | null = null;

  async function octokitFor(repository: RepositoryRef): Promise<OctokitLike> {
    const installation = await installed(repository);
    return createRenewingOctokit(baseUrl, async (isFresh) => {
      const { token } = await mint.tokenFor(installation.id, repository, HUB_PERMISSIONS, isFresh);
      const made = octokits.get(token) ?? createTokenOctokit(options, token);
      octokits.set(token, made);
      return made;
    });
  }

  async function octokitAcross(repository: RepositoryRef): Promise<OctokitLike> {
    const installation = await installed(repository);
    return createRenewingOctokit(baseUrl, async (isFresh) => {
      const { token } = await mint.tokenFor(installation.id, null, ACROSS_PERMISSIONS, isFresh);
      return createTokenOctokit(options, token);
    });
  }

  async function installed(repository: RepositoryRef): Promise<Installation> {
    const found = await installations.of(repository);
    if (found === null) throw new Error(`the App is not installed on ${nameOf(repository)}`);
    return found;
  }

  async function factsWire(repository: RepositoryRef): Promise<Wire> {
    const installation = await installed(repository);
    return wireOver(await octokitFor(repository), `${installation.id}`);
  }

  async function identity(): Promise<AppIdentity> {
    // A failure is not kept: the next caller asks again.
    known ??= findIdentity(appWire, wireOver(createTokenOctokit(options, null), "nobody")).catch((error: unknown) => {
      known = null;
      throw error;
    });
    return await known;
  }

  async function hubFor(repository: RepositoryRef): Promise<Hub | null> {
    const installation = await installations.of(repository);
    if (installation === null) return null;
    const cached = hubs.get(`${installation.id}`);
    if (cached !== undefined) return cached;
    const { slug, botId } = await identity();
    const writer: Account = { id: botId, login: `${slug}[bot]`, isBot: true };
    const governor = governorOf(`${installation.id}`);
    const hub = createGithubHub({
      octokitFor,
      octokitAcross,
      governor,
      writer,
      installedAt: installation.createdAt,
      clock,
      random,
    });
    hubs.set(`${installation.id}`, hub);
    return hub;
  }

  return {
    identity,
    hubFor,
    repositories: () => installations.repositories(),
    installations: () => installations.all(),
    installation: (installationId) => installations.on(installationId),
    factsOf: async (repository) => ((await installations.of(repository)) === null ? null : facts.factsOf(repository)),
    headOf: facts.headOf,
    headBranchOf: facts.headBranchOf,
    async narrowedToken(repository, permissions) {
      const { id } = await installed(repository);
      return await mint.mint(id, repository, permissions);
    },
    ...createDeliveries(appWire),
    forgetInstallation(installationId) {
      installations.forget(installationId);
      mint.forget(installationId);
      hubs.delete(`${installationId}`);
    },
  };
}
