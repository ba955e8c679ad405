// The port `GitHub` of the app over the GitHub in memory: one repository with people in it, and a list of everything
// that the app asked for besides.

import { createMemoryHub } from "../../src/adapters/memory/memory-hub.ts";
import { peopleOf } from "../../src/adapters/memory/people.ts";
import { createMemoryWorld } from "../../src/adapters/memory/world.ts";
import type { DeliveryAttempt, GitHub, TokenPermissions } from "../../src/app/github.ts";
import type { Clock, RepositoryRef } from "../../src/core/ports.ts";

/** What the app's own GitHub side was asked for, and what it finds there. */
export interface AppSide {
  readonly tokens: { readonly repository: string; readonly permissions: TokenPermissions }[];
  readonly pullRequestBranches: Map<string, string>;
  deliveries: readonly DeliveryAttempt[];
  readonly redelivered: number[];
  readonly forgotten: number[];
  /** Takes the App away from a repository. */
  readonly uninstalled: Set<string>;
  /** Rejected while GitHub is away. */
  identity: () => Promise<{ readonly slug: string; readonly botId: number }>;
}

export function createGitHubInMemory(clock: Pick<Clock, "now">) {
  const world = createMemoryWorld({ clock });
  const bot = world.account("signalbox[bot]", "bot");
  const alice = world.account("alice");
  const mallory = world.account("mallory");
  const shop = world.createRepository({ owner: "acme", name: "shop", roles: [[alice, "write"]], configSource: {} });
  const repositories: RepositoryRef[] = [shop];
  const side: AppSide = {
    tokens: [],
    pullRequestBranches: new Map(),
    deliveries: [],
    redelivered: [],
    forgotten: [],
    uninstalled: new Set(),
    identity: async () => ({ slug: "signalbox", botId: bot.id }),
  };
  const hub = createMemoryHub({ world, writer: bot });
  const stateOf = (asked: RepositoryRef) => {
    const known = repositories.find(
      (one) => `${one.owner}/${one.name}`.toLowerCase() === `${asked.owner}/${asked.name}`.toLowerCase(),
    );
    return known === undefined || side.uninstalled.has(known.name) ? null : world.stateOf(known);
  };
  const github: GitHub = {
    identity: () => side.identity(),
    hubFor: async (repository) => (stateOf(repository) === null ? null : hub),
    repositories: async () => repositories.filter(({ name }) => !side.uninstalled.has(name)),
    installations: async () => [1],
    installation: async (id) =>
      id === 1
        ? {
            id,
            account: "acme",
            repositories: repositories
              .filter(({ name }) => !side.uninstalled.has(name))
              .map((one) => ({ ...one, id: world.stateOf(one).id })),
          }
        : null,
    factsOf: async (repository) => {
      const state = stateOf(repository);
      return state && { id: state.id, owner: state.owner, name: state.name, defaultBranch: state.defaultBranch };
    },
    headOf: async (repository, branch) => stateOf(repository)?.refs.get(`refs/heads/${branch}`) ?? null,
    headBranchOf: async ({ owner, name }, pullRequest) =>
      side.pullRequestBranches.get(`${owner}/${name}!${pullRequest}`) ?? null,
    narrowedToken: async ({ owner, name }, permissions) => {
      side.tokens.push({ repository: `${owner}/${name}`, permissions });
      return { token: `ghs_${side.tokens.length}_for_${name}`, expiresAt: clock.now() + 3_600_000 };
    },
    deliveriesSince: async (since) => side.deliveries.filter(({ at }) => at >= since),
    redeliver: async (id) => {
      side.redelivered.push(id);
    },
    forgetInstallation: (id) => {
      side.forgotten.push(id);
    },
  };
  return {
    github,
    side,
    world,
    bot,
    alice,
    mallory,
    shop,
    people: peopleOf(world, shop),
    /** One more repository with the App on it. */
    addRepository(name: string, configSource: unknown = {}) {
      const added = world.createRepository({ owner: "acme", name, roles: [[alice, "write"]], configSource });
      repositories.push(added);
      return peopleOf(world, added);
    },
  };
}
export type GitHubInMemory = ReturnType<typeof createGitHubInMemory>;
