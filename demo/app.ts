// The app in this process, wired to the emulated GitHub: the same parts that `npm start` wires to the real one.

import pino from "pino";
import type { Emulator } from "signalbox-emulator";
import { systemClock, systemRandom } from "../src/adapters/clock.ts";
import { createGithubApp } from "../src/adapters/github/app.ts";
import { countedFetch } from "../src/app/counted-fetch.ts";
import { type App, createApp } from "../src/app/server.ts";
import { readSettings } from "../src/app/settings.ts";
import type { Clock } from "../src/core/ports.ts";
import { reconcile } from "../src/reconcile/reconcile.ts";

export interface AppEndpoint {
  readonly hub: Emulator;
  readonly app: { readonly id: number; readonly privateKeyPem: string };
  readonly webhookSecret: string;
  readonly workflows: string;
}

export interface RunningApp {
  readonly url: string;
  readonly app: App;
  stop(): Promise<void>;
}

export async function startApp({ hub, app, webhookSecret, workflows }: AppEndpoint): Promise<RunningApp> {
  const { host, protocol } = new URL(hub.url);
  const read = readSettings(
    {
      APP_ID: String(app.id),
      PRIVATE_KEY: app.privateKeyPem,
      WEBHOOK_SECRET: webhookSecret,
      HOST: "127.0.0.1",
      PORT: "0",
      GHE_HOST: host,
      GHE_PROTOCOL: protocol.slice(0, -1),
      OIDC_ISSUER: `${hub.url}/_oidc`,
      RUNNER_WORKFLOWS: workflows,
      PACING: "off",
      LOG_LEVEL: process.env["SIGNALBOX_LOG"] ?? "silent",
    },
    () => null,
  );
  if ("problems" in read) throw new Error(read.problems.join("\n"));
  const { settings } = read;
  // One time for all: a token that GitHub issued after its clock was put forward must not be from the future here.
  const clock: Clock = { now: () => hub.clock.now(), wait: systemClock.wait };
  const running = await createApp(settings, {
    github: (count) =>
      createGithubApp({
        ...settings,
        baseUrl: settings.apiUrl,
        isPacing: settings.isPaced,
        fetch: countedFetch(count),
        clock,
        random: systemRandom,
      }),
    reconcile,
    clock,
    random: systemRandom,
    logger: pino({ level: settings.logLevel }, pino.destination(2)),
  });
  await running.start();
  return { url: running.url, app: running, stop: () => running.stop() };
}
