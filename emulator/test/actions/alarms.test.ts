import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createAlarms } from "../../src/actions/runs/alarms.ts";
import { createClock } from "../../src/world/clock.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("alarms", () => {
  it("ring when a virtual clock is moved there, in their order, and not after they were cancelled", () => {
    const clock = createClock("virtual", 0, () => 0);
    const alarms = createAlarms(clock);
    const rung: string[] = [];
    alarms.set(20, () => rung.push("late"));
    alarms.set(10, () => rung.push("early"));
    alarms.set(15, () => rung.push("never")).cancel();
    clock.advance(9);
    expect(rung).toEqual([]);
    clock.advance(100);
    expect(rung).toEqual(["early", "late"]);
    clock.advance(100);
    expect(rung).toEqual(["early", "late"]);
  });

  it("ring by themselves on a real clock, also when the timer was a little early", () => {
    let wall = 0;
    const alarms = createAlarms(createClock("real", 0, () => wall));
    const rung: number[] = [];
    alarms.set(50, () => rung.push(wall));
    wall = 49;
    vi.advanceTimersByTime(50);
    expect(rung).toEqual([]);
    wall = 50;
    vi.advanceTimersByTime(1);
    expect(rung).toEqual([50]);
  });

  it("ring at once when a real clock is moved past them", () => {
    const clock = createClock("real", 0, () => 0);
    const alarms = createAlarms(clock);
    let rung = 0;
    alarms.set(3_600_000, () => (rung += 1));
    clock.advance(3_600_000);
    vi.advanceTimersByTime(3_600_000);
    expect(rung).toBe(1);
  });
});
