// Builds everything that is shipped as a bundle. Run it with: npm run build

import { rm } from "node:fs/promises";
import { build } from "rolldown";
import { BUNDLES, OUTPUT_DIRECTORY } from "./bundles.ts";

await rm(OUTPUT_DIRECTORY, { recursive: true, force: true });
for (const options of Object.values(BUNDLES)) await build({ ...options, write: true });
