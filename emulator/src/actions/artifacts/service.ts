// Where the artifact actions of a run put and find their archives. Jobs show the credential that the runner gave them.
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Api, type Ctx, numberParam } from "../../http/context.ts";
import { badRequest, conflict, GitHubError, notFound } from "../../http/errors.ts";
import type { Hub } from "../../hub.ts";
import { bearerOf } from "../../rest/oidc.ts";
import type { Artifact, WorkflowRun } from "../../world/actions.ts";
import { nodeId } from "../../world/ids.ts";
import { engineOf } from "../runs/engine.ts";
import { RETENTION_DAYS } from "../runs/github-context.ts";
import { artifactNameProblem } from "./name-rules.ts";

const DAY_MS = 86_400_000;

/** GitHub keeps at most 500 artifacts of a job. */
const ARTIFACTS_MAX = 500;

export function registerArtifactService(root: Api, hub: Hub): void {
  const engine = engineOf(hub);

  const runOf = (c: Ctx): WorkflowRun => {
    const found = engine.jobsBySecret.get(bearerOf(c));
    if (found === undefined) throw new GitHubError(401, "Unauthorized");
    return found.active.run;
  };

  root.post("/_artifacts/", async (c) => {
    const run = runOf(c);
    // No write of GitHub's API: it costs nobody's limits and is not counted among them.
    c.get("entry").isWrite = false;
    const name = c.req.query("name") ?? "";
    const problem = artifactNameProblem(name);
    if (problem !== null) throw badRequest(problem);
    const mine = artifactsOf(hub, run);
    const known = mine.find((artifact) => artifact.name === name);
    const isTaken = known !== undefined && known.runAttempt === run.runAttempt && c.req.query("overwrite") !== "true";
    if (isTaken) throw conflict("an artifact with this name already exists on the workflow run");
    if (known === undefined && mine.length >= ARTIFACTS_MAX)
      throw badRequest(`a run holds at most ${ARTIFACTS_MAX} artifacts`);
    if (known !== undefined) forget(hub, known);
    const days = Number(c.req.query("retention_days") ?? RETENTION_DAYS);
    const artifact = keep(hub, run, name, Buffer.from(await c.req.arrayBuffer()), days);
    return c.json({ id: artifact.id, digest: artifact.digest, size: artifact.sizeBytes }, 201);
  });

  root.get("/_artifacts/", (c) => {
    const found = artifactsOf(hub, runOf(c));
    return c.json({
      artifacts: found.map(({ id, name, sizeBytes, digest }) => ({ id, name, size: sizeBytes, digest })),
    });
  });

  root.get("/_artifacts/:artifact_id", async (c) => {
    const artifact = artifactsOf(hub, runOf(c)).find((one) => one.id === numberParam(c, "artifact_id"));
    if (artifact === undefined) throw notFound();
    return c.body(new Uint8Array(await readFile(artifact.file)), 200, { "content-type": "application/zip" });
  });
}

function artifactsOf(hub: Hub, run: WorkflowRun): readonly Artifact[] {
  return [...hub.world.artifacts.values()].filter((artifact) => artifact.runId === run.id);
}

function keep(hub: Hub, run: WorkflowRun, name: string, zip: Buffer, days: number): Artifact {
  const id = hub.world.ids.next();
  const now = hub.world.clock.now();
  const directory = join(hub.dataDir, "artifacts");
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${id}.zip`);
  writeFileSync(file, zip);
  const kept = Number.isFinite(days) && days > 0 ? Math.min(days, RETENTION_DAYS) : RETENTION_DAYS;
  const artifact: Artifact = {
    id,
    nodeId: nodeId("Artifact", id),
    repositoryId: run.repositoryId,
    runId: run.id,
    runAttempt: run.runAttempt,
    name,
    sizeBytes: zip.length,
    digest: `sha256:${createHash("sha256").update(zip).digest("hex")}`,
    file,
    createdAt: now,
    expiresAt: now + kept * DAY_MS,
  };
  hub.world.artifacts.set(id, artifact);
  return artifact;
}

function forget(hub: Hub, artifact: Artifact): void {
  hub.world.artifacts.delete(artifact.id);
  rmSync(artifact.file, { force: true });
}
