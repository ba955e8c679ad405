// What is bundled for shipping, as data: the action, which loads late what only one of its jobs needs, and the tool host,
// which is mounted into the sandbox as one file and must need no other.

import path from "node:path";
import type { BuildOptions } from "rolldown";

const ROOT = path.resolve(import.meta.dirname, "..");

export const OUTPUT_DIRECTORY = path.join(ROOT, "action/dist");

const OUTPUT = {
  dir: OUTPUT_DIRECTORY,
  format: "esm",
  minify: true,
  entryFileNames: "[name].mjs",
  chunkFileNames: "[name]-[hash].mjs",
} as const;

const SHARED = { cwd: ROOT, platform: "node", logLevel: "warn" } as const satisfies BuildOptions;

export const BUNDLES = {
  action: { ...SHARED, input: { main: "action/main.ts" }, output: OUTPUT },
  toolHost: {
    ...SHARED,
    input: { "tool-host": "src/adapters/sandbox/host/main.ts" },
    output: { ...OUTPUT, codeSplitting: false },
  },
} as const satisfies Record<string, BuildOptions>;
