// The one place that starts git. Arguments are always a list, never a shell line. It knows nothing of GitHub.
// Starting git costs about 3 ms and does not grow with this process (measured on Node 24), so there is no broker in between.
import { spawn } from "node:child_process";

/** More at once only makes them slower on a small machine. */
const PROCESSES_MAX = 8;
/** A hung git must not hang a test run. */
const RUN_MS_MAX = 60_000;
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

export interface GitRun {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly input?: Uint8Array | string;
  readonly env?: Readonly<Record<string, string>>;
}
export interface GitOutcome {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Where git is looked for: the caller's own environment stays out of it. */
export const GIT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin";

/** The environment of every git here: no user or system configuration, no prompts, no pager. */
const CLEAN_ENV: Readonly<Record<string, string>> = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "emulator",
  GIT_AUTHOR_EMAIL: "emulator@localhost",
  GIT_COMMITTER_NAME: "emulator",
  GIT_COMMITTER_EMAIL: "emulator@localhost",
  LC_ALL: "C",
  TZ: "UTC",
  PATH: GIT_PATH,
};

let running = 0;
const waiting: (() => void)[] = [];

async function takeTurn(): Promise<void> {
  if (running < PROCESSES_MAX) {
    running += 1;
    return;
  }
  await new Promise<void>((resolve) => waiting.push(resolve));
}

function giveTurn(): void {
  const next = waiting.shift();
  if (next === undefined) running -= 1;
  else next();
}

function collect(run: GitRun): Promise<GitOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", run.args, {
      cwd: run.cwd,
      env: { ...CLEAN_ENV, ...run.env },
      stdio: "pipe",
      timeout: RUN_MS_MAX,
      killSignal: "SIGKILL",
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let bytes = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > OUTPUT_BYTES_MAX) child.kill("SIGKILL");
      else out.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const stderr = Buffer.concat(err).toString("utf8");
      if (code === null) reject(new Error(`git ${run.args[0] ?? ""} ended by ${signal ?? "nothing"}: ${stderr}`));
      else resolve({ code, stdout: Buffer.concat(out), stderr });
    });
    // Git may stop reading early (a refused pack); that shows in its exit code, not here.
    child.stdin.on("error", () => undefined);
    child.stdin.end(run.input ?? "");
  });
}

/** Runs git to its end. A non-zero exit is an outcome, not an exception. */
export async function runGit(run: GitRun): Promise<GitOutcome> {
  await takeTurn();
  try {
    return await collect(run);
  } finally {
    giveTurn();
  }
}

/** Runs a git that has no business failing; a failure is a bug and throws. */
export async function git(run: GitRun): Promise<Buffer> {
  const outcome = await runGit(run);
  if (outcome.code !== 0) throw new Error(`git ${run.args.join(" ")} exited ${outcome.code}: ${outcome.stderr.trim()}`);
  return outcome.stdout;
}
