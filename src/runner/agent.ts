// The agent loop: ask the model, carry out its tools, write both down, check every limit, ask again. It ends with one of the
// typed exits of core/result.ts; it knows nothing of phases, git or GitHub.

import {
  type Model,
  type ModelContent,
  ModelFailure,
  type ModelMessage,
  type ModelTool,
  type StopReason,
  type Turn,
} from "../adapters/model/conversation.ts";
import type { Clock } from "../core/ports.ts";
import type { Exit } from "../core/result.ts";
import type { EpochMs } from "../core/task.ts";
import type { EndingTools } from "./ending.ts";
import type { Meter } from "./meter.ts";
import { PRICES_AS_OF } from "./prices.ts";
import type { Transcript } from "./transcript.ts";

/** Longest answer that is asked for, in tokens: a file of some 50 KB can be written in one. */
const OUTPUT_TOKENS_MAX = 16_000;
/** How often a model that stops without ending its phase is reminded before the run gives up. */
const REMINDERS_MAX = 2;
/** Calls in a row that may fail before the run ends, and the longest wait for one of them. Source: the API's own advice to back off. */
const FAILED_CALLS_MAX = 5;
const WAIT_MS_MAX = 120_000;
const WAIT_MS_FIRST = 1_000;

export interface AgentWorld {
  readonly model: Model;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly transcript: Transcript;
  /** When the run must end. */
  readonly deadline: EpochMs;
}

export interface AgentTask<Result> {
  readonly phase: string;
  readonly model: string;
  readonly system: string;
  /** What was said before, ending with the model or with the results of its tools; empty for a fresh conversation. */
  readonly history: readonly ModelMessage[];
  readonly message: string;
  readonly tools: readonly ModelTool[];
  readonly ending: EndingTools<Result>;
  readonly turnsMax: number;
}

export type AgentEnd<Result> = { readonly history: readonly ModelMessage[] } & (
  | { readonly exit: "done"; readonly result: Result }
  | { readonly exit: "asked"; readonly question: string }
  | { readonly exit: Exclude<Exit, "done" | "asked">; readonly reason: string }
);

type Stop = { readonly exit: Exclude<Exit, "done" | "asked">; readonly reason: string };

export async function runAgent<Result>(world: AgentWorld, task: AgentTask<Result>): Promise<AgentEnd<Result>> {
  const { clock, meter, transcript } = world;
  const tools = [...task.tools, ...task.ending.tools];
  const history = withUserText(task.history, task.message);
  const size = new SizeBound({ system: task.system, tools, history });
  const leash = new AbortController();
  const timer = clock.wait(world.deadline - clock.now(), leash.signal).then(() => leash.abort());
  let turns = 0;
  let reminders = 0;
  let failedCalls = 0;
  await transcript.add({ phase: task.phase, kind: "user", content: task.message });

  const take = async (turn: Turn): Promise<void> => {
    turns += 1;
    failedCalls = 0;
    meter.add(task.model, turn.tokens, 1);
    history.push(turn.message);
    await transcript.add({ phase: task.phase, kind: "assistant", content: turn.content, tokens: turn.tokens });
    const results = turn.stop === "tool_use" ? await turn.answer() : cutOff(turn.content);
    size.afterTurn(turn.tokens, results);
    if (results === null) return;
    history.push(results);
    await transcript.add({ phase: task.phase, kind: "tools", content: results.content });
  };
  const outputLimit = (): number | Stop => {
    if (turns >= task.turnsMax) return { exit: "out-of-turns", reason: `${task.phase} took ${turns} turns, its limit` };
    if (clock.now() >= world.deadline) return { exit: "out-of-time", reason: `time ran out during ${task.phase}` };
    const output = meter.affordableOutput(task.model, size.tokensMax, OUTPUT_TOKENS_MAX);
    if (output === "spent")
      return { exit: "out-of-money", reason: `the next call could exceed the budget during ${task.phase}` };
    if (output === "unknown")
      return {
        exit: "failed",
        reason: `no price of ${PRICES_AS_OF} is known for the model ${task.model}, so its budget cannot be kept`,
      };
    return output;
  };
  const remind = (stop: StopReason): Stop | null => {
    reminders += 1;
    if (reminders > REMINDERS_MAX)
      return { exit: "bad-format", reason: `${task.phase} ended without a result (${stop ?? "no reason"})` };
    const text = "Go on. When you are done, call submit_result; if you cannot decide something, call ask_human.";
    append(history, text);
    size.add(text);
    return null;
  };

  try {
    for (;;) {
      const output = outputLimit();
      if (typeof output !== "number") return { ...output, history };
      try {
        const stop = await converse(output);
        if (stop !== null) return { ...stop, history };
      } catch (error) {
        if (!(error instanceof ModelFailure)) throw error;
        if (error.tokens !== null) meter.add(task.model, error.tokens, 0);
        failedCalls += 1;
        const end = await afterFailure(error, failedCalls, world);
        if (end !== null) return { ...end, history };
      }
      const ending = task.ending.taken();
      if (ending?.kind === "submitted") return { exit: "done", result: ending.result, history };
      if (ending?.kind === "asked") return { exit: "asked", question: ending.question, history };
    }
  } finally {
    leash.abort();
    await timer.catch(() => undefined);
  }

  /** Runs turns until the phase has ended, a limit is near, or the model stops by itself. */
  async function converse(output: number): Promise<Stop | null> {
    const request = {
      model: task.model,
      system: task.system,
      tools,
      messages: history.slice(),
      outputTokensMax: output,
      signal: leash.signal,
    };
    for await (const turn of world.model.converse(request)) {
      await take(turn);
      if (task.ending.taken() !== null) return null;
      if (turn.stop === "refusal") return { exit: "refused", reason: `the model declined to go on with ${task.phase}` };
      if (turn.stop === "model_context_window_exceeded")
        return { exit: "out-of-turns", reason: `the conversation of ${task.phase} grew too long` };
      if (turn.stop !== "tool_use") return remind(turn.stop);
      const next = outputLimit();
      // A lower limit of the output, or the end: both are seen by the loop above, before the next call.
      if (next !== output) return null;
    }
    return null;
  }
}

/** @returns how the run ends, or null when the call is to be made again */
async function afterFailure(failure: ModelFailure, failedCalls: number, world: AgentWorld): Promise<Stop | null> {
  const status = failure.status === null ? "" : ` (HTTP ${failure.status})`;
  if (failure.kind === "aborted") return { exit: "out-of-time", reason: "time ran out while the model was answering" };
  if (failure.kind === "rejected")
    return { exit: "model-unreachable", reason: `the model's service refused the request${status}` };
  const exit = failure.kind === "busy" ? "rate-limited" : "model-unreachable";
  const waitMs = failure.retryAfterMs ?? WAIT_MS_FIRST * 2 ** (failedCalls - 1);
  const reason = `the model's service did not answer ${failedCalls} times in a row${status}`;
  if (failedCalls >= FAILED_CALLS_MAX || waitMs > WAIT_MS_MAX) return { exit, reason };
  if (world.clock.now() + waitMs >= world.deadline) return { exit, reason: `${reason}, and the time is over` };
  await world.clock.wait(waitMs);
  return null;
}

/** Answers to calls that were cut off by the limit of the output: they are not carried out, because half of an input may be missing. */
function cutOff(content: readonly ModelContent[]): ModelMessage | null {
  const results = content.flatMap((block) =>
    block.type === "tool_use"
      ? [
          {
            type: "tool_result" as const,
            tool_use_id: block.id,
            is_error: true,
            content: "Not carried out: your answer was cut off. Take smaller steps.",
          },
        ]
      : [],
  );
  return results.length === 0 ? null : { role: "user", content: results };
}

function withUserText(history: readonly ModelMessage[], text: string): ModelMessage[] {
  const copy = [...history];
  append(copy, text);
  return copy;
}

/** Adds to the last message when it is the user's already: turns alternate. */
function append(history: ModelMessage[], text: string): void {
  const last = history.at(-1);
  const block = { type: "text" as const, text };
  if (last?.role !== "user") history.push({ role: "user", content: [block] });
  else {
    const before = typeof last.content === "string" ? [{ type: "text" as const, text: last.content }] : last.content;
    history[history.length - 1] = { role: "user", content: [...before, block] };
  }
}

/** An upper bound of the next call's input: what the last one had, plus a token for each byte that came since. */
class SizeBound {
  #tokens: number;

  constructor(opening: { system: string; tools: readonly ModelTool[]; history: readonly ModelMessage[] }) {
    // Schemas of tools are sent as JSON Schema, which is longer than their description: twice the whole is beyond any of them.
    const tools = opening.tools.map((tool) => tool.description).join("").length * 2 + opening.tools.length * 2_000;
    this.#tokens = Buffer.byteLength(JSON.stringify([opening.system, opening.history])) + tools;
  }

  get tokensMax(): number {
    return this.#tokens;
  }

  add(text: string): void {
    this.#tokens += Buffer.byteLength(text);
  }

  afterTurn(tokens: Turn["tokens"], results: ModelMessage | null): void {
    this.#tokens = tokens.input + tokens.cacheRead + tokens.cacheWrite + tokens.output;
    if (results !== null) this.add(JSON.stringify(results.content));
  }
}
