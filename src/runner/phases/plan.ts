// Plan: look at everything, change nothing, and write down what is to be done.

import { z } from "zod";
import { runAgent } from "../agent.ts";
import { endingTools } from "../ending.ts";
import { planMessage } from "../prompt.ts";
import { hostedTools } from "../tools.ts";
import { type Phase, stopped, turnsLeft } from "./phase.ts";

const result = z.strictObject({
  summary: z.string().trim().min(1).max(500).describe("The plan in one or two sentences."),
  plan: z.string().trim().min(1).max(20_000).describe("The plan, in Markdown."),
});

export const plan: Phase = async (context, progress) => {
  const { world, workspace, view } = context;
  const host = await workspace.tools("read");
  try {
    const end = await runAgent(world, {
      phase: "plan",
      model: view.model,
      system: context.system,
      history: [],
      message: planMessage(view),
      tools: hostedTools(host, ["bash", "read", "grep", "glob"], () => world.clock.now(), world.deadline),
      ending: endingTools(result, "End the phase with the plan."),
      turnsMax: turnsLeft(context),
    });
    if (end.exit !== "done") return stopped(end, 0, progress);
    return {
      status: "passed",
      summary: end.result.summary,
      rounds: 0,
      progress: { ...progress, plan: end.result.plan },
    };
  } finally {
    await host.close();
  }
};
