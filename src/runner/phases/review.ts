// Review: a fresh conversation that did not make the change reads it; findings go back to the agent, at most twice.

import { z } from "zod";
import type { AgentEnd } from "../agent.ts";
import { resolveFindingsMessage, reviewMessage } from "../prompt.ts";
import { agentStep } from "./agent-step.ts";
import { progressAfter, workOnChange } from "./change.ts";
import { doneBefore, type Phase, type PhaseContext, type PhaseEnd, type Progress, stopped } from "./phase.ts";
import { makeChecksPass } from "./test.ts";

const verdict = z.strictObject({
  findings: z
    .array(z.string().trim().min(1).max(1_000))
    .max(20)
    .describe("What must change before the work can be merged, each with its file. Empty when nothing must."),
  summary: z.string().trim().min(1).max(500).describe("The verdict in one or two sentences."),
});

export const review: Phase = {
  look: (context) => doneBefore(context, "review"),
  run: readAndResolve,
};

async function readAndResolve(context: PhaseContext, start: Progress): Promise<PhaseEnd> {
  let progress = start;
  for (let rounds = 0; ; rounds += 1) {
    const read = await readChange(context);
    if (read.exit !== "done") return stopped(read, rounds, progress);
    const { findings, summary } = read.result;
    if (findings.length === 0) return { status: "passed", summary, rounds, progress };
    if (rounds >= context.options.resolveRounds) {
      const reason = `The review still has findings after ${rounds} rounds: ${findings.join(" · ")}`.slice(0, 2_000);
      return { status: "failed", exit: "failed", reason, question: null, summary, rounds, progress };
    }
    const end = await workOnChange(context, progress, "review", resolveFindingsMessage(findings));
    progress = progressAfter(progress, end);
    if (end.exit !== "done") return stopped(end, rounds + 1, progress);
    // What was fixed for the review must not have broken what the checks had proved.
    const checked = await makeChecksPass(context, progress, 0);
    if (checked.status === "failed") return { ...checked, rounds: rounds + 1 };
  }
}

async function readChange(context: PhaseContext): Promise<AgentEnd<z.infer<typeof verdict>>> {
  const { workspace, view } = context;
  const diff = await workspace.diff(view.baseSha, await workspace.snapshot());
  return agentStep(context, {
    phase: "review",
    access: "read",
    weight: "reading",
    history: [],
    message: reviewMessage(view, diff),
    result: verdict,
    submit: "End the review with its findings.",
  });
}
