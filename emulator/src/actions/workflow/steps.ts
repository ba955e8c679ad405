// The steps of a job or of a composite action.
import { AVAILABILITY, type Availability } from "./availability.ts";
import type { YamlTree } from "./located-yaml.ts";
import type { Step } from "./model.ts";
import {
  type Entries,
  type Report,
  readBooleanTemplate,
  readCondition,
  readKnown,
  readName,
  readNumberTemplate,
  readTemplate,
  readTemplates,
} from "./reader.ts";

/** Far above any real job; a limit all the same. */
const STEPS_MAX = 1000;

const SHARED = ["id", "name", "if", "env", "continue-on-error", "timeout-minutes"];
const RUN_KEYS = [...SHARED, "run", "shell", "working-directory"];
const USES_KEYS = [...SHARED, "uses", "with"];

/** Known to GitHub, not emulated: refusing them beats ignoring them. */
const NOT_EMULATED = ["background", "wait", "wait-all", "cancel"];

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_-]*$/;

export interface StepPlace {
  readonly values: Availability;
  readonly condition: Availability;
  /** Composite actions must name a shell. */
  readonly shellRequired: boolean;
}

export const JOB_STEPS: StepPlace = { values: AVAILABILITY.step, condition: AVAILABILITY.stepIf, shellRequired: false };
export const COMPOSITE_STEPS: StepPlace = {
  values: AVAILABILITY.composite,
  condition: AVAILABILITY.compositeIf,
  shellRequired: true,
};

export function readSteps(tree: YamlTree, where: StepPlace, report: Report): readonly Step[] {
  if (tree.kind !== "list") {
    report(tree.place, "A sequence was expected");
    return [];
  }
  if (tree.items.length > STEPS_MAX) report(tree.place, `More than ${STEPS_MAX} steps`);
  const ids = new Set<string>();
  return tree.items.slice(0, STEPS_MAX).flatMap((item) => {
    const step = readStep(item, where, report);
    if (step?.id != null) {
      const id = step.id.toLowerCase();
      if (ids.has(id))
        report(item.place, `The identifier '${step.id}' may not be used more than once within the same scope`);
      ids.add(id);
    }
    return step === null ? [] : [step];
  });
}

function readStep(tree: YamlTree, where: StepPlace, report: Report): Step | null {
  const has = (key: string) => tree.kind === "map" && tree.entries.has(key);
  for (const key of NOT_EMULATED.filter(has)) report(tree.place, `Not emulated: '${key}' of a step`);
  if (NOT_EMULATED.some(has)) return null;
  if (has("run") && has("uses")) report(tree.place, "A step cannot have both 'uses' and 'run' keys");
  if (!has("run") && !has("uses")) {
    readKnown(tree, USES_KEYS, report);
    report(tree.place, "Every step must define a 'uses' or 'run' key");
    return null;
  }
  const entries = readKnown(tree, has("run") ? RUN_KEYS : USES_KEYS, report);
  const shared = readShared(entries, where, report);
  const text = (key: string) => {
    const value = entries.get(key);
    return value === undefined ? null : readTemplate(value, where.values, report);
  };
  if (has("run")) {
    const shell = text("shell");
    if (where.shellRequired && shell === null) report(tree.place, "Required property is missing: shell");
    return { kind: "run", ...shared, run: text("run") ?? "", shell, workingDirectory: text("working-directory") };
  }
  const uses = entries.get("uses");
  const given = entries.get("with");
  return {
    kind: "uses",
    ...shared,
    uses: uses === undefined ? "" : readName(uses, report),
    with: given === undefined ? {} : readTemplates(given, where.values, report),
  };
}

function readShared(entries: Entries, where: StepPlace, report: Report) {
  const id = entries.get("id");
  const name = entries.get("name");
  const condition = entries.get("if");
  const env = entries.get("env");
  const carryOn = entries.get("continue-on-error");
  const timeout = entries.get("timeout-minutes");
  const idText = id === undefined ? null : readName(id, report);
  if (id !== undefined && idText !== null && !IDENTIFIER.test(idText)) {
    report(
      id.place,
      `The identifier '${idText}' is invalid. IDs may only contain alphanumeric characters, '_', and '-'. IDs must start with a letter or '_'`,
    );
  }
  return {
    id: idText,
    name: name === undefined ? null : readTemplate(name, where.values, report),
    if: condition === undefined ? null : readCondition(condition, where.condition, report),
    env: env === undefined ? {} : readTemplates(env, where.values, report),
    continueOnError: carryOn === undefined ? false : readBooleanTemplate(carryOn, where.values, report),
    timeoutMinutes: timeout === undefined ? null : readNumberTemplate(timeout, where.values, report),
  };
}
