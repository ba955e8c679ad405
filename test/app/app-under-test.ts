// The app as tests run it: the real server on a free port of this machine, real signatures and tokens, the real
// reconcile loop, and GitHub in memory. Every key that was looked at is written down.

import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { systemClock } from "../../src/adapters/clock.ts";
import { createLogger } from "../../src/app/log.ts";
import { type App, type AppDependencies, createApp } from "../../src/app/server.ts";
import { readSettings, type Settings } from "../../src/app/settings.ts";
import type { Reconcile } from "../../src/app/work.ts";
import { keyOf } from "../../src/core/ports.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { createGitHubInMemory, type GitHubInMemory } from "./github-in-memory.ts";

export const SECRET = "a-secret-of-forty-characters-for-webhook";
export const PREVIOUS_SECRET = "the-secret-before-it-was-rotated-by-hand";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const PRIVATE_KEY_PEM = privateKey.export({ type: "pkcs1", format: "pem" }).toString();

export const ENVIRONMENT = {
  APP_ID: "77",
  PRIVATE_KEY: PRIVATE_KEY_PEM,
  WEBHOOK_SECRET: SECRET,
  WEBHOOK_SECRET_PREVIOUS: PREVIOUS_SECRET,
  HOST: "127.0.0.1",
  PORT: "0",
  LOG_LEVEL: "debug",
};

export function settingsOf(environment: Readonly<Record<string, string>> = {}): Settings {
  const read = readSettings({ ...ENVIRONMENT, ...environment }, () => null);
  if ("problems" in read) throw new Error(read.problems.join("\n"));
  return read.settings;
}

export interface AppUnderTest extends GitHubInMemory {
  readonly app: App;
  /** Keys in the order in which they were looked at. */
  readonly looks: readonly string[];
  readonly logged: readonly string[];
  /** Signs and sends a webhook. */
  deliver(event: string, payload: unknown, options?: DeliverOptions): Promise<Response>;
  /** Sends a webhook, waits until the queue is at rest, and returns the keys that were looked at because of it. */
  looksAfter(event: string, payload: unknown): Promise<readonly string[]>;
}

export interface DeliverOptions {
  readonly id?: string;
  readonly secret?: string;
  readonly body?: string;
  /** Override the right ones; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

export interface StartOptions {
  readonly settings?: Settings;
  readonly dependencies?: Partial<AppDependencies>;
  /** Instead of the real loop. */
  readonly reconcile?: Reconcile;
  readonly github?: GitHubInMemory;
}

export function signature(secret: string, body: string | Uint8Array): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

export async function startApp(given: StartOptions = {}): Promise<AppUnderTest> {
  const memory = given.github ?? createGitHubInMemory(given.dependencies?.clock ?? systemClock);
  const looks: string[] = [];
  const logged: string[] = [];
  const app = await createApp(given.settings ?? settingsOf(), {
    github: () => memory.github,
    reconcile: (deps, ref, asks, hint) => {
      looks.push(keyOf(ref));
      return (given.reconcile ?? reconcile)(deps, ref, asks, hint);
    },
    clock: systemClock,
    random: { next: () => 0 },
    logger: createLogger("debug", { write: (line: string) => void logged.push(line) }),
    ...given.dependencies,
  });
  await app.start();
  const deliver: AppUnderTest["deliver"] = (event, payload, options = {}) => {
    const body = options.body ?? JSON.stringify(payload);
    const headers = {
      "content-type": "application/json",
      "x-github-event": event,
      "x-github-delivery": options.id ?? randomUUID(),
      "x-hub-signature-256": signature(options.secret ?? SECRET, body),
      ...options.headers,
    };
    const sent = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      value === null ? [] : [[name, value]],
    );
    return fetch(`${app.url}/api/github/webhooks`, { method: "POST", body, headers: sent });
  };
  return {
    ...memory,
    app,
    looks,
    logged,
    deliver,
    async looksAfter(event, payload) {
      await app.queue.idle();
      const before = looks.length;
      const response = await deliver(event, payload);
      if (response.status !== 202) throw new Error(`the webhook was answered ${response.status}`);
      await app.queue.idle();
      return looks.slice(before);
    },
  };
}
