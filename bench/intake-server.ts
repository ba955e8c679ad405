// One server that takes webhooks, as a process of its own: the bare minimum, Probot as it comes, or the app. Tells its
// address when it listens, and its CPU time whenever it is asked.

import { createHmac, generateKeyPairSync, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { pino } from "pino";
import { Probot, Server } from "probot";
import { systemClock, systemRandom } from "../src/adapters/clock.ts";
import { createApp } from "../src/app/server.ts";
import { readSettings } from "../src/app/settings.ts";
import { reconcile } from "../src/reconcile/reconcile.ts";
import { createGitHubInMemory } from "../test/app/github-in-memory.ts";

const SECRET = "a-webhook-secret-of-the-benchmark-000001";
const quiet = pino({ level: "silent" });
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();

const SERVERS: Readonly<Record<string, () => Promise<string>>> = {
  /** Reads, compares the HMAC, parses, answers. */
  async bare() {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks);
        const mine = Buffer.from(`sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`);
        const theirs = Buffer.from(String(request.headers["x-hub-signature-256"]));
        const isSigned = mine.length === theirs.length && timingSafeEqual(mine, theirs);
        if (isSigned) JSON.parse(body.toString("utf8"));
        response.writeHead(isSigned ? 202 : 401).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  },
  /** A handler that does nothing. */
  async probot() {
    const server = new Server({
      Probot: Probot.defaults({ appId: 77, privateKey: pem, secret: SECRET, log: quiet }),
      log: quiet,
      port: 0,
      host: "127.0.0.1",
    });
    await server.load((app) => void app.on("issues", async () => undefined));
    const http = await server.start();
    const address = http.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  },
  /** All of the app, over a GitHub in memory. */
  async signalbox() {
    const read = readSettings(
      { APP_ID: "77", PRIVATE_KEY: pem, WEBHOOK_SECRET: SECRET, HOST: "127.0.0.1", PORT: "0" },
      () => null,
    );
    if ("problems" in read) throw new Error(read.problems.join("\n"));
    const memory = createGitHubInMemory(systemClock);
    const app = await createApp(read.settings, {
      github: () => memory.github,
      reconcile,
      clock: systemClock,
      random: systemRandom,
      logger: quiet,
    });
    await app.start();
    return app.url;
  },
};

const url = await SERVERS[process.argv[2] ?? ""]?.();
process.send?.({ url });
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system, rssBytes: process.memoryUsage.rss() });
});
