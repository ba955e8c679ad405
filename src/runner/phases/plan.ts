// Plan: look at everything, change nothing, and write down what is to be done.

import { z } from "zod";
import { PLAN_CHARS_MAX } from "../../core/record.ts";
import { planMessage } from "../prompt.ts";
import { agentStep } from "./agent-step.ts";
import { doneBefore, type Phase, stopped } from "./phase.ts";

const result = z.strictObject({
  summary: z.string().trim().min(1).max(500).describe("The plan in one or two sentences."),
  plan: z.string().trim().min(1).max(PLAN_CHARS_MAX).describe("The plan, in Markdown."),
});

export const plan: Phase = {
  look: (context, progress) => (progress.plan === null ? null : doneBefore(context, "plan")),
  async run(context, progress) {
    const end = await agentStep(context, {
      phase: "plan",
      access: "read",
      weight: "making",
      history: [],
      message: planMessage(context.view),
      result,
      submit: "End the phase with the plan.",
    });
    if (end.exit !== "done") return stopped(end, 0, progress);
    const { summary } = end.result;
    return { status: "passed", summary, rounds: 0, progress: { ...progress, plan: end.result.plan } };
  },
};
