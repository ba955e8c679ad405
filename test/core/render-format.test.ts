// Times, money, durations: written alike everywhere.

import { describe, expect, it } from "vitest";
import { count, duration, either, money, short, time } from "../../src/core/render-format.ts";

describe("formats", () => {
  it.each([
    [0, "$0.00"],
    [1, "under $0.01"],
    [9_999, "under $0.01"],
    [10_000, "$0.01"],
    [424_999, "$0.42"],
    [5_000_000, "$5.00"],
    [1_234_567_890, "$1234.57"],
  ])("money %d", (amount, text) => {
    expect(money(amount)).toBe(text);
  });

  it.each([
    [0, "0 ms"],
    [999, "999 ms"],
    [1_000, "1 s"],
    [3_250, "3.2 s"],
    [59_999, "59.9 s"],
    [60_000, "1 min"],
    [250_000, "4 min 10 s"],
    [3_600_000, "1 h"],
    [7_500_000, "2 h 5 min"],
  ])("duration %d", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it("time, commit, lists and counts", () => {
    expect(time(Date.UTC(2026, 10, 20, 9, 5, 59))).toBe("2026-11-20 09:05 UTC");
    expect(short("3f2a9c1".padEnd(40, "0"))).toBe("3f2a9c1");
    expect([either([]), either(["a"]), either(["a", "b", "c"])]).toEqual(["nothing", "a", "a, b or c"]);
    expect([count(1, "turn"), count(0, "turn")]).toEqual(["1 turn", "0 turns"]);
  });
});
