// What happened becomes deliveries: a key for one instance, or none, or two, or hours late. The product's own reading of
// payloads is tested elsewhere; here only the loss of them matters.

import type { HistoryEntry, MemoryWorld } from "../../src/adapters/memory/world.ts";
import type { DeliveryAttempt } from "../../src/app/github.ts";
import { repositoryKey, taskKey } from "../../src/app/keys.ts";
import type { Account } from "../../src/core/observation.ts";
import type { RepositoryRef } from "../../src/core/ports.ts";
import type { Dice } from "./dice.ts";
import type { Faults } from "./faults.ts";
import type { Instance } from "./instance.ts";
import type { Timeline } from "./timeline.ts";

export interface WebhookOptions {
  readonly timeline: Timeline;
  readonly dice: Dice;
  readonly faults: () => Faults;
  readonly world: MemoryWorld;
  readonly repository: RepositoryRef;
  readonly writer: Account;
  readonly anyInstance: () => Instance | null;
}

const OF_TASK = /refs\/heads\/signalbox\/(?:task|ledger)\/(\d+)/;
const HOURS_MS = 3 * 3_600_000;
/** What the app did itself brings no look, except where GitHub did something more in answer. */
const OWN_AND_TELLING: ReadonlySet<string> = new Set([
  "merged",
  "pull-request-opened",
  "pull-request-closed",
  "run-cancelled",
]);

export function createWebhooks(options: WebhookOptions) {
  const { timeline, dice, faults, world, repository, writer } = options;
  /** The list of deliveries that the App can ask GitHub for. */
  const deliveries: (DeliveryAttempt & { readonly key: string })[] = [];

  function keyOf({ what, issue, detail, by }: HistoryEntry): string | null {
    if (by === writer.login && !OWN_AND_TELLING.has(what)) return null;
    if (detail.includes("signalbox/ledger/repository")) return repositoryKey(repository);
    const { pullRequests } = world.stateOf(repository);
    const headRef = issue === null ? detail : (pullRequests.get(issue)?.headRef ?? null);
    if (headRef === null) return issue === null ? null : taskKey(repository, issue);
    const number = OF_TASK.exec(headRef)?.[1] ?? /^signalbox\/task\/(\d+)$/.exec(headRef)?.[1];
    if (number !== undefined) return taskKey(repository, Number(number));
    return what === "check-reported" ? repositoryKey(repository) : null;
  }

  function send(key: string, guid: string): void {
    const delayMs = dice.chance(faults().webhookLate) ? dice.int(60_000, HOURS_MS) : dice.int(50, 3_000);
    timeline.after(delayMs, () => {
      const instance = dice.chance(faults().webhookLost) ? null : options.anyInstance();
      instance?.deliver(key);
      deliveries.push({ id: deliveries.length, guid, at: timeline.now(), isSuccess: instance !== null, key });
    });
  }

  return {
    happened(entry: HistoryEntry): void {
      const key = keyOf(entry);
      if (key === null) return;
      const guid = `${deliveries.length}/${timeline.now()}/${key}`;
      send(key, guid);
      if (dice.chance(faults().webhookDoubled)) send(key, guid);
    },
    deliveriesSince: async (since: number): Promise<readonly DeliveryAttempt[]> =>
      deliveries.filter(({ at }) => at >= since).toReversed(),
    redeliver: async (id: number): Promise<void> => {
      const delivery = deliveries[id];
      if (delivery !== undefined) send(delivery.key, delivery.guid);
    },
  };
}
export type Webhooks = ReturnType<typeof createWebhooks>;
