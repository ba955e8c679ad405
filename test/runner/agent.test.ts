// The agent loop against a real Messages API over HTTP: every way to end, and what is counted on the way.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createAnthropicModel } from "../../src/adapters/model/anthropic.ts";
import { type ModelTool, ToolRefusal } from "../../src/adapters/model/conversation.ts";
import { type AgentEnd, runAgent } from "../../src/runner/agent.ts";
import { endingTools } from "../../src/runner/ending.ts";
import { Meter } from "../../src/runner/meter.ts";
import { createTranscript } from "../../src/runner/transcript.ts";
import { call, lastHeard, type Reply, type Script, say, text } from "../support/messages-server/script.ts";
import { type MessagesServer, startMessagesServer } from "../support/messages-server/server.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";

const NOW = Date.UTC(2026, 10, 20, 12);
const KEY = "test-key-0123456789";
const MODEL = "claude-sonnet-5-5";
const DONE = say(call("submit_result", { answer: "42" }));
const LOOK = say(call("look", {}));

const schema = z.strictObject({ answer: z.string().min(1) });
type Result = z.infer<typeof schema>;

interface Ran {
  readonly end: AgentEnd<Result>;
  readonly meter: Meter;
  readonly clock: VirtualClock;
  readonly server: MessagesServer;
  readonly transcript: readonly Record<string, unknown>[];
}

let cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanUp) await step();
  cleanUp = [];
});

interface Given {
  readonly budget?: number;
  readonly turnsMax?: number;
  readonly minutes?: number;
  readonly model?: string;
  readonly tools?: (clock: VirtualClock) => readonly ModelTool[];
  readonly apiKey?: string;
  readonly closed?: boolean;
}

const look: ModelTool = {
  name: "look",
  description: "Look around.",
  input: z.strictObject({}),
  run: async () => "a table",
};

async function run(script: Script, given: Given = {}): Promise<Ran> {
  const clock = createVirtualClock(NOW);
  const server = await startMessagesServer({ script, apiKey: KEY, now: () => clock.now() });
  const directory = mkdtempSync(path.join(tmpdir(), "signalbox-agent-"));
  cleanUp.push(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });
  if (given.closed === true) await server.close();
  const meter = new Meter(given.budget ?? 5_000_000);
  const file = path.join(directory, "transcript.jsonl");
  const end = await runAgent<Result>(
    {
      model: createAnthropicModel({ apiKey: given.apiKey ?? KEY, baseUrl: server.url }),
      meter,
      clock,
      transcript: createTranscript(file, () => clock.now(), [KEY]),
      deadline: NOW + (given.minutes ?? 60) * 60_000,
    },
    {
      phase: "build",
      model: given.model ?? MODEL,
      system: "You are tested.",
      history: [],
      message: "# Phase: build\n\nAnswer.",
      tools: given.tools?.(clock) ?? [look],
      ending: endingTools(schema, "End."),
      turnsMax: given.turnsMax ?? 20,
    },
  );
  const transcript = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { end, meter, clock, server, transcript };
}

/** Plays one reply after the other, and the last one for ever. */
function inOrder(...replies: readonly Reply[]): Script {
  return (_request, number) => replies[Math.min(number, replies.length) - 1] ?? DONE;
}

describe("ends", () => {
  it("done, with the result as the schema has it", async () => {
    const { end, server, meter, transcript } = await run(inOrder(say(text("Looking."), call("look", {})), DONE));
    expect(end).toMatchObject({ exit: "done", result: { answer: "42" } });
    expect(server.mistakes).toEqual([]);
    expect(meter.usage.turns).toBe(2);
    expect(transcript.map((line) => line["kind"])).toEqual(["user", "assistant", "tools", "assistant", "tools"]);
    expect(end.history.map((message) => message.role)).toEqual(["user", "assistant", "user", "assistant", "user"]);
  });

  it.each<[what: string, Script, Given, end: Record<string, unknown>]>([
    [
      "asked, with the question",
      inOrder(say(call("ask_human", { question: " Which of the two? " }))),
      {},
      { exit: "asked", question: "Which of the two?" },
    ],
    ["out of turns", inOrder(LOOK), { turnsMax: 3 }, { exit: "out-of-turns", reason: "build took 3 turns, its limit" }],
    ["out of turns before the first", inOrder(DONE), { turnsMax: 0 }, { exit: "out-of-turns" }],
    [
      "out of time before the first turn",
      inOrder(DONE),
      { minutes: 0 },
      { exit: "out-of-time", reason: "time ran out during build" },
    ],
    [
      "out of time after a tool that took too long",
      inOrder(LOOK),
      { tools: (clock) => [{ ...look, run: async () => `${clock.advance(3_600_000)}` }] },
      { exit: "out-of-time" },
    ],
    ["out of money before the first turn", inOrder(DONE), { budget: 100 }, { exit: "out-of-money" }],
    [
      "failed, when nobody knows the price",
      inOrder(DONE),
      { model: "my-own-model" },
      {
        exit: "failed",
        reason: "no price of 2026-11-20 is known for the model my-own-model, so its budget cannot be kept",
      },
    ],
    ["refused", inOrder({ say: [text("I will not.")], stop: "refusal" }), {}, { exit: "refused" }],
    [
      "out of turns, when the conversation has grown too long",
      inOrder({ say: [text("x")], stop: "model_context_window_exceeded" }),
      {},
      { exit: "out-of-turns" },
    ],
    [
      "in a bad format, after two reminders",
      inOrder(say(text("Done!"))),
      {},
      { exit: "bad-format", reason: "build ended without a result (end_turn)" },
    ],
    [
      "rate-limited, when the wait would be too long",
      inOrder({ error: 429, retryAfterSeconds: 600 }),
      {},
      { exit: "rate-limited" },
    ],
    [
      "rate-limited, after five calls",
      inOrder({ error: 529 }),
      {},
      { exit: "rate-limited", reason: "the model's service did not answer 5 times in a row (HTTP 529)" },
    ],
    ["unreachable, after five calls", inOrder({ error: 500 }), {}, { exit: "model-unreachable" }],
    ["unreachable, when nobody listens", inOrder(DONE), { closed: true }, { exit: "model-unreachable" }],
    ["unreachable, when the connection is dropped", inOrder({ hangUp: true }), {}, { exit: "model-unreachable" }],
    [
      "unreachable at once, when the key is wrong",
      inOrder(DONE),
      { apiKey: "wrong-key" },
      { exit: "model-unreachable", reason: "the model's service refused the request (HTTP 401)" },
    ],
    ["unreachable at once, when the request is refused", inOrder({ error: 400 }), {}, { exit: "model-unreachable" }],
  ])("%s", async (_what, script, given, expected) => {
    expect((await run(script, given)).end).toMatchObject(expected);
  });
});

describe("goes on", () => {
  it("after failures that pass, and waits as long as it is told", async () => {
    const { end, clock } = await run(
      inOrder({ error: 429, retryAfterSeconds: 7 }, { error: 529 }, { hangUp: true }, LOOK, { error: 500 }, DONE),
    );
    expect(end.exit).toBe("done");
    expect(clock.waits).toEqual([7_000, 2_000, 4_000, 1_000]);
  });

  it("after a stream that broke off, which is paid for", async () => {
    const broken: Reply = { say: [text("Half of a thought that was"), call("look", {})], cutAfterBlocks: 1 };
    const { end, meter, server } = await run(inOrder(broken, DONE));
    expect(end.exit).toBe("done");
    expect(server.seen).toHaveLength(2);
    const [first, second] = server.seen.map((one) => one.tokens.input + one.tokens.read + one.tokens.written);
    expect(meter.usage.inputTokens + meter.usage.cacheReadTokens + meter.usage.cacheWriteTokens).toBe(
      (first ?? 0) + (second ?? 0),
    );
    expect(meter.usage.turns).toBe(1);
    expect(meter.usage.outputTokens).toBeGreaterThan(26);
  });

  it("after a reminder", async () => {
    const { end, server } = await run((request, number) =>
      number === 1 ? say(text("All done.")) : lastHeard(request).includes("call submit_result") ? DONE : LOOK,
    );
    expect(end.exit).toBe("done");
    expect(server.seen).toHaveLength(2);
  });

  it("after an answer that was cut off, without carrying half a call out", async () => {
    const looks: string[] = [];
    const counting: ModelTool = { ...look, run: async () => `${looks.push("looked")}` };
    const cut: Reply = { say: [text("I write"), call("look", {})], stop: "max_tokens" };
    const { end, server } = await run(
      (request, number) => (number === 1 ? cut : lastHeard(request).includes("Not carried out") ? DONE : LOOK),
      { tools: () => [counting] },
    );
    expect([end.exit, looks, server.mistakes]).toEqual(["done", [], []]);
  });

  it("after a result that does not fit its schema", async () => {
    const { end } = await run((request, number) =>
      number === 1 ? say(call("submit_result", { answer: 42 })) : lastHeard(request).includes("answer") ? DONE : LOOK,
    );
    expect(end).toMatchObject({ exit: "done", result: { answer: "42" } });
  });

  it("takes the first of two results, and says so", async () => {
    const { end, transcript } = await run(
      inOrder(say(call("submit_result", { answer: "1" }), call("submit_result", { answer: "2" }))),
    );
    expect(end).toMatchObject({ exit: "done", result: { answer: "1" } });
    expect(JSON.stringify(transcript.at(-1))).toContain("this phase has ended already");
  });
});

describe("tools", () => {
  it.each<[what: string, run: () => Promise<string>, told: string]>([
    ["a mistake is told as it is", async () => Promise.reject(new ToolRefusal("no such file")), "no such file"],
    [
      "a fault is not: it may carry a secret",
      async () => Promise.reject(new Error(`connect with ${KEY} failed at /home/runner`)),
      "the tool failed; try another way",
    ],
  ])("%s", async (_what, fails, told) => {
    let heard = "";
    const script: Script = (request, number) => {
      heard = lastHeard(request);
      return number === 1 ? LOOK : DONE;
    };
    const { transcript } = await run(script, { tools: () => [{ ...look, run: fails }] });
    expect(heard).toContain(told);
    expect(heard).not.toContain("/home/runner");
    expect(JSON.stringify(transcript)).not.toContain(KEY);
  });

  it("a call of a tool that does not exist is answered", async () => {
    const { end, server } = await run(inOrder(say(call("fly", {})), DONE));
    expect([end.exit, server.mistakes]).toEqual(["done", []]);
  });
});

describe("money", () => {
  it("a run never costs more than its budget, whatever the budget", async () => {
    const long = text("x".repeat(4_000));
    for (const budget of [30_000, 60_000, 120_000, 250_000]) {
      const { end, meter, server } = await run(inOrder(say(long, call("look", {}))), { budget, turnsMax: 60 });
      expect(end.exit).toBe("out-of-money");
      expect(meter.usage.cost).toBeLessThanOrEqual(budget);
      expect(meter.usage.cost).toBeGreaterThan(0);
      const limits = server.seen.map((one) => one.request.max_tokens);
      expect(Math.min(...limits)).toBeLessThan(16_000);
    }
  });

  it("30 turns read at least 85 % of their input from the cache", async () => {
    const said = say(text("Reading on. ".repeat(20)), call("look", {}));
    const file: ModelTool = { ...look, run: async () => "a line of code\n".repeat(120) };
    const { meter } = await run((_request, number) => (number < 30 ? said : DONE), {
      tools: () => [file],
      turnsMax: 40,
    });
    const { inputTokens, cacheReadTokens, cacheWriteTokens, turns } = meter.usage;
    expect(turns).toBe(30);
    expect(cacheReadTokens / (inputTokens + cacheReadTokens + cacheWriteTokens)).toBeGreaterThan(0.85);
  });
});
