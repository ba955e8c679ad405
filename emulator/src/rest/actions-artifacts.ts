// Artifacts of runs.
import { engineOf } from "../actions/runs/engine.ts";
import { artifactJson } from "../formats/actions.ts";
import { type Api, type Ctx, enter, enterToWrite, numberParam, requireActor } from "../http/context.ts";
import { gone, notFound } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { Artifact } from "../world/actions.ts";
import type { Repository } from "../world/repositories.ts";
import { runParam } from "./actions-runs.ts";
import { READ, WRITE } from "./actions-workflows.ts";

const ARTIFACT = "/repos/:owner/:repo/actions/artifacts/:artifact_id";

export function registerArtifacts(api: Api, hub: Hub): void {
  const engine = engineOf(hub);

  api.get("/repos/:owner/:repo/actions/artifacts", (c) => {
    const { repository } = enter(c, hub, READ);
    return c.json(artifactList(c, hub, artifactsOf(hub, repository)));
  });

  api.get("/repos/:owner/:repo/actions/runs/:run_id/artifacts", (c) => {
    const { repository } = enter(c, hub, READ);
    const run = runParam(c, hub, repository);
    return c.json(
      artifactList(
        c,
        hub,
        artifactsOf(hub, repository).filter((artifact) => artifact.runId === run.id),
      ),
    );
  });

  api.get(ARTIFACT, (c) => {
    const { repository } = enter(c, hub, READ);
    return c.json(artifactJson(hub, artifactParam(c, hub, repository)));
  });

  api.get(`${ARTIFACT}/:archive_format`, (c) => {
    const { repository } = enter(c, hub, READ);
    requireActor(c);
    const artifact = artifactParam(c, hub, repository);
    if (c.req.param("archive_format") !== "zip") throw notFound();
    if (artifact.expiresAt <= hub.world.clock.now()) throw gone("Artifact has expired");
    return c.redirect(engine.links.make({ kind: "artifact", artifactId: artifact.id }), 302);
  });

  api.delete(ARTIFACT, (c) => {
    const { repository } = enterToWrite(c, hub, WRITE);
    hub.world.artifacts.delete(artifactParam(c, hub, repository).id);
    return c.body(null, 204);
  });
}

/** Newest first. */
function artifactsOf(hub: Hub, repository: Repository): readonly Artifact[] {
  return [...hub.world.artifacts.values()].filter((artifact) => artifact.repositoryId === repository.id).reverse();
}

function artifactParam(c: Ctx, hub: Hub, repository: Repository): Artifact {
  const artifact = hub.world.artifacts.get(numberParam(c, "artifact_id"));
  if (artifact === undefined || artifact.repositoryId !== repository.id) throw notFound();
  return artifact;
}

function artifactList(c: Ctx, hub: Hub, artifacts: readonly Artifact[]) {
  const name = c.req.query("name");
  const matching = name === undefined ? artifacts : artifacts.filter((artifact) => artifact.name === name);
  return {
    total_count: matching.length,
    artifacts: pageOf(c, hub, matching).map((artifact) => artifactJson(hub, artifact)),
  };
}
