// app.yml is what people install: it must ask for exactly what the code uses, and hear exactly what the code hears.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { HUB_PERMISSIONS } from "../../src/adapters/github/tokens.ts";
import { WEBHOOK_PATH } from "../../src/app/webhooks/door.ts";
import { EVENTS } from "../../src/app/webhooks/where-to-look.ts";

const manifest = z
  .object({
    hook_attributes: z.object({ url: z.string() }),
    default_permissions: z.record(z.string(), z.enum(["read", "write"])),
    default_events: z.array(z.string()),
  })
  .parse(parse(readFileSync(new URL("../../app.yml", import.meta.url), "utf8")));

it("asks for exactly the permissions that the app's own tokens have", () => {
  expect(manifest.default_permissions).toEqual(HUB_PERMISSIONS);
});

it("never asks for workflows, administration or secrets", () => {
  expect(
    Object.keys(manifest.default_permissions).filter((name) => /workflow|admin|secret|variable|environment/.test(name)),
  ).toEqual([]);
});

it("subscribes to exactly the events that lead somewhere; those of installations come by themselves", () => {
  const subscribed = EVENTS.filter((name) => !name.startsWith("installation"));
  expect(manifest.default_events).toEqual(subscribed);
});

it("sends webhooks to where the app listens", () => {
  expect(new URL(manifest.hook_attributes.url).pathname).toBe(WEBHOOK_PATH);
});
