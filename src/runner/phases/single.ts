// Runs that change nothing: a verdict, a list of sub-tasks, a report, or the checks of a submitted head run once more.
// Each is one step; what it found is its whole result.

import { z } from "zod";
import { reportSchema } from "../../core/record.ts";
import type { RunResult } from "../../core/result.ts";
import { subTasksSchema } from "../../core/result-tasks.ts";
import { breakdownMessage, judgeMessage, reportMessage } from "../prompt.ts";
import { agentStep } from "./agent-step.ts";
import type { PhaseContext } from "./phase.ts";

type Found = Pick<RunResult, "exit" | "reason" | "summary" | "question" | "evidence"> &
  Partial<Pick<RunResult, "verdict" | "tasks" | "report">>;
type SingleStep = (context: PhaseContext) => Promise<Found>;

const summary = z.string().trim().min(1).max(500).describe("The result in one or two sentences.");

const verdict = z.strictObject({
  approves: z.boolean().describe("Whether it may go before the maintainers as it is."),
  reason: z
    .string()
    .trim()
    .min(1)
    .max(3_500)
    .describe("Why; when it may not, what must change, each point with its file."),
  summary,
});
const tasks = z.strictObject({ tasks: subTasksSchema, summary });
const report = z.strictObject({ report: reportSchema, summary });

const judge: SingleStep = async (context) => {
  const { view, workspace } = context;
  const isSubmitted = view.inspection !== null;
  const diff = isSubmitted ? await workspace.diff(view.baseSha, await workspace.treeOf(view.inspection.head)) : null;
  const message = judgeMessage(view, diff);
  return ended(
    await agentStep(context, {
      ...READING,
      phase: "verdict",
      message,
      result: verdict,
      submit: "End with your verdict.",
    }),
    ({ approves, reason }) => ({ verdict: { approves, reason } }),
  );
};

const split: SingleStep = async (context) => {
  const message = breakdownMessage(context.view);
  return ended(
    await agentStep(context, { ...READING, phase: "tasks", message, result: tasks, submit: "End with the sub-tasks." }),
    (found) => ({ tasks: found.tasks }),
  );
};

const tell: SingleStep = async (context) => {
  const message = reportMessage(context.view);
  return ended(
    await agentStep(context, { ...READING, phase: "report", message, result: report, submit: "End with your report." }),
    (found) => ({ report: found.report }),
  );
};

/** No model is asked: what was submitted is measured once more. */
const measure: SingleStep = async ({ checks }) => {
  const { evidence } = await checks.measure();
  const passed = evidence.filter(({ exitCode }) => exitCode === 0).length;
  const words = `${passed} of ${evidence.length} checks passed.`;
  return { exit: "done", reason: "", summary: words, question: null, evidence: [...evidence] };
};

export const SINGLE = { verdict: judge, tasks: split, report: tell, evidence: measure } as const satisfies Record<
  string,
  SingleStep
>;

const READING = { access: "read", weight: "reading", history: [] } as const;

function ended<Result extends { readonly summary: string }>(
  end: Awaited<ReturnType<typeof agentStep<Result>>>,
  take: (result: Result) => Partial<Found>,
): Found {
  const nothing = { question: null, evidence: [] };
  if (end.exit === "done") {
    return { ...nothing, exit: "done", reason: "", summary: end.result.summary, ...take(end.result) };
  }
  const asked = end.exit === "asked";
  const reason = asked ? "the agent asks a question" : end.reason;
  return { ...nothing, exit: end.exit, reason, summary: reason, question: asked ? end.question : null };
}
