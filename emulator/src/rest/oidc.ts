// The identity provider of Actions: its documents, and tokens for the jobs that may have one.
import { CLAIMS, createIssuer } from "../actions/oidc/issuer.ts";
import { engineOf } from "../actions/runs/engine.ts";
import type { Api, Ctx } from "../http/context.ts";
import { GitHubError } from "../http/errors.ts";
import type { Hub } from "../hub.ts";

export function registerOidc(root: Api, hub: Hub): void {
  const engine = engineOf(hub);
  const issuer = createIssuer(hub);

  root.get("/_oidc/.well-known/openid-configuration", (c) =>
    c.json({
      issuer: hub.urls.oidc,
      jwks_uri: `${hub.urls.oidc}/.well-known/jwks`,
      subject_types_supported: ["public", "pairwise"],
      response_types_supported: ["id_token"],
      claims_supported: CLAIMS,
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid"],
    }),
  );
  root.get("/_oidc/.well-known/jwks", async (c) => c.json(await issuer.keys()));

  root.get("/_oidc/token/:run_id/:job_id", async (c) => {
    const found = engine.jobsBySecret.get(bearerOf(c));
    const isOwn =
      found?.job.job.id === Number(c.req.param("job_id")) && found.active.run.id === Number(c.req.param("run_id"));
    if (found === undefined || !isOwn || !found.facts.mayAskForIdentity) throw new GitHubError(401, "Unauthorized");
    const value = await issuer.issue(found.active, found.job, found.facts, c.req.query("audience") ?? null);
    return c.json({ count: value.length, value });
  });
}

/** The credential of a job in the Authorization header, or "". */
export function bearerOf(c: Ctx): string {
  return /^bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1] ?? "";
}
