// One stretch of work on the change: the first one, or one that continues it after a failed check or a finding.

import { z } from "zod";
import type { AgentEnd } from "../agent.ts";
import { withTask } from "../prompt.ts";
import { agentStep } from "./agent-step.ts";
import type { PhaseContext, Progress } from "./phase.ts";

const result = z.strictObject({
  title: z
    .string()
    .trim()
    .min(1)
    .max(150)
    .describe("Title of the pull request: what the change does, imperative, no issue number."),
  body: z
    .string()
    .trim()
    .min(1)
    .max(4_000)
    .describe("Description for reviewers, in Markdown: what changed and why, and how it was verified."),
  summary: z
    .string()
    .trim()
    .min(1)
    .max(1_000)
    .describe("What was done, in two or three sentences, for the next attempt and the task's history."),
});
export type Change = z.infer<typeof result>;

/** @returns how the agent ended; after `done`, `progressAfter` takes its result over */
export async function workOnChange(
  context: PhaseContext,
  progress: Progress,
  phase: string,
  message: string,
): Promise<AgentEnd<Change>> {
  return agentStep(context, {
    phase,
    access: "change",
    weight: "making",
    history: progress.history,
    message:
      progress.history.length === 0 && phase !== "build" ? withTask(message, context.view, progress.plan) : message,
    result,
    submit: "End the phase: the change is complete and verified.",
  });
}

export function progressAfter(progress: Progress, end: AgentEnd<Change>): Progress {
  const description = end.exit === "done" ? end.result : progress.description;
  return { ...progress, history: end.history, description };
}
