// `owner/repo/path@ref`: where an action or a reusable workflow lies, and whether it may be used from here.
import type { Hub } from "../../hub.ts";
import type { Repository } from "../../world/repositories.ts";
import { findRepository } from "../../world/world.ts";
import type { AccessSettings } from "./access-settings.ts";

export interface RemoteReference {
  readonly owner: string;
  readonly repo: string;
  /** "" = the repository's root. */
  readonly path: string;
  readonly ref: string;
}

export function parseReference(uses: string): RemoteReference | null {
  const match = /^([\w.-]+)\/([\w.-]+)((?:\/[^@]+)?)@(.+)$/.exec(uses);
  if (match === null) return null;
  const [, owner = "", repo = "", path = "", ref = ""] = match;
  return { owner, repo, path: path.slice(1), ref };
}

export interface Resolved {
  readonly repository: Repository;
  readonly sha: string;
  /** Full ref when it named a branch or a tag, otherwise the SHA. */
  readonly ref: string;
}

/** A tag is preferred to a branch of the same name. @returns null when it cannot be found or used from there */
export async function resolveReference(
  hub: Hub,
  access: AccessSettings,
  from: Repository,
  reference: RemoteReference,
): Promise<Resolved | null> {
  const repository = findRepository(hub.world, reference.owner, reference.repo);
  if (repository === null || !access.mayUse(from, repository)) return null;
  const git = hub.git.of(repository);
  const names = [`refs/tags/${reference.ref}`, `refs/heads/${reference.ref}`, reference.ref];
  for (const name of names) {
    const sha = name.startsWith("refs/") && git.refs.resolve(name) === null ? null : await git.resolve(name);
    if (sha !== null) return { repository, sha, ref: name.startsWith("refs/") ? name : sha };
  }
  if (!access.isStandIn(repository)) return null;
  // The stand-ins have one version, which answers to every tag and SHA.
  const sha = await git.resolve("HEAD");
  return sha === null ? null : { repository, sha, ref: reference.ref };
}
