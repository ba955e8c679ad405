// Where the App is installed, and which repositories it was given there. Remembered until somebody says that it changed.

import { z } from "zod";
import type { InstalledOn, RepositoryRef } from "../../core/ports.ts";
import type { EpochMs } from "../../core/task.ts";
import { createTable, nameOf } from "./context.ts";
import type { Wire } from "./wire.ts";

/** Pages of a hundred installations, or repositories of one, that are followed. */
const PAGES_MAX = 50;
const PAGE_ITEMS = 100;

export interface Installation {
  readonly id: number;
  readonly createdAt: EpochMs;
}

const installationSchema = z.object({
  id: z.int(),
  created_at: z.string(),
  suspended_at: z.string().nullish(),
  account: z.object({ login: z.string().optional() }).nullish(),
});
const repositoriesSchema = z.object({
  repositories: z.array(
    z.object({
      id: z.int(),
      name: z.string(),
      owner: z.object({ login: z.string() }),
      archived: z.boolean().optional(),
    }),
  ),
});

export interface Installations {
  /** @returns null when the App is not installed there, or suspended */
  of(repository: RepositoryRef): Promise<Installation | null>;
  /** Repositories of every installation that is not suspended; archived ones, which nobody can write to, left out. */
  repositories(): Promise<readonly RepositoryRef[]>;
  /** Those that are not suspended. */
  all(): Promise<readonly number[]>;
  /** @returns null when it is suspended or gone */
  on(installation: number): Promise<InstalledOn | null>;
  forget(installation: number): void;
}

/** Reads page after page until one is not full. */
async function pages<T>(wire: Wire, route: string, itemsOf: (data: unknown) => readonly T[]): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const parameters = { per_page: PAGE_ITEMS, page };
    const answer = await wire.rest({ route, parameters, repeat: "freely", kind: "read" });
    if (!answer.ok) throw new Error(`GitHub did not answer ${route}: ${answer.message}`);
    const items = itemsOf(answer.data);
    all.push(...items);
    if (items.length < PAGE_ITEMS) return all;
  }
  throw new Error(`${route} has more than ${PAGES_MAX} pages`);
}

/** @param wireOf speaks with a token of one installation that reads metadata */
export function createInstallations(appWire: Wire, wireOf: (installation: number) => Promise<Wire>): Installations {
  const known = createTable<Installation>();

  async function all(): Promise<readonly number[]> {
    const listed = await pages(appWire, "GET /app/installations", (data) => z.array(installationSchema).parse(data));
    return listed.flatMap(({ id, suspended_at }) => (typeof suspended_at === "string" ? [] : [id]));
  }

  async function repositoriesOf(id: number): Promise<InstalledOn["repositories"]> {
    const wire = await wireOf(id);
    const route = "GET /installation/repositories";
    const listed = await pages(wire, route, (data) => repositoriesSchema.parse(data).repositories);
    return listed.flatMap(({ id: repositoryId, name, owner, archived }) =>
      archived === true ? [] : [{ id: repositoryId, owner: owner.login, name }],
    );
  }

  return {
    async of(repository) {
      const name = nameOf(repository).toLowerCase();
      const cached = known.get(name);
      if (cached !== undefined) return cached;
      const answer = await appWire.rest({
        route: "GET /repos/{owner}/{repo}/installation",
        parameters: { owner: repository.owner, repo: repository.name },
        repeat: "freely",
        kind: "read",
      });
      if (answer.status === 404) return null;
      if (!answer.ok) throw new Error(`GitHub did not say where the App is installed: ${answer.message}`);
      const { id, created_at, suspended_at } = installationSchema.parse(answer.data);
      if (typeof suspended_at === "string") return null;
      const installation = { id, createdAt: Date.parse(created_at) };
      known.set(name, installation);
      return installation;
    },
    async repositories() {
      const found: RepositoryRef[] = [];
      for (const id of await all()) found.push(...(await repositoriesOf(id)));
      return found.map(({ owner, name }) => ({ owner, name }));
    },
    all,
    async on(id) {
      const parameters = { installation_id: id };
      const route = "GET /app/installations/{installation_id}";
      const answer = await appWire.rest({ route, parameters, repeat: "freely", kind: "read" });
      if (answer.status === 404) return null;
      if (!answer.ok) throw new Error(`GitHub did not say where the App is installed: ${answer.message}`);
      const { suspended_at, account } = installationSchema.parse(answer.data);
      if (typeof suspended_at === "string") return null;
      return { id, account: account?.login ?? "", repositories: await repositoriesOf(id) };
    },
    forget: (installation) => known.deleteWhere(({ id }) => id === installation),
  };
}
