// Webhook intake: the app against a bare server and a bare Probot handler, each in a process of its own, in alternating
// rounds. CPU time per request is the honest figure on a shared machine: the load generator competes for the cores.

import { type ChildProcess, fork } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createRequire } from "node:module";
import { connect } from "node:net";
import path from "node:path";
import { median, quantile, table } from "./numbers.ts";

const SECRET = "a-webhook-secret-of-the-benchmark-000001";
const KINDS = ["bare", "probot", "signalbox"] as const;
const ROUNDS = 5;
const ROUND_MS = 2_000;
const CONNECTIONS = 16;
const PACED_PER_SECOND = 50;
const PACED_MS = 10_000;

interface Cpu {
  readonly cpuMicros: number;
  readonly rssBytes: number;
}

interface Example {
  readonly name: string;
  readonly examples: readonly { readonly action?: string; readonly label?: object }[];
}

let deliveries = 0;

/** A real `issues.labeled` of GitHub's own examples, with the label given. */
function payload(label: string): string {
  const examples = createRequire(import.meta.url)("@octokit/webhooks-examples") as readonly Example[];
  const issues = examples.find(({ name }) => name === "issues");
  const example = issues?.examples.find(({ action }) => action === "labeled");
  return JSON.stringify({ ...example, label: { ...example?.label, name: label } });
}

function request(body: string, port: number): () => Buffer {
  const signature = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
  const bytes = Buffer.from(body);
  const head = `POST /api/github/webhooks HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\nx-github-event: issues\r\nx-hub-signature-256: ${signature}\r\ncontent-length: ${bytes.length}\r\nx-github-delivery: `;
  return () => {
    deliveries += 1;
    return Buffer.concat([Buffer.from(`${head}delivery-${process.pid}-${deliveries}\r\n\r\n`), bytes]);
  };
}

/** Sends one after the other on each connection. @returns milliseconds of every answer */
async function load(port: number, body: string, forMs: number): Promise<readonly number[]> {
  const next = request(body, port);
  const times: number[] = [];
  const until = performance.now() + forMs;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      let sentAt = 0;
      const send = () => {
        sentAt = performance.now();
        socket.write(next());
      };
      socket.setNoDelay(true).on("connect", send).on("error", reject);
      socket.on("data", (chunk) => {
        if (!chunk.includes("HTTP/1.1 2")) throw new Error(`a webhook was answered ${chunk.toString().slice(0, 60)}`);
        times.push(performance.now() - sentAt);
        if (performance.now() < until) send();
        else resolve(void socket.destroy());
      });
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  return times;
}

/** A webhook every 20 ms, whether or not the last was answered. */
async function paced(port: number, body: string): Promise<readonly number[]> {
  const next = request(body, port);
  const times: Promise<number>[] = [];
  const socketTime = () =>
    new Promise<number>((resolve, reject) => {
      const sentAt = performance.now();
      const socket = connect(port, "127.0.0.1", () => socket.write(next()));
      socket.on("error", reject).once("data", () => {
        resolve(performance.now() - sentAt);
        socket.destroy();
      });
    });
  const count = (PACED_MS / 1_000) * PACED_PER_SECOND;
  for (let sent = 0; sent < count; sent += 1) {
    times.push(socketTime());
    await new Promise((resolve) => setTimeout(resolve, 1_000 / PACED_PER_SECOND));
  }
  return Promise.all(times);
}

async function start(kind: string): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = fork(path.join(import.meta.dirname, "intake-server.ts"), [kind]);
  const [{ url }] = (await once(child, "message")) as [{ readonly url: string }];
  return { child, port: Number(new URL(url).port) };
}

async function cpuOf(child: ChildProcess): Promise<Cpu> {
  child.send("cpu?");
  const [cpu] = (await once(child, "message")) as [Cpu];
  return cpu;
}

export async function benchIntake(): Promise<void> {
  for (const [what, label] of [
    ["an event that nobody handles", "bug"],
    ["a task's label", "task:queued"],
  ] as const) {
    await compare(what, payload(label));
  }
}

async function compare(what: string, body: string): Promise<void> {
  const servers = await Promise.all(KINDS.map(async (kind) => ({ kind, ...(await start(kind)) })));
  const rates = new Map<string, number[]>(KINDS.map((kind) => [kind, []]));
  const cpus = new Map<string, number[]>(KINDS.map((kind) => [kind, []]));
  for (const { port } of servers) await load(port, body, ROUND_MS / 2);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { kind, child, port } of servers) {
      const before = await cpuOf(child);
      const began = performance.now();
      const times = await load(port, body, ROUND_MS);
      const after = await cpuOf(child);
      rates.get(kind)?.push((times.length * 1_000) / (performance.now() - began));
      cpus.get(kind)?.push((after.cpuMicros - before.cpuMicros) / times.length);
    }
  }
  const rate = (kind: string) => median(rates.get(kind) ?? []);
  const cpu = (kind: string) => median(cpus.get(kind) ?? []);
  table(`Webhook intake: ${what}, ${body.length} bytes, ${CONNECTIONS} connections, median of ${ROUNDS} rounds`, [
    ["server", "requests/s", "ratio to bare", "CPU µs/request", "ratio of CPU (bare/this)"],
    ...KINDS.map((kind) => [
      kind,
      Math.round(rate(kind)),
      (rate(kind) / rate("bare")).toFixed(2),
      cpu(kind).toFixed(0),
      (cpu("bare") / cpu(kind)).toFixed(2),
    ]),
  ]);
  const own = servers.find(({ kind }) => kind === "signalbox");
  if (own !== undefined) {
    const times = await paced(own.port, body);
    table(`Acknowledgement at ${PACED_PER_SECOND}/s for ${PACED_MS / 1_000} s, a connection each`, [
      ["p50 ms", "p99 ms", "most ms"],
      [median(times).toFixed(1), quantile(times, 0.99).toFixed(1), Math.max(...times).toFixed(1)],
    ]);
  }
  for (const { child } of servers) child.kill();
}
