// The run's proof of who it is: a fresh OIDC token of GitHub Actions for every call, because the app accepts each once.

import { z } from "zod";
import { OIDC_AUDIENCE } from "../core/api.ts";

const answerSchema = z.object({ value: z.string().min(1).max(20_000) });

export interface IdentitySource {
  /** `ACTIONS_ID_TOKEN_REQUEST_URL`. */
  readonly url: string;
  /** `ACTIONS_ID_TOKEN_REQUEST_TOKEN`. */
  readonly token: string;
}

export async function identityToken(source: IdentitySource, signal: AbortSignal): Promise<string> {
  const url = new URL(source.url);
  url.searchParams.set("audience", OIDC_AUDIENCE);
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${source.token}`, accept: "application/json" },
    signal,
  });
  if (!response.ok) throw new Error(`GitHub gave no identity token (HTTP ${response.status})`);
  return answerSchema.parse(await response.json()).value;
}
