// Who is calling: verifies the OIDC token that a workflow run shows as its bearer. Every claim is checked against what
// GitHub itself says now; a token that fits in all but one claim buys nothing.

import { createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { z } from "zod";
import { OIDC_AUDIENCE } from "../../core/api.ts";
import type { Clock, UsedTokens } from "../../core/ports.ts";
import type { RunRef } from "../../core/task.ts";
import type { GitHub } from "../github.ts";
import { repositoryOf } from "../keys.ts";
import { type AllowedWorkflow, type Purchase, purchaseOf } from "../runner-workflows.ts";

/** Longest token that is looked at, in characters; GitHub's have about 1,500. */
const TOKEN_CHARS_MAX = 8_192;
/** Clocks of GitHub and ours may differ by this much. */
const TOLERANCE_SECONDS = 30;
/** Tokens that are remembered as used, until they expire. More than that at once is an attack: then nobody gets in. */
const USED_TOKENS_MAX = 100_000;

const digits = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number);
const claimsSchema = z.object({
  jti: z.string().min(8).max(200),
  exp: z.int(),
  repository: z.string(),
  repository_id: digits,
  run_id: digits,
  run_attempt: digits,
  event_name: z.string(),
  workflow_ref: z.string(),
  job_workflow_ref: z.string(),
  job_workflow_sha: z.string().regex(/^[0-9a-f]{40}$/),
});
type Claims = Readonly<z.infer<typeof claimsSchema>>;

/** A run that proved who it is. */
export interface RunIdentity {
  readonly repository: { readonly id: number; readonly owner: string; readonly name: string };
  readonly run: RunRef;
  readonly buys: Purchase;
  /** File name of the workflow that was dispatched. */
  readonly workflow: string;
}

export const TOKEN_REFUSALS = {
  "no-token": "Send the run's OIDC token as the bearer.",
  "bad-token": "The OIDC token is not valid here: wrong issuer, audience, signature, or expired.",
  "bad-claims": "The OIDC token lacks a claim that a workflow run has.",
  "wrong-event": "Only a run that was started by workflow_dispatch may ask.",
  "not-first-attempt": "A run that was started again inherits nothing; queue the task again instead.",
  "not-installed": "The App is not installed on the repository of this run.",
  "wrong-repository": "The repository of this run is not the one that has this name now.",
  "not-default-branch": "The workflow of this run does not come from the default branch.",
  "wrong-workflow": "This job does not run an allowed version of work.yml or publish.yml.",
  "wrong-job": "This job may not ask for that: work.yml binds and reports, publish.yml publishes.",
  "used-token": "This OIDC token has been used; ask GitHub for one per call.",
  "too-many": "Too many runs are asking at the moment; try again later.",
} as const;
export type TokenRefusal = keyof typeof TOKEN_REFUSALS;

export type Verified = { readonly identity: RunIdentity } | { readonly refused: TokenRefusal };

export interface OidcOptions {
  readonly issuer: string;
  readonly allowed: readonly AllowedWorkflow[];
  readonly github: Pick<GitHub, "factsOf">;
  readonly clock: Clock;
  /** Which tokens were used; by default remembered by this process alone. */
  readonly used?: UsedTokens;
  /** The issuer's public keys; by default fetched from it and cached. */
  readonly keys?: JWTVerifyGetKey;
}

export type VerifyRun = (authorization: string | undefined, needs: Purchase) => Promise<Verified>;

export function createRunVerifier(options: OidcOptions): VerifyRun {
  const { issuer, clock } = options;
  const keys = options.keys ?? createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks`), { timeoutDuration: 5_000 });
  const used = options.used ?? createUsedTokens(clock);

  async function claimsOf(token: string): Promise<JWTPayload | null> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: OIDC_AUDIENCE,
        algorithms: ["RS256"],
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: new Date(clock.now()),
        requiredClaims: ["exp", "iat", "jti", "sub"],
      });
      return payload;
    } catch {
      return null;
    }
  }

  return async (authorization, needs) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined || token.length > TOKEN_CHARS_MAX) return { refused: "no-token" };
    const payload = await claimsOf(token);
    if (payload === null) return { refused: "bad-token" };
    const parsed = claimsSchema.safeParse(payload);
    if (!parsed.success) return { refused: "bad-claims" };
    const verified = await identify(parsed.data, needs, options);
    if ("refused" in verified) return verified;
    // Last, when nothing else can be wrong with it: of two calls with one token exactly one gets through.
    const use = await used.use(parsed.data.jti, (parsed.data.exp + TOLERANCE_SECONDS) * 1_000);
    return use === "fresh" ? verified : { refused: use };
  };
}

async function identify(claims: Claims, needs: Purchase, { github, allowed }: OidcOptions): Promise<Verified> {
  if (claims.event_name !== "workflow_dispatch") return { refused: "wrong-event" };
  if (claims.run_attempt !== 1) return { refused: "not-first-attempt" };
  const named = repositoryOf(claims.repository);
  if (named === null) return { refused: "bad-claims" };
  const facts = await github.factsOf(named);
  if (facts === null) return { refused: "not-installed" };
  if (facts.id !== claims.repository_id) return { refused: "wrong-repository" };
  const workflow = workflowOnDefaultBranch(claims, facts.defaultBranch);
  if (workflow === null) return { refused: "not-default-branch" };
  const { job_workflow_ref: ref, job_workflow_sha: sha, repository } = claims;
  const buys = purchaseOf({ ref, sha, repository, defaultBranch: facts.defaultBranch }, allowed);
  if (buys === null) return { refused: "wrong-workflow" };
  if (buys !== needs) return { refused: "wrong-job" };
  return {
    identity: {
      repository: { id: facts.id, owner: facts.owner, name: facts.name },
      run: { id: claims.run_id, attempt: claims.run_attempt },
      buys,
      workflow,
    },
  };
}

/** @returns the file name of the dispatched workflow, or null when it is not the default branch's version of it */
function workflowOnDefaultBranch(claims: Claims, defaultBranch: string): string | null {
  const start = `${claims.repository}/.github/workflows/`;
  const end = `@refs/heads/${defaultBranch}`;
  if (!claims.workflow_ref.startsWith(start) || !claims.workflow_ref.endsWith(end)) return null;
  const file = claims.workflow_ref.slice(start.length, claims.workflow_ref.length - end.length);
  return /^[\w.-]+\.ya?ml$/.test(file) ? file : null;
}

/** Remembers which tokens were used until they would no longer be accepted anyway. */
function createUsedTokens(clock: Clock): UsedTokens {
  const untilMs = new Map<string, number>();
  let sweptAt = 0;
  return {
    async use(jti, expiresAt) {
      const now = clock.now();
      if (untilMs.size >= USED_TOKENS_MAX / 2 && now - sweptAt > 1_000) {
        sweptAt = now;
        for (const [old, until] of untilMs) if (until < now) untilMs.delete(old);
      }
      if (untilMs.has(jti)) return "used-token";
      if (untilMs.size >= USED_TOKENS_MAX) return "too-many";
      untilMs.set(jti, expiresAt);
      return "fresh";
    },
  };
}
