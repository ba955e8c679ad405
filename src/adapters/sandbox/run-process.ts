// Runs one program to its end with a time limit and bounded memory: the start and the end of its output are kept, all of it
// is hashed, and a log file gets it up to a limit. Knows nothing of what it runs.

import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";

/** Characters of output that are kept from its start, and as many from its end. */
const OUTPUT_HALF_BYTES_MAX = 16_000;
/** Most of a log that is written to disk, in bytes: the digest still covers all of it. */
const LOG_BYTES_MAX = 10 * 1024 * 1024;
/** How long a process that has ended may leave its output open through a child of its own, in milliseconds. */
const DRAIN_MS_MAX = 2_000;
/** What a shell reports for a command that ran out of time. */
export const EXIT_TIMED_OUT = 124;

export interface ProcessSpec {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export interface ProcessLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Gets standard output and error, up to a limit. */
  readonly logFile?: string;
}

export interface ProcessOutcome {
  readonly exitCode: number;
  readonly timedOut: boolean;
  /** Both streams as they came; a middle that was left out is named. */
  readonly output: string;
  /** SHA-256 of the whole output, hex. */
  readonly digest: string;
}

/** Ends a process that was started as the head of its own group, and its group. */
export function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}

/** The first and last bytes of a stream of any length. */
export class Excerpt {
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail = Buffer.alloc(0);
  #total = 0;

  add(chunk: Buffer): void {
    this.#total += chunk.length;
    const room = OUTPUT_HALF_BYTES_MAX - this.#headBytes;
    const first = chunk.subarray(0, Math.max(0, room));
    if (first.length > 0) this.#head.push(Buffer.from(first));
    this.#headBytes += first.length;
    const rest = chunk.subarray(first.length);
    if (rest.length > 0) this.#tail = Buffer.concat([this.#tail, rest]).subarray(-OUTPUT_HALF_BYTES_MAX);
  }

  text(): string {
    const head = Buffer.concat(this.#head);
    const left = this.#total - head.length - this.#tail.length;
    const middle = left > 0 ? `\n[… ${left} bytes left out …]\n` : "";
    return `${head.toString("utf8")}${middle}${this.#tail.toString("utf8")}`;
  }
}

/** @returns how it ended; throws only when the program cannot be started */
export async function runProcess(spec: ProcessSpec, limits: ProcessLimits): Promise<ProcessOutcome> {
  const [program, ...args] = spec.argv;
  const child = spawn(program, args, {
    cwd: spec.cwd,
    env: spec.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const hash = createHash("sha256");
  const excerpt = new Excerpt();
  const log = limits.logFile === undefined ? null : createWriteStream(limits.logFile);
  let logged = 0;
  const take = (chunk: Buffer): void => {
    hash.update(chunk);
    excerpt.add(chunk);
    const room = Math.max(0, LOG_BYTES_MAX - logged);
    if (log !== null && room > 0) log.write(chunk.subarray(0, room));
    logged += chunk.length;
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);

  let timedOut = false;
  const stop = (): void => endGroup(child);
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, limits.timeoutMs);
  limits.signal?.addEventListener("abort", stop, { once: true });
  try {
    const exitCode = await ended(child);
    if (log !== null) {
      log.end();
      await finished(log);
    }
    return {
      exitCode: timedOut ? EXIT_TIMED_OUT : exitCode,
      timedOut,
      output: excerpt.text(),
      digest: hash.digest("hex"),
    };
  } finally {
    clearTimeout(timer);
    limits.signal?.removeEventListener("abort", stop);
  }
}

/** Resolves when the process is gone and its output is read; a grandchild that keeps the output open is not waited for. */
function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let drain: NodeJS.Timeout | undefined;
    let code = 1;
    child.once("error", reject);
    child.once("exit", (exitCode, signal) => {
      code = exitCode ?? (signal === null ? 1 : 128);
      endGroup(child);
      drain = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, DRAIN_MS_MAX);
    });
    child.once("close", () => {
      clearTimeout(drain);
      resolve(code);
    });
  });
}
