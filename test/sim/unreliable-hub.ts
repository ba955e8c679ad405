// GitHub as one process sees it through a bad wire: requests and answers take time and get lost, reads may be of the
// past, and a process that died hears nothing more although what it sent still arrives. What the real adapter promises
// on top (the same objects again, a look before a comment is repeated) is done here by the same steps.

import { carryOut } from "../../src/adapters/memory/effects.ts";
import { comment } from "../../src/adapters/memory/issues.ts";
import { createMemoryHub, type Fault } from "../../src/adapters/memory/memory-hub.ts";
import { firstParents, moveRefs } from "../../src/adapters/memory/refs.ts";
import type { MemoryWorld } from "../../src/adapters/memory/world.ts";
import type { Account } from "../../src/core/observation.ts";
import type { Effect, EffectResult, Hub, IssueRef, RefUpdate, RepositoryRef } from "../../src/core/ports.ts";
import { type RefStanding, type Sent, settleRefs } from "../../src/core/settle-refs.ts";
import type { Dice } from "./dice.ts";
import type { Faults } from "./faults.ts";
import type { Timeline } from "./timeline.ts";

/** A process that may die at any moment. */
export interface Life {
  isAlive: boolean;
}

export interface WireOptions {
  readonly timeline: Timeline;
  readonly dice: Dice;
  /** Asked at every call: faults stop one day. */
  readonly faults: () => Faults;
  readonly world: MemoryWorld;
  readonly writer: Account;
  readonly life: Life;
}

/** Nobody knows whether it happened. */
export class LostAnswer extends Error {
  override readonly name = "LostAnswer";
}

const TIMEOUT_MS = 10_000;
const SETTLE_MS = 3_000;
/** A request that nobody waits for any more arrives after this long at the latest. */
export const LATE_MS_MAX = 30 * 60_000;
/** Commits below a tip that a look at the refs shows, as the real document asks for. */
const NEWEST_MAX = 20;
const ALONE: ReadonlySet<Effect["kind"]> = new Set([
  "create-comment",
  "dispatch",
  "cancel-run",
  "merge",
  "open-pull-request",
  "close-pull-request",
  "evidence-check",
  "delete-branch",
]);

export function createUnreliableHub(options: WireOptions): Hub {
  const { world, writer, dice, timeline } = options;
  let fault: Fault = "none";
  const raw = createMemoryHub({ world, writer, faults: () => fault });
  const { exchange, read } = createWire(options, (next) => {
    fault = next;
  });
  /** Comments whose creation nobody can be sure of. */
  const unsure = new Set<string>();

  const change = (ref: RepositoryRef, effect: Effect): EffectResult => {
    let result: EffectResult = { ok: true };
    world.act(ref, writer, (state, act) => {
      const done = carryOut(state, effect, act);
      result = done.result;
      return done.change;
    });
    return result;
  };

  async function createComment(ref: IssueRef, effect: Extract<Effect, { kind: "create-comment" }>) {
    const find = (): number | null => {
      const ours = [...world.stateOf(ref).comments.values()].filter(
        (one) => one.on === effect.issue && one.author?.id === writer.id,
      );
      return ours.find((one) => one.body.split("\n", 1)[0]?.includes(effect.key))?.id ?? null;
    };
    if (unsure.has(effect.key)) {
      const id = await exchange(find, "read");
      if (id !== null) return { ok: true, id } as const;
    }
    try {
      // GitHub itself knows nothing of our keys: a second creation is a second comment.
      const id = await exchange(
        () =>
          world.act(ref, writer, (state, act) => ({
            state: comment(state, effect.issue, effect.body, act),
            issue: effect.issue,
            what: "comment-created",
            detail: effect.key,
          })),
        "write",
      );
      unsure.delete(effect.key);
      return { ok: true, id } as const;
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error;
      unsure.add(effect.key);
      await timeline.delay(SETTLE_MS);
      const id = await exchange(find, "read");
      if (id === null) throw error;
      return { ok: true, id } as const;
    }
  }

  async function dispatch(ref: IssueRef, effect: Extract<Effect, { kind: "dispatch" }>): Promise<EffectResult> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await exchange(() => change(ref, effect), "write");
      } catch (error) {
        if (!(error instanceof LostAnswer)) throw error;
        await timeline.delay(SETTLE_MS);
        const run = await exchange(
          () => [...world.stateOf(ref).runs.values()].find(({ token }) => token === effect.token),
          "read",
        );
        if (run !== undefined) return { ok: true, id: run.run.id };
        if (tries === 2) throw error;
      }
    }
  }

  async function alone(ref: IssueRef, effect: Effect): Promise<EffectResult> {
    if (effect.kind === "create-comment") return createComment(ref, effect);
    if (effect.kind === "dispatch") return dispatch(ref, effect);
    return exchange(() => change(ref, effect), "write");
  }

  /** One document: its mutations are carried out in order, and an error in the middle leaves the rest undone. */
  async function document(ref: IssueRef, effects: readonly Effect[]): Promise<readonly EffectResult[]> {
    const torn = dice.chance(options.faults().documentTorn) ? dice.int(0, effects.length - 1) : effects.length;
    const results = await exchange(() => effects.slice(0, torn).map((effect) => change(ref, effect)), "write");
    if (torn < effects.length) throw new LostAnswer("the document broke off");
    return results;
  }

  async function apply(ref: IssueRef, effects: readonly Effect[]): Promise<readonly EffectResult[]> {
    const results: EffectResult[] = [];
    for (let index = 0; index < effects.length; ) {
      const [effect] = effects.slice(index);
      if (effect === undefined) break;
      if (ALONE.has(effect.kind)) {
        results.push(await alone(ref, effect));
        index += 1;
        continue;
      }
      const end = effects.findIndex((one, at) => at >= index && ALONE.has(one.kind));
      const shared = effects.slice(index, end === -1 ? undefined : end);
      results.push(...(await document(ref, shared)));
      index += shared.length;
    }
    return results;
  }

  const updateRefs = (ref: RepositoryRef, updates: readonly RefUpdate[]) =>
    settleRefs(
      {
        send: (asked) => sendUpdate(ref, asked),
        standings: (asked) => read((steps) => asked.map((update) => standing(ref, update, steps))),
        rest: (tries) => timeline.delay(1_000 * tries),
      },
      updates,
    );

  async function sendUpdate(ref: RepositoryRef, updates: readonly RefUpdate[]): Promise<Sent> {
    try {
      return await exchange(() => moveOnce(ref, updates), "write");
    } catch (error) {
      if (error instanceof LostAnswer) return { kind: "unsure", why: error.message };
      throw error;
    }
  }

  function moveOnce(ref: RepositoryRef, updates: readonly RefUpdate[]): Sent {
    let sent: Sent = { kind: "refused", why: "a ref stands elsewhere" };
    world.act(ref, writer, (state, { at }) => {
      const detail = updates.map((update) => `${update.ref}:${update.after ?? "gone"}`).join(" ");
      const next = moveRefs(state, updates, at);
      if (next !== null) sent = { kind: "won" };
      return { state: next ?? state, what: "refs-updated", detail };
    });
    return sent;
  }

  function standing(ref: RepositoryRef, update: RefUpdate, steps: number): RefStanding {
    const state = world.pastState(ref, steps);
    const tip = state.refs.get(update.ref) ?? null;
    const newest = tip === null ? [] : firstParents(state, tip, NEWEST_MAX).map(({ sha }) => sha);
    return { update, tip, newest };
  }

  return {
    observe: (ref) => read(() => raw.observe(ref)),
    permissionOf: (ref, account) => read(() => raw.permissionOf(ref, account)),
    openTasks: (ref) => read(() => raw.openTasks(ref)),
    survey: (ref) => read(() => raw.survey(ref)),
    openIssues: (ref) => read(() => raw.openIssues(ref)),
    reportConfig: (ref, sha, when) => read(() => raw.reportConfig(ref, sha, when)),
    createRecord: (ref, record) => exchange(() => raw.createRecord(ref, record), "write"),
    updateRefs,
    apply,
  };
}

function createWire({ timeline, dice, faults, life }: WireOptions, setFault: (fault: Fault) => void) {
  const never = new Promise<never>(() => undefined);
  const orNever = async (): Promise<void> => {
    if (!life.isAlive) await never;
  };
  const travelMs = (): number => (dice.chance(0.05) ? dice.int(500, 8_000) : dice.int(5, 150));

  async function giveUp(): Promise<never> {
    await timeline.delay(TIMEOUT_MS);
    await orNever();
    throw new LostAnswer("no answer within 10 s");
  }

  /** @param perform what GitHub does when the request arrives */
  async function exchange<T>(perform: () => T | Promise<T>, kind: "read" | "write"): Promise<T> {
    const now = faults();
    if (dice.chance(now.requestLost)) return giveUp();
    if (kind === "write" && dice.chance(now.requestLate)) {
      timeline.after(dice.int(TIMEOUT_MS, LATE_MS_MAX), () => void attempt(perform));
      return giveUp();
    }
    await timeline.delay(travelMs());
    // Whoever died may have died before the request was on the wire, or after.
    if (!life.isAlive && dice.chance(0.5)) await never;
    const result = await perform();
    if (dice.chance(now.answerLost)) return giveUp();
    await timeline.delay(travelMs());
    await orNever();
    return result;
  }

  /** @param look gets the number of changes that the answer is behind by */
  async function read<T>(look: (staleSteps: number) => T | Promise<T>): Promise<T> {
    return exchange(() => {
      const stale = dice.chance(faults().staleRead) ? dice.int(1, 40) : 0;
      setFault(stale === 0 ? "none" : { stale });
      const result = look(stale);
      setFault("none");
      return result;
    }, "read");
  }

  return { exchange, read };
}

/** GitHub refuses what came too late; there is nobody left to tell. */
async function attempt(perform: () => unknown): Promise<void> {
  try {
    await perform();
  } catch {
    // Refused: the objects are unknown, or the refs moved on.
  }
}
