// What commits, trees, blobs and tags have in common.
import type { Repository } from "../../world/repositories.ts";
import { fullNameOf } from "../../world/world.ts";
import type { Gql } from "../gql.ts";
import type { View } from "../view.ts";

/** Fields of GitHub's interface GitObject. */
export function objectFields(g: Gql, repository: Repository, sha: string): View {
  const path = `/${fullNameOf(g.hub.world, repository)}/commit/${sha}`;
  return {
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    commitResourcePath: path,
    commitUrl: `${g.hub.urls.web}${path}`,
    repository: () => g.views.repository(repository),
  };
}
