// Boxes in our own comments: which one a person ticked.

import { describe, expect, it } from "vitest";
import { BOXES, boxesFor, boxesTicked, writeBox } from "../../src/core/checkbox.ts";
import { VERBS } from "../../src/core/commands.ts";

const BODY = [writeBox("accept", "Accept"), writeBox("rescope", "Again"), writeBox("abandon", "Abandon")].join("\n");
const tick = (body: string, box: string) =>
  body.replace(`- [ ] <!-- signalbox:${box} -->`, `- [x] <!-- signalbox:${box} -->`);

describe("a box", () => {
  it("stands for a command that there is", () => {
    for (const verb of Object.values(BOXES)) expect(VERBS).toContain(verb);
    expect(boxesFor(["accept", "cancel", "hold"])).toEqual(["accept", "abandon"]);
  });

  it.each([
    ["nothing", BODY, []],
    ["one", tick(BODY, "rescope"), ["rescope"]],
    ["one, with Windows line ends", tick(BODY, "rescope").replaceAll("\n", "\r\n"), ["rescope"]],
    ["two", tick(tick(BODY, "abandon"), "accept"), ["accept", "abandon"]],
    ["a capital mark", BODY.replace("[ ]", "[X]"), ["accept"]],
    ["an unknown key", `${BODY}\n- [x] <!-- signalbox:other --> Other`, []],
    ["a box inside a quote", `> ${tick(BODY, "accept").split("\n")[0]}`, []],
    ["a box inside a line", `see - [x] <!-- signalbox:accept --> x`, []],
  ])("ticked: %s", (_what, after, ticked) => {
    expect(boxesTicked(BODY, after)).toEqual(ticked);
  });

  it("that was ticked before asks for nothing, nor does one that is unticked", () => {
    expect(boxesTicked(tick(BODY, "accept"), tick(BODY, "accept"))).toEqual([]);
    expect(boxesTicked(tick(BODY, "accept"), BODY)).toEqual([]);
  });
});
