// One stretch of work on the change: the first one, or one that continues it after a failed check or a finding.

import { z } from "zod";
import { type AgentEnd, runAgent } from "../agent.ts";
import { endingTools } from "../ending.ts";
import { hostedTools } from "../tools.ts";
import { type PhaseContext, type Progress, turnsLeft } from "./phase.ts";

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
  const { world, workspace, view } = context;
  const host = await workspace.tools("change");
  try {
    return await runAgent(world, {
      phase,
      model: view.model,
      system: context.system,
      history: progress.history,
      message,
      tools: hostedTools(
        host,
        ["bash", "read", "write", "edit", "grep", "glob"],
        () => world.clock.now(),
        world.deadline,
      ),
      ending: endingTools(result, "End the phase: the change is complete and verified."),
      turnsMax: turnsLeft(context),
    });
  } finally {
    await host.close();
  }
}

export function progressAfter(progress: Progress, end: AgentEnd<Change>): Progress {
  const description = end.exit === "done" ? end.result : progress.description;
  return { ...progress, history: end.history, description };
}
