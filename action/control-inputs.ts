// What a step of no-server mode is given: the token of its job and the event that started it. Of the event only numbers are
// read; nothing that people wrote goes anywhere.

import { z } from "zod";

const environmentSchema = z.object({
  "INPUT_GITHUB-TOKEN": z.string().min(1, "is needed: the job's own token"),
  GITHUB_REPOSITORY: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  GITHUB_WORKFLOW_REF: z.string().regex(/^[\w.-]+\/[\w.-]+\/\.github\/workflows\/[\w.-]+\.ya?ml@\S+$/),
  GITHUB_REF_NAME: z.string().min(1),
  GITHUB_EVENT_NAME: z.string().min(1),
  GITHUB_EVENT_PATH: z.string().min(1),
  GITHUB_API_URL: z.url({ protocol: /^https?$/ }),
});

export interface ControlInputs {
  readonly token: string;
  readonly repository: { readonly owner: string; readonly name: string };
  /** File name of the workflow that runs. */
  readonly workflow: string;
  /** Branch that the workflow was read from; the default one, but for events of pull requests. */
  readonly branch: string;
  readonly event: string;
  readonly eventPath: string;
  readonly apiUrl: string;
}

/** @returns the inputs, or what is wrong with the first of them */
export function readControlInputs(environment: NodeJS.ProcessEnv): ControlInputs | { readonly problem: string } {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = String(issue?.path[0] ?? "an input").replace("INPUT_", "");
    return { problem: `${name.toLowerCase()}: ${issue?.message ?? "is wrong"}` };
  }
  const { data } = parsed;
  const [owner = "", name = ""] = data.GITHUB_REPOSITORY.split("/");
  const [path = ""] = data.GITHUB_WORKFLOW_REF.split("@", 1);
  return {
    token: data["INPUT_GITHUB-TOKEN"],
    repository: { owner, name },
    workflow: path.slice(path.lastIndexOf("/") + 1),
    branch: data.GITHUB_REF_NAME,
    event: data.GITHUB_EVENT_NAME,
    eventPath: data.GITHUB_EVENT_PATH,
    apiUrl: data.GITHUB_API_URL,
  };
}

const thread = z.object({ number: z.int().positive(), pull_request: z.unknown().optional() });
const eventSchema = z.object({ issue: thread.optional(), pull_request: thread.optional() });

/** @returns the issue or pull request that the event is about, or null when it is about none */
export function subjectOf(event: unknown): { readonly number: number; readonly isPullRequest: boolean } | null {
  const parsed = eventSchema.safeParse(event);
  if (!parsed.success) return null;
  const { issue, pull_request: pull } = parsed.data;
  if (pull !== undefined) return { number: pull.number, isPullRequest: true };
  return issue === undefined ? null : { number: issue.number, isPullRequest: issue.pull_request !== undefined };
}
