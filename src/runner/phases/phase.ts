// What every phase gets and what it gives back. A phase is one function; `run-phases.ts` calls them in order.

import type { ModelMessage } from "../../adapters/model/conversation.ts";
import type { TaskView } from "../../core/api.ts";
import type { RepositoryConfig } from "../../core/config.ts";
import type { Phase as PhaseName } from "../../core/phases.ts";
import type { Exit } from "../../core/result.ts";
import type { AgentEnd, AgentWorld } from "../agent.ts";
import type { Checks } from "../checks.ts";
import type { CommandAgent } from "../command-agent.ts";
import type { Role } from "../roles/role.ts";
import type { Workspace } from "../workspace.ts";

/** How the change is described to people: what the model submitted last. */
export interface Description {
  readonly summary: string;
  readonly title: string;
  readonly body: string;
}

/** What a run knows so far. Each phase returns it with what it added. */
export interface Progress {
  readonly plan: string | null;
  /** The conversation in which the change was made: failed checks and findings continue it. */
  readonly history: readonly ModelMessage[];
  readonly description: Description | null;
}

export const NO_PROGRESS: Progress = { plan: null, history: [], description: null };

/** What one run is to leave out. */
export interface PhaseOptions {
  readonly skipTests: boolean;
  readonly skipE2e: boolean;
  /** Rounds of mending what a test or a review found. */
  readonly resolveRounds: number;
}

export interface PhaseContext {
  readonly view: TaskView;
  readonly role: Role;
  readonly options: PhaseOptions;
  readonly models: RepositoryConfig["models"];
  /** Another program in the place of the agent loop, or null. */
  readonly agent: CommandAgent | null;
  readonly world: AgentWorld;
  readonly workspace: Workspace;
  readonly checks: Checks;
  /** The same in every phase. */
  readonly system: string;
  /** What must stand in nothing that leaves this machine. */
  readonly secrets: readonly string[];
}

export type PhaseEnd = { readonly summary: string; readonly rounds: number; readonly progress: Progress } & (
  | { readonly status: "passed" | "skipped" }
  | {
      readonly status: "failed";
      readonly exit: Exclude<Exit, "done">;
      readonly reason: string;
      readonly question: string | null;
    }
);

/**
 * A step is looked at before it is done: what an earlier run left need not be done again. Whether it holds is verified by
 * what comes after it; the evidence is always measured on the finished work.
 */
export interface Phase {
  /** @returns why nothing is left to do, in one sentence, or null */
  look(context: PhaseContext, progress: Progress): string | null;
  /** Does what is left. */
  run(context: PhaseContext, progress: Progress): Promise<PhaseEnd>;
}

/** Turns that are left of the role's limit. */
export function turnsLeft(context: PhaseContext): number {
  return context.role.turns - context.world.meter.usage.turns;
}

/** The end of a phase whose agent did not submit. */
export function stopped(end: AgentEnd<unknown>, rounds: number, progress: Progress): PhaseEnd {
  if (end.exit === "done") throw new Error("a submitted phase has not stopped");
  const asked = end.exit === "asked";
  const reason = asked ? "the agent asks a question" : end.reason;
  return {
    status: "failed",
    exit: end.exit,
    reason,
    question: asked ? end.question : null,
    summary: reason,
    rounds,
    progress,
  };
}

/** @returns the reason not to do a phase again that an earlier run of the same attempts finished */
export function doneBefore({ view }: PhaseContext, phase: PhaseName): string | null {
  return view.resume?.done.includes(phase) === true ? "An earlier run did this." : null;
}
