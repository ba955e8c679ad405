// Writes the generated files: `npm run generate`. What they say is in `generated.ts`.

import { readFileSync, writeFileSync } from "node:fs";
import { generatedFiles } from "./generated.ts";

const root = new URL("../", import.meta.url);
for (const { path, text } of generatedFiles(readFileSync(new URL("README.md", root), "utf8"))) {
  writeFileSync(new URL(path, root), text);
  console.log(`wrote ${path}`);
}
