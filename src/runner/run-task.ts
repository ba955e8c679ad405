// One run of one task, from its bind to the files that the publish job takes over. Reads as a table of contents: what each
// step does stands in the file that it calls.

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { GitError } from "../adapters/git/git-process.ts";
import { fileOf } from "../adapters/git/work-copy.ts";
import type { Sandbox } from "../adapters/sandbox/sandbox.ts";
import { parseConfig, type RepositoryConfig } from "../core/config.ts";
import type { RunResult } from "../core/result.ts";
import { NO_USAGE, type Usage } from "../core/task.ts";
import { projectInstructions } from "./base-branch.ts";
import { createChecks } from "./checks.ts";
import type { CommandAgent } from "./command-agent.ts";
import { type Books, closeWork, LeakedSecret, noteDown, noteSingle } from "./keep-work.ts";
import { Meter } from "./meter.ts";
import type { PhaseContext, PhaseOptions } from "./phases/phase.ts";
import { type PlannedPhases, plannedPhases, runPhases } from "./phases/run-phases.ts";
import { SINGLE } from "./phases/single.ts";
import { planDigest } from "./plan-digest.ts";
import { systemPrompt } from "./prompt.ts";
import { withoutSecretsIn, writeResult } from "./result-file.ts";
import { PROMPT_BYTES_MAX, type Role, roleFor, rolePrompt } from "./roles/role.ts";
import type { Grant, RunPorts, RunRequest } from "./run-ports.ts";
import { runSetup } from "./setup.ts";
import { createTranscript } from "./transcript.ts";
import { openWorkspace, UnreadableWorktree, type Workspace } from "./workspace.ts";

/** Time that is kept for the last measurement, the commit and the bundle, as a share of the run and at the most. */
const CLOSING_SHARE = 0.1;
const CLOSING_MS_MAX = 180_000;

export type RunEnd =
  | { readonly worked: false; readonly notice: string }
  | { readonly worked: true; readonly result: RunResult };

export async function runTask(ports: RunPorts, request: RunRequest): Promise<RunEnd> {
  const bound = await ports.permit.bind();
  if ("refused" in bound) return { worked: false, notice: bound.refused };
  const startedAt = ports.clock.now();
  await mkdir(path.join(request.out, "checkpoints"), { recursive: true });
  await mkdir(path.join(request.out, "logs"), { recursive: true });
  const finish = async (end: Partial<RunResult>, usage: Usage): Promise<RunEnd> => ({
    worked: true,
    result: await writeResult(request, bound.view, withoutSecretsIn(end, [...ports.secrets, bound.readToken]), usage),
  });

  const terms = termsOf(bound);
  if ("refusal" in terms) return finish({ exit: "failed", reason: terms.refusal }, NO_USAGE);
  const sandbox = await ports.openSandbox(terms.config.runner.sandbox);
  if ("refusal" in sandbox) return finish({ exit: "failed", reason: sandbox.refusal }, NO_USAGE);

  const workspace = await checkOut(ports, request, bound, sandbox);
  if ("refusal" in workspace) return finish({ exit: "failed", reason: workspace.refusal }, NO_USAGE);
  const timing = deadlines(startedAt, terms.config);
  const setup = await runSetup(
    workspace,
    terms.config.setup,
    path.join(request.out, "logs"),
    timing.agent - ports.clock.now(),
  );
  if (setup !== null) return finish({ exit: "failed", reason: setup }, NO_USAGE);
  await workspace.moveTo(bound.view.start);

  const prompt = await promptOf(ports, terms.role, workspace, bound.view.baseSha);
  if (typeof prompt !== "string") return finish({ exit: "failed", reason: prompt.refusal }, NO_USAGE);
  const context = await phaseContext(ports, request, bound, { ...terms, workspace, timing, prompt });
  const books: Books = { ...ports, out: request.out, request };
  try {
    const end = terms.step === null ? await work(books, context, terms) : await lookOnly(books, context, terms.step);
    return await finish(end, context.world.meter.usage);
  } catch (error) {
    if (!(error instanceof UnreadableWorktree || error instanceof LeakedSecret)) throw error;
    return finish({ exit: "failed", reason: error.message }, context.world.meter.usage);
  }
}

interface Terms {
  readonly config: RepositoryConfig;
  readonly role: Role;
  /** Phases of a role that changes something; none for the others. */
  readonly planned: PlannedPhases;
  /** The one step of a run that changes nothing, or null. */
  readonly step: keyof typeof SINGLE | null;
}

const NO_PHASES: PlannedPhases = {
  phases: [],
  options: { skipTests: false, skipE2e: false, resolveRounds: 0 } satisfies PhaseOptions,
};

/** What the repository and the task ask for, or why this runner cannot do it. */
function termsOf({ view, config: source }: Grant): Terms | { readonly refusal: string } {
  const parsed = parseConfig(source);
  if ("problems" in parsed) return { refusal: `The configuration has a mistake: ${parsed.problems[0] ?? "unknown"}.` };
  const { config } = parsed;
  const role = roleFor(view.role, config);
  if ("refusal" in role) return role;
  // Under review nobody works: a role that would change something only runs the checks.
  const step = role.kind !== "change" ? role.kind : view.inspection === null ? null : "evidence";
  if (step !== null) return { config, role, step, planned: NO_PHASES };
  const planned = plannedPhases(view.phases, (view.resume?.plan ?? null) !== null);
  return "refusal" in planned ? planned : { config, role, step, planned };
}

/** Phase by phase, and then the finished work is measured, committed and bundled. */
async function work(books: Books, context: PhaseContext, { planned, config }: Terms): Promise<Partial<RunResult>> {
  const { approvedPlan } = context.view;
  const end = await runPhases(context, planned.phases, {
    between: (phase, status, done) => noteDown(books, context, { phase, end: status, done }),
    // Bound to the plan's own words: a plan that was written anew was never approved.
    waits: (plan) => config.plan === "approve" && planDigest(plan) !== approvedPlan,
  });
  return closeWork(books, context, end);
}

async function lookOnly(books: Books, context: PhaseContext, step: keyof typeof SINGLE): Promise<Partial<RunResult>> {
  await noteSingle(books, context, step, null);
  const found = await SINGLE[step](context);
  await noteSingle(books, context, step, found);
  const { exit, summary } = found;
  const status = exit === "done" ? "passed" : "failed";
  return { ...found, head: null, pullRequest: null, phases: [{ phase: step, status, summary, rounds: 0 }] };
}

async function promptOf(
  ports: RunPorts,
  role: Role,
  workspace: Workspace,
  base: string,
): Promise<string | { readonly refusal: string }> {
  const { promptFile } = role;
  const file =
    promptFile === null ? null : await fileOf(ports.git, workspace.gitDir, base, promptFile, PROMPT_BYTES_MAX);
  return rolePrompt(role, file);
}

interface Timing {
  /** No model call and no command of an agent goes beyond it. */
  readonly agent: number;
  /** The run's own end. */
  readonly run: number;
}

function deadlines(startedAt: number, config: RepositoryConfig): Timing {
  const wholeMs = config.runner["timeout-minutes"] * 60_000;
  return { agent: startedAt + wholeMs - Math.min(CLOSING_MS_MAX, wholeMs * CLOSING_SHARE), run: startedAt + wholeMs };
}

/** Clones with the read token, which is not kept, and checks the base out. */
async function checkOut(
  ports: RunPorts,
  request: RunRequest,
  grant: Grant,
  sandbox: Sandbox,
): Promise<Workspace | { readonly refusal: string }> {
  const parts = { git: ports.git, sandbox, program: ports.program, root: request.root };
  const commits = { base: grant.view.baseSha, start: grant.view.start };
  try {
    return await openWorkspace(parts, ports.remoteOf(grant.readToken), commits, ports.clock);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    ports.say(error.message);
    return { refusal: "The repository could not be fetched at the commits that this task starts from." };
  }
}

async function phaseContext(
  ports: RunPorts,
  request: RunRequest,
  grant: Grant,
  parts: Terms & { readonly workspace: Workspace; readonly timing: Timing; readonly prompt: string },
): Promise<PhaseContext> {
  const { workspace, config, timing } = parts;
  const now = (): number => ports.clock.now();
  const secrets = [...ports.secrets, grant.readToken];
  const instructions = await projectInstructions(ports.git, workspace.gitDir, grant.view.baseSha);
  return {
    view: grant.view,
    role: parts.role,
    workspace,
    options: parts.planned.options,
    models: config.models,
    agent: commandAgent(ports, request, config),
    world: {
      model: ports.model,
      meter: new Meter(grant.view.budget),
      clock: ports.clock,
      transcript: createTranscript(path.join(request.out, "transcript.jsonl"), now, secrets),
      deadline: timing.agent,
    },
    checks: createChecks({
      workspace,
      list: config.checks === "none" ? [] : config.checks,
      logs: path.join(request.out, "logs"),
      now,
      deadline: timing.run,
    }),
    system: systemPrompt(parts.prompt, instructions),
    secrets,
  };
}

function commandAgent(ports: RunPorts, request: RunRequest, config: RepositoryConfig): CommandAgent | null {
  if (config.agent === null) return null;
  const { command, network, env } = config.agent;
  let count = 0;
  return {
    command,
    network,
    env: Object.fromEntries(
      env.flatMap((name) => (ports.variables[name] === undefined ? [] : [[name, ports.variables[name]]])),
    ),
    log: (phase) => {
      count += 1;
      return path.join(request.out, "logs", `agent-${count}-${phase}.log`);
    },
  };
}
