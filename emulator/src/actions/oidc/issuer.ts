// The issuer of identity tokens: its key, its documents, and what a token says about a job. Who may ask is decided elsewhere.
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import type { Hub } from "../../hub.ts";
import type { Repository } from "../../world/repositories.ts";
import { entity, fullNameOf, ownerOf, repositoryOf } from "../../world/world.ts";
import type { ActiveJob, ActiveRun, JobFacts } from "../runs/engine.ts";
import { githubContext } from "../runs/github-context.ts";

export interface Issuer {
  readonly issue: (active: ActiveRun, job: ActiveJob, facts: JobFacts, audience: string | null) => Promise<string>;
  readonly keys: () => Promise<{ readonly keys: readonly JWK[] }>;
}

/** As GitHub's: valid from ten minutes before to five minutes after it was issued. */
const BEFORE_S = 600;
const AFTER_S = 300;

/** Repositories made after this day have ids in their subject. Source: docs.github.com, OpenID Connect reference. */
const IMMUTABLE_SINCE_MS = Date.UTC(2026, 6, 15);

const KEY_ID = "emulator-1";

export const CLAIMS = [
  "sub",
  "aud",
  "exp",
  "iat",
  "iss",
  "jti",
  "nbf",
  "ref",
  "sha",
  "repository",
  "repository_id",
  "repository_owner",
  "repository_owner_id",
  "repository_visibility",
  "actor",
  "actor_id",
  "workflow",
  "workflow_ref",
  "workflow_sha",
  "head_ref",
  "base_ref",
  "event_name",
  "ref_type",
  "ref_protected",
  "environment",
  "job_workflow_ref",
  "job_workflow_sha",
  "run_id",
  "run_number",
  "run_attempt",
  "runner_environment",
  "check_run_id",
] as const;

export function createIssuer(hub: Hub): Issuer {
  let pair: ReturnType<typeof generateKeyPair> | undefined;
  // Made when the first token is asked for: most tests never do, and a key takes a tenth of a second.
  const keyPair = () => {
    pair ??= generateKeyPair("RS256", { extractable: true });
    return pair;
  };
  return {
    keys: async () => {
      const jwk = await exportJWK((await keyPair()).publicKey);
      return { keys: [{ ...jwk, kid: KEY_ID, use: "sig", alg: "RS256" }] };
    },
    issue: async (active, job, facts, audience) => {
      const now = Math.floor(hub.world.clock.now() / 1000);
      const repository = repositoryOf(hub.world, active.run);
      const owner = ownerOf(hub.world, repository).login;
      return new SignJWT({
        ...claimsOf(hub, active, job, facts),
        jti: hub.world.randomBytes(16).toString("hex"),
        sub: subjectOf(hub, repository, active, facts.environment),
        aud: audience ?? `${hub.urls.web}/${owner}`,
        iss: hub.urls.oidc,
        iat: now,
        nbf: now - BEFORE_S,
        exp: now + AFTER_S,
      })
        .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: KEY_ID })
        .sign((await keyPair()).privateKey);
    },
  };
}

const FROM_CONTEXT = [
  "actor",
  "actor_id",
  "base_ref",
  "event_name",
  "head_ref",
  "ref",
  "ref_protected",
  "ref_type",
  "repository",
  "repository_id",
  "repository_owner",
  "repository_owner_id",
  "run_attempt",
  "run_id",
  "run_number",
  "sha",
  "workflow",
  "workflow_ref",
  "workflow_sha",
];

function claimsOf(hub: Hub, active: ActiveRun, job: ActiveJob, facts: JobFacts): Readonly<Record<string, string>> {
  const repository = repositoryOf(hub.world, active.run);
  const context = githubContext(hub, active.run);
  return {
    ...Object.fromEntries(FROM_CONTEXT.map((name) => [name, String(context[name] ?? "")])),
    repository_visibility: repository.private ? "private" : "public",
    job_workflow_ref: facts.workflowRef,
    job_workflow_sha: facts.workflowSha,
    runner_environment: "github-hosted",
    check_run_id: String(job.job.checkRunId),
    ...(facts.environment === null ? {} : { environment: facts.environment }),
  };
}

function subjectOf(hub: Hub, repository: Repository, active: ActiveRun, environment: string | null): string {
  const owner = entity(hub.world.accounts, repository.ownerId, "account");
  const name =
    repository.createdAt >= IMMUTABLE_SINCE_MS
      ? `${owner.login}@${owner.id}/${repository.name}@${repository.id}`
      : fullNameOf(hub.world, repository);
  const part = (text: string): string => text.replaceAll(":", "%3A");
  if (environment !== null) return `repo:${name}:environment:${part(environment)}`;
  if (active.run.event === "pull_request") return `repo:${name}:pull_request`;
  return `repo:${name}:ref:${part(active.run.ref)}`;
}
