// Who waits for what, remembered between looks.

import { expect, it } from "vitest";
import { createDependants } from "../../src/app/dependants.ts";

it("tells who waits for an issue, until a look finds that nobody does", () => {
  const dependants = createDependants();
  dependants.note("acme/app#1", ["Acme/Lib#3"]);
  dependants.note("acme/app#2", ["acme/lib#3", "acme/app#1"]);
  expect(dependants.of("acme/lib#3")).toEqual(["acme/app#1", "acme/app#2"]);
  dependants.note("acme/app#1", []);
  expect(dependants.of("acme/lib#3")).toEqual(["acme/app#2"]);
  expect(dependants.of("acme/lib#4")).toEqual([]);
});

it("forgets the oldest when there are too many", () => {
  const dependants = createDependants(2);
  for (const issue of [1, 2, 3]) dependants.note(`acme/app#${issue}`, ["acme/app#9"]);
  expect(dependants.of("acme/app#9")).toEqual(["acme/app#2", "acme/app#3"]);
});
