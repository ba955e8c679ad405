// Webhook deliveries as REST shows them.
import { isoSeconds } from "../world/clock.ts";
import type { Delivery } from "../world/hooks.ts";
import type { JsonObject } from "../world/json.ts";

export function deliveryItemJson(delivery: Delivery): JsonObject {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: isoSeconds(delivery.deliveredAt),
    redelivery: delivery.redelivery,
    duration: delivery.durationSeconds,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

export function deliveryJson(delivery: Delivery): JsonObject {
  return {
    ...deliveryItemJson(delivery),
    url: delivery.url,
    request: { headers: delivery.requestHeaders, payload: delivery.payload },
    response: { headers: delivery.responseHeaders, payload: delivery.responseBody },
  };
}
