// What a step is given: inputs of the action and the environment of GitHub Actions, checked before anything is done.

import { z } from "zod";
import { dispatchInputsSchema } from "../src/core/api.ts";

const environmentSchema = z.object({
  INPUT_REPOSITORY: dispatchInputsSchema.shape.repository,
  INPUT_ISSUE: dispatchInputsSchema.shape.issue,
  INPUT_TOKEN: dispatchInputsSchema.shape.token,
  "INPUT_APP-URL": z.url({ protocol: /^https?$/ }),
  INPUT_DIRECTORY: z.string().min(1),
  GITHUB_RUN_ID: z.coerce.number().int().nonnegative(),
  GITHUB_RUN_ATTEMPT: z.coerce.number().int().positive(),
  GITHUB_SERVER_URL: z.url({ protocol: /^https?$/ }),
  GITHUB_API_URL: z.url({ protocol: /^https?$/ }),
  ACTIONS_ID_TOKEN_REQUEST_URL: z.url({ error: "the job needs the right `id-token: write`" }),
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: z.string().min(1),
  RUNNER_TEMP: z.string().min(1),
  RUNNER_TOOL_CACHE: z.string().default(""),
  PATH: z.string().default("/usr/bin:/bin"),
});

export interface StepInputs {
  readonly repository: string;
  readonly issue: number;
  readonly token: string;
  readonly appUrl: string;
  readonly directory: string;
  readonly run: { readonly id: number; readonly attempt: number };
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly identity: { readonly url: string; readonly token: string };
  readonly temp: string;
  readonly toolCache: string;
  readonly path: string;
}

/** @returns the inputs, or what is wrong with the first of them */
export function readInputs(environment: NodeJS.ProcessEnv): StepInputs | { readonly problem: string } {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      problem: `${String(issue?.path[0] ?? "an input")
        .replace("INPUT_", "")
        .toLowerCase()}: ${issue?.message ?? "is wrong"}`,
    };
  }
  const { data } = parsed;
  return {
    repository: data.INPUT_REPOSITORY,
    issue: Number(data.INPUT_ISSUE),
    token: data.INPUT_TOKEN,
    appUrl: data["INPUT_APP-URL"],
    directory: data.INPUT_DIRECTORY,
    run: { id: data.GITHUB_RUN_ID, attempt: data.GITHUB_RUN_ATTEMPT },
    serverUrl: data.GITHUB_SERVER_URL,
    apiUrl: data.GITHUB_API_URL,
    identity: { url: data.ACTIONS_ID_TOKEN_REQUEST_URL, token: data.ACTIONS_ID_TOKEN_REQUEST_TOKEN },
    temp: data.RUNNER_TEMP,
    toolCache: data.RUNNER_TOOL_CACHE,
    path: data.PATH,
  };
}
