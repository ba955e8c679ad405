// A stage for whole runs: a local bare repository with a failing test, a scripted model behind a real HTTP server, the real
// sandbox. Only the app is a plain object, because a run knows it by two calls.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createGit } from "../../src/adapters/git/git-process.ts";
import { createAnthropicModel } from "../../src/adapters/model/anthropic.ts";
import { openSandbox } from "../../src/adapters/sandbox/sandbox.ts";
import type { TaskView } from "../../src/core/api.ts";
import type { Clock } from "../../src/core/ports.ts";
import type { RunResult } from "../../src/core/result.ts";
import type { Grant } from "../../src/runner/run-ports.ts";
import { type RunEnd, runTask } from "../../src/runner/run-task.ts";
import type { Script } from "./messages-server/script.ts";
import { type MessagesServer, startMessagesServer } from "./messages-server/server.ts";

export const HOST_DIRECTORY = path.resolve(import.meta.dirname, "../../src/adapters/sandbox/host");
export const API_KEY = "test-key-0123456789abcdef";
export const LEASE_TOKEN = "a".repeat(40);

const searchPath = process.env["PATH"] ?? "";

export const wallClock: Clock = {
  now: () => Date.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};

export interface Repository {
  readonly url: string;
  readonly base: string;
  git(...args: string[]): string;
}

/** A bare repository with one commit on `main`. */
export function createRepository(root: string, files: Readonly<Record<string, string>>): Repository {
  const bare = path.join(root, "origin.git");
  const work = path.join(root, "origin-work");
  const run = (cwd: string, ...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], {
      cwd,
      encoding: "utf8",
    }).trim();
  mkdirSync(work, { recursive: true });
  run(root, "init", "--quiet", "--bare", "--initial-branch=main", bare);
  run(work, "init", "--quiet", "--initial-branch=main");
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
    writeFileSync(path.join(work, name), content);
  }
  run(work, "add", "--all");
  run(work, "commit", "--quiet", "--message", "Start");
  run(work, "push", "--quiet", bare, "HEAD:refs/heads/main");
  return { url: bare, base: run(work, "rev-parse", "HEAD"), git: (...args) => run(bare, ...args) };
}

export const FAILING_PROJECT = {
  "package.json": '{ "name": "sum", "type": "module", "scripts": { "test": "node --test" } }\n',
  "sum.js": "export const sum = (numbers) => numbers.reduce((a, b) => a + b);\n",
  "sum.test.js":
    'import assert from "node:assert";\nimport test from "node:test";\nimport { sum } from "./sum.js";\ntest("sums", () => assert.equal(sum([1, 2]), 3));\ntest("an empty list is 0", () => assert.equal(sum([]), 0));\n',
  "AGENTS.md": "Write plain JavaScript.\n",
};

export interface Stage {
  readonly root: string;
  readonly repository: Repository;
  readonly server: MessagesServer;
  readonly out: string;
  readonly said: string[];
  readonly reports: string[];
  run(overrides?: {
    view?: Partial<TaskView>;
    config?: unknown;
    clock?: Clock;
    refuse?: string;
    variables?: Readonly<Record<string, string>>;
  }): Promise<RunEnd>;
  /** The result of a run that worked; throws when the model's server had something to complain about. */
  resultOf(overrides?: Parameters<Stage["run"]>[0]): Promise<RunResult>;
  /** Files of the head that a run left in its bundle. */
  filesOf(head: string | null): Promise<readonly string[]>;
  /** Makes a commit on top of the base that only the task's branch has. */
  pushWork(files: Readonly<Record<string, string>>): string;
  close(): Promise<void>;
}

export async function createStage(
  script: Script,
  files: Readonly<Record<string, string>> = FAILING_PROJECT,
): Promise<Stage> {
  const root = mkdtempSync(path.join(tmpdir(), "signalbox-run-"));
  const repository = createRepository(root, files);
  const server = await startMessagesServer({ script, apiKey: API_KEY });
  const node = realpathSync(process.execPath);
  const out = path.join(root, "out");
  const said: string[] = [];
  const reports: string[] = [];
  const view: TaskView = {
    issue: 7,
    url: "https://github.example/acme/sum/issues/7",
    title: "sum of an empty list fails",
    body: "`sum([])` throws. It should be 0.",
    author: { login: "ada", id: 1, trust: "writer" },
    comments: [],
    feedback: [],
    role: "implement",
    phases: "plan-build-test-review",
    attempt: 1,
    base: "main",
    baseSha: repository.base,
    start: repository.base,
    workSummary: null,
    budget: 5_000_000,
    model: "claude-sonnet-5-5",
    heavyModel: "claude-opus-5-5",
    resume: { done: [], plan: "Give reduce an initial value.", notes: "" },
    approvedPlan: null,
    inspection: null,
  };
  const run: Stage["run"] = (overrides = {}) => {
    const grant: Grant = {
      view: { ...view, ...overrides.view },
      config: overrides.config ?? { checks: [{ name: "test", run: "npm test" }] },
      readToken: "read-token-0123456789",
    };
    return runTask(
      {
        permit: {
          bind: async () => (overrides.refuse === undefined ? grant : { refused: overrides.refuse }),
          reportPhase: async (report) => void reports.push(`${report.phase} ${report.status}`),
        },
        git: createGit(searchPath),
        clock: overrides.clock ?? wallClock,
        program: { node, script: path.join(HOST_DIRECTORY, "main.ts") },
        remoteOf: () => ({ url: repository.url, credential: null }),
        openSandbox: (kind) =>
          openSandbox({
            kind,
            path: searchPath,
            readable: [HOST_DIRECTORY, node],
            scratch: path.join(root, "scratch"),
          }),
        model: createAnthropicModel({ apiKey: API_KEY, baseUrl: server.url }),
        variables: overrides.variables ?? {},
        secrets: [API_KEY],
        say: (line) => void said.push(line),
      },
      {
        repository: "acme/sum",
        issue: 7,
        token: LEASE_TOKEN,
        run: { id: 99, attempt: 1 },
        root: path.join(root, "run"),
        out,
      },
    );
  };
  return {
    root,
    repository,
    server,
    out,
    said,
    reports,
    run,
    resultOf: async (overrides) => {
      const end = await run(overrides);
      if (server.mistakes.length > 0) throw new Error(`the model's server complains: ${server.mistakes.join("; ")}`);
      if (!end.worked) throw new Error(end.notice);
      return end.result;
    },
    filesOf: async (head) => {
      if (head === null) throw new Error("nothing was committed");
      const bundle = path.join(out, "work.bundle");
      const args = ["fetch", "--quiet", bundle, "refs/signalbox/head"];
      await createGit(searchPath).run({ args, gitDir: repository.url, protocols: ["file"] });
      return repository.git("ls-tree", "-r", "--name-only", head).split("\n");
    },
    pushWork: (files) => {
      const git = (...args: string[]): string =>
        execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.com", ...args], {
          cwd: path.join(root, "origin-work"),
          encoding: "utf8",
        }).trim();
      for (const [name, content] of Object.entries(files)) writeFileSync(path.join(root, "origin-work", name), content);
      git("add", "--all");
      git("commit", "--quiet", "--message", "First attempt");
      git("push", "--quiet", repository.url, "HEAD:refs/heads/signalbox/task/7");
      return git("rev-parse", "HEAD");
    },
    close: async () => {
      await server.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
