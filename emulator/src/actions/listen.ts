// Connects Actions with everything that happens.
import type { Hub } from "../hub.ts";
import { engineOf } from "./runs/engine.ts";
import { startOnEvent } from "./runs/start-on-event.ts";

export function listenForActions(hub: Hub): void {
  if (!hub.actions.enabled) return;
  const engine = engineOf(hub);
  hub.events.subscribe((event) => startOnEvent(engine, event));
}
