// The part of an Octokit that this adapter uses, as a shape: whoever has one hands it in, authenticated. Nothing in
// here retries or paces.

/** What an Octokit answers, and what it throws for a status of 400 or more. */
export interface OctokitAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | number | undefined };
  readonly data: unknown;
}

export interface OctokitLike {
  readonly request: {
    (route: string, parameters?: { readonly [name: string]: unknown }): Promise<OctokitAnswer>;
    readonly endpoint: { readonly DEFAULTS: { readonly baseUrl: string } };
  };
}

/** One answer of GitHub as it came, or the reason why none came. */
export type RawAnswer =
  | { readonly kind: "answer"; readonly answer: OctokitAnswer }
  | { readonly kind: "silence"; readonly why: string };

/** @returns where GraphQL lives, given where REST lives: a GitHub Enterprise Server keeps them apart */
function graphqlBase(restBase: string): string {
  return restBase.replace(/\/api\/v3\/?$/, "/api");
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null;
}

/** Octokit throws what GitHub answered with 400 or more; a network failure it throws too, but with no response in it. */
function answerIn(error: unknown): OctokitAnswer | null {
  if (!isRecord(error) || typeof error["status"] !== "number" || !isRecord(error["response"])) return null;
  const { headers, data } = error["response"];
  // Octokit fills both fields from the HTTP response; header values are strings or numbers.
  return { status: error["status"], headers: (headers ?? {}) as OctokitAnswer["headers"], data };
}

/** Sends one REST request and reports what came back; throws nothing. */
export async function askRest(
  octokit: OctokitLike,
  route: string,
  parameters: { readonly [name: string]: unknown },
): Promise<RawAnswer> {
  try {
    return { kind: "answer", answer: await octokit.request(route, parameters) };
  } catch (error) {
    const answer = answerIn(error);
    if (answer !== null) return { kind: "answer", answer };
    return { kind: "silence", why: error instanceof Error ? error.message : "the connection failed" };
  }
}

/** Sends one GraphQL document and reports what came back; throws nothing. */
export async function askGraphql(
  octokit: OctokitLike,
  query: string,
  variables: { readonly [name: string]: unknown },
): Promise<RawAnswer> {
  const baseUrl = graphqlBase(octokit.request.endpoint.DEFAULTS.baseUrl);
  return await askRest(octokit, "POST /graphql", { baseUrl, query, variables });
}
