// What GitHub, actionlint and zizmor would say about a workflow file of ours: keys and expressions as GitHub reads them, and
// the ways in which a workflow gives away more than it should. Stricter than they are, because all the files are our own.

import { spawnSync } from "node:child_process";
import { parse } from "yaml";
import { z } from "zod";
import { parseWorkflow } from "../../emulator/src/actions/workflow/parse-workflow.ts";

const stepSchema = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
  env: z.record(z.string(), z.unknown()).default({}),
});
const jobSchema = z.looseObject({
  uses: z.string().optional(),
  if: z.string().optional(),
  "runs-on": z.string().optional(),
  "timeout-minutes": z.unknown().optional(),
  permissions: z.unknown().optional(),
  secrets: z.unknown().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
  env: z.record(z.string(), z.unknown()).default({}),
  steps: z.array(stepSchema).default([]),
});
const workflowSchema = z.looseObject({
  on: z.union([z.string(), z.array(z.string()), z.record(z.string(), z.unknown())]),
  permissions: z.unknown().optional(),
  jobs: z.record(z.string(), jobSchema),
});
type Job = z.infer<typeof jobSchema>;
type Step = z.infer<typeof stepSchema>;

interface Linted {
  readonly text: string;
  readonly jobs: readonly (readonly [name: string, Job])[];
  readonly steps: readonly Step[];
  readonly events: readonly string[];
  readonly permissions: unknown;
}

type Rule = (linted: Linted) => readonly string[];

/** Actions of this very project are named by their tag: a file cannot name the commit that it is part of. */
const OWN = /^signalbox-dev\/signalbox\/[\w./-]+@v\d+$/;
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;

const isPinned: Rule = ({ text, jobs, steps }) => {
  const uses = [...jobs.map(([, job]) => job.uses), ...steps.map((step) => step.uses)].filter(
    (one) => one !== undefined,
  );
  return uses.flatMap((one) => {
    const lines = text.split("\n").filter((line) => line.includes(`uses: ${one}`));
    if (OWN.test(one)) {
      return lines.every((line) => line.endsWith("# zizmor: ignore[unpinned-uses]")) ? [] : [`${one} is not excused`];
    }
    if (!PINNED.test(one)) return [`${one} is not pinned to a commit`];
    return lines.every((line) => / # v\d+\.\d+\.\d+$/.test(line)) ? [] : [`${one} does not say its version`];
  });
};

const rightsSchema = z.record(z.string(), z.enum(["read", "write", "none"]));

const givesNoRightToTheWhole: Rule = ({ permissions, jobs }) => [
  ...(JSON.stringify(permissions) === "{}" ? [] : ["the workflow gives rights to all of its jobs"]),
  ...jobs.flatMap(([name, job]) =>
    rightsSchema.safeParse(job.permissions).success ? [] : [`the job ${name} does not list its rights one by one`],
  ),
];

/** What an expression may name where its value goes somewhere; a condition goes nowhere. */
const HARMLESS =
  /^(inputs\.[\w-]+|vars\.\w+|secrets\.[\w-]+|runner\.temp|github\.token|needs\.[\w-]+\.outputs\.[\w-]+|'[^']*'|&&|\|\||==|!=|\s)+$/;

const injectsNothing: Rule = ({ jobs, steps }) => [
  ...steps.flatMap(({ run }) => (run?.includes("${{") === true ? ["an expression stands in a shell"] : [])),
  ...[...jobs.map(([, job]) => job), ...steps].flatMap((place) =>
    [...Object.values(place.with), ...Object.values(place.env)].flatMap((value) =>
      [...String(value).matchAll(/\$\{\{(.*?)\}\}/gs)].flatMap(([whole, inner = ""]) =>
        HARMLESS.test(inner.trim()) ? [] : [`${whole} hands on what somebody may have written`],
      ),
    ),
  ),
  ...[...jobs.map(([, job]) => job), ...steps].flatMap((place) =>
    place.if !== undefined && (place.if.includes("${{") || place.if.endsWith("\n"))
      ? [`the condition ${place.if.trim()} is always true`]
      : [],
  ),
];

const checksNothingDangerousOut: Rule = ({ text, events, steps }) => [
  ...(events.includes("pull_request_target") ? ["pull_request_target gives a stranger's commits our rights"] : []),
  ...(events.includes("workflow_run") && !/workflow_run: # zizmor: ignore\[dangerous-triggers\]/.test(text)
    ? ["workflow_run is not excused"]
    : []),
  ...steps.flatMap((step) => {
    if (step.uses?.startsWith("actions/checkout@") !== true) return [];
    const isForeign = events.some((event) => event === "workflow_run" || event === "issue_comment");
    return [
      ...(step.with["persist-credentials"] === false ? [] : ["checkout leaves its credentials behind"]),
      ...(isForeign || "ref" in step.with ? ["checkout of what an event names"] : []),
    ];
  }),
  ...steps.flatMap(({ uses }) => (uses?.startsWith("actions/cache") === true ? ["a cache can be poisoned"] : [])),
];

const guardsSecrets: Rule = ({ text, jobs }) => [
  ...jobs.flatMap(([name, job]) => (job.secrets === "inherit" ? [`the job ${name} hands on every secret`] : [])),
  ...(/toJSON\(\s*secrets|secrets\[|secrets\.\*/i.test(text) ? ["secrets are taken in bulk"] : []),
];

const endsInTime: Rule = ({ jobs }) =>
  jobs.flatMap(([name, job]) =>
    job.uses === undefined && job["timeout-minutes"] === undefined ? [`the job ${name} has no time limit`] : [],
  );

const isShell: Rule = ({ steps }) =>
  steps.flatMap(({ run }) => {
    if (run === undefined) return [];
    const { status, stderr } = spawnSync("bash", ["-n"], { input: run, encoding: "utf8" });
    return status === 0 ? [] : [`bash does not understand a script: ${stderr.trim()}`];
  });

const RULES: readonly Rule[] = [
  isPinned,
  givesNoRightToTheWhole,
  injectsNothing,
  checksNothingDangerousOut,
  guardsSecrets,
  endsInTime,
  isShell,
];

/** @returns one sentence per mistake */
export function lintWorkflow(text: string): readonly string[] {
  const read = parseWorkflow(text);
  if ("problems" in read) return read.problems.map(({ place, message }) => `line ${place.line}: ${message}`);
  const { on, permissions, jobs } = workflowSchema.parse(parse(text));
  const events = typeof on === "string" ? [on] : Array.isArray(on) ? on : Object.keys(on);
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const linted: Linted = { text, jobs: Object.entries(jobs), steps, events, permissions };
  return RULES.flatMap((rule) => rule(linted));
}
