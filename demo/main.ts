// `npm run demo`: an issue becomes a merged pull request, told step by step. Everything is real but GitHub's own
// servers and, without a key, the model's words. The exit status says whether it got there.

import { parseArgs } from "node:util";
import { narrate } from "./narrate.ts";

const { values } = parseArgs({
  options: {
    keep: { type: "boolean", default: false },
    repo: { type: "string" },
    issue: { type: "string" },
    port: { type: "string" },
  },
});

process.exitCode = await narrate({
  keep: values.keep,
  repository: values.repo ?? null,
  issue: values.issue ?? null,
  port: values.port === undefined ? null : Number(values.port),
  apiKey: process.env["ANTHROPIC_API_KEY"] ?? null,
  baseUrl: process.env["ANTHROPIC_BASE_URL"] ?? null,
});
