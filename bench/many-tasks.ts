// Many open tasks in one repository: what a sweep costs, and how much memory the app takes. The app is a process of its
// own, the real `npm start`; GitHub is the emulator in this one, whose memory therefore does not count.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createEmulator } from "signalbox-emulator";
import { parse } from "yaml";
import { eventually } from "../demo/eventually.ts";
import { table } from "./numbers.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const SECRET = "a-webhook-secret-of-the-benchmark-000001";
const PATIENCE_MS = 900_000;

/** Tasks without a ledger yet, in a repository that is paused for the app's writes by a limit of no claims. */
async function measure(tasks: number): Promise<readonly (string | number)[]> {
  const hub = await createEmulator({ actions: { enabled: false } });
  hub.createOrganization({ login: "acme", members: ["alice"] });
  await hub.createRepository({
    ...{ owner: "acme", name: "shop" },
    files: { "README.md": "# Shop\n", ".github/signalbox.yml": "checks: none\nlimits: { queued: 1000000 }\n" },
    collaborators: { alice: "write" },
  });
  const manifest = parse(readFileSync(path.join(ROOT, "app.yml"), "utf8")) as {
    readonly default_permissions: Readonly<Record<string, "read" | "write">>;
    readonly default_events: readonly string[];
  };
  const app = hub.createApp({
    slug: "signalbox",
    owner: "acme",
    permissions: manifest.default_permissions,
    events: manifest.default_events,
    webhookSecret: SECRET,
  });
  hub.installApp({ app: "signalbox", account: "acme", repositories: ["shop"] });
  await createIssues(hub.apiUrl, hub.tokenOf("alice"), tasks);
  hub.requests.clear();
  const child = spawn(process.execPath, [path.join(ROOT, "src/app/main.ts")], {
    env: {
      PATH: process.env["PATH"],
      APP_ID: String(app.id),
      PRIVATE_KEY: app.privateKeyPem,
      WEBHOOK_SECRET: SECRET,
      HOST: "127.0.0.1",
      PORT: "0",
      GHE_HOST: new URL(hub.url).host,
      GHE_PROTOCOL: "http",
      PACING: "off",
      SWEEP_MINUTES: "1440",
      LOG_LEVEL: "info",
    } as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve) => {
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      if (text.length < 20_000) text += chunk.toString();
      const [, found] = /"url":"(http:[^"]+)"/.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  const began = performance.now();
  const swept = await eventually("the sweep's looks are done", PATIENCE_MS, async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const looks = numberIn(text, 'signalbox_look_seconds_count{kind="task",outcome="done"}');
    return looks >= Math.min(tasks, 100) && numberIn(text, "signalbox_queue_waiting") === 0 ? text : null;
  });
  const seconds = (performance.now() - began) / 1_000;
  const requests = hub.requests.entries.length;
  const listing = hub.requests.entries.filter(({ operation }) => operation.includes("repository")).length;
  const rss = memoryOf(child.pid ?? 0);
  const looks = numberIn(swept, 'signalbox_look_seconds_count{kind="task",outcome="done"}');
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("exit", resolve));
  await hub.close();
  return [tasks, looks, requests, listing, hub.requests.graphqlPoints(), seconds.toFixed(1), Math.round(rss / 1e6)];
}

function numberIn(text: string, name: string): number {
  return Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${name} `))
      ?.split(" ")
      .at(-1) ?? 0,
  );
}

function memoryOf(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1_024;
}

async function createIssues(apiUrl: string, token: string, count: number): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const create = async (from: number): Promise<void> => {
    for (let number = from; number < count; number += 8) {
      const body = JSON.stringify({ title: `Task ${number}`, body: "Please do it.", labels: ["task:review"] });
      const response = await fetch(`${apiUrl}/repos/acme/shop/issues`, { method: "POST", headers, body });
      if (response.status !== 201) throw new Error(`GitHub answered ${response.status}`);
      await response.text();
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, from) => create(from)));
}

export async function benchMany(sizes: readonly number[]): Promise<void> {
  const rows: (readonly (string | number)[])[] = [];
  for (const size of sizes) rows.push(await measure(size));
  table("The first sweep of one repository, app in a process of its own, emulator, pacing off", [
    ["open tasks", "looks", "requests", "GraphQL of repositories", "points", "seconds", "RSS MB"],
    ...rows,
  ]);
}
