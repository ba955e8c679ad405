// The runner's end of the tool host: starts it in a sandbox and passes calls to it, one at a time. Whatever answers is
// believed to be hostile: lines are bounded and checked, and an answer that does not come ends the host.

import { z } from "zod";
import { type HostedTool, type HostRequest, LINE_BYTES_MAX } from "./host/protocol.ts";
import { endGroup } from "./run-process.ts";
import type { PipedProcess, Sandbox, SandboxedCommand } from "./sandbox.ts";

/** Time for a call beyond what its tool may take itself, in milliseconds. */
const CALL_MARGIN_MS = 15_000;
/** Time for the host to leave by itself, in milliseconds. */
const LEAVE_MS_MAX = 2_000;
/** Standard error of the host that is kept, in characters. */
const STDERR_CHARS_MAX = 2_000;

const answerSchema = z.strictObject({ id: z.int(), ok: z.boolean(), text: z.string() });
type Answer = z.infer<typeof answerSchema>;

export interface ToolHost {
  /**
   * @param timeoutMs how long the tool itself may take
   * @returns the tool's text; `ok: false` is a mistake that the caller can correct
   */
  call(
    tool: HostedTool,
    input: Readonly<Record<string, unknown>>,
    timeoutMs: number,
  ): Promise<{ ok: boolean; text: string }>;
  close(): Promise<void>;
}

/** Where the host lives: the program that runs it and its script, both readable inside. */
export interface HostProgram {
  readonly node: string;
  readonly script: string;
}

/** Calls go in order: two edits of one file in one turn never race. */
export function startToolHost(
  sandbox: Sandbox,
  program: HostProgram,
  command: Omit<SandboxedCommand, "argv">,
): ToolHost {
  let child: PipedProcess | null = null;
  let lastId = 0;
  let queue: Promise<unknown> = Promise.resolve();

  const running = (): PipedProcess => {
    if (child !== null) return child;
    const started = sandbox.start({
      ...command,
      isInit: true,
      argv: [program.node, "--disable-warning=ExperimentalWarning", program.script],
    });
    started.stdout.setEncoding("utf8");
    started.stderr.setEncoding("utf8");
    // A pipe to a process that has died reports so here and, for the call in hand, by its exit.
    started.stdin.on("error", () => undefined);
    started.once("exit", () => {
      if (child === started) child = null;
    });
    child = started;
    return started;
  };
  const stop = (): void => {
    if (child !== null) endGroup(child);
    child = null;
  };
  const callNow = async (tool: HostedTool, input: Readonly<Record<string, unknown>>, timeoutMs: number) => {
    lastId += 1;
    const id = lastId;
    const outcome = await exchange(running(), { id, tool, input }, timeoutMs + CALL_MARGIN_MS);
    if ("problem" in outcome) {
      stop();
      return { ok: false, text: `the tool did not answer (${outcome.problem}); it was started anew` };
    }
    return { ok: outcome.ok, text: outcome.text };
  };
  return {
    call(tool, input, timeoutMs) {
      const next = queue.then(() => callNow(tool, input, timeoutMs));
      queue = next.catch(() => undefined);
      return next;
    },
    async close() {
      await queue;
      const last = child;
      if (last === null) return;
      child = null;
      await ended(last);
    },
  };
}

/**
 * Resolves when the host is gone. It leaves by itself when nothing more can come. It is the first process of its namespace:
 * the kernel ends all others before it reports its end, so nobody writes to the worktree any more.
 */
function ended(child: PipedProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const timer = setTimeout(() => endGroup(child), LEAVE_MS_MAX);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    child.stdin.end();
  });
}

/** Sends one request and waits for its answer, for the end of the process, or for the time to run out. */
function exchange(child: PipedProcess, request: HostRequest, timeoutMs: number): Promise<Answer | { problem: string }> {
  return new Promise((resolve) => {
    let buffered = "";
    let complaint = "";
    const finish = (outcome: Answer | { problem: string }): void => {
      clearTimeout(timer);
      child.stdout.off("data", take);
      child.stderr.off("data", complain);
      child.off("exit", gone);
      child.off("error", gone);
      resolve(outcome);
    };
    const take = (chunk: string): void => {
      buffered += chunk;
      const end = buffered.indexOf("\n");
      if (end >= 0) finish(read(buffered.slice(0, end), request.id));
      else if (buffered.length > LINE_BYTES_MAX) finish({ problem: "its answer is too long" });
    };
    const complain = (chunk: string): void => {
      complaint = (complaint + chunk).slice(-STDERR_CHARS_MAX);
    };
    const gone = (): void => finish({ problem: complaint === "" ? "it ended" : "it ended with an error" });
    const timer = setTimeout(() => finish({ problem: "out of time" }), timeoutMs);
    child.stdout.on("data", take);
    child.stderr.on("data", complain);
    child.once("exit", gone);
    child.once("error", gone);
    child.stdin.write(`${JSON.stringify(request)}\n`);
  });
}

function read(line: string, id: number): Answer | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { problem: "its answer is not JSON" };
  }
  const answer = answerSchema.safeParse(json);
  if (!answer.success) return { problem: "its answer has another shape" };
  return answer.data.id === id ? answer.data : { problem: "it answered another call" };
}
