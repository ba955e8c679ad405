// Webhooks for a development machine that GitHub cannot reach: a smee.io channel, followed by smee-client, which is a
// development dependency and therefore loaded only when it is asked for.

import type { Log } from "./log.ts";
import { WEBHOOK_PATH } from "./webhooks/door.ts";

/** @param channel such as `https://smee.io/abc`; everybody who knows it can read what passes through */
export async function followWebhookProxy(channel: string, appUrl: string, log: Log): Promise<void> {
  const { SmeeClient } = await import("smee-client");
  const logger = {
    info: () => undefined,
    error: (problem: unknown) => log.warn({ problem: String(problem) }, "the webhook proxy has a problem"),
  };
  const client = new SmeeClient({ source: channel, target: `${appUrl}${WEBHOOK_PATH}`, logger });
  await client.start();
  log.info({}, "webhooks come through the proxy of WEBHOOK_PROXY_URL");
}
