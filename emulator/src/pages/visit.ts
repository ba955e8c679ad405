// What every page of a repository is given: who looks, through which client, at which repository.

import type { Api, Ctx } from "../http/context.ts";
import type { Hub } from "../hub.ts";
import { createPageClient, type PageClient } from "./client.ts";
import type { PageFrame, Tab } from "./layout.ts";
import type { RepositoryShape } from "./shapes.ts";
import type { Viewer, Viewers } from "./viewer.ts";

export interface Visit {
  readonly hub: Hub;
  readonly viewer: Viewer;
  readonly client: PageClient;
  readonly repository: RepositoryShape;
  /** `/repos/acme/app` */
  readonly api: string;
  /** Epoch ms of the emulator's clock. */
  readonly now: number;
  readonly canWrite: boolean;
  readonly frame: (title: string, tab: Tab) => PageFrame;
}

/** @returns null when the viewer sees no such repository */
export async function visit(server: Api, hub: Hub, viewers: Viewers, c: Ctx): Promise<Visit | null> {
  const viewer = viewers(c);
  const client = createPageClient({ server, env: c.env, origin: hub.urls.web, token: viewer.token });
  const name = `${c.req.param("owner") ?? ""}/${c.req.param("repo") ?? ""}`;
  const repository = await client.get<RepositoryShape>(`/repos/${name}`);
  if (repository === null) return null;
  const permissions = repository.permissions;
  return {
    hub,
    viewer,
    client,
    repository,
    api: `/repos/${repository.full_name}`,
    now: hub.world.clock.now(),
    canWrite: permissions?.triage === true || permissions?.push === true,
    frame: (title, tab) => ({
      title: `${title} · ${repository.full_name}`,
      viewer,
      path: c.req.path,
      repository: repository.full_name,
      tab,
      refusal: c.req.query("refusal") ?? null,
    }),
  };
}
