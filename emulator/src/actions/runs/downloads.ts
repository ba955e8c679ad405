// Behind the short-lived links: logs as text or zip, artifacts as they were uploaded.
import { readFile } from "node:fs/promises";
import type { Api } from "../../http/context.ts";
import { notFound } from "../../http/errors.ts";
import type { Hub } from "../../hub.ts";
import { entity } from "../../world/world.ts";
import { writeZip } from "../stand-ins/zip.ts";
import { engineOf } from "./engine.ts";
import type { LinkTarget } from "./links.ts";

export function registerDownloads(root: Api, hub: Hub): void {
  const engine = engineOf(hub);
  root.get("/_downloads/:secret", async (c) => {
    const target = engine.links.open(c.req.param("secret"));
    if (target === null) throw notFound();
    const { body, type } = await contentOf(hub, target);
    return c.body(new Uint8Array(body), 200, { "content-type": type });
  });
}

async function contentOf(hub: Hub, target: LinkTarget): Promise<{ readonly body: Buffer; readonly type: string }> {
  switch (target.kind) {
    case "job-log":
      return { body: Buffer.from(entity(hub.world.jobs, target.jobId, "job").log), type: "text/plain; charset=utf-8" };
    case "run-logs":
      return { body: runLogs(hub, target.runId, target.attempt), type: "application/zip" };
    case "artifact": {
      const artifact = hub.world.artifacts.get(target.artifactId);
      if (artifact === undefined) throw notFound();
      return { body: await readFile(artifact.file), type: "application/zip" };
    }
  }
}

/** One file per job, numbered in their order, as in GitHub's archive. */
function runLogs(hub: Hub, runId: number, attempt: number): Buffer {
  const run = hub.world.runs.get(runId);
  if (run === undefined) throw notFound();
  const jobs = run.jobIds.map((id) => entity(hub.world.jobs, id, "job")).filter((job) => job.runAttempt === attempt);
  return writeZip(
    jobs.map((job, index) => ({
      path: `${index}_${job.name.replaceAll("/", "_")}.txt`,
      content: Buffer.from(job.log),
    })),
  );
}
