// Listens to what a step prints: plain lines go to the log, workflow commands take effect.

import { readCommand, type WorkflowCommand } from "../steps/workflow-command.ts";
import type { Annotation, Job } from "./job.ts";

export interface StepOutput {
  readonly onLine: (line: string) => void;
  /** From the deprecated `::set-output::` and `::save-state::`. */
  readonly outputs: ReadonlyMap<string, string>;
  readonly state: ReadonlyMap<string, string>;
  /** Commands that GitHub refuses: they fail the step. */
  readonly problems: readonly string[];
}

/** GitHub keeps ten errors, ten warnings and ten notices of a step. */
const ANNOTATIONS_MAX = 10;

export function listenToStep(job: Job): StepOutput {
  const outputs = new Map<string, string>();
  const state = new Map<string, string>();
  const problems: string[] = [];
  const annotated = new Map<string, number>();
  let stoppedBy: string | null = null;

  const annotate = (command: WorkflowCommand, level: Annotation["level"]): void => {
    job.log.write(`##[${command.name}]${command.text}`);
    const count = (annotated.get(level) ?? 0) + 1;
    annotated.set(level, count);
    if (count <= ANNOTATIONS_MAX) job.ports.onAnnotation(readAnnotation(command, level, job.masks.apply));
  };

  const nothing = (): void => undefined;
  const disabled = ({ name }: WorkflowCommand): void => {
    problems.push(`The \`${name}\` command is disabled. Please upgrade to using Environment Files`);
  };
  // biome-ignore format: a table reads by column.
  const effects: Readonly<Record<string, (command: WorkflowCommand) => void>> = {
    error:            (command) => annotate(command, "failure"),
    warning:          (command) => annotate(command, "warning"),
    notice:           (command) => annotate(command, "notice"),
    "add-mask":       ({ text }) => { job.masks.add(text); job.log.write("::add-mask::***"); },
    debug:            nothing,
    "add-matcher":    nothing,
    "remove-matcher": nothing,
    echo:             nothing,
    group:            ({ text }) => job.log.write(`##[group]${text}`),
    endgroup:         () => job.log.write("##[endgroup]"),
    "stop-commands":  ({ text }) => { stoppedBy = text; },
    "set-output":     ({ properties, text }) => { outputs.set(properties["name"] ?? "", text); },
    "save-state":     ({ properties, text }) => { state.set(properties["name"] ?? "", text); },
    "set-env":        disabled,
    "add-path":       disabled,
  };

  return {
    outputs,
    state,
    problems,
    onLine: (line) => {
      const command = readCommand(line);
      if (stoppedBy !== null && command?.name === stoppedBy.toLowerCase()) stoppedBy = null;
      const effect = command === null || stoppedBy !== null ? undefined : effects[command.name];
      if (command === null || effect === undefined) job.log.write(line);
      else effect(command);
    },
  };
}

function readAnnotation(
  command: WorkflowCommand,
  level: Annotation["level"],
  mask: (text: string) => string,
): Annotation {
  const { properties } = command;
  const number = (name: string): number | null => {
    const value = Number(properties[name]);
    return Number.isInteger(value) && value > 0 ? value : null;
  };
  const line = number("line") ?? 1;
  return {
    level,
    message: mask(command.text),
    title: properties["title"] ?? null,
    path: properties["file"] ?? ".github",
    line,
    endLine: number("endLine") ?? line,
    column: number("col"),
    endColumn: number("endColumn"),
  };
}
