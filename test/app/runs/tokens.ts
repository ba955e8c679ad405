// An issuer of OIDC tokens like GitHub's: its keys are served over HTTP on this machine, and it mints what a test asks for.

import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

export const WORK = "acme/shop/.github/workflows/work.yml@refs/heads/main";
export const PUBLISH = "acme/shop/.github/workflows/publish.yml@refs/heads/main";

export type Claims = Readonly<Record<string, unknown>>;

export interface Issuer {
  readonly url: string;
  /** @param claims override those of an honest work job of run 500 in acme/shop; undefined leaves one out */
  mint(claims?: Claims, header?: { readonly alg?: string; readonly kid?: string }): Promise<string>;
  /** Signed by a key that the issuer never published. */
  forge(claims?: Claims): Promise<string>;
  stop(): void;
}

export async function startIssuer(repositoryId: number): Promise<Issuer> {
  const [published, secret] = await Promise.all([
    generateKeyPair("RS256", { extractable: true }),
    generateKeyPair("RS256"),
  ]);
  const keys = [{ ...(await exportJWK(published.publicKey)), kid: "one", alg: "RS256", use: "sig" }];
  const server = createServer((request, response) => {
    const isKeys = request.url === "/_oidc/.well-known/jwks";
    response
      .writeHead(isKeys ? 200 : 404, { "content-type": "application/json" })
      .end(JSON.stringify(isKeys ? { keys } : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the issuer does not listen");
  const url = `http://127.0.0.1:${address.port}/_oidc`;
  let tokens = 0;

  function claimsOf(claims: Claims): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1_000);
    tokens += 1;
    const honest = {
      iss: url,
      aud: "signalbox",
      sub: "repo:acme/shop:ref:refs/heads/main",
      jti: `token-${tokens}-of-this-test`,
      iat: now,
      nbf: now - 60,
      exp: now + 300,
      repository: "acme/shop",
      repository_id: String(repositoryId),
      repository_owner: "acme",
      run_id: "500",
      run_attempt: "1",
      event_name: "workflow_dispatch",
      ref: "refs/heads/main",
      workflow_ref: "acme/shop/.github/workflows/signalbox.yml@refs/heads/main",
      job_workflow_ref: WORK,
      job_workflow_sha: "c".repeat(40),
    };
    return Object.fromEntries(Object.entries({ ...honest, ...claims }).filter(([, value]) => value !== undefined));
  }

  return {
    url,
    mint: (claims = {}, header = {}) =>
      new SignJWT(claimsOf(claims))
        .setProtectedHeader({ alg: "RS256", kid: "one", ...header })
        .sign(published.privateKey),
    forge: (claims = {}) =>
      new SignJWT(claimsOf(claims)).setProtectedHeader({ alg: "RS256", kid: "one" }).sign(secret.privateKey),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
