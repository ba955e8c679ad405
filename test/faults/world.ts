// A small world on virtual time: the emulated GitHub, the real app, and the stand-in for its runs. One emulator serves many
// stories; each has a repository, an app process and an identity of its own, so that one never meets what another left.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createEmulator, type Emulator, type FaultRequest } from "signalbox-emulator";
import { parse } from "yaml";
import { z } from "zod";
import { readSettings } from "../../src/app/settings.ts";
import { WEBHOOK_PATH } from "../../src/app/webhooks/door.ts";
import { DEFAULT_CONFIG } from "../../src/core/config.ts";
import { labelDefinitions } from "../../src/core/labels.ts";
import { type AppProcess, createAppProcess } from "./app-process.ts";
import { createStandIn, RUN_WORKFLOWS, type StandIn } from "./stand-in-run.ts";
import { createVirtualTime, type VirtualTime } from "./virtual-time.ts";

const SECRET = "a-webhook-secret-of-a-world-with-faults-01";
const OWNER = "acme";
const DAY_MS = 24 * 60 * 60_000;
/** How long the emulator holds a connection that it will drop, in real milliseconds. */
const HOLD_MS = 15;
const CONFIG = "checks: [{ name: test, run: npm test }]\n";

const manifest = z
  .object({ default_permissions: z.record(z.string(), z.enum(["read", "write"])), default_events: z.array(z.string()) })
  .parse(parse(readFileSync(new URL("../../app.yml", import.meta.url), "utf8")));

export interface Universe {
  readonly hub: Emulator;
  readonly time: VirtualTime;
  /** A repository with an app that has not been started. @param onAnswer see `createAppProcess` */
  world(options?: {
    readonly seed?: number;
    readonly onAnswer?: () => void;
    readonly labels?: boolean;
  }): Promise<World>;
  close(): Promise<void>;
}

export interface World {
  readonly hub: Emulator;
  readonly time: VirtualTime;
  readonly name: string;
  readonly full: string;
  readonly botId: number;
  readonly process: AppProcess;
  readonly runs: StandIn;
  /** REST as a person. @returns the body */
  as(login: string, method: string, path: string, body?: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/** Requests of the app and of its runs: everything but what people (and this test as one of them) do. */
export function isOurs({ token, path: asked }: Pick<FaultRequest, "token" | "path">): boolean {
  return token.kind !== "user" && !asked.startsWith("/_control");
}

export async function createUniverse(): Promise<Universe> {
  const desk = mkdtempSync(path.join(tmpdir(), "signalbox-desk-"));
  const hub = await createEmulator({
    clock: "virtual",
    now: Date.now(),
    limits: { faultHoldMs: HOLD_MS, requestsPerHour: 1e9, graphqlPointsPerHour: 1e9, anonymousPerHour: 1e9 },
    actions: { env: { DESK: desk } },
  });
  const time = createVirtualTime(hub);
  // Libraries that sign tokens read the clock of the process: it is this world's clock as long as the world stands.
  const systemNow = Date.now;
  Date.now = () => time.now();
  hub.createOrganization({ login: OWNER, members: { owner: "admin" }, defaultRole: "none" });
  for (const login of ["alice", "mallory"]) hub.createUser({ login });
  const registered = hub.createApp({
    slug: "signalbox",
    owner: OWNER,
    permissions: manifest.default_permissions,
    events: manifest.default_events,
    webhookSecret: SECRET,
  });
  await hub.createRepository({ owner: OWNER, name: "nursery", private: true });
  const installation = hub.installApp({ app: "signalbox", account: OWNER, repositories: ["nursery"] }).id;
  let worlds = 0;

  async function person(full: string, login: string, method: string, at: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${hub.apiUrl}/repos/${full}${at}`, {
      method,
      headers: { authorization: `token ${hub.tokenOf(login)}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${at}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }

  async function world(options: Parameters<Universe["world"]>[0] = {}): Promise<World> {
    worlds += 1;
    const name = `shop${worlds}`;
    const full = `${OWNER}/${name}`;
    const random = seeded(options.seed ?? worlds);
    // What an earlier story left of deliveries and tokens is too old to matter.
    hub.updateApp("signalbox", { webhookUrl: null });
    time.advance(4 * DAY_MS);
    await hub.createRepository({
      owner: OWNER,
      name,
      private: true,
      files: { "README.md": "# Shop\n", ".github/signalbox.yml": CONFIG, ...RUN_WORKFLOWS },
      collaborators: { alice: "write", mallory: "read" },
    });
    hub.selectRepositories(installation, [name]);
    if (options.labels !== false) {
      for (const { name: label, colour, description } of labelDefinitions(DEFAULT_CONFIG)) {
        await person(full, "alice", "POST", "/labels", { name: label, color: colour, description });
      }
    }
    const { host } = new URL(hub.url);
    const read = readSettings(
      {
        APP_ID: String(registered.id),
        PRIVATE_KEY: registered.privateKeyPem,
        WEBHOOK_SECRET: SECRET,
        HOST: "127.0.0.1",
        PORT: "0",
        GHE_HOST: host,
        GHE_PROTOCOL: "http",
        OIDC_ISSUER: `${hub.url}/_oidc`,
        PACING: "off",
      },
      () => null,
    );
    if ("problems" in read) throw new Error(read.problems.join("\n"));
    const process = await createAppProcess(read.settings, time, random, options.onAnswer);
    const runs = createStandIn({
      hub,
      time,
      appUrl: () => process.url,
      desk,
      headOf: (of, start) => commitOn(of, start, person),
      random,
    });
    hub.updateApp("signalbox", { webhookUrl: `${process.url}${WEBHOOK_PATH}` });
    hub.requests.clear();
    return {
      hub,
      time,
      name,
      full,
      botId: registered.botUserId,
      process,
      runs,
      as: (login, method, at, body) => person(full, login, method, at, body),
      async close() {
        hub.faults.clear();
        hub.hooks.chaos();
        runs.stop();
        await process.close();
      },
    };
  }

  return {
    hub,
    time,
    world,
    async close() {
      Date.now = systemNow;
      await hub.close();
      rmSync(desk, { recursive: true, force: true });
    },
  };
}

/** The change that the stand-in's run makes: objects without a ref. */
async function commitOn(
  full: string,
  start: string,
  person: (full: string, login: string, method: string, at: string, body?: unknown) => Promise<unknown>,
): Promise<string> {
  const shaOf = (body: unknown) => z.object({ sha: z.string() }).parse(body).sha;
  const base = z
    .object({ tree: z.object({ sha: z.string() }) })
    .parse(await person(full, "alice", "GET", `/git/commits/${start}`)).tree.sha;
  const file = { path: "sum.txt", mode: "100644", type: "blob", content: `the work on top of ${start}\n` };
  const tree = shaOf(await person(full, "alice", "POST", "/git/trees", { base_tree: base, tree: [file] }));
  return shaOf(await person(full, "alice", "POST", "/git/commits", { message: "Sum", tree, parents: [start] }));
}

/** A small generator, so that a seed replays every choice of the app. */
export function seeded(seed: number): () => number {
  let state = (seed ^ 0x5bd1e995) >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
