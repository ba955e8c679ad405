// Bundles what is shipped: the action (action/dist), as few files as its late loading allows, and nothing beside them.
// Run it with: node scripts/build.ts

import { rm } from "node:fs/promises";
import path from "node:path";
import { type BuildOptions, build } from "rolldown";

const root = path.resolve(import.meta.dirname, "..");

const shared: BuildOptions = { cwd: root, platform: "node", logLevel: "warn", write: true };
const output = {
  dir: "action/dist",
  format: "esm",
  minify: true,
  entryFileNames: "[name].mjs",
  chunkFileNames: "[name]-[hash].mjs",
} as const;

await rm(path.join(root, "action/dist"), { recursive: true, force: true });
await build({ ...shared, input: { main: "action/main.ts" }, output });
// The tool host is mounted into the sandbox as one file: it must need no other.
await build({
  ...shared,
  input: { "tool-host": "src/adapters/sandbox/host/main.ts" },
  output: { ...output, codeSplitting: false },
});
