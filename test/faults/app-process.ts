// The real app behind an address that stays: it can be killed at any moment and started again. A killed one is cut off from
// the world: none of its requests is answered, none of its clocks ever rings, every connection to it is dead.

import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { createGithubApp } from "../../src/adapters/github/app.ts";
import { countedFetch } from "../../src/app/counted-fetch.ts";
import { createLogger } from "../../src/app/log.ts";
import { type App, createApp } from "../../src/app/server.ts";
import type { Settings } from "../../src/app/settings.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface AppProcess {
  /** Where it is reached, whichever life it is in. */
  readonly url: string;
  readonly app: () => App;
  /** Resolves with the app as soon as it runs again after a crash. */
  readonly up: () => Promise<App>;
  /** Calls of the runs' API that are not answered yet. */
  readonly openCalls: () => number;
  /** Runs that wait for their bind. */
  readonly asks: () => Promise<number>;
  /** Passes of the sweep since the first start. */
  readonly sweeps: () => number;
  /** What it logged as warnings and errors. */
  readonly logged: readonly string[];
  /** Resolves when the present life ends. */
  readonly death: () => Promise<void>;
  /** Cuts it off, as SIGKILL does: nothing of it is carried on. */
  kill(): void;
  start(): Promise<void>;
  /** Killed, and started again by whoever watches over it. */
  crash(): void;
  close(): Promise<void>;
}

interface Life {
  readonly app: App;
  readonly cut: () => void;
  readonly death: Promise<void>;
}

export async function createAppProcess(
  settings: Settings,
  time: VirtualTime,
  random: () => number,
  /** Is told of every answer that the app is about to hear, and may kill the app instead. */
  onAnswer: () => void = () => undefined,
): Promise<AppProcess> {
  const sockets = new Set<Socket>();
  const logged: string[] = [];
  let life: Life | null = null;
  let openCalls = 0;
  let sweeps = 0;
  let coming: Promise<void> | null = null;
  const front: Server = createServer(async (request, response) => {
    // Whoever comes while it starts waits in the kernel's queue, as at a port that is about to be listened on.
    await coming;
    if (life === null) {
      request.socket.destroy();
      return;
    }
    if (request.url?.startsWith("/api/runs/") === true) {
      openCalls += 1;
      response.on("close", () => {
        openCalls -= 1;
      });
    }
    life.app.handle(request, response);
  });
  front.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  const address = front.address();
  if (address === null || typeof address === "string") throw new Error("the front does not listen");

  async function start(): Promise<void> {
    const { clock, die } = time.standing();
    let isCut = false;
    const nothing = () => new Promise<never>(() => undefined);
    const send: typeof fetch = async (input, init) => {
      if (isCut) return await nothing();
      const answer = await fetch(input, init).catch((error: unknown) => ({ error }));
      onAnswer();
      if (isCut) return await nothing();
      if ("error" in answer) throw answer.error;
      return answer;
    };
    const app = await createApp(settings, {
      github: (count) =>
        createGithubApp({
          ...settings,
          baseUrl: settings.apiUrl,
          isPacing: false,
          fetch: countedFetch(count, send),
          clock: { now: time.now, wait: (ms, signal) => (isCut ? nothing() : time.passing.wait(ms, signal)) },
          random: { next: random },
        }),
      reconcile,
      clock: {
        now: clock.now,
        wait: (ms, signal) => {
          // Only the sweep waits for minutes without a deadline of somebody else: one wait follows each pass.
          if (ms > (settings.sweepMinutes - 1) * 60_000 && ms <= settings.sweepMinutes * 60_000) sweeps += 1;
          return clock.wait(ms, signal);
        },
      },
      random: { next: random },
      logger: createLogger("warn", { write: (line: string) => void logged.push(line) }),
    });
    await app.start();
    const death = Promise.withResolvers<void>();
    life = {
      app,
      death: death.promise,
      cut() {
        death.resolve();
        isCut = true;
        die();
        // Its own listener is closed; the promise never settles, because what it waits for never does.
        void app.stop();
      },
    };
  }

  function kill(): void {
    life?.cut();
    life = null;
    for (const socket of sockets) socket.destroy();
  }

  return {
    url: `http://127.0.0.1:${address.port}`,
    app: () => {
      if (life === null) throw new Error("the app is dead");
      return life.app;
    },
    openCalls: () => openCalls,
    async asks() {
      if (life === null || openCalls === 0) return 0;
      const text = await (await fetch(`${life.app.url}/metrics`)).text();
      return Number(/^signalbox_asks (\d+)$/m.exec(text)?.[1] ?? 0);
    },
    sweeps: () => sweeps,
    logged,
    death: () => life?.death ?? Promise.resolve(),
    async up() {
      await coming;
      if (life === null) throw new Error("the app is dead");
      return life.app;
    },
    kill,
    start,
    crash() {
      kill();
      coming = start().finally(() => {
        coming = null;
      });
    },
    async close() {
      kill();
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
    },
  };
}
