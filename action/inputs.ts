// What a step is given: inputs of the action and the environment of GitHub Actions, checked before anything is done.

import { z } from "zod";
import { dispatchInputsSchema } from "../src/core/api.ts";
import type { IssueRef } from "../src/core/ports.ts";

const environmentSchema = z.object({
  INPUT_REPOSITORY: dispatchInputsSchema.shape.repository,
  INPUT_ISSUE: dispatchInputsSchema.shape.issue,
  INPUT_TOKEN: dispatchInputsSchema.shape.token,
  "INPUT_APP-URL": z
    .url({ protocol: /^https?$/ })
    .or(z.literal(""))
    .default(""),
  "INPUT_GITHUB-TOKEN": z.string().default(""),
  INPUT_DIRECTORY: z.string().min(1),
  GITHUB_REPOSITORY: z.string().default(""),
  GITHUB_RUN_ID: z.coerce.number().int().nonnegative(),
  GITHUB_RUN_ATTEMPT: z.coerce.number().int().positive(),
  GITHUB_SERVER_URL: z.url({ protocol: /^https?$/ }),
  GITHUB_API_URL: z.url({ protocol: /^https?$/ }),
  ACTIONS_ID_TOKEN_REQUEST_URL: z
    .url({ protocol: /^https?$/ })
    .or(z.literal(""))
    .default(""),
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: z.string().default(""),
  RUNNER_TEMP: z.string().min(1),
  RUNNER_TOOL_CACHE: z.string().default(""),
  PATH: z.string().default("/usr/bin:/bin"),
});

/** Whom a run deals with: the app, which it proves itself to, or GitHub alone, with the token of its job. */
export type Access =
  | { readonly by: "app"; readonly appUrl: string; readonly identity: { readonly url: string; readonly token: string } }
  | { readonly by: "job"; readonly token: string };

export interface StepInputs {
  readonly repository: string;
  readonly issue: number;
  readonly token: string;
  readonly access: Access;
  readonly directory: string;
  readonly run: { readonly id: number; readonly attempt: number };
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly temp: string;
  readonly toolCache: string;
  readonly path: string;
}

export function refOf({ repository, issue }: Pick<StepInputs, "repository" | "issue">): IssueRef {
  const [owner = "", name = ""] = repository.split("/");
  return { owner, name, issue };
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
  const access = accessOf(data);
  if ("problem" in access) return access;
  return {
    repository: data.INPUT_REPOSITORY,
    issue: Number(data.INPUT_ISSUE),
    token: data.INPUT_TOKEN,
    access,
    directory: data.INPUT_DIRECTORY,
    run: { id: data.GITHUB_RUN_ID, attempt: data.GITHUB_RUN_ATTEMPT },
    serverUrl: data.GITHUB_SERVER_URL,
    apiUrl: data.GITHUB_API_URL,
    temp: data.RUNNER_TEMP,
    toolCache: data.RUNNER_TOOL_CACHE,
    path: data.PATH,
  };
}

function accessOf(data: z.infer<typeof environmentSchema>): Access | { readonly problem: string } {
  const appUrl = data["INPUT_APP-URL"];
  const token = data["INPUT_GITHUB-TOKEN"];
  if (appUrl === "") {
    if (token === "") return { problem: "app-url: is needed, or github-token where there is no app" };
    const isOwn = data.INPUT_REPOSITORY.toLowerCase() === data.GITHUB_REPOSITORY.toLowerCase();
    // The token of a job is for the job's own repository, so without an app a run works on nothing else.
    return isOwn ? { by: "job", token } : { problem: "repository: without an app, a run works on its own repository" };
  }
  const identity = { url: data.ACTIONS_ID_TOKEN_REQUEST_URL, token: data.ACTIONS_ID_TOKEN_REQUEST_TOKEN };
  if (identity.url === "" || identity.token === "") return { problem: "the job needs the right `id-token: write`" };
  return { by: "app", appUrl, identity };
}
