// What an issue's body says to the machine, and what it does not.

import { describe, expect, it } from "vitest";
import { blockedByIn, pathsIn } from "../../src/core/body-lines.ts";

describe("blocked by", () => {
  it.each<[body: string, refs: readonly string[]]>([
    ["Blocked by #7", ["acme/app#7"]],
    ["Blocked by: #7, #9 and acme/lib#3.", ["acme/app#7", "acme/app#9", "acme/lib#3"]],
    ["- [ ] **Blocked by** #7\n* blocked by #8", ["acme/app#7", "acme/app#8"]],
    ["Blocked by https://github.com/acme/lib/issues/4\r\nBlocked by #4", ["acme/lib#4", "acme/app#4"]],
    ["Blocked by #7 because of #8", ["acme/app#7"]],
    ["Blocked by #7\nBlocked by #7", ["acme/app#7"]],
    ["Blocked by the weather", []],
    ["Blocked by #0, #x", []],
    ["It is blocked by #7", []],
    ["> Blocked by #7", []],
    ["```\nBlocked by #7\n```", []],
    ["    Blocked by #7", []],
    ["<!--\nBlocked by #7\n-->", []],
    ["", []],
  ])("%j", (body, refs) => {
    expect(blockedByIn(body, "acme/app")).toEqual(refs);
  });

  it("names at most fifty", () => {
    const body = Array.from({ length: 60 }, (_, at) => `Blocked by #${at + 1}`).join("\n");
    expect(blockedByIn(body, "acme/app")).toHaveLength(50);
  });
});

describe("paths", () => {
  it.each<[body: string, paths: readonly string[]]>([
    ["Paths: src/cart/**, `docs`", ["src/cart/**", "docs"]],
    ["**Paths:** /src ./lib src", ["src", "lib"]],
    ["### What\n\nIt.\n\n### Paths\n\nsrc/a.ts\n- src/b.ts\n\n### More\n\nnot/this", ["src/a.ts", "src/b.ts"]],
    ["### Paths\n\n_No response_", []],
    ["```\nPaths: src\n```", []],
    [`Paths: ${"a".repeat(301)}`, []],
    ["The paths: src", []],
  ])("%j", (body, paths) => {
    expect(pathsIn(body)).toEqual(paths);
  });
});
