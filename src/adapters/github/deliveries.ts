// The App's webhook deliveries as GitHub remembers them, so that those which never arrived can be asked for again.

import { z } from "zod";
import type { EpochMs } from "../../core/task.ts";
import type { Wire } from "./wire.ts";

/** Pages of a hundred deliveries that are looked through. */
const PAGES_MAX = 20;
const PAGE_ITEMS = 100;

/** One attempt to deliver a webhook. A redelivery has the same `guid` and another `id`. */
export interface DeliveryAttempt {
  readonly id: number;
  readonly guid: string;
  readonly at: EpochMs;
  readonly isSuccess: boolean;
}

const deliveriesSchema = z.array(
  z.object({ id: z.int(), guid: z.string(), delivered_at: z.string(), status_code: z.int() }),
);

export function createDeliveries(appWire: Wire) {
  return {
    /** Newest first, no older than `since`. */
    async deliveriesSince(since: EpochMs): Promise<readonly DeliveryAttempt[]> {
      // GitHub tells the time of a delivery in whole seconds.
      const from = Math.floor(since / 1_000) * 1_000;
      const found: DeliveryAttempt[] = [];
      let cursor: string | null = null;
      for (let page = 1; page <= PAGES_MAX; page += 1) {
        const answer = await appWire.rest({
          route: "GET /app/hook/deliveries",
          parameters: { per_page: PAGE_ITEMS, ...(cursor === null ? {} : { cursor }) },
          repeat: "freely",
          kind: "read",
        });
        if (!answer.ok) throw new Error(`GitHub did not list its deliveries: ${answer.message}`);
        const attempts = deliveriesSchema.parse(answer.data).map(({ id, guid, delivered_at, status_code }) => ({
          id,
          guid,
          at: Date.parse(delivered_at),
          isSuccess: status_code >= 200 && status_code < 300,
        }));
        found.push(...attempts.filter(({ at }) => at >= from));
        cursor = answer.nextCursor;
        const isOldEnough = attempts.some(({ at }) => at < from);
        if (isOldEnough || cursor === null || attempts.length === 0) break;
      }
      return found;
    },
    async redeliver(deliveryId: number): Promise<void> {
      const answer = await appWire.rest({
        route: "POST /app/hook/deliveries/{delivery_id}/attempts",
        parameters: { delivery_id: deliveryId },
        repeat: "freely",
        kind: "write",
      });
      if (!answer.ok) throw new Error(`GitHub did not deliver ${deliveryId} again: ${answer.message}`);
    },
  };
}
