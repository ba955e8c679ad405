// Requests that wait beside a key: answered, timed out, given up by whoever asked, or too many.

import { describe, expect, it } from "vitest";
import { ASK_MS_MAX, createAskBoard } from "../../src/app/asks.ts";
import { bindRequest } from "../../src/core/run-requests.ts";
import { createManualClock } from "../adapters/queue/manual-clock.ts";

const TOKEN = "a".repeat(40);
const KEY = "acme/shop#7";
const askOf = (run: number) => ({ id: `bind-${run}-1`, request: bindRequest({ id: run, attempt: 1 }, TOKEN, 0) });
const DONE = { reply: { reply: "done" }, task: null, observation: null } as const;
const patient = () => new AbortController().signal;

describe("the board of asks", () => {
  it("shows what waits beside a key and hands each its answer", async () => {
    const board = createAskBoard(createManualClock());
    const first = board.ask(KEY, askOf(1), patient());
    const second = board.ask(KEY, askOf(2), patient());
    void board.ask("acme/shop#8", askOf(3), patient());
    expect(board.pending(KEY).map(({ ask }) => ask.id)).toEqual(["bind-1-1", "bind-2-1"]);
    for (const entry of board.pending(KEY)) entry.settle(DONE);
    expect(await Promise.all([first, second])).toEqual([{ outcome: DONE }, { outcome: DONE }]);
    expect(board.pending(KEY)).toEqual([]);
    expect(board.size).toBe(1);
  });

  it("refuses after 15 minutes, and leaves no clock running after an answer", async () => {
    const clock = createManualClock();
    const board = createAskBoard(clock);
    const slow = board.ask(KEY, askOf(1), patient());
    await clock.advance(ASK_MS_MAX - 1);
    expect(board.size).toBe(1);
    await clock.advance(1);
    expect(await slow).toEqual({ unanswered: "timed-out" });
    const quick = board.ask(KEY, askOf(2), patient());
    board.pending(KEY)[0]?.settle(DONE);
    await quick;
    expect([board.size, clock.waits]).toEqual([0, 0]);
  });

  it("forgets an ask whose asker went away, before or after it began to wait", async () => {
    const board = createAskBoard(createManualClock());
    const asker = new AbortController();
    const waiting = board.ask(KEY, askOf(1), asker.signal);
    asker.abort();
    expect(await waiting).toEqual({ unanswered: "cancelled" });
    expect(board.pending(KEY)).toEqual([]);
    expect(await board.ask(KEY, askOf(2), asker.signal)).toEqual({ unanswered: "cancelled" });
  });

  it("takes no more than its limit", async () => {
    const board = createAskBoard(createManualClock(), { asksMax: 1 });
    void board.ask(KEY, askOf(1), patient());
    expect(await board.ask(KEY, askOf(2), patient())).toEqual({ unanswered: "too-many" });
  });
});
