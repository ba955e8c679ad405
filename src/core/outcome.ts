// What a finished run asks for: its result, or the lack of one, as a move request's data. Says nothing about whether it is granted.

import { NO_RESULT } from "./record.ts";
import type { RequestData } from "./request.ts";
import type { RunResult } from "./result.ts";
import { type Inspection, NO_USAGE, type RunRef, type Sha, type WorkKept } from "./task.ts";

export type Outcome = {
  readonly [M in "submit" | "already-done" | "fail" | "suspend" | "ask" | "split"]: {
    readonly move: M;
    readonly data: RequestData<M>;
  };
}["submit" | "already-done" | "fail" | "suspend" | "ask" | "split"];

/**
 * What a work job left behind: its result, or why it cannot be read. `nothing`: the runner itself died before it could
 * write one, as when its machine is lost; then nobody reports, and the lease expires once GitHub says the run is over.
 */
export type Left = { readonly result: RunResult } | { readonly unreadable: string } | "nothing";

/** @returns the move that the run asks for, or null when it left nothing and so asks for none */
export function outcomeOf(left: Left, run: RunRef, token: Sha): Outcome | null {
  if (left === "nothing") return null;
  if ("unreadable" in left) {
    const work = { head: null, summary: "" };
    return { move: "fail", data: { token, run, reason: left.unreadable, source: NO_RESULT, work, usage: NO_USAGE } };
  }
  const { result } = left;
  const work: WorkKept = { head: result.head, summary: result.summary };
  const common = { token, run, work, usage: result.usage };
  switch (result.exit) {
    case "done":
      return finished(result, run, token, work);
    case "asked":
      return { move: "ask", data: { ...common, question: result.question ?? result.reason } };
    case "out-of-turns":
    case "out-of-time":
    case "out-of-money":
    case "rate-limited":
      return { move: "suspend", data: { ...common, reason: result.reason } };
    case "model-unreachable":
      return { move: "suspend", data: { ...common, reason: result.reason, infrastructure: true } };
    case "bad-format":
      return { move: "fail", data: { ...common, reason: result.reason, source: NO_RESULT } };
    case "refused":
    case "failed":
      return { move: "fail", data: { ...common, reason: result.reason, source: result.exit } };
  }
}

function finished(result: RunResult, run: RunRef, token: Sha, work: WorkKept): Outcome {
  const { usage, evidence } = result;
  if (result.tasks !== null && result.tasks !== undefined) {
    return { move: "split", data: { token, run, tasks: [...result.tasks], summary: result.summary, usage } };
  }
  const red = evidence.filter((piece) => piece.exitCode !== 0).map((piece) => piece.name);
  if (red.length > 0) {
    return {
      move: "fail",
      data: { token, run, reason: `these checks failed: ${red.join(", ")}`, source: "checks", work, usage },
    };
  }
  const { base, baseSha, head, summary } = result;
  if (head === null || head === baseSha) {
    // The checks pass on the base as it is, and nothing was left to change: the work is there already.
    if (evidence.length > 0) {
      return { move: "already-done", data: { token, run, baseSha, evidence: [...evidence], summary, usage } };
    }
    const question =
      "The agent finished without changing anything. Is the work already done, or should the task say more?";
    return { move: "ask", data: { token, run, question, work: { ...work, head: null }, usage } };
  }
  return { move: "submit", data: { token, run, head, base, baseSha, evidence: [...evidence], summary, usage } };
}

/** What a run under review found. Whatever it changed is left where it is: it was asked to look, not to work. */
export function verdictOf(
  result: RunResult,
  run: RunRef,
  token: Sha,
  { head, condition }: Pick<Inspection, "head" | "condition">,
): { readonly move: "verdict"; readonly data: RequestData<"verdict"> } {
  const { evidence, usage, verdict, exit } = result;
  const isDone = exit === "done" || exit === "failed";
  const isScript = condition !== null && (verdict === null || verdict === undefined) && evidence.length > 0;
  // A script condition is judged by its own exit, an agent's by what it said, everything else by nobody.
  const approves = isScript ? evidence.every((piece) => piece.exitCode === 0) : (verdict?.approves ?? null);
  const told = !isDone || approves === null ? "none" : approves ? "approve" : "reject";
  const found = verdict?.reason ?? (result.reason.trim() === "" ? "the checks were run" : result.reason);
  return { move: "verdict", data: { token, run, head, verdict: told, reason: found, evidence: [...evidence], usage } };
}
