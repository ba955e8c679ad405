// One child process that leads a process group of its own, with its output as lines. Stopping it stops everything that it
// started: first asked politely, then killed. Knows nothing of steps or jobs.
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

export interface ProcessRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** Told the group's id as soon as there is one; members may outlive their leader. */
  readonly onStart: (groupId: number) => void;
  /** Aborting asks the group to stop. */
  readonly stop: AbortSignal;
}

export interface ProcessEnd {
  /** null = ended by a signal, or never started. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly startError: string | null;
}

/** GitHub's runner: SIGINT, 7.5 s later SIGTERM, 2.5 s later SIGKILL. */
const INTERRUPT_MS = 7_500;
const TERMINATE_MS = 2_500;

/** How long output may trickle in from children that outlive the step's own process. */
const DRAIN_MS = 500;

/** A longer line is handed on in pieces. */
const LINE_CHARS_MAX = 64 * 1024;

export function runProcess(request: ProcessRequest): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    const child = spawn(request.file, [...request.args], {
      cwd: request.cwd,
      env: { ...request.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const groupId = child.pid ?? null;
    if (groupId !== null) request.onStart(groupId);
    const drained = Promise.all([readLines(child.stdout, request.onLine), readLines(child.stderr, request.onLine)]);
    const timers: NodeJS.Timeout[] = [];
    const signalAfter = (ms: number, signal: NodeJS.Signals): void => {
      timers.push(setTimeout(() => killGroup(groupId, signal), ms));
    };
    const stop = (): void => {
      killGroup(groupId, "SIGINT");
      signalAfter(INTERRUPT_MS, "SIGTERM");
      signalAfter(INTERRUPT_MS + TERMINATE_MS, "SIGKILL");
    };
    const finish = async (end: ProcessEnd): Promise<void> => {
      request.stop.removeEventListener("abort", stop);
      for (const timer of timers) clearTimeout(timer);
      // Whoever was asked to stop leaves nobody behind.
      if (request.stop.aborted) killGroup(groupId, "SIGKILL");
      const cut = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, DRAIN_MS);
      await drained;
      clearTimeout(cut);
      resolve(end);
    };
    child.once("error", (error) => void finish({ exitCode: null, signal: null, startError: error.message }));
    child.once("exit", (exitCode, signal) => void finish({ exitCode, signal, startError: null }));
    if (request.stop.aborted) stop();
    else request.stop.addEventListener("abort", stop, { once: true });
  });
}

/** Signals a whole group; a group that is gone is fine. */
export function killGroup(groupId: number | null, signal: NodeJS.Signals): void {
  if (groupId === null) return;
  try {
    process.kill(-groupId, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.replace(/\r$/, ""));
    if (rest.length > LINE_CHARS_MAX) {
      onLine(rest);
      rest = "";
    }
  });
  return new Promise((resolve) => {
    stream.once("close", () => {
      const last = rest + decoder.end();
      if (last !== "") onLine(last);
      resolve();
    });
  });
}
