// The app in one process: HTTP in front, Probot behind the door, queue, sweep. Started by `main.ts` and by tests alike;
// reads no environment and no clock of its own.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import type { Logger } from "pino";
import { createMemoryQueue, type MemoryQueue } from "../adapters/queue/memory-queue.ts";
import type { Clock, Random } from "../core/ports.ts";
import { createAskBoard } from "./asks.ts";
import type { GitHub } from "./github.ts";
import { groupOf } from "./keys.ts";
import { createLog, type Log } from "./log.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createRunsApi, type RunsOptions } from "./runs/api.ts";
import type { BindAnswer, BindAsk } from "./runs/bind-ask.ts";
import { createRunsHttp } from "./runs/http.ts";
import { createLiveRuns, type LiveRuns } from "./runs/live.ts";
import { createRunVerifier } from "./runs/oidc.ts";
import type { Settings } from "./settings.ts";
import { createSweep, type Sweep } from "./sweep.ts";
import { createDoor, WEBHOOK_PATH } from "./webhooks/door.ts";
import { createReceiver } from "./webhooks/probot.ts";
import { createPullRequestTasks } from "./webhooks/pull-request-tasks.ts";
import { createSeenDeliveries } from "./webhooks/seen-deliveries.ts";
import { createWork, type Reconcile } from "./work.ts";

export interface AppDependencies extends Pick<RunsOptions, "taskOf" | "say" | "visible"> {
  /** @param count hears of every request that is made */
  readonly github: (count: Metrics["request"]) => GitHub;
  readonly reconcile: Reconcile<BindAsk, BindAnswer>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface App {
  /** For a server of one's own; the app's own is started by `start`. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Listens, asks GitHub who it is, and begins to work. */
  start(): Promise<void>;
  /** Takes nothing more, answers what waits, and resolves when the work in hand is done. */
  stop(): Promise<void>;
  /** Where it listens, once it does. */
  readonly url: string;
  readonly queue: Pick<MemoryQueue, "add" | "idle" | "waiting" | "inHand">;
  readonly sweep: Pick<Sweep, "once">;
  readonly live: LiveRuns;
}

/** A request must have arrived whole after this; answers may take longer. */
const REQUEST_MS_MAX = 60_000;
/** How long GitHub is given to say who the App is before the next try. */
const IDENTITY_RETRY_MS = 10_000;

export async function createApp(settings: Settings, dependencies: AppDependencies): Promise<App> {
  const { clock, random, logger } = dependencies;
  const log = createLog(logger);
  const stopping = new AbortController();
  const state: State = { botId: null, isListening: false };

  const queue: MemoryQueue = createMemoryQueue({
    clock,
    random,
    groupOf,
    onError: (key, error, outcome) => log.warn("a look failed", { key, outcome, error }),
  });
  const asks = createAskBoard<BindAsk, BindAnswer>(clock);
  const metrics = createMetrics({
    queueWaiting: () => queue.waiting,
    queueInHand: () => queue.inHand,
    asks: () => asks.size,
  });
  const github = dependencies.github(metrics.request);
  const pullRequests = createPullRequestTasks();
  const live = createLiveRuns();
  const work = createWork({ ...dependencies, github, queue, asks, pullRequests, metrics, log });
  const sweep = createSweep({ github, queue, clock, random, everyMs: settings.sweepMinutes * 60_000, metrics, log });

  const accept = await createReceiver({
    settings,
    logger,
    log,
    queue,
    pullRequests,
    botId: () => state.botId,
    onInstallation: github.forgetInstallation,
  });
  const door = createDoor({
    secrets: settings.webhookSecrets,
    seen: createSeenDeliveries(),
    accept,
    isDraining: () => stopping.signal.aborted,
    tell: metrics.delivery,
    log,
  });
  const verify = createRunVerifier({ issuer: settings.oidcIssuer, allowed: settings.runnerWorkflows, github, clock });
  const api = createRunsApi({ ...dependencies, github, asks, queue, live });
  const pages = getRequestListener(
    createPages(metrics, () => state.botId !== null && state.isListening && !stopping.signal.aborted).route(
      "/",
      createRunsHttp({ api, verify, draining: stopping.signal, metrics, log }),
    ).fetch,
  );
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const isWebhook = request.url === WEBHOOK_PATH || request.url?.startsWith(`${WEBHOOK_PATH}?`) === true;
    void (isWebhook ? door(request, response) : pages(request, response));
  };
  const server = createServer({ requestTimeout: REQUEST_MS_MAX }, handle);
  const background: Promise<void>[] = [];

  return {
    handle,
    queue,
    sweep,
    live,
    get url() {
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("the app does not listen");
      return `http://${settings.host === "0.0.0.0" ? "127.0.0.1" : settings.host}:${address.port}`;
    },
    async start() {
      await listen(server, settings);
      state.isListening = true;
      queue.start(work);
      background.push(identify(github, state, { clock, log, signal: stopping.signal }), sweep.run(stopping.signal));
    },
    async stop() {
      stopping.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([queue.stop(), ...background]);
      server.closeIdleConnections();
      await closed;
    },
  };
}

interface State {
  botId: number | null;
  isListening: boolean;
}

/** Learns the App's own bot, so that its own events are told apart. Until then every event counts, which only costs reads. */
async function identify(
  github: Pick<GitHub, "identity">,
  state: State,
  { clock, log, signal }: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  while (state.botId === null && !signal.aborted) {
    try {
      const { botId, slug } = await github.identity();
      state.botId = botId;
      log.info("GitHub knows the App", { slug });
    } catch (error) {
      log.error("GitHub does not say who the App is; check APP_ID and PRIVATE_KEY", { error });
      await clock.wait(IDENTITY_RETRY_MS, signal);
    }
  }
}

function createPages(metrics: Metrics, isReady: () => boolean): Hono {
  const app = new Hono();
  app.get("/health", (context) => context.text("ok"));
  app.get("/ready", (context) => (isReady() ? context.text("ready") : context.text("not ready", 503)));
  app.get("/metrics", async (context) =>
    context.body(await metrics.text(), 200, { "content-type": metrics.contentType }),
  );
  app.notFound((context) => context.text("not found", 404));
  app.onError((_error, context) => context.text("something went wrong", 500));
  return app;
}

function listen(server: Server, { host, port }: Pick<Settings, "host" | "port">): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
