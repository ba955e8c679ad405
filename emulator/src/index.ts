// A local GitHub. `createEmulator` starts one; everything it offers is in `emulator.ts`.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { createActionsControl } from "./actions/control.ts";
import { registerControl } from "./control/routes.ts";
import { createSetUp } from "./control/set-up.ts";
import type { Emulator } from "./emulator.ts";
import { createGitStore } from "./git/store.ts";
import { createApp } from "./http/app.ts";
import { createFaults } from "./http/faults.ts";
import { createRateLimits } from "./http/rate-limit.ts";
import { createRequestLog } from "./http/request-log.ts";
import { API_AREAS, LISTENERS, ROOT_AREAS } from "./http/routes.ts";
import type { Hub, Urls } from "./hub.ts";
import { DEFAULT_LIMITS, type EmulatorOptions } from "./options.ts";
import { createWebhooks } from "./webhooks/dispatcher.ts";
import { addBuiltIns } from "./world/built-ins.ts";
import { createClock } from "./world/clock.ts";
import { createEventBus } from "./world/events.ts";
import { createExclusive, createWork } from "./world/work.ts";
import { createWorld } from "./world/world.ts";

export type { ActionsControl, Hold, JobPlace } from "./actions/control.ts";
export type * from "./emulator.ts";
export { FAULTS, type Fault, type FaultRequest, type FaultRule } from "./http/faults.ts";
export type { RequestEntry } from "./hub.ts";
export type { EmulatorOptions, SeenResponse, SeenWebhook } from "./options.ts";
export type { ChaosOptions } from "./webhooks/chaos.ts";
export type { Delivery } from "./world/hooks.ts";

/** Jobs find this process's own Node first. */
const JOB_PATH = [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter);

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;

export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  let listener: Listener = (_incoming, outgoing) => outgoing.writeHead(503).end();
  const server = createServer({ keepAliveTimeout: 30_000 }, (incoming, outgoing) => listener(incoming, outgoing));
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "signalbox-emulator-"));
  const closing = new AbortController();
  const hub = createHub(options, urlsAt(port), dataDir, closing.signal);
  const log = createRequestLog(hub.world.clock, hub.limits.logEntriesMax);
  const faults = createFaults();
  const emulator: Emulator = {
    url: hub.urls.web,
    apiUrl: hub.urls.api,
    graphqlUrl: hub.urls.graphql,
    clock: hub.world.clock,
    ...createSetUp(hub),
    requests: {
      get entries() {
        return log.entries();
      },
      clear: log.clear,
      writes: log.writes,
      graphqlPoints: log.graphqlPoints,
    },
    get deliveries() {
      return [...hub.world.deliveries.values()];
    },
    hooks: { chaos: hub.webhooks.chaos },
    redeliver: async (guid) => {
      const found = [...hub.world.deliveries.values()].findLast((delivery) => delivery.guid === guid);
      if (found === undefined) throw new Error(`there is no delivery ${guid}`);
      return hub.webhooks.redeliver(found);
    },
    faults: { add: faults.add, clear: faults.clear },
    actions: createActionsControl(hub),
    idle: hub.work.idle,
    close: async () => {
      closing.abort();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await hub.work.idle();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
  const app = createApp({
    hub,
    log,
    faults,
    rateLimits: hub.rateLimits,
    apiAreas: API_AREAS,
    rootAreas: [(root) => registerControl(root, emulator), ...ROOT_AREAS],
    ...(options.inspect?.response === undefined ? {} : { inspect: options.inspect.response }),
  });
  for (const listen of LISTENERS) listen(hub);
  listener = getRequestListener((request, env) => app.fetch(request, env), { overrideGlobalObjects: false });
  return emulator;
}

function urlsAt(port: number): Urls {
  const web = `http://127.0.0.1:${port}`;
  return { web, api: `${web}/api/v3`, graphql: `${web}/api/graphql`, oidc: `${web}/_oidc` };
}

function createHub(options: EmulatorOptions, urls: Urls, dataDir: string, closing: AbortSignal): Hub {
  const wall = (): number => Date.now();
  const clock = createClock(options.clock ?? "real", options.now ?? wall(), wall);
  const world = createWorld(clock, randomBytes);
  addBuiltIns(world);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const hub: Hub = {
    urls,
    world,
    git: createGitStore(dataDir),
    events: createEventBus(),
    rateLimits: createRateLimits({ world, limits }),
    get webhooks() {
      return webhooks;
    },
    closing,
    work: createWork(),
    exclusive: createExclusive(),
    limits,
    actions: { enabled: true, path: JOB_PATH, env: {}, ...options.actions },
    dataDir,
    warn: options.warn ?? (() => undefined),
  };
  const webhooks = createWebhooks(hub, wall, options.inspect?.webhook);
  hub.events.subscribe(webhooks.dispatch);
  return hub;
}
