// Strangers cannot make the app ask GitHub about them again and again.

import { expect, it } from "vitest";
import { rememberMissing } from "../../../src/app/runs/missing-repositories.ts";
import { createManualClock } from "../../adapters/queue/manual-clock.ts";

it("asks once a minute about a repository that is not there, and every time about one that is", async () => {
  const clock = createManualClock();
  const asked: string[] = [];
  const shop = { id: 1, owner: "acme", name: "shop", defaultBranch: "main" };
  const installed = new Set(["shop"]);
  const { factsOf } = rememberMissing(
    {
      factsOf: async ({ name }) => {
        asked.push(name);
        return installed.has(name) ? { ...shop, name } : null;
      },
    },
    clock,
  );
  const look = (name: string) => factsOf({ owner: "acme", name });
  for (const name of ["evil", "EVIL", "shop", "shop"]) await look(name);
  expect(asked).toEqual(["evil", "shop", "shop"]);
  installed.add("evil");
  await clock.advance(60_001);
  expect((await look("evil"))?.id).toBe(1);
  expect(asked).toEqual(["evil", "shop", "shop", "evil"]);
});
