// The App on GitHub: who it is, where it is installed, a Hub for each repository, narrowed tokens, and its deliveries.

import { z } from "zod";
import type { Account } from "../../core/observation.ts";
import type { Clock, Hub, Random, RepositoryRef } from "../../core/ports.ts";
import type { EpochMs, Sha } from "../../core/task.ts";
import type { OctokitLike } from "./client.ts";
import { createTable, nameOf } from "./context.ts";
import { createDeliveries, type DeliveryAttempt } from "./deliveries.ts";
import { createGovernor, type Governor } from "./governor.ts";
import { createGithubHub } from "./hub.ts";
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

export interface AppIdentity {
  readonly slug: string;
  readonly botId: number;
}

export interface RepositoryFacts {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
}

export interface GithubApp {
  identity(): Promise<AppIdentity>;
  /** @returns null when the App is not installed there or suspended */
  hubFor(repository: RepositoryRef): Promise<Hub | null>;
  /** Repositories of every installation that is not suspended. */
  repositories(): Promise<readonly RepositoryRef[]>;
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

const appSchema = z.object({ slug: z.string().min(1) });
const userSchema = z.object({ id: z.int(), type: z.string() });
const repositorySchema = z.object({
  id: z.int(),
  name: z.string(),
  owner: z.object({ login: z.string() }),
  default_branch: z.string(),
});
const refSchema = z.object({ object: z.object({ sha: z.string() }) });
const pullSchema = z.object({
  head: z.object({ ref: z.string(), repo: z.object({ full_name: z.string() }).nullable() }),
});

export function createGithubApp(options: GithubAppOptions): GithubApp {
  const { clock, random, baseUrl } = options;
  const governors = createTable<Governor>();
  const hubs = createTable<Hub>();
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
  let known: Promise<AppIdentity> | null = null;

  async function octokitFor(repository: RepositoryRef): Promise<OctokitLike> {
    const installation = await installed(repository);
    return createRenewingOctokit(baseUrl, async (isFresh) => {
      const { token } = await mint.tokenFor(installation.id, repository, HUB_PERMISSIONS, isFresh);
      return createTokenOctokit(options, token);
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

  async function read(repository: RepositoryRef, route: string, parameters: { readonly [name: string]: unknown }) {
    const installation = await installed(repository);
    const wire = wireOver(await octokitFor(repository), `${installation.id}`);
    const named = { owner: repository.owner, repo: repository.name, ...parameters };
    const answer = await wire.rest({ route, parameters: named, repeat: "freely", kind: "read" });
    if (answer.ok) return answer.data;
    if (answer.status === 404) return null;
    throw new Error(`GitHub did not answer ${route}: ${answer.message}`);
  }

  async function findIdentity(): Promise<AppIdentity> {
    const app = await appWire.rest({ route: "GET /app", parameters: {}, repeat: "freely", kind: "read" });
    if (!app.ok) throw new Error(`GitHub does not know the App: ${app.message}`);
    const { slug } = appSchema.parse(app.data);
    const nobody = wireOver(createTokenOctokit(options, null), "nobody");
    const call = { route: "GET /users/{username}", parameters: { username: `${slug}[bot]` } } as const;
    const bot = await nobody.rest({ ...call, repeat: "freely", kind: "read" });
    if (!bot.ok) throw new Error(`GitHub does not show the App's account ${slug}[bot]: ${bot.message}`);
    return { slug, botId: userSchema.parse(bot.data).id };
  }

  async function identity(): Promise<AppIdentity> {
    // A failure is not kept: the next caller asks again.
    known ??= findIdentity().catch((error: unknown) => {
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
    async factsOf(repository) {
      if ((await installations.of(repository)) === null) return null;
      const data = await read(repository, "GET /repos/{owner}/{repo}", {});
      if (data === null) return null;
      const { id, name, owner, default_branch } = repositorySchema.parse(data);
      return { id, owner: owner.login, name, defaultBranch: default_branch };
    },
    async headOf(repository, branch) {
      const data = await read(repository, "GET /repos/{owner}/{repo}/git/ref/{+ref}", { ref: `heads/${branch}` });
      return data === null ? null : refSchema.parse(data).object.sha;
    },
    async headBranchOf(repository, pullRequest) {
      const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}";
      const data = await read(repository, route, { pull_number: pullRequest });
      if (data === null) return null;
      const { ref, repo } = pullSchema.parse(data).head;
      return repo?.full_name.toLowerCase() === nameOf(repository).toLowerCase() ? ref : null;
    },
    async narrowedToken(repository, permissions) {
      const { id } = await installed(repository);
      // Handed to somebody else, who may revoke it: never one that is in use here.
      return await mint.tokenFor(id, repository, permissions, true);
    },
    ...createDeliveries(appWire),
    forgetInstallation(installationId) {
      installations.forget(installationId);
      mint.forget(installationId);
      hubs.delete(`${installationId}`);
    },
  };
}
