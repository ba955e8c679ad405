// The app in one process: HTTP in front, Probot behind the door, queue, sweep. Started by `main.ts` and by tests alike;
// reads no environment and no clock of its own.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import type { Logger } from "pino";
import { createMemoryQueue, type MemoryQueue } from "../adapters/queue/memory-queue.ts";
import type { Clock, Random } from "../core/ports.ts";
import { createAskBoard } from "./asks.ts";
import { createDependants } from "./dependants.ts";
import type { AppIdentity, GitHub } from "./github.ts";
import { groupOf } from "./keys.ts";
import { createLog } from "./log.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createOpenRequests } from "./open-requests.ts";
import { createRunsApi } from "./runs/api.ts";
import { createRunsHttp } from "./runs/http.ts";
import { createLiveRuns, type LiveRuns } from "./runs/live.ts";
import { rememberMissing } from "./runs/missing-repositories.ts";
import { createRunVerifier } from "./runs/oidc.ts";
import type { Settings } from "./settings.ts";
import { createSweep, type Sweep } from "./sweep.ts";
import { createDoor, WEBHOOK_PATH } from "./webhooks/door.ts";
import { createReceiver } from "./webhooks/probot.ts";
import { createPullRequestTasks } from "./webhooks/pull-request-tasks.ts";
import { createSeenDeliveries } from "./webhooks/seen-deliveries.ts";
import { createWork, type Reconcile } from "./work.ts";

export interface AppDependencies {
  /** @param count hears of every request that is made */
  readonly github: (count: Metrics["request"]) => GitHub;
  readonly reconcile: Reconcile;
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
/** Longer than load balancers keep an idle connection (60 s), so that it is never we who close one they are about to use. */
const KEEP_ALIVE_MS = 65_000;
/** How long GitHub is given to say who the App is before the next try. */
const IDENTITY_RETRY_MS = 10_000;

export async function createApp(settings: Settings, dependencies: AppDependencies): Promise<App> {
  const parts = assemble(settings, dependencies);
  const { queue, sweep, live, stopping, state, log } = parts;
  const handle = await createFront(settings, dependencies.logger, parts);
  const open = createOpenRequests();
  const server = createServer(
    { requestTimeout: REQUEST_MS_MAX, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => {
      open.track(response);
      handle(request, response);
    },
  );
  let background = Promise.resolve();

  /** Nothing is looked at before GitHub said who the App is: whose commands and comments are its own depends on it. */
  async function work(): Promise<void> {
    state.identity = await identify(parts, dependencies.clock);
    if (state.identity === null) return;
    queue.start(createWork({ ...parts, ...dependencies, github: parts.github, mention: state.identity.slug }));
    await sweep.run(stopping.signal);
  }

  function url(): string {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the app does not listen");
    return `http://${settings.host === "0.0.0.0" ? "127.0.0.1" : settings.host}:${address.port}`;
  }

  return {
    handle,
    queue,
    sweep,
    live,
    get url() {
      return url();
    },
    async start() {
      await listen(server, settings);
      log.info({ url: url() }, "listening");
      background = work();
    },
    async stop() {
      stopping.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([queue.stop(), background, open.finished()]);
      server.closeAllConnections();
      await closed;
      log.info({}, "stopped");
    },
  };
}

interface State {
  identity: AppIdentity | null;
}

/** Everything that several parts of the app share, each made once. */
function assemble(settings: Settings, { clock, random, logger, github: connect }: AppDependencies) {
  const log = createLog(logger);
  const queue: MemoryQueue = createMemoryQueue({
    clock,
    random,
    groupOf,
    onError: (key, error, outcome) => log.warn({ key, outcome, error }, "a look failed"),
  });
  const asks = createAskBoard(clock);
  const metrics = createMetrics({
    queueWaiting: () => queue.waiting,
    queueInHand: () => queue.inHand,
    asks: () => asks.size,
  });
  const github = connect(metrics.request);
  const everyMs = settings.sweepMinutes * 60_000;
  const state: State = { identity: null };
  return {
    log,
    queue,
    asks,
    metrics,
    github,
    state,
    stopping: new AbortController(),
    pullRequests: createPullRequestTasks(),
    dependants: createDependants(),
    live: createLiveRuns(),
    sweep: createSweep({ github, queue, clock, random, everyMs, metrics, log }),
    verify: createRunVerifier({
      issuer: settings.oidcIssuer,
      allowed: settings.runnerWorkflows,
      github: rememberMissing(github, clock),
      clock,
    }),
    clock,
  };
}
type Parts = ReturnType<typeof assemble>;

/** HTTP: webhooks by the shortest way, everything else through pages. */
async function createFront(settings: Settings, logger: Logger, parts: Parts): Promise<App["handle"]> {
  const { metrics, state, stopping, github, sweep, log } = parts;
  const door = createDoor({
    secrets: settings.webhookSecrets,
    seen: createSeenDeliveries(),
    accept: await createReceiver({
      ...parts,
      settings,
      logger,
      identity: () => state.identity,
      onInstallation: (installationId) => {
        github.forgetInstallation(installationId);
        sweep.forgetRepositories();
      },
    }),
    isDraining: () => stopping.signal.aborted,
    tell: metrics.delivery,
    log,
  });
  const api = createRunsApi(parts);
  const app = createPages(metrics, () => state.identity !== null && !stopping.signal.aborted);
  app.route("/", createRunsHttp({ ...parts, api, draining: stopping.signal }));
  const pages = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return (request, response) => {
    const isWebhook = request.url === WEBHOOK_PATH || request.url?.startsWith(`${WEBHOOK_PATH}?`) === true;
    void (isWebhook ? door(request, response) : pages(request, response));
  };
}

/** @returns the App as GitHub knows it, or null when the process stops before GitHub said so */
async function identify({ github, log, stopping }: Parts, clock: Clock): Promise<AppIdentity | null> {
  const stopped = new Promise<null>((resolve) => {
    stopping.signal.addEventListener("abort", () => resolve(null), { once: true });
  });
  while (!stopping.signal.aborted) {
    try {
      // A question that GitHub takes long to answer does not hold up the end: nothing was begun.
      const identity = await Promise.race([github.identity(), stopped]);
      if (identity === null) return null;
      log.info({ slug: identity.slug }, "GitHub knows the App");
      return identity;
    } catch (error) {
      log.error({ error }, "GitHub does not say who the App is; check APP_ID and PRIVATE_KEY");
      await clock.wait(IDENTITY_RETRY_MS, stopping.signal);
    }
  }
  return null;
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
