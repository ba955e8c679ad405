// What a write needs to know of a repository: from the last look, or read when there was none.

import { z } from "zod";
import type { RepositoryRef } from "../../core/ports.ts";
import type { ConfigReader } from "./config-file.ts";
import { type Context, type Knowledge, nameOf } from "./context.ts";
import { REPOSITORY } from "./documents.ts";
import { blobSchema } from "./look-schema.ts";
import { readWhole } from "./wire.ts";

const repositorySchema = z.object({
  repository: z.object({
    id: z.string(),
    databaseId: z.int(),
    defaultBranchRef: z.object({ name: z.string() }).nullable(),
    config: blobSchema,
  }),
});

export async function knowledgeOf(
  context: Context,
  configs: ConfigReader,
  repository: RepositoryRef,
): Promise<Knowledge> {
  const known = context.memory.repositories.get(nameOf(repository));
  if (known !== undefined) return known;
  const wire = await context.wireTo(repository);
  const { owner, name } = repository;
  const { data, now } = await readWhole(wire, REPOSITORY, { owner, name });
  const found = repositorySchema.parse(data).repository;
  const { config } = await configs.inForce({ owner, name }, found.config, now);
  const { id: nodeId, databaseId } = found;
  const knowledge = { nodeId, databaseId, defaultBranch: found.defaultBranchRef?.name ?? "main", config };
  context.memory.repositories.set(nameOf(repository), knowledge);
  return knowledge;
}
