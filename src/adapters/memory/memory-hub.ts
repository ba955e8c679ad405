// The port `Hub` over the pretended GitHub: the promises of the real adapter without a network, with a hook at every
// call where a test may let it fail. Deterministic: nothing in here reads a clock or rolls dice of its own.

import { isOpenState, recordOf } from "../../core/ledger-tip.ts";
import type { Observation, Permission } from "../../core/observation.ts";
import { type Account, LEDGER_PREFIX, REPOSITORY_LEDGER_REF } from "../../core/observation.ts";
import type {
  AppendResult,
  Effect,
  EffectKind,
  EffectResult,
  Hub,
  IssueRef,
  RefUpdate,
  RepositoryRef,
} from "../../core/ports.ts";
import type { ConfigReport, PlainIssue, Survey } from "../../core/survey.ts";
import { SHOWN_STATES, type Sha } from "../../core/task.ts";
import { type MemoryConfig, readConfig, reportConfig } from "./config.ts";
import { carryOut } from "./effects.ts";
import { commitId } from "./ids.ts";
import { observeIn } from "./observe.ts";
import { firstParents, moveRefs, reaches } from "./refs.ts";
import type { ThreadAt } from "./relations.ts";
import { type MemoryRepository, withEntry } from "./state.ts";
import { openIssuesIn, surveyIn } from "./survey.ts";
import type { MemoryWorld } from "./world.ts";

/** A call of the port, as a hook sees it. `detail` is the kind of an effect, the refs of an update, a login. */
export interface CallPoint {
  readonly call: keyof Hub;
  readonly detail: string;
}

/**
 * What goes wrong. `fail-before`: nothing happened, and the call throws. `fail-after`: it happened, and the call throws,
 * as when the process dies or no try gets a definite answer. `lost-before`, `lost-after`: one answer of `updateRefs` is
 * lost, and the hub settles that itself, as it promises. `stale`: a read answers from so many changes ago. `refuse`: an
 * effect is not carried out, with this reason.
 */
export type Fault = "none" | "fail-before" | "fail-after" | "lost-before" | "lost-after" | Stale | Refused;
export interface Stale {
  readonly stale: number;
}
/** GitHub's own no to an effect. */
export interface Refused {
  readonly refuse: string;
}
export type FaultHook = (point: CallPoint) => Fault;

/** Thrown where a hook asked for it, so that a test can tell its own faults from bugs. */
export class InjectedFault extends Error {
  constructor(point: CallPoint, when: "before" | "after") {
    super(`injected: ${point.call} ${point.detail} failed ${when} it was applied`);
    this.name = "InjectedFault";
  }
}

export interface MemoryHubOptions {
  readonly world: MemoryWorld;
  /** Whose records count, and who acts. */
  readonly writer: Account;
  readonly faults?: FaultHook;
}

/** Times that an update is sent whose answers are lost. */
const UPDATES_MAX = 5;
/** Labels of tasks that still want to be looked after, without the prefix. */
const OPEN_STATES = SHOWN_STATES.filter(isOpenState);

export function createMemoryHub(options: MemoryHubOptions): Hub {
  const { world, writer } = options;

  /** Runs one call with whatever fault the hook asks for; `work` gets the number of changes to look back. */
  function call<T>(point: CallPoint, work: (staleSteps: number) => T): T {
    const fault = options.faults?.(point) ?? "none";
    if (fault === "fail-before") throw new InjectedFault(point, "before");
    const result = work(typeof fault === "object" && "stale" in fault ? fault.stale : 0);
    // For a single call a lost answer is a failure: only `updateRefs` settles it.
    if (fault === "fail-after") throw new InjectedFault(point, "after");
    return result;
  }

  function configOf(state: MemoryRepository): MemoryConfig {
    return readConfig(state, find);
  }

  function find(ref: RepositoryRef): MemoryRepository | null {
    try {
      return world.stateOf(ref);
    } catch {
      return null;
    }
  }

  const threadAt: ThreadAt = (ref) => {
    const [owner = "", name = "", number = ""] = ref.split(/[/#]/);
    const repository = find({ owner, name });
    const issue = repository?.issues.get(Number(number));
    return repository === null || issue === undefined ? null : { repository, issue };
  };

  async function observe(ref: IssueRef): Promise<Observation | "gone"> {
    return call({ call: "observe", detail: `${ref.issue}` }, (steps) => {
      const repository = world.pastState(ref, steps);
      const config = configOf(repository);
      return observeIn({ repository, number: ref.issue, writer, config, now: world.now(), threadAt });
    });
  }

  async function permissionOf(ref: RepositoryRef, account: Account): Promise<Permission> {
    return call({ call: "permissionOf", detail: account.login }, (steps) => {
      const roles = [...world.pastState(ref, steps).roles.values()];
      const found = roles.find((one) => one.account.login === account.login);
      return found?.account.id === account.id ? found.role : "none";
    });
  }

  async function createRecord(ref: RepositoryRef, asked: { parent: string | null; message: string }) {
    return call({ call: "createRecord", detail: asked.parent ?? "" }, () => {
      const parents = asked.parent === null ? [] : [asked.parent];
      let made = "";
      world.act(ref, writer, (state, { at }) => {
        const unknown = parents.find((parent) => !state.commits.has(parent));
        if (unknown !== undefined) throw new Error(`the parent ${unknown} does not exist`);
        made = commitId({ parents, message: asked.message, author: writer, at, content: "" });
        if (state.commits.has(made)) return { state, what: "record-created" };
        const facts = { message: asked.message, author: writer, signedByGitHub: true, touchesWorkflows: false };
        const commits = withEntry(state.commits, made, { sha: made, parents, ...facts });
        return { state: { ...state, commits }, what: "record-created", detail: made };
      });
      return made;
    });
  }

  function moveOnce(ref: RepositoryRef, updates: readonly RefUpdate[]): AppendResult {
    let won = false;
    world.act(ref, writer, (state, { at }) => {
      const next = moveRefs(state, updates, at);
      won = next !== null;
      const detail = updates.map((update) => `${update.ref}:${update.after ?? "gone"}`).join(" ");
      return { state: next ?? state, what: "refs-updated", detail };
    });
    return won ? "won" : "lost";
  }

  /**
   * Settles a lost answer as the real adapter does: our values stand, or somebody built on them. Each of them must: a
   * branch may have been put on the same head by somebody else's update.
   */
  function standsOurs(ref: RepositoryRef, updates: readonly RefUpdate[]): boolean {
    const state = world.stateOf(ref);
    const ours = updates.flatMap(({ ref: name, after }) => {
      const tip = state.refs.get(name);
      return after === null || tip === undefined ? [] : [reaches(state, tip, after)];
    });
    return ours.length > 0 && ours.every((one) => one);
  }

  async function updateRefs(ref: RepositoryRef, updates: readonly RefUpdate[]): Promise<AppendResult> {
    const point: CallPoint = { call: "updateRefs", detail: updates.map((update) => update.ref).join(" ") };
    for (let tries = 1; tries <= UPDATES_MAX; tries += 1) {
      const fault = options.faults?.(point) ?? "none";
      if (fault === "fail-before") throw new InjectedFault(point, "before");
      const result = fault === "lost-before" ? null : moveOnce(ref, updates);
      if (fault === "fail-after") throw new InjectedFault(point, "after");
      const isLost = fault === "lost-before" || fault === "lost-after";
      if (result !== null && !isLost) return result === "lost" && standsOurs(ref, updates) ? "won" : result;
      if (standsOurs(ref, updates)) return "won";
    }
    throw new InjectedFault(point, "before");
  }

  async function apply(ref: RepositoryRef, effects: readonly Effect[]): Promise<readonly EffectResult[]> {
    return effects.map((effect) => {
      const fault = options.faults?.({ call: "apply", detail: effect.kind }) ?? "none";
      if (typeof fault === "object" && "refuse" in fault) return { ok: false, refused: fault.refuse };
      return call({ call: "apply", detail: effect.kind satisfies EffectKind }, () => {
        let result: EffectResult = { ok: true };
        world.act(ref, writer, (state, act) => {
          const done = carryOut(state, effect, act);
          result = done.result;
          return done.change;
        });
        return result;
      });
    });
  }

  async function openTasks(ref: RepositoryRef): Promise<readonly number[]> {
    return call({ call: "openTasks", detail: "" }, (steps) => {
      const state = world.pastState(ref, steps);
      const prefix = configOf(state).config.prefix;
      const labels = new Set(OPEN_STATES.map((open) => `${prefix}:${open}`));
      const labelled = [...state.issues.values()].filter((issue) => issue.labels.some((label) => labels.has(label)));
      const numbers = [...labelled.map((issue) => issue.number), ...ledgersOf(state, writer)];
      return [...new Set(numbers)].sort((a, b) => a - b);
    });
  }

  async function survey(ref: RepositoryRef): Promise<Survey> {
    return call({ call: "survey", detail: "" }, (steps) => {
      const repository = world.pastState(ref, steps);
      return surveyIn({ repository, writer, config: configOf(repository), now: world.now() });
    });
  }

  async function openIssues(ref: RepositoryRef): Promise<readonly PlainIssue[]> {
    return call({ call: "openIssues", detail: "" }, (steps) => openIssuesIn(world.pastState(ref, steps), writer));
  }

  async function report(ref: RepositoryRef, sha: Sha, when: "always" | "changed"): Promise<ConfigReport | null> {
    return call({ call: "reportConfig", detail: sha }, () => {
      const state = world.stateOf(ref);
      const config = firstParents(state, sha, COMMITS_MAX).find((commit) => commit.config !== undefined)?.config;
      const source = config === undefined ? state.configSource : config.source;
      const isSame = JSON.stringify(source) === JSON.stringify(state.configSource);
      if (source === undefined || (when === "changed" && isSame)) return null;
      return reportConfig(state, source, find);
    });
  }

  return {
    observe,
    permissionOf,
    createRecord,
    updateRefs,
    apply,
    openTasks,
    survey,
    openIssues,
    reportConfig: report,
  };
}

/** Commits that are looked through for the newest one that changed the config. */
const COMMITS_MAX = 1_000;

/** @returns issues whose ledger ends in an open state: their label may have been taken off while nobody looked */
function ledgersOf(state: MemoryRepository, writer: Account): readonly number[] {
  const found: number[] = [];
  for (const [ref, tip] of state.refs) {
    if (!ref.startsWith(LEDGER_PREFIX) || ref === REPOSITORY_LEDGER_REF) continue;
    const [commit] = firstParents(state, tip, 1);
    if (commit === undefined) continue;
    const entry = { ...commit, authorId: commit.author?.id ?? null };
    const record = recordOf(entry, { writerId: writer.id, repositoryId: state.id });
    if (record === null || isOpenState(record.state)) found.push(Number(ref.slice(LEDGER_PREFIX.length)));
  }
  return found;
}
