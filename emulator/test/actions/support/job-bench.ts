// Runs one job of a workflow text on this machine, without an emulator around it: the executor alone.
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ActionLookup, Annotation, JobPorts, StepView } from "../../../src/actions/jobs/job.ts";
import { readActionDirectory } from "../../../src/actions/jobs/local-action.ts";
import { type JobEnd, runJob } from "../../../src/actions/jobs/run-job.ts";
import { describeProblems, parseWorkflow } from "../../../src/actions/workflow/parse-workflow.ts";

export interface BenchOptions {
  /** Files of the workspace. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files of remote actions: `owner/name@ref` → files. */
  readonly actions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly idToken?: { readonly url: string; readonly token: string };
  readonly env?: Readonly<Record<string, string>>;
  /** Called with every piece of the log; may cancel. */
  readonly onLog?: (text: string, bench: Bench) => void;
}

export interface Bench {
  readonly cancel: () => void;
  readonly abandon: () => void;
  /** Rings every alarm that is set. */
  readonly ring: () => void;
}

export interface BenchEnd extends JobEnd {
  readonly log: string;
  readonly steps: readonly StepView[];
  readonly annotations: readonly Annotation[];
}

export async function runJobOf(yaml: string, options: BenchOptions = {}): Promise<BenchEnd> {
  const parsed = parseWorkflow(yaml);
  if ("problems" in parsed) throw new Error(describeProblems("bench.yml", parsed.problems));
  const [definition] = parsed.workflow.jobs.values();
  if (definition?.kind !== "steps") throw new Error("the first job has no steps");
  const root = mkdtempSync(join(tmpdir(), "job-bench-"));
  const place = (folder: string): string => {
    mkdirSync(join(root, folder), { recursive: true });
    return join(root, folder);
  };
  const write = (folder: string, files: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  const workspace = place("work");
  write(workspace, options.files ?? {});
  const cancel = new AbortController();
  const abandon = new AbortController();
  const alarms = new Set<() => void>();
  const bench: Bench = {
    cancel: () => cancel.abort(),
    abandon: () => abandon.abort(),
    ring: () => {
      for (const ring of [...alarms]) ring();
    },
  };
  let log = "";
  let steps: readonly StepView[] = [];
  const annotations: Annotation[] = [];
  const findAction = async (uses: string): Promise<ActionLookup> => {
    const files = options.actions?.[uses];
    if (files === undefined) return { problem: `Unable to resolve action \`${uses}\`, not found` };
    const folder = place(`actions/${uses.replaceAll("/", "_")}`);
    write(folder, files);
    return readActionDirectory(folder, { repository: uses.split("@")[0] ?? "", ref: uses.split("@")[1] ?? "" });
  };
  const ports: JobPorts = {
    now: () => Date.now(),
    alarm: (ms, ring) => {
      // The six hours of a job without a limit of its own are not for ringing.
      if (ms < 3_600_000) alarms.add(ring);
      return { cancel: () => void alarms.delete(ring) };
    },
    findAction,
    onSteps: (views) => {
      steps = views;
    },
    onAnnotation: (annotation) => void annotations.push(annotation),
    beforeStep: async () => undefined,
    uuid: randomUUID,
  };
  const machine = {
    workspace,
    temp: place("temp"),
    toolCache: place("tools"),
    home: place("home"),
    path: "/usr/local/bin:/usr/bin:/bin",
    env: options.env ?? {},
    nodePath: process.execPath,
    runnerName: "bench",
    arch: "X64",
  };
  const request = {
    definition,
    name: definition.id,
    workflowEnv: parsed.workflow.env,
    workflowDefaults: parsed.workflow.defaults,
    contexts: {
      github: {
        repository: "acme/app",
        ref: "refs/heads/main",
        actor: "alice",
        token: "ghs_bench",
        event: { number: 7 },
      },
      needs: {},
      inputs: {},
      vars: { COLOR: "blue" },
      secrets: options.secrets ?? {},
      matrix: {},
      strategy: {},
      job: {},
    },
    idToken: options.idToken ?? null,
    artifacts: { url: "http://127.0.0.1:9/", token: "artifact-token" },
  };
  try {
    const end = await runJob(request, ports, machine, { cancel: cancel.signal, abandon: abandon.signal }, (text) => {
      log += text;
      options.onLog?.(text, bench);
    });
    return { ...end, log, steps, annotations };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** A workflow of one job with these steps, written as YAML. */
export function jobWith(steps: string, jobKeys = ""): string {
  return `on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n${jobKeys}    steps:\n${steps}`;
}

/** The log without timestamps. */
export function plainLog(log: string): string {
  return log.replace(/^\S+Z /gm, "");
}
