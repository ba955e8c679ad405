// What a finished run asks for: its result, or the lack of one, as a move request's data. Says nothing about whether it is granted.

import { NO_RESULT } from "./decide.ts";
import type { RequestData } from "./request.ts";
import type { RunResult } from "./result.ts";
import { NO_USAGE, type RunRef, type Sha } from "./task.ts";

type OutcomeMove = "submit" | "fail" | "suspend" | "ask" | "propose" | "report";

export type Outcome = {
  readonly [M in OutcomeMove]: { readonly move: M; readonly data: RequestData<M> };
}[OutcomeMove];

/**
 * What a work job left behind: its result, or why it cannot be read. `nothing`: the runner itself died before it could
 * write one, as when its machine is lost; then nobody reports, and the lease expires once GitHub says the run is over.
 */
export type Left = { readonly result: RunResult } | { readonly unreadable: string } | "nothing";

/** @returns the move that the run asks for, or null when it left nothing and so asks for none */
export function outcomeOf(left: Left, run: RunRef, token: Sha, planDigest: string | null = null): Outcome | null {
  if (left === "nothing") return null;
  if ("unreadable" in left) {
    const work = { head: null, summary: "" };
    return { move: "fail", data: { token, run, reason: left.unreadable, source: NO_RESULT, work, usage: NO_USAGE } };
  }
  const { result } = left;
  const work = workOf(result);
  const common = { token, run, work, usage: result.usage };
  switch (result.exit) {
    case "done":
      return finished(result, run, token, work);
    case "planned":
      return proposed(result, run, token, planDigest);
    case "asked":
      return { move: "ask", data: { ...common, question: result.question ?? result.reason } };
    case "out-of-turns":
    case "out-of-time":
    case "out-of-money":
    case "rate-limited":
    case "model-unreachable":
      return { move: "suspend", data: { ...common, reason: result.reason } };
    case "bad-format":
      return { move: "fail", data: { ...common, reason: result.reason, source: NO_RESULT } };
    case "refused":
    case "failed":
      // What failed is not done: the next attempt hears why, and goes through its phases again on the work that is kept.
      return {
        move: "fail",
        data: {
          ...common,
          work: { head: result.head, summary: result.summary },
          reason: result.reason,
          source: result.exit,
        },
      };
  }
}

type Kept = RequestData<"suspend">["work"];

function workOf({ head, summary, progress }: RunResult): Kept {
  return progress == null ? { head, summary } : { head, summary, progress };
}

/** @param digest SHA-256 of the plan, hex, as whoever publishes computed it: a result's own word is not asked */
function proposed(result: RunResult, run: RunRef, token: Sha, digest: string | null): Outcome {
  const { usage } = result;
  const work = workOf(result);
  const text = result.progress?.plan ?? null;
  if (text === null || digest === null) {
    const reason = "the run was to propose a plan and left none";
    return { move: "fail", data: { token, run, reason, source: NO_RESULT, work, usage } };
  }
  return { move: "propose", data: { token, run, plan: { text, digest }, work, usage } };
}

/** What a role that judges says of a task without a submission is a report too. */
function reportOf({ report, verdict, summary }: RunResult): RequestData<"report">["report"] | null {
  if (report != null) return report;
  if (verdict == null) return null;
  return { title: summary.slice(0, 200) || "Verdict", text: verdict.reason };
}

function finished(result: RunResult, run: RunRef, token: Sha, work: Kept): Outcome {
  const { usage, evidence } = result;
  const report = reportOf(result);
  if (report !== null) return { move: "report", data: { token, run, report, usage } };
  const red = evidence.filter((piece) => piece.exitCode !== 0).map((piece) => piece.name);
  if (red.length > 0) {
    return {
      move: "fail",
      data: { token, run, reason: `these checks failed: ${red.join(", ")}`, source: "checks", work, usage },
    };
  }
  if (result.head === null || result.head === result.baseSha) {
    const question =
      "The agent finished without changing anything. Is the work already done, or should the task say more?";
    return { move: "ask", data: { token, run, question, work: { ...work, head: null }, usage } };
  }
  const { base, baseSha, head, summary, progress } = result;
  const data = { token, run, head, base, baseSha, evidence: [...evidence], summary, usage };
  const plan = progress?.plan ?? null;
  return { move: "submit", data: plan === null ? data : { ...data, plan } };
}

/** What a run under review found. Whatever it changed is left where it is: it was asked to look, not to work. */
export function verdictOf(
  result: RunResult,
  run: RunRef,
  token: Sha,
  head: Sha,
): { readonly move: "verdict"; readonly data: RequestData<"verdict"> } {
  const { evidence, usage, verdict, exit } = result;
  const isDone = exit === "done" || exit === "failed";
  const told = isDone && verdict !== null && verdict !== undefined ? (verdict.approves ? "approve" : "reject") : "none";
  const found = verdict?.reason ?? (result.reason.trim() === "" ? "the checks were run" : result.reason);
  return { move: "verdict", data: { token, run, head, verdict: told, reason: found, evidence: [...evidence], usage } };
}
