// What the real loop and the real publisher do when they see a state: run over a GitHub that shows it and stops them at
// their first write. The same view gives the same answer, so each is asked once.

import { DEFAULT_CONFIG, parseConfig } from "../../../src/core/config.ts";
import {
  type Account,
  LEDGER_PREFIX,
  ledgerRef,
  type Observation,
  REPOSITORY_LEDGER_REF,
  taskBranch,
} from "../../../src/core/observation.ts";
import type { Ask } from "../../../src/core/plan.ts";
import type { Effect, Hub, RefUpdate } from "../../../src/core/ports.ts";
import { decodeRecord } from "../../../src/core/record.ts";
import { readRepositoryLedger } from "../../../src/core/repository-record.ts";
import type { RunResult } from "../../../src/core/result.ts";
import { bindRequest } from "../../../src/core/run-requests.ts";
import { NO_USAGE } from "../../../src/core/task.ts";
import { publish } from "../../../src/reconcile/publish.ts";
import { reconcile } from "../../../src/reconcile/reconcile.ts";
import { QUIET } from "../instance.ts";
import { commitOf, createCommit, entriesTo, knownIn } from "./objects.ts";
import type { ModelState } from "./state.ts";

export const WRITER: Account = { id: 9, login: "signalbox[bot]", isBot: true };
const ALICE: Account = { id: 5, login: "alice", isBot: false };
const REPOSITORY = { owner: "acme", name: "app" };
const START = Date.UTC(2026, 10, 20);
const PARSED = parseConfig({
  checks: "none",
  runner: { "timeout-minutes": 1 },
  limits: { claimed: 1, attempts: 2, suspensions: 2 },
});
const CONFIG = "config" in PARSED ? PARSED.config : DEFAULT_CONFIG;

/** How long after the last record somebody looks: at once, after the winner's minute, after every limit. */
export const WAITS = { soon: 1_000, minute: 61_000, late: 20 * 60_000 } as const;
export type Wait = keyof typeof WAITS;

/** What a look comes to: its first write, or nothing. */
export type Seen =
  | { readonly comes: "update"; readonly update: readonly RefUpdate[] }
  | { readonly comes: "dispatch"; readonly token: string }
  | { readonly comes: "nothing"; readonly reply: string };

class Stopped extends Error {
  readonly seen: Seen;
  constructor(seen: Seen) {
    super("the model stops at the first write");
    this.seen = seen;
  }
}

export const runIdOf = (index: number): number => 100 + index;

function timeOf(state: ModelState, wait: Wait): number {
  const tips = [...state.refs].flatMap(([ref, sha]) =>
    ref.startsWith(LEDGER_PREFIX) ? [commitOf(sha).json["at"]] : [],
  );
  return Math.max(START, ...tips.map(Number)) + WAITS[wait];
}

function observe(state: ModelState, task: number, wait: Wait): Observation {
  const number = task + 1;
  const now = timeOf(state, wait);
  const tip = state.refs.get(ledgerRef(number));
  const shared = entriesTo(state.refs.get(REPOSITORY_LEDGER_REF), WRITER.id).at(-1) ?? null;
  const other = 2 - task;
  const otherTip = entriesTo(state.refs.get(ledgerRef(other)), WRITER.id).at(-1);
  const otherRecord = otherTip === undefined ? null : decodeRecord(otherTip.message);
  const said = state.said[task] ?? "";
  return {
    now,
    repository: {
      id: 1,
      nodeId: "R_1",
      ...REPOSITORY,
      isPrivate: true,
      defaultBranch: "main",
      defaultBranchSha: "d".repeat(40),
      installedAt: 0,
    },
    writer: WRITER,
    config: CONFIG,
    configSource: {},
    configProblems: [],
    waits: [],
    blocking: [],
    family: { parent: null, parentLedger: [], children: [] },
    works: [],
    issue: {
      number,
      nodeId: `I_${number}`,
      title: "t",
      body: "b",
      textDigest: "a".repeat(64),
      author: ALICE,
      editor: null,
      isOpen: true,
      stateReason: null,
      closedBy: null,
      closedAt: null,
      isPullRequest: false,
      isLocked: false,
      labels: ["task:queued"],
      assignees: [],
      createdAt: START,
    },
    events: [{ id: `EV_${number}`, kind: "labeled", subject: "task:queued", actor: ALICE, at: START }],
    comments:
      said === ""
        ? []
        : [
            {
              id: 77,
              nodeId: "IC_77",
              on: number,
              author: ALICE,
              body: said,
              bodyDigest: "b".repeat(16),
              createdAt: START,
              updatedAt: START,
              editor: null,
              isMinimized: false,
              reactions: [],
            },
          ],
    ledger: entriesTo(tip, WRITER.id),
    repositoryLedger: readRepositoryLedger(shared, { writerId: WRITER.id, repositoryId: 1 }),
    taskBranch: state.refs.get(`refs/heads/${taskBranch(number)}`) ?? null,
    pullRequests: [],
    runs: state.runs.flatMap((run, index) =>
      run.task !== task
        ? []
        : [
            {
              run: { id: runIdOf(index), attempt: 1 },
              token: run.token,
              status: run.isOver ? ("completed" as const) : ("running" as const),
              conclusion: null,
              createdAt: START + index,
              url: "",
            },
          ],
    ),
    blockers: [],
    neighbours: [
      {
        issue: other,
        tip: otherRecord !== null && "record" in otherRecord ? otherRecord.record : null,
        // Not shown as queued: the order of the queue is a courtesy, and here both go at once.
        labels: [],
        author: ALICE,
        createdAt: START,
      },
    ],
    permissions: new Map([[ALICE.id, "maintain" as const]]),
  };
}

/** A look's answer with names in place of the commits that it would make. */
interface Template {
  readonly seen: Seen;
  readonly made: readonly { readonly name: string; readonly parent: string | null; readonly message: string }[];
}

function unasked(): never {
  throw new Error("a look at a task asks for nothing of a whole repository");
}

function stoppingHub(state: ModelState, task: number, wait: Wait, made: Template["made"][number][]): Hub {
  return {
    observe: async () => observe(state, task, wait),
    permissionOf: async () => "maintain",
    openTasks: async () => [1, 2],
    survey: async () => unasked(),
    openIssues: async () => unasked(),
    reportConfig: async () => unasked(),
    async createRecord(_repository, { parent, message }) {
      const name = `${made.length + 1}`.padStart(40, "e");
      made.push({ name, parent, message });
      return name;
    },
    async updateRefs(_repository, update) {
      throw new Stopped({ comes: "update", update });
    },
    async apply(_ref, effects: readonly Effect[]) {
      const dispatch = effects.find((effect) => effect.kind === "dispatch");
      if (dispatch !== undefined) throw new Stopped({ comes: "dispatch", token: dispatch.token });
      return effects.map(() => ({ ok: true }) as const);
    },
  };
}

const answers = new Map<string, Template>();

/** Everything that the answer depends on. */
function viewOf(state: ModelState, task: number, wait: Wait, who: string): string {
  const refs = [...state.refs].map(([ref, sha]) => `${ref}=${sha}`).sort();
  const runs = state.runs.map((run) => (run.task === task ? `${run.token}${run.isOver}` : ""));
  return `${task}${wait}${who}|${refs.join()}|${runs.join()}|${state.said[task]}`;
}

async function ask(
  state: ModelState,
  view: string,
  look: (made: Template["made"][number][]) => Promise<Seen>,
): Promise<Seen> {
  let template = answers.get(view);
  if (template === undefined) {
    const made: Template["made"][number][] = [];
    const seen = await look(made).catch((error: unknown) => {
      if (error instanceof Stopped) return error.seen;
      throw error;
    });
    template = { seen, made };
    answers.set(view, template);
  }
  const known = knownIn(state);
  const key = `${view}|${[...known].join()}`;
  const before = instances.get(key);
  if (before !== undefined) return before;
  const seen = instantiate(template, known);
  instances.set(key, seen);
  return seen;
}

const instances = new Map<string, Seen>();

/** Makes the commits; none may be mistaken for one of its kind that somebody still knows. */
function instantiate({ seen, made }: Template, taken: ReadonlySet<string>): Seen {
  if (seen.comes !== "update") return seen;
  const known = new Set(taken);
  const real = new Map<string, string>();
  for (const { name, parent, message } of made) {
    let text = message;
    for (const [placeholder, sha] of real) text = text.replaceAll(placeholder, sha);
    real.set(name, createCommit(parent === null ? null : (real.get(parent) ?? parent), text, known));
  }
  const update = seen.update.map(({ ref, before, after }) => ({
    ref,
    before,
    after: after === null ? null : (real.get(after) ?? after),
  }));
  return { comes: "update", update };
}

const nonce = () => "0".repeat(16);

/** What an app process does that looks at a task now, perhaps because a run asks to be bound. */
export function appLook(state: ModelState, task: number, wait: Wait, asking: number | null): Promise<Seen> {
  const token = asking === null ? "" : (state.runs[asking]?.token ?? "");
  return ask(state, viewOf(state, task, wait, `app${asking}`), async (made) => {
    const hub = stoppingHub(state, task, wait, made);
    const run = { id: runIdOf(asking ?? 0), attempt: 1 };
    const asks: readonly Ask[] = asking === null ? [] : [{ id: "bind", request: bindRequest(run, token, START) }];
    const done = await reconcile(
      { hub, log: QUIET, mention: "signalbox", nonce },
      { ...REPOSITORY, issue: task + 1 },
      asks,
    );
    const reply = done.answers[0]?.reply;
    return { comes: "nothing", reply: reply?.reply ?? "" };
  });
}

/** The head that a run made: one per run, so that two publishes can be told apart. */
export const headOf = (run: number): string => `${run}`.repeat(40);

/** What a run does that publishes now: with work, or with the news that it has to stop. */
export function runLook(state: ModelState, index: number, ending: "done" | "out-of-time"): Promise<Seen> {
  const run = state.runs[index];
  if (run === undefined) throw new Error(`there is no run ${index}`);
  const { task, token } = run;
  return ask(state, viewOf(state, task, "soon", `run${index}${ending}`), async (made) => {
    const hub = stoppingHub(state, task, "soon", made);
    const head = headOf(index + 1);
    const result: RunResult = {
      v: 1,
      repository: "acme/app",
      issue: task + 1,
      token,
      run: { id: runIdOf(index), attempt: 1 },
      exit: ending,
      reason: ending,
      summary: "",
      question: null,
      phases: [],
      base: "main",
      baseSha: "d".repeat(40),
      head,
      evidence: [],
      usage: { ...NO_USAGE, cost: 1 },
      pullRequest: null,
    };
    const staged = { ref: `refs/signalbox/staging/${runIdOf(index)}`, head };
    const input = { result, unreadable: null, run: result.run, token, staged };
    const published = await publish({ hub, log: QUIET, nonce }, { ...REPOSITORY, issue: task + 1 }, input);
    return { comes: "nothing", reply: published.refusal?.reason ?? "" };
  });
}
