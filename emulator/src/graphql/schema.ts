// GitHub's real GraphQL schema, built when the first query comes and then kept: it takes a quarter of a second and 50 MB.
import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { buildSchema, type GraphQLSchema } from "graphql";
import { NEWER_SCHEMA } from "./newer-schema.ts";

let built: GraphQLSchema | null = null;

export function githubSchema(): GraphQLSchema {
  if (built !== null) return built;
  const manifest = findPackageJSON("@octokit/graphql-schema", import.meta.url);
  if (manifest === undefined) throw new Error("the package @octokit/graphql-schema is not installed");
  const published = readFileSync(join(dirname(manifest), "schema.graphql"), "utf8");
  // The published schema is valid; checking it again would take as long as building it.
  built = buildSchema(`${published}\n${NEWER_SCHEMA}`, { assumeValid: true, assumeValidSDL: true, noLocation: true });
  return built;
}
