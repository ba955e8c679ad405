import { describe, expect, it } from "vitest";
import { createGovernor, type Turn } from "../../../src/adapters/github/governor.ts";
import { createStepClock } from "../step-clock.ts";

const NOW = Date.UTC(2026, 10, 20, 12);

function stage(isPacing = true) {
  const clock = createStepClock(NOW);
  const governor = createGovernor({ clock, isPacing });
  const sent: { readonly what: string; readonly at: number }[] = [];
  const ask = (what: string, turn: Partial<Turn> = {}) => {
    const whole: Turn = { kind: "write", priority: "normal", resource: "core", ...turn };
    void governor.turn(whole).then(() => sent.push({ what, at: clock.now() - NOW }));
  };
  return { clock, governor, sent, ask };
}

const times = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("the rate governor", () => {
  it("lets a burst of 20 writes go at once, then one a second", async () => {
    const { clock, sent, ask } = stage();
    for (const index of times(23)) ask(`w${index}`);
    await clock.advance(0);
    expect(sent).toHaveLength(20);
    await clock.advance(3_000);
    expect(sent.slice(20)).toEqual([
      { what: "w21", at: 1_000 },
      { what: "w22", at: 2_000 },
      { what: "w23", at: 3_000 },
    ]);
  });

  it("never lets reads wait for the writes' bucket", async () => {
    const { clock, sent, ask } = stage();
    for (const index of times(21)) ask(`w${index}`);
    ask("read", { kind: "read" });
    await clock.advance(0);
    expect(sent.at(-1)).toEqual({ what: "read", at: 0 });
  });

  it("sends urgent writes first, whenever they come", async () => {
    const { clock, sent, ask } = stage();
    for (const index of times(20)) ask(`w${index}`);
    ask("projection");
    await clock.advance(500);
    ask("acknowledgement", { priority: "urgent" });
    await clock.advance(2_000);
    expect(sent.slice(20)).toEqual([
      { what: "acknowledgement", at: 1_000 },
      { what: "projection", at: 2_000 },
    ]);
  });

  it("keeps to 500 pieces of content an hour", async () => {
    const { clock, sent, ask } = stage();
    for (const index of times(501)) ask(`c${index}`, { kind: "content" });
    await clock.advance(3_599_000);
    expect(sent).toHaveLength(500);
    ask("label");
    await clock.advance(0);
    expect(sent.at(-1)?.what).toBe("label");
    await clock.advance(1_000);
    expect(sent.at(-1)?.what).toBe("c501");
  });

  it("paces nothing when it is switched off, but obeys GitHub", async () => {
    const { clock, governor, sent, ask } = stage(false);
    for (const index of times(100)) ask(`c${index}`, { kind: "content" });
    await clock.advance(0);
    expect(sent).toHaveLength(100);
    governor.heard({ resource: "core", limited: true, headers: { "retry-after": "30" } });
    ask("later");
    await clock.advance(29_999);
    expect(sent).toHaveLength(100);
    await clock.advance(1);
    expect(sent.at(-1)).toEqual({ what: "later", at: 30_000 });
  });
});

describe("what GitHub says of its limits", () => {
  const date = new Date(NOW).toUTCString();
  const reset = String(NOW / 1_000 + 600);

  it.each<[string, Record<string, string>, Partial<Turn>, number]>([
    ["retry-after stops everybody", { "retry-after": "90" }, { kind: "read", resource: "graphql" }, 90_000],
    ["a limit without a word stops everybody for a minute", {}, { kind: "read", resource: "graphql" }, 60_000],
    [
      "an empty primary limit stops its own resource until the reset",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset, date },
      { kind: "read", resource: "core" },
      601_000,
    ],
    [
      "and not the other one",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset, date },
      { kind: "read", resource: "graphql" },
      0,
    ],
  ])("%s", async (_why, headers, turn, at) => {
    const { clock, governor, sent, ask } = stage();
    governor.heard({ resource: "core", limited: true, headers });
    ask("next", turn);
    await clock.advance(3_600_000);
    expect(sent).toEqual([{ what: "next", at }]);
  });

  it("waits longer each time in a row that GitHub names no time", async () => {
    const { clock, governor, sent, ask } = stage();
    governor.heard({ resource: "core", limited: true, headers: {} });
    await clock.advance(60_000);
    governor.heard({ resource: "core", limited: true, headers: {} });
    ask("next");
    await clock.advance(119_999);
    expect(sent).toEqual([]);
    await clock.advance(1);
    expect(sent).toHaveLength(1);
  });

  it("keeps the last tenth of the primary limit for what is urgent", async () => {
    const { clock, governor, sent, ask } = stage();
    const headers = { "x-ratelimit-remaining": "400", "x-ratelimit-limit": "5000", "x-ratelimit-reset": reset, date };
    governor.heard({ resource: "core", limited: false, headers });
    ask("look", { kind: "read" });
    ask("publish", { priority: "urgent" });
    await clock.advance(0);
    expect(sent.map(({ what }) => what)).toEqual(["publish"]);
    await clock.advance(601_000);
    expect(sent.map(({ what }) => what)).toEqual(["publish", "look"]);
  });
});
