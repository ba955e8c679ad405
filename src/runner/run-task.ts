// One run of one task, from its bind to the files that the publish job takes over. Reads as a table of contents: what each
// step does stands in the file that it calls.

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { GitError } from "../adapters/git/git-process.ts";
import type { Sandbox } from "../adapters/sandbox/sandbox.ts";
import { parseConfig, type RepositoryConfig } from "../core/config.ts";
import type { Phase } from "../core/phases.ts";
import type { RunResult } from "../core/result.ts";
import { NO_USAGE, type Usage } from "../core/task.ts";
import { projectInstructions } from "./base-branch.ts";
import { createChecks } from "./checks.ts";
import { type Books, closeWork, LeakedSecret, noteDown } from "./keep-work.ts";
import { Meter } from "./meter.ts";
import type { PhaseContext } from "./phases/phase.ts";
import { plannedPhases, runPhases } from "./phases/run-phases.ts";
import { systemPrompt } from "./prompt.ts";
import { withoutSecretsIn, writeResult } from "./result-file.ts";
import { type Role, roleFor } from "./roles/role.ts";
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

  const context = await phaseContext(ports, request, bound, { ...terms, workspace, timing });
  const books: Books = { ...ports, out: request.out };
  try {
    const end = await runPhases(context, terms.phases, (phase, status) => noteDown(books, context, phase, status));
    return await finish(await closeWork(books, context, end), context.world.meter.usage);
  } catch (error) {
    if (!(error instanceof UnreadableWorktree || error instanceof LeakedSecret)) throw error;
    return finish({ exit: "failed", reason: error.message }, context.world.meter.usage);
  }
}

interface Terms {
  readonly config: RepositoryConfig;
  readonly role: Role;
  readonly phases: readonly Phase[];
}

/** What the repository and the task ask for, or why this runner cannot do it. */
function termsOf(grant: Grant): Terms | { readonly refusal: string } {
  const parsed = parseConfig(grant.config);
  if ("problems" in parsed) return { refusal: `The configuration has a mistake: ${parsed.problems[0] ?? "unknown"}.` };
  const role = roleFor(grant.view.role, parsed.config);
  if ("refusal" in role) return role;
  const planned = plannedPhases(grant.view.phases);
  if ("refusal" in planned) return planned;
  return { config: parsed.config, role, phases: planned.phases };
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
  parts: Terms & { readonly workspace: Workspace; readonly timing: Timing },
): Promise<PhaseContext> {
  const { workspace, config, timing } = parts;
  const now = (): number => ports.clock.now();
  const secrets = [...ports.secrets, grant.readToken];
  const instructions = await projectInstructions(ports.git, workspace.gitDir, grant.view.baseSha);
  return {
    view: grant.view,
    role: parts.role,
    workspace,
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
    system: systemPrompt(parts.role.prompt, instructions),
    secrets,
  };
}
