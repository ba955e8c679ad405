// The control plane over HTTP, for other processes and other languages: `POST /_control/<what>` with JSON, answers JSON.

import type { Emulator } from "../emulator.ts";
import type { Api, Ctx } from "../http/context.ts";

export function registerControl(root: Api, emulator: Emulator): void {
  const post = (path: string, run: (c: Ctx) => Promise<object | null>): void => {
    root.post(`/_control${path}`, async (c) => c.json((await run(c)) ?? {}));
  };
  root.get("/_control/clock", (c) => c.json({ now: emulator.clock.now() }));
  post("/idle", async () => {
    await emulator.idle();
    return null;
  });
}
