// The path that a task takes after its work: stages with conditions, in order, and where a failure leads. Data from the
// config; the flow that holds without one is written in the same form. Validated as a graph, so that no task gets stuck.

import { z } from "zod";
import { phasesOf } from "./phases.ts";
import { SHOWN_STATES } from "./task.ts";

const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "use lowercase letters, digits and dashes");
const common = {
  name,
  /** Passes without being asked. */
  skip: z.boolean().default(false),
  /** Where a failure leads: a stage that works, or a person. */
  "on-fail": name.optional(),
};

/** One thing that must hold before a task goes on. */
const conditionSchema = z.union([
  z.strictObject({ ...common, checks: z.literal(true) }),
  z.strictObject({ ...common, script: z.string().min(1).max(1_000) }),
  z.strictObject({ ...common, agent: name }),
  z.strictObject({ ...common, human: z.literal(true) }),
]);
export type Condition = Readonly<z.infer<typeof conditionSchema>>;

const stageSchema = z.strictObject({
  name,
  /** Who works here. A stage without it only waits for its conditions. */
  role: name.optional(),
  phases: z.string().max(300).optional(),
  conditions: z.array(conditionSchema).max(20).default([]),
  /** The stage after it, or `done`; the next one of the list when it is not said. */
  to: name.optional(),
});
export type Stage = Readonly<z.infer<typeof stageSchema>>;

export const flowSchema = z.strictObject({ stages: z.array(stageSchema).min(1).max(20) });
export type Flow = Readonly<z.infer<typeof flowSchema>>;
export const flowsSchema = z.record(name, flowSchema);

/** Flows that exist without any config. */
export const BUILT_IN_FLOWS: Readonly<Record<string, Flow>> = {
  default: flowSchema.parse({
    stages: [
      { name: "work", role: "implement" },
      {
        name: "review",
        conditions: [
          { name: "checks", checks: true },
          { name: "person", human: true },
        ],
      },
    ],
  }),
  project: flowSchema.parse({
    stages: [
      { name: "children", role: "breakdown" },
      {
        name: "review",
        conditions: [
          { name: "checks", checks: true },
          { name: "person", human: true },
        ],
      },
    ],
  }),
};

/** Where a flow ends: the pull request is merged. */
export const DONE = "done";
export const PERSON = "needs-human";
/** Names that are states of every task; `review` alone may be a stage. */
const TAKEN: ReadonlySet<string> = new Set(SHOWN_STATES.filter((state) => state !== "review"));

interface Chosen {
  readonly flow: string;
  readonly flows: Readonly<Record<string, Flow>>;
}

/** @returns the flow that the config chooses */
export function flowOf({ flow, flows }: Chosen): Flow {
  const found = flows[flow] ?? BUILT_IN_FLOWS[flow] ?? BUILT_IN_FLOWS["default"];
  if (found === undefined) throw new Error("there is a default flow");
  return found;
}

export function isWork(stage: Stage): boolean {
  return stage.role !== undefined;
}

/** @returns the name of the stage after this one, or `done` */
export function nextOf(flow: Flow, stage: Stage): string {
  if (stage.to !== undefined) return stage.to;
  return flow.stages[flow.stages.indexOf(stage) + 1]?.name ?? DONE;
}

/** @returns the stage where a submission stands, `null` = it was just submitted */
export function stageOf(flow: Flow, at: string | null): Stage | null {
  const named = flow.stages.find((stage) => stage.name === at && !isWork(stage));
  return named ?? flow.stages.find((stage) => !isWork(stage)) ?? null;
}

/** Labels that a flow adds to those of every task. */
export function customStates(config: Chosen): readonly string[] {
  return flowOf(config)
    .stages.filter((stage) => !isWork(stage) && stage.name !== "review")
    .map((stage) => stage.name);
}

/**
 * What is wrong with a config's flows.
 *
 * @param roles names of every role that there is
 * @returns one sentence for each mistake
 */
export function flowProblems(chosen: Chosen, roles: readonly string[]): readonly string[] {
  const known = { ...BUILT_IN_FLOWS, ...chosen.flows };
  const missing = Object.hasOwn(known, chosen.flow) ? [] : [`\`flow\`: there is no flow ${chosen.flow}`];
  const each = Object.entries(chosen.flows).flatMap(([flow, { stages }]) =>
    graphProblems(stages, roles).map((problem) => `\`flows.${flow}\`: ${problem}`),
  );
  return [...missing, ...each];
}

function graphProblems(stages: readonly Stage[], roles: readonly string[]): readonly string[] {
  const flow = { stages: [...stages] };
  const names = stages.map((stage) => stage.name);
  const problems: string[] = [];
  const [first] = stages;
  if (first !== undefined && !isWork(first)) problems.push(`the first stage, ${first.name}, has no role that works`);
  for (const [index, stage] of stages.entries()) {
    problems.push(...stageProblems(stage, names, stages, roles));
    if (names.indexOf(stage.name) !== index) problems.push(`there are two stages ${stage.name}`);
  }
  const reached = reachable(flow, names[0] ?? "");
  for (const stage of stages) if (!reached.has(stage.name)) problems.push(`the stage ${stage.name} cannot be reached`);
  for (const stage of stages) {
    if (!reachable(flow, stage.name).has(DONE)) problems.push(`there is no way out of the stage ${stage.name}`);
  }
  return problems;
}

function stageProblems(
  stage: Stage,
  names: readonly string[],
  stages: readonly Stage[],
  roles: readonly string[],
): readonly string[] {
  const problems: string[] = [];
  const { role, phases, to } = stage;
  if (TAKEN.has(stage.name)) problems.push(`${stage.name} is a state of every task and no stage`);
  if (role !== undefined && !roles.includes(role))
    problems.push(`the stage ${stage.name} has the unknown role ${role}`);
  if (phases !== undefined && phasesOf(phases) === null) {
    problems.push(`the stage ${stage.name} has the unknown phases ${phases}`);
  }
  if (to !== undefined && to !== DONE && !names.includes(to)) {
    problems.push(`the stage ${stage.name} leads to ${to}, which is no stage`);
  }
  const works = stages.filter(isWork).map((one) => one.name);
  for (const condition of stage.conditions) {
    const fail = condition["on-fail"];
    if (fail !== undefined && fail !== PERSON && !works.includes(fail)) {
      problems.push(`the condition ${condition.name} fails to ${fail}, which is no stage that works`);
    }
    if ("agent" in condition && !roles.includes(condition.agent)) {
      problems.push(`the condition ${condition.name} asks the unknown role ${condition.agent}`);
    }
  }
  const twice = stage.conditions.find(
    (one, index) => stage.conditions.findIndex((two) => two.name === one.name) < index,
  );
  if (twice !== undefined) problems.push(`the stage ${stage.name} has two conditions ${twice.name}`);
  return problems;
}

/** Success alone counts as a way: a failure leads back, and would make every loop look like a way out. */
function reachable(flow: Flow, from: string): ReadonlySet<string> {
  const seen = new Set<string>();
  let at: string | undefined = from;
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    const stage: Stage | undefined = flow.stages.find((one) => one.name === at);
    at = stage === undefined ? undefined : nextOf(flow, stage);
  }
  return seen;
}
