// The app's process: settings, GitHub, the app, and how it ends. The only file of the app that sees the environment.

import { readFileSync } from "node:fs";
import { systemClock, systemRandom } from "../adapters/clock.ts";
import { createGithubApp } from "../adapters/github/app.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { countedFetch } from "./counted-fetch.ts";
import { createLog, createLogger, type Log } from "./log.ts";
import { type App, createApp, type SharedParts } from "./server.ts";
import { readSettings, type Settings } from "./settings.ts";
import { openShared } from "./shared-database.ts";
import { followWebhookProxy } from "./webhook-proxy.ts";

/** Docker and Kubernetes kill after ten and thirty seconds: what is in hand by then is found again by the sweep. */
const DRAIN_MS_MAX = 25_000;

const settings = settingsOrExit();
const logger = createLogger(settings.logLevel);
const shared = settings.databaseUrl === null ? null : await openSharedOrExit(settings.databaseUrl, createLog(logger));
const app = await createApp(settings, {
  github: (count) =>
    createGithubApp({
      ...settings,
      baseUrl: settings.apiUrl,
      isPacing: settings.isPaced,
      fetch: countedFetch(count),
      clock: systemClock,
      random: systemRandom,
    }),
  reconcile,
  clock: systemClock,
  random: systemRandom,
  logger,
  ...(shared === null ? {} : { shared }),
});
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void end(app));
await app.start();
if (settings.webhookProxyUrl !== null) await followWebhookProxy(settings.webhookProxyUrl, app.url, createLog(logger));

function settingsOrExit(): Settings {
  const read = readSettings(process.env, readTextFile);
  if ("settings" in read) return read.settings;
  process.stderr.write(`Signalbox cannot start:\n${read.problems.map((problem) => `  - ${problem}\n`).join("")}`);
  process.exit(1);
}

async function openSharedOrExit(databaseUrl: string, log: Log): Promise<SharedParts> {
  try {
    return await openShared({ databaseUrl, clock: systemClock, random: systemRandom, log });
  } catch (error) {
    log.error({ error }, "the database of DATABASE_URL cannot be used");
    process.stderr.write(
      "Signalbox cannot start:\n  - DATABASE_URL names a database that cannot be used; see the log.\n",
    );
    process.exit(1);
  }
}

function readTextFile(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** Ends when the work in hand is done, or has taken too long. */
async function end(running: App): Promise<void> {
  setTimeout(() => process.exit(1), DRAIN_MS_MAX);
  await running.stop();
  process.exit(0);
}
