#!/usr/bin/env node
// The command line: starts one emulator and keeps it running until it is told to stop.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createEmulator } from "./index.ts";

const USAGE = `signalbox-emulator: a local GitHub

  --port <n>        port to listen on (default 4010)
  --seed <file>     JSON with users, organizations, repositories, apps, installations, tokens
  --data-dir <dir>  keep git repositories here (default: a temporary directory)
  --virtual-clock   time moves only by POST /_control/clock/advance
  --no-actions      do not run workflows
  --help            this text
`;

const DEFAULT_PORT = 4010;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: String(DEFAULT_PORT) },
      seed: { type: "string" },
      "data-dir": { type: "string" },
      "virtual-clock": { type: "boolean", default: false },
      "no-actions": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const emulator = await createEmulator({
    port: Number(values.port),
    clock: values["virtual-clock"] ? "virtual" : "real",
    actions: { enabled: !values["no-actions"] },
    warn: (message) => process.stderr.write(`${message}\n`),
    ...(values["data-dir"] === undefined ? {} : { dataDir: values["data-dir"] }),
  });
  const made = values.seed === undefined ? {} : await seed(emulator.url, values.seed);
  process.stdout.write(`${JSON.stringify({ url: emulator.url, apiUrl: emulator.apiUrl, ...made }, null, 2)}\n`);
  const stop = (): void => {
    void emulator.close().then(() => process.exit(0));
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

async function seed(url: string, file: string): Promise<object> {
  const response = await fetch(`${url}/_control/seed`, { method: "POST", body: readFileSync(file) });
  const text = await response.text();
  if (!response.ok) throw new Error(`the seed ${file} was refused: ${text}`);
  return Object(JSON.parse(text));
}

await main();
