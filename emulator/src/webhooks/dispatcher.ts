// From domain events to deliveries: who gets one, in what order they leave, and the log of them.
import { setTimeout as pause } from "node:timers/promises";
import type { Hub } from "../hub.ts";
import type { SeenWebhook } from "../options.ts";
import type { App, Installation } from "../world/apps.ts";
import { installationFor } from "../world/caller.ts";
import type { DomainEvent } from "../world/events.ts";
import type { Delivery, DeliveryTarget } from "../world/hooks.ts";
import { isJsonObject, type JsonObject } from "../world/json.ts";
import { type ChaosOptions, createChaos, type Luck, NO_CHAOS } from "./chaos.ts";
import { eventPayload } from "./envelope.ts";
import { attempt, type Letter } from "./send.ts";

/** GitHub never fires a webhook whose payload is larger. */
const PAYLOAD_BYTES_MAX = 25 * 1024 * 1024;
/** How long a delivery that is held back waits for another one to overtake it. */
const HOLD_MS = 30;

/** Events that reach an app without a subscription. */
const UNASKED = new Set(["installation", "installation_repositories", "github_app_authorization"]);

export interface Webhooks {
  readonly dispatch: (event: DomainEvent) => void;
  /** Sends a delivery again as a new entry with the same GUID; resolves when the attempt is over. */
  readonly redeliver: (delivery: Delivery) => Promise<Delivery>;
  /** undefined = back to a reliable network. */
  readonly chaos: (options: ChaosOptions | undefined) => void;
  /** Sends one event to one repository webhook, whatever it subscribed to. */
  readonly ping: (target: DeliveryTarget, event: string, payload: JsonObject) => void;
}

export function createWebhooks(
  hub: Hub,
  wall: () => number,
  inspect: (seen: SeenWebhook) => void = () => undefined,
): Webhooks {
  let luck: () => Luck = NO_CHAOS;
  let held: (() => void)[] = [];
  const slots = createSlots(hub.limits.webhookParallel);

  const transmit = async (delivery: Delivery, mine: Luck): Promise<void> => {
    const letter = letterFor(hub, delivery.target);
    if (letter === null) {
      delivery.status = "no longer configured";
      return;
    }
    if (mine.delayMs > 0) await pause(mine.delayMs);
    if (mine.fate === "drop") {
      delivery.statusCode = 502;
      delivery.status = "failed to connect to host";
      return;
    }
    await slots(() => attempt(delivery, letter, hub.limits.webhookTimeoutMs, wall));
  };

  const release = (): void => {
    const waiting = held;
    held = [];
    for (const go of waiting) go();
  };

  const post = (delivery: Delivery): void => {
    const mine = luck();
    if (mine.fate === "lose") {
      delivery.status = "lost";
      return;
    }
    const done = hub.work.begin();
    const go = (): void => {
      void transmit(delivery, mine).then(done, done);
      if (mine.twice) void hub.work.track(transmit(copyOf(hub, delivery, false), { ...mine, fate: "send" }));
    };
    if (mine.heldBack) {
      held.push(go);
      void pause(HOLD_MS).then(release);
      return;
    }
    go();
    release();
  };

  const open = (target: DeliveryTarget, event: string, payload: JsonObject, installationId: number | null): void => {
    const text = JSON.stringify(payload);
    if (text.length > PAYLOAD_BYTES_MAX) return;
    inspect({ event, payload });
    const ids = { action: textIn(payload, "action"), repositoryId: repositoryIdIn(payload), installationId };
    post(record(hub, { target, event, text, ...ids, guid: guid(hub), redelivery: false }));
  };

  return {
    dispatch: (event) => {
      for (const app of hub.world.apps.values()) {
        const heard = hearing(hub, app, event);
        if (heard === null) continue;
        const target: DeliveryTarget = { kind: "app", appId: app.id, hookId: app.hookId };
        open(target, event.name, eventPayload(hub, event, heard.through), heard.through?.id ?? null);
      }
      if (event.repository === null || event.onlyAppId !== undefined) return;
      for (const hook of hub.world.hooks.values()) {
        if (hook.repositoryId !== event.repository.id || !hook.active) continue;
        if (!hook.events.includes("*") && !hook.events.includes(event.name)) continue;
        const target: DeliveryTarget = { kind: "repository", repositoryId: hook.repositoryId, hookId: hook.id };
        open(target, event.name, eventPayload(hub, event, null), null);
      }
    },
    redeliver: async (delivery) => {
      const again = copyOf(hub, delivery, true);
      await hub.work.track(transmit(again, NO_CHAOS()));
      return again;
    },
    chaos: (options) => {
      luck = options === undefined ? NO_CHAOS : createChaos(options);
      release();
    },
    ping: (target, event, payload) => {
      open(target, event, payload, null);
    },
  };
}

/** Does an app hear of an event, and through which installation? null = it does not. */
function hearing(hub: Hub, app: App, event: DomainEvent): { readonly through: Installation | null } | null {
  if (app.webhookUrl === null || !app.webhookActive) return null;
  if (event.onlyAppId !== undefined && event.onlyAppId !== app.id) return null;
  if (!UNASKED.has(event.name) && event.onlyAppId === undefined && !app.events.includes(event.name)) return null;
  if (event.installation !== undefined) return { through: event.installation };
  if (event.repository === null) return event.onlyAppId === undefined ? null : { through: null };
  const installation = installationFor(hub.world, app, event.repository);
  return installation === null || installation.suspendedAt !== null ? null : { through: installation };
}

function letterFor(hub: Hub, target: DeliveryTarget): Letter | null {
  if (target.kind === "app") {
    const app = hub.world.apps.get(target.appId);
    if (app === undefined || app.webhookUrl === null) return null;
    return {
      url: app.webhookUrl,
      secret: app.webhookSecret,
      contentType: "json",
      targetType: "integration",
      targetId: app.id,
    };
  }
  const hook = hub.world.hooks.get(target.hookId);
  if (hook === undefined) return null;
  return {
    url: hook.url,
    secret: hook.secret,
    contentType: hook.contentType,
    targetType: "repository",
    targetId: hook.repositoryId,
  };
}

type NewDelivery = Pick<
  Delivery,
  "target" | "event" | "action" | "text" | "installationId" | "repositoryId" | "guid" | "redelivery"
>;

function record(hub: Hub, input: NewDelivery): Delivery {
  const { world } = hub;
  const delivery: Delivery = {
    ...input,
    id: world.ids.next(),
    get payload(): JsonObject {
      const parsed: unknown = JSON.parse(input.text);
      return isJsonObject(parsed) ? parsed : {};
    },
    deliveredAt: world.clock.now(),
    url: letterFor(hub, input.target)?.url ?? "",
    requestHeaders: {},
    status: "pending",
    statusCode: 0,
    durationSeconds: 0,
    responseHeaders: {},
    responseBody: "",
  };
  world.deliveries.set(delivery.id, delivery);
  if (world.deliveries.size > hub.limits.deliveriesMax) {
    const [oldest] = world.deliveries.keys();
    if (oldest !== undefined) world.deliveries.delete(oldest);
  }
  return delivery;
}

function textIn(payload: JsonObject, name: string): string | null {
  const value = payload[name];
  return typeof value === "string" ? value : null;
}

function repositoryIdIn(payload: JsonObject): number | null {
  const repository = payload["repository"];
  const id = isJsonObject(repository) ? repository["id"] : null;
  return typeof id === "number" ? id : null;
}

function copyOf(hub: Hub, delivery: Delivery, redelivery: boolean): Delivery {
  const { target, event, action, text, installationId, repositoryId, guid: same } = delivery;
  return record(hub, { target, event, action, text, installationId, repositoryId, guid: same, redelivery });
}

function guid(hub: Hub): string {
  const bytes = hub.world.randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** At most `parallel` runs at a time, first come, first served. */
function createSlots(parallel: number): (run: () => Promise<void>) => Promise<void> {
  let free = parallel;
  const queue: (() => void)[] = [];
  return async (run) => {
    if (free === 0) await new Promise<void>((resolve) => queue.push(resolve));
    else free -= 1;
    try {
      await run();
    } finally {
      const nextInLine = queue.shift();
      if (nextInLine === undefined) free += 1;
      else nextInLine();
    }
  };
}

/** For listings: does this delivery belong to the app's webhook? Lost ones were never fired. */
export function isOfApp(delivery: Delivery, app: App): boolean {
  return delivery.target.kind === "app" && delivery.target.appId === app.id && delivery.status !== "lost";
}
