// The app as tests run it: the real server on a free port of this machine, real signatures and tokens, and a double of
// GitHub and of the reconcile loop that records what the app asks of them.

import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { systemClock } from "../../src/adapters/clock.ts";
import type { GitHub, RepositoryFacts } from "../../src/app/github.ts";
import { createLogger } from "../../src/app/log.ts";
import type { BindAnswer, BindAsk } from "../../src/app/runs/bind-ask.ts";
import { type App, type AppDependencies, createApp } from "../../src/app/server.ts";
import { readSettings, type Settings } from "../../src/app/settings.ts";
import type { LookResult } from "../../src/app/work.ts";
import type { Observation } from "../../src/core/observation.ts";
import { type Hub, keyOf } from "../../src/core/ports.ts";

export const SECRET = "a-secret-of-forty-characters-for-webhook";
export const PREVIOUS_SECRET = "the-secret-before-it-was-rotated-by-hand";
export const BOT_ID = 9_000;

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

/** What a Hub cannot do in a test of the app: the reconcile loop is the one that writes. */
const unexpected = (what: string) => () => Promise.reject(new Error(`the app itself must not call ${what}`));

export interface World {
  /** Repositories with the App installed. */
  readonly repositories: Map<string, RepositoryFacts>;
  /** What a look at an issue finds, by key. */
  readonly observations: Map<string, Observation>;
  readonly openTasks: Map<string, readonly number[]>;
  readonly pullRequestBranches: Map<string, string>;
  /** Asks and keys that reached the reconcile loop, in order. */
  readonly looks: { readonly key: string; readonly asks: readonly BindAsk[] }[];
  readonly tokens: { readonly repository: string; readonly permissions: Readonly<Record<string, string>> }[];
  readonly deliveries: { id: number; guid: string; at: number; isSuccess: boolean }[];
  readonly redelivered: number[];
  readonly forgotten: number[];
  readonly logged: string[];
  /** What the reconcile loop answers; by default nothing. */
  reconcile: (key: string, asks: readonly BindAsk[]) => Promise<Partial<LookResult<BindAnswer>>>;
  /** What the queue does with a key; a rejection makes it refuse. */
  identity: () => Promise<{ slug: string; botId: number }>;
}

export function createWorld(): World {
  const repository = { id: 1, owner: "acme", name: "shop", defaultBranch: "main" };
  return {
    repositories: new Map([["acme/shop", repository]]),
    observations: new Map(),
    openTasks: new Map(),
    pullRequestBranches: new Map(),
    looks: [],
    tokens: [],
    deliveries: [],
    redelivered: [],
    forgotten: [],
    logged: [],
    reconcile: async () => ({}),
    identity: async () => ({ slug: "signalbox", botId: BOT_ID }),
  };
}

function githubOf(world: World): GitHub {
  const hub: Hub = {
    observe: async (ref) => world.observations.get(keyOf(ref)) ?? "gone",
    openTasks: async ({ owner, name }) => world.openTasks.get(`${owner}/${name}`) ?? [],
    permissionOf: unexpected("permissionOf"),
    apply: unexpected("apply"),
    createRecord: unexpected("createRecord"),
    updateRefs: unexpected("updateRefs"),
  };
  const factsOf: GitHub["factsOf"] = async ({ owner, name }) =>
    [...world.repositories.values()].find(
      (one) => `${one.owner}/${one.name}`.toLowerCase() === `${owner}/${name}`.toLowerCase(),
    ) ?? null;
  return {
    identity: () => world.identity(),
    hubFor: async (repository) => ((await factsOf(repository)) === null ? null : hub),
    repositories: async () => [...world.repositories.values()],
    factsOf,
    headOf: async () => null,
    headBranchOf: async ({ owner, name }, pullRequest) =>
      world.pullRequestBranches.get(`${owner}/${name}!${pullRequest}`) ?? null,
    narrowedToken: async ({ owner, name }, permissions) => {
      world.tokens.push({ repository: `${owner}/${name}`, permissions });
      return { token: `ghs_${world.tokens.length}_of_${name}`, expiresAt: 1_800_000_000_000 };
    },
    deliveriesSince: async () => world.deliveries,
    redeliver: async (id) => {
      world.redelivered.push(id);
    },
    forgetInstallation: (id) => {
      world.forgotten.push(id);
    },
  };
}

export interface AppUnderTest {
  readonly app: App;
  readonly world: World;
  /** Signs and sends a webhook; `with` overrides headers. */
  deliver(event: string, payload: unknown, options?: DeliverOptions): Promise<Response>;
  /** Sends a webhook, waits until the queue is at rest, and returns the keys that were looked at because of it. */
  looksAfter(event: string, payload: unknown): Promise<readonly string[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface DeliverOptions {
  readonly id?: string;
  readonly secret?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
}

export function signature(secret: string, body: string | Uint8Array): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

export async function startApp(
  given: {
    readonly world?: World;
    readonly settings?: Settings;
    readonly dependencies?: Partial<AppDependencies>;
  } = {},
): Promise<AppUnderTest> {
  const world = given.world ?? createWorld();
  const app = await createApp(given.settings ?? settingsOf(), {
    github: () => githubOf(world),
    reconcile: async (_deps, ref, asks) => {
      world.looks.push({ key: keyOf(ref), asks });
      return { wake: [], lookAgainAt: null, answers: [], ...(await world.reconcile(keyOf(ref), asks)) };
    },
    taskOf: () => ({ task: null }),
    say: (refusal) => `Refused: ${refusal.reason}.`,
    visible: (text) => text,
    clock: systemClock,
    random: { next: () => 0 },
    logger: createLogger("debug", { write: (line: string) => void world.logged.push(line) }),
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
    app,
    world,
    deliver,
    async looksAfter(event, payload) {
      await app.queue.idle();
      const before = world.looks.length;
      const response = await deliver(event, payload);
      if (response.status !== 202) throw new Error(`the webhook was answered ${response.status}`);
      await app.queue.idle();
      return world.looks.slice(before).map((look) => look.key);
    },
    [Symbol.asyncDispose]: () => app.stop(),
  };
}
