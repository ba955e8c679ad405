// A small emulated GitHub for tests of workflow runs: acme/app with alice as its administrator, and short ways to start
// and look at runs.
import { createEmulator, type Emulator, type EmulatorOptions } from "../../../src/index.ts";

export interface ActionsWorld extends AsyncDisposable {
  readonly hub: Emulator;
  /** REST as alice; the path starts below /repos/acme/app. */
  readonly call: (
    method: string,
    path: string,
    body?: object,
  ) => Promise<{ readonly status: number; readonly body: Json }>;
  /** Dispatches a workflow and waits until nothing moves any more. */
  readonly dispatch: (file: string, inputs?: object) => Promise<RunView>;
  readonly runs: () => Promise<readonly RunView[]>;
  readonly jobs: (run: RunView) => Promise<readonly JobView[]>;
  /** The log of a job without timestamps. */
  readonly log: (job: JobView) => Promise<string>;
}

// biome-ignore lint/suspicious/noExplicitAny: tests read answers as deep as they like.
export type Json = any;

export interface RunView {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly event: string;
  readonly display_title: string;
  readonly head_branch: string | null;
  readonly head_sha: string;
  readonly run_attempt: number;
  readonly path: string;
}

export interface JobView {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly run_attempt: number;
  readonly steps: readonly { readonly name: string; readonly conclusion: string | null }[];
}

export async function createActionsWorld(
  workflows: Readonly<Record<string, string>>,
  options: EmulatorOptions & { readonly files?: Readonly<Record<string, string>> } = {},
): Promise<ActionsWorld> {
  const { files, ...rest } = options;
  const hub = await createEmulator({
    warn: (message) => {
      throw new Error(message);
    },
    ...rest,
  });
  hub.createOrganization({ login: "acme", members: ["alice"] });
  await hub.createRepository({
    owner: "acme",
    name: "app",
    files: {
      "README.md": "# app\n",
      ...Object.fromEntries(Object.entries(workflows).map(([name, text]) => [`.github/workflows/${name}`, text])),
      ...files,
    },
  });
  const token = hub.tokenOf("alice");
  const request = (url: string, init: RequestInit = {}): Promise<Response> =>
    fetch(url, { ...init, headers: { authorization: `Bearer ${token}` } });
  const call: ActionsWorld["call"] = async (method, path, body) => {
    const answer = await request(`${hub.apiUrl}/repos/acme/app${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text };
  };
  const runs = async (): Promise<readonly RunView[]> => (await call("GET", "/actions/runs")).body.workflow_runs;
  return {
    hub,
    call,
    runs,
    dispatch: async (file, inputs = {}) => {
      const body = { ref: "main", inputs, return_run_details: true };
      const answer = await call("POST", `/actions/workflows/${file}/dispatches`, body);
      if (answer.status !== 200) throw new Error(`dispatch: ${answer.status} ${JSON.stringify(answer.body)}`);
      await hub.idle();
      return (await call("GET", `/actions/runs/${answer.body.workflow_run_id}`)).body;
    },
    jobs: async (run) => (await call("GET", `/actions/runs/${run.id}/jobs`)).body.jobs,
    log: async (job) => String((await call("GET", `/actions/jobs/${job.id}/logs`)).body).replace(/^\S+Z /gm, ""),
    [Symbol.asyncDispose]: () => hub.close(),
  };
}
