// Facts of a repository that decide about tokens and webhooks: read afresh each time, for one question each.

import { z } from "zod";
import type { RepositoryRef } from "../../core/ports.ts";
import type { Sha } from "../../core/task.ts";
import { nameOf } from "./context.ts";
import type { Wire } from "./wire.ts";

export interface RepositoryFacts {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
}

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

export function createFacts(wireTo: (repository: RepositoryRef) => Promise<Wire>) {
  /** @returns the body, or null for what is not there */
  async function read(repository: RepositoryRef, route: string, parameters: { readonly [name: string]: unknown }) {
    const wire = await wireTo(repository);
    const named = { owner: repository.owner, repo: repository.name, ...parameters };
    const answer = await wire.rest({ route, parameters: named, repeat: "freely", kind: "read" });
    if (answer.ok) return answer.data;
    if (answer.status === 404) return null;
    throw new Error(`GitHub did not answer ${route}: ${answer.message}`);
  }

  return {
    async factsOf(repository: RepositoryRef): Promise<RepositoryFacts | null> {
      const data = await read(repository, "GET /repos/{owner}/{repo}", {});
      if (data === null) return null;
      const { id, name, owner, default_branch } = repositorySchema.parse(data);
      return { id, owner: owner.login, name, defaultBranch: default_branch };
    },
    async headOf(repository: RepositoryRef, branch: string): Promise<Sha | null> {
      const data = await read(repository, "GET /repos/{owner}/{repo}/git/ref/{+ref}", { ref: `heads/${branch}` });
      return data === null ? null : refSchema.parse(data).object.sha;
    },
    async headBranchOf(repository: RepositoryRef, pullRequest: number): Promise<string | null> {
      const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}";
      const data = await read(repository, route, { pull_number: pullRequest });
      if (data === null) return null;
      const { ref, repo } = pullSchema.parse(data).head;
      return repo?.full_name.toLowerCase() === nameOf(repository).toLowerCase() ? ref : null;
    },
  };
}
