// An app's webhook and what was delivered to it: configuration, log, redelivery. By JWT only.
import { deliveryItemJson, deliveryJson } from "../formats/deliveries.ts";
import { optionalString, readJson } from "../http/body.ts";
import { type Api, type Ctx, numberParam } from "../http/context.ts";
import { notFound, unprocessable } from "../http/errors.ts";
import type { Hub } from "../hub.ts";
import { isOfApp } from "../webhooks/dispatcher.ts";
import type { App } from "../world/apps.ts";
import type { Delivery } from "../world/hooks.ts";
import type { JsonObject } from "../world/json.ts";
import { requireJwt } from "./apps.ts";

/** GitHub keeps deliveries for three days. */
const KEPT_MS = 3 * 24 * 3_600_000;
const PER_PAGE = 30;
const PER_PAGE_MAX = 100;

export function registerHookDeliveries(api: Api, hub: Hub): void {
  api.get("/app/hook/config", (c) => c.json(configJson(requireJwt(c))));
  api.patch("/app/hook/config", async (c) => {
    const app = requireJwt(c);
    const body = await readJson(c);
    app.webhookUrl = optionalString(body, "url") ?? app.webhookUrl;
    app.webhookSecret = optionalString(body, "secret") ?? app.webhookSecret;
    return c.json(configJson(app));
  });
  api.get("/app/hook/deliveries", (c) => {
    const app = requireJwt(c);
    return c.json(deliveryPage(c, hub, (delivery) => isOfApp(delivery, app)));
  });
  api.get("/app/hook/deliveries/:delivery_id", (c) => c.json(deliveryJson(deliveryOfApp(c, hub))));
  api.post("/app/hook/deliveries/:delivery_id/attempts", (c) => {
    const delivery = deliveryOfApp(c, hub);
    redeliverSoon(hub, delivery);
    return c.json({}, 202);
  });
}

function configJson(app: App): JsonObject {
  return {
    content_type: "json",
    insecure_ssl: "0",
    ...(app.webhookUrl === null ? {} : { url: app.webhookUrl }),
    ...(app.webhookSecret === null ? {} : { secret: "********" }),
  };
}

function deliveryOfApp(c: Ctx, hub: Hub): Delivery {
  const app = requireJwt(c);
  const delivery = hub.world.deliveries.get(numberParam(c, "delivery_id"));
  if (delivery === undefined || !isOfApp(delivery, app) || isGone(hub, delivery)) throw notFound();
  return delivery;
}

export function redeliverSoon(hub: Hub, delivery: Delivery): void {
  void hub.work.track(hub.webhooks.redeliver(delivery)).catch((error: unknown) => hub.warn(String(error)));
}

function isGone(hub: Hub, delivery: Delivery): boolean {
  return delivery.deliveredAt < hub.world.clock.now() - KEPT_MS;
}

/** Newest first, with GitHub's opaque cursor: here, the id to go on below. */
export function deliveryPage(c: Ctx, hub: Hub, isMine: (delivery: Delivery) => boolean): readonly JsonObject[] {
  const perPage = Math.min(Number(c.req.query("per_page") ?? PER_PAGE) || PER_PAGE, PER_PAGE_MAX);
  const cursor = c.req.query("cursor");
  const below = cursor === undefined ? Number.POSITIVE_INFINITY : Number(/^v1_(\d+)$/.exec(cursor)?.[1]);
  if (Number.isNaN(below)) throw unprocessable("Invalid cursor");
  const status = c.req.query("status");
  const matching = [...hub.world.deliveries.values()]
    .filter((delivery) => isMine(delivery) && !isGone(hub, delivery) && delivery.status !== "pending")
    .filter((delivery) => status === undefined || (delivery.status === "OK") === (status === "success"))
    .toReversed();
  const page = matching.filter((delivery) => delivery.id < below).slice(0, perPage);
  const last = page.at(-1);
  if (last !== undefined && matching.at(-1) !== last) {
    const url = new URL(c.req.url);
    url.searchParams.set("cursor", `v1_${last.id}`);
    c.header("Link", `<${hub.urls.web}${url.pathname}${url.search}>; rel="next"`);
  }
  return page.map(deliveryItemJson);
}
