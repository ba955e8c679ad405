// One conversation of a step: opens the sandbox's tools with the access that the step has, asks the model that the step is
// worth, and closes the tools. Another program takes the model's place when the configuration names one.

import type { z } from "zod";
import type { ModelMessage } from "../../adapters/model/conversation.ts";
import { type AgentEnd, runAgent } from "../agent.ts";
import { runCommandAgent } from "../command-agent.ts";
import { endingTools } from "../ending.ts";
import { hostedTools } from "../tools.ts";
import { type PhaseContext, turnsLeft } from "./phase.ts";

/** Tools of a step that must change nothing; the kernel refuses the others' effects as well. */
const READING: ReadonlySet<string> = new Set(["bash", "read", "grep", "glob"]);

export interface AgentStep<Result> {
  readonly phase: string;
  readonly access: "read" | "change";
  /** What the heavy model is for: making and mending. Reading is the base model's, unless the role says otherwise. */
  readonly weight: "making" | "reading";
  readonly history: readonly ModelMessage[];
  readonly message: string;
  readonly result: z.ZodType<Result>;
  /** What submitting means in this step. */
  readonly submit: string;
}

/** @returns the model that a step is worth. Source: ACCEPTANCE K09 */
export function modelFor({ role, view, models }: PhaseContext, weight: AgentStep<unknown>["weight"]): string {
  if (role.model !== null) return models[role.model];
  return weight === "making" ? view.model : models.base;
}

export async function agentStep<Result>(context: PhaseContext, step: AgentStep<Result>): Promise<AgentEnd<Result>> {
  const { world, workspace, role } = context;
  if (context.agent !== null) return runCommandAgent(context, context.agent, step);
  const names = role.tools.filter((name) => step.access === "change" || READING.has(name));
  const host = await workspace.tools(step.access);
  try {
    return await runAgent(world, {
      phase: step.phase,
      model: modelFor(context, step.weight),
      system: context.system,
      history: step.history,
      message: step.message,
      tools: hostedTools(host, names, () => world.clock.now(), world.deadline),
      ending: endingTools(step.result, step.submit),
      turnsMax: turnsLeft(context),
    });
  } finally {
    await host.close();
  }
}
