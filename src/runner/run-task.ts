// One run of one task, from its bind to the files that the publish job takes over. Reads as a table of contents: what each
// step does stands in the file that it calls.

import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Git } from "../adapters/git/git-process.ts";
import { GitError } from "../adapters/git/git-process.ts";
import type { Remote } from "../adapters/git/work-copy.ts";
import type { Model } from "../adapters/model/conversation.ts";
import type { NoSandbox, Sandbox } from "../adapters/sandbox/sandbox.ts";
import type { HostProgram } from "../adapters/sandbox/tool-host.ts";
import type { TaskView } from "../core/api.ts";
import { parseConfig, type RepositoryConfig } from "../core/config.ts";
import type { Phase } from "../core/phases.ts";
import type { Clock } from "../core/ports.ts";
import { type RunResult, runResultSchema } from "../core/result.ts";
import { NO_USAGE, type RunRef, type Sha, type Usage } from "../core/task.ts";
import { diffText, projectInstructions } from "./base-branch.ts";
import { createChecks } from "./checks.ts";
import { commitMessage } from "./commit-message.ts";
import { Meter } from "./meter.ts";
import type { PhaseContext, PhaseEnd } from "./phases/phase.ts";
import { type PhasesEnd, plannedPhases, runPhases } from "./phases/run-phases.ts";
import { systemPrompt } from "./prompt.ts";
import { type Role, roleFor } from "./roles/role.ts";
import { runSetup } from "./setup.ts";
import { createTranscript } from "./transcript.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

/** Time that is kept for the last measurement, the commit and the bundle, as a share of the run and at the most. */
const CLOSING_SHARE = 0.1;
const CLOSING_MS_MAX = 180_000;
const TEXT_CHARS_MAX = 4_000;

/** What a granted bind brings. */
export interface Grant {
  readonly view: TaskView;
  /** As YAML gave it. */
  readonly config: unknown;
  readonly readToken: string;
}

/** The app, as a run sees it. */
export interface RunPermit {
  /** Resolves with a grant, or with the sentence that says why this run must not work. */
  bind(): Promise<Grant | { readonly refused: string }>;
  /** Shown live; a report that is lost changes nothing. */
  reportPhase(report: { phase: string; status: "started" | "passed" | "failed"; cost: number }): Promise<void>;
}

export interface RunPorts {
  readonly permit: RunPermit;
  readonly git: Git;
  readonly clock: Clock;
  readonly program: HostProgram;
  /** @param readToken reads this one repository; it is used for the clone and then forgotten */
  readonly remoteOf: (readToken: string) => Remote;
  readonly openSandbox: (kind: RepositoryConfig["runner"]["sandbox"]) => Promise<Sandbox | NoSandbox>;
  readonly model: Model;
  /** What must never be written down. */
  readonly secrets: readonly string[];
  readonly say: (line: string) => void;
}

export interface RunRequest {
  readonly repository: string;
  readonly issue: number;
  readonly token: Sha;
  readonly run: RunRef;
  /** An empty directory of this run alone; the sandbox sees parts of it. */
  readonly root: string;
  /** Where the artifact is put together; no sandbox ever sees it. */
  readonly out: string;
}

export type RunEnd =
  | { readonly worked: false; readonly notice: string }
  | { readonly worked: true; readonly result: RunResult };

export async function runTask(ports: RunPorts, request: RunRequest): Promise<RunEnd> {
  const bound = await ports.permit.bind();
  if ("refused" in bound) return { worked: false, notice: bound.refused };
  const startedAt = ports.clock.now();
  await mkdir(path.join(request.out, "checkpoints"), { recursive: true });
  await mkdir(path.join(request.out, "logs"), { recursive: true });
  const finish = (end: Partial<RunResult>, usage: Usage): Promise<RunEnd> =>
    writeResult(request, bound.view, end, usage);

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
  const end = await runPhases(context, terms.phases, (phase, phaseEnd) =>
    between(ports, request, context, phase, phaseEnd),
  );
  return finish(await close(ports, request, context, end), context.world.meter.usage);
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
    return await openWorkspace(parts, ports.remoteOf(grant.readToken), commits);
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
    diff: (tree) =>
      diffText(
        ports.git,
        { gitDir: workspace.gitDir, objects: path.join(request.root, "objects") },
        grant.view.baseSha,
        tree,
      ),
  };
}

/** Tells that a phase began or ended, and keeps what a killed run would lose. */
async function between(
  ports: RunPorts,
  request: RunRequest,
  context: PhaseContext,
  phase: Phase,
  end: PhaseEnd | null,
): Promise<void> {
  const { usage } = context.world.meter;
  const status = end === null ? "started" : end.status === "failed" ? "failed" : "passed";
  ports.say(`${phase}: ${status}${end === null ? "" : ` (${end.summary})`}`);
  await ports.permit.reportPhase({ phase, status, cost: usage.cost });
  if (end === null) return;
  const checkpoint = { phase, status: end.status, summary: end.summary, plan: end.progress.plan, usage };
  await writeFile(path.join(request.out, "checkpoints", `${phase}.json`), `${JSON.stringify(checkpoint)}\n`);
  await keepWork(ports, request, context, `Work in progress after ${phase}`, "checkpoints/work.bundle");
}

/** Measures the finished tree, commits it and bundles it. */
async function close(
  ports: RunPorts,
  request: RunRequest,
  context: PhaseContext,
  end: PhasesEnd,
): Promise<Partial<RunResult>> {
  const { view } = context;
  const { description } = end.progress;
  const measured = end.exit === "done" ? await context.checks.measure() : null;
  const failed = measured?.failed[0];
  const message = commitMessage(description ?? { title: `Work on ${view.title}`, summary: end.reason });
  const head = await keepWork(ports, request, context, message, "work.bundle");
  return {
    exit: failed === undefined ? end.exit : "failed",
    reason: failed === undefined ? end.reason : `The check ${failed.name} failed with exit code ${failed.exitCode}.`,
    summary: description?.summary ?? end.progress.plan ?? end.reason,
    question: end.question,
    phases: end.reports,
    head,
    evidence: measured === null ? [] : [...measured.evidence],
    pullRequest: description === null ? null : { title: description.title, body: description.body },
  };
}

/** @returns the head that holds the worktree as it is, or null when nothing differs from the base branch */
async function keepWork(
  ports: RunPorts,
  request: RunRequest,
  context: PhaseContext,
  message: string,
  file: string,
): Promise<Sha | null> {
  const { workspace, view } = context;
  const tree = await workspace.snapshot();
  if (tree === (await workspace.treeOf(view.start))) return view.start === view.baseSha ? null : view.start;
  const head = await workspace.commit(tree, view.start, message, ports.clock.now());
  await workspace.bundle(path.join(request.out, file), [view.baseSha, view.start]);
  return head;
}

/** Writes result.json in one piece: a file that is there is whole. */
async function writeResult(
  request: RunRequest,
  view: TaskView,
  end: Partial<RunResult>,
  usage: Usage,
): Promise<RunEnd> {
  const bounded = (text: string | undefined): string => (text ?? "").slice(0, TEXT_CHARS_MAX);
  const result = runResultSchema.parse({
    v: 1,
    repository: request.repository,
    issue: request.issue,
    token: request.token,
    run: request.run,
    exit: end.exit,
    question: end.question ?? null,
    phases: end.phases ?? [],
    base: view.base,
    baseSha: view.baseSha,
    head: end.head ?? null,
    evidence: end.evidence ?? [],
    usage,
    pullRequest: end.pullRequest ?? null,
    reason: bounded(end.reason),
    summary: bounded(end.summary ?? end.reason),
  });
  const file = path.join(request.out, "result.json");
  await writeFile(`${file}.part`, `${JSON.stringify(result, null, 1)}\n`);
  await rename(`${file}.part`, file);
  return { worked: true, result };
}
