// Where the App is installed, and which repositories it was given there. Remembered until somebody says that it changed.

import { z } from "zod";
import type { RepositoryRef } from "../../core/ports.ts";
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

const installationSchema = z.object({ id: z.int(), created_at: z.string(), suspended_at: z.string().nullish() });
const repositoriesSchema = z.object({
  repositories: z.array(
    z.object({ name: z.string(), owner: z.object({ login: z.string() }), archived: z.boolean().optional() }),
  ),
});

export interface Installations {
  /** @returns null when the App is not installed there, or suspended */
  of(repository: RepositoryRef): Promise<Installation | null>;
  /** Repositories of every installation that is not suspended; archived ones, which nobody can write to, left out. */
  repositories(): Promise<readonly RepositoryRef[]>;
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
      const all = await pages(appWire, "GET /app/installations", (data) => z.array(installationSchema).parse(data));
      const found: RepositoryRef[] = [];
      for (const { id, suspended_at } of all) {
        if (typeof suspended_at === "string") continue;
        const wire = await wireOf(id);
        const listed = await pages(
          wire,
          "GET /installation/repositories",
          (data) => repositoriesSchema.parse(data).repositories,
        );
        for (const { name, owner, archived } of listed) {
          if (archived !== true) found.push({ owner: owner.login, name });
        }
      }
      return found;
    },
    forget: (installation) => known.deleteWhere(({ id }) => id === installation),
  };
}
