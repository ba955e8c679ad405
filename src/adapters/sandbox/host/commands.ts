// The tools that run a program: bash, grep, glob. Each command is a fresh shell; what it leaves running ends with it.

import { spawn } from "node:child_process";
import { glob as matchFiles } from "node:fs/promises";
import { resolvePath } from "./files.ts";
import { ANSWER_CHARS_MAX, clip, ToolMistake } from "./protocol.ts";

/** Seconds that a command may take unless it asks for another time, and the most it may ask for. */
const BASH_SECONDS_DEFAULT = 120;
export const BASH_SECONDS_MAX = 900;
/** Seconds that a search may take. */
const SEARCH_SECONDS_MAX = 30;
/** Paths or matches that a search returns. */
const SEARCH_RESULTS_MAX = 500;
/** How long output may stay open after a command ended, through something that it left running, in milliseconds. */
const DRAIN_MS_MAX = 1_000;
const NOT_SEARCHED = [".git", "node_modules"] as const;

interface Outcome {
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly output: string;
}

function runToEnd(program: string, args: readonly string[], cwd: string, seconds: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { cwd, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group is gone already.
      }
    };
    // Twice the answer's length is kept of the start and of the end: enough to clip from, whatever the encoding.
    let head = "";
    let tail = "";
    const take = (chunk: string): void => {
      if (head.length < ANSWER_CHARS_MAX) head += chunk;
      else tail = (tail + chunk).slice(-ANSWER_CHARS_MAX);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    let timedOut = false;
    let drain: NodeJS.Timeout | undefined;
    let exitCode = 1;
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, seconds * 1_000);
    child.once("error", reject);
    child.once("exit", (code) => {
      exitCode = code ?? 128;
      end();
      drain = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, DRAIN_MS_MAX);
    });
    child.once("close", () => {
      clearTimeout(timer);
      clearTimeout(drain);
      resolve({ exitCode, timedOut, output: clip(head + tail) });
    });
  });
}

export async function bash(workspace: string, input: { command: string; seconds?: number }): Promise<string> {
  const seconds = Math.min(input.seconds ?? BASH_SECONDS_DEFAULT, BASH_SECONDS_MAX);
  const outcome = await runToEnd("bash", ["-c", input.command], workspace, seconds);
  const ending = outcome.timedOut
    ? `[ended after ${seconds} seconds: out of time]`
    : outcome.exitCode === 0
      ? ""
      : `[exit code ${outcome.exitCode}]`;
  return [outcome.output.trimEnd(), ending].filter((part) => part !== "").join("\n") || "(no output)";
}

export async function grep(
  workspace: string,
  input: { pattern: string; path?: string; include?: string },
): Promise<string> {
  const where = input.path === undefined ? "." : resolvePath(workspace, input.path);
  const args = [
    "-rnIE",
    ...NOT_SEARCHED.map((name) => `--exclude-dir=${name}`),
    ...(input.include === undefined ? [] : [`--include=${input.include}`]),
    "-e",
    input.pattern,
    "--",
    where,
  ];
  const outcome = await runToEnd("grep", args, workspace, SEARCH_SECONDS_MAX);
  if (outcome.exitCode === 1 && outcome.output === "") return "(no match)";
  if (outcome.timedOut) throw new ToolMistake("the search took too long; search in a smaller directory");
  if (outcome.exitCode > 1 && outcome.output.startsWith("grep:")) throw new ToolMistake(outcome.output.trim());
  const lines = outcome.output.trimEnd().split("\n");
  const shown = lines.slice(0, SEARCH_RESULTS_MAX).map((line) => line.replace(/^\.\//, ""));
  return lines.length > shown.length
    ? `${shown.join("\n")}\n[… ${lines.length - shown.length} more lines …]`
    : shown.join("\n");
}

export async function glob(workspace: string, input: { pattern: string; path?: string }): Promise<string> {
  const cwd = input.path === undefined ? workspace : resolvePath(workspace, input.path);
  const found: string[] = [];
  for await (const file of matchFiles(input.pattern, {
    cwd,
    exclude: (name) => NOT_SEARCHED.some((no) => no === name),
  })) {
    if (found.length >= SEARCH_RESULTS_MAX) {
      found.push("[… more files match …]");
      break;
    }
    found.push(file);
  }
  return found.length === 0 ? "(no file matches)" : found.join("\n");
}
