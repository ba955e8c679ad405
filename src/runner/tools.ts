// The tools of the sandbox as the model sees them: names, schemas, descriptions. What they do happens in the tool host.

import { z } from "zod";
import { type ModelTool, ToolRefusal } from "../adapters/model/conversation.ts";
import type { HostedTool } from "../adapters/sandbox/host/protocol.ts";
import type { ToolHost } from "../adapters/sandbox/tool-host.ts";
import type { EpochMs } from "../core/task.ts";

/** Seconds that a command may take when nothing is said, and at the most. */
const BASH_SECONDS_DEFAULT = 120;
const BASH_SECONDS_MAX = 900;
/** Time that the other tools may take, in milliseconds. */
const FILE_TOOL_MS_MAX = 40_000;

const path = z.string().min(1).max(1_000).describe("Path from the root of the repository.");

// biome-ignore format: a table reads by column.
const TOOLS = {
  bash:  { description: "Run a bash command in the root of the repository. Each call is a fresh shell; what it leaves running ends with it. There is no network.",
           input: z.strictObject({ command: z.string().min(1).max(20_000), seconds: z.int().min(1).max(BASH_SECONDS_MAX).default(BASH_SECONDS_DEFAULT).describe("Time limit.") }) },
  read:  { description: "Read a text file, with line numbers.",
           input: z.strictObject({ path, offset: z.int().min(1).optional().describe("First line."), limit: z.int().min(1).max(2_000).optional().describe("Number of lines.") }) },
  write: { description: "Create a file, or replace the whole of it.",
           input: z.strictObject({ path, content: z.string().max(1_000_000) }) },
  edit:  { description: "Replace a text in a file. `old` must occur exactly once, unless `all` is set.",
           input: z.strictObject({ path, old: z.string().min(1).max(100_000), new: z.string().max(100_000), all: z.boolean().default(false) }) },
  grep:  { description: "Search the repository's files for an extended regular expression; answers file:line:text.",
           input: z.strictObject({ pattern: z.string().min(1).max(1_000), path: path.optional(), include: z.string().max(200).optional().describe("Only files whose name matches, such as *.ts.") }) },
  glob:  { description: "List files by pattern, such as src/**/*.ts.",
           input: z.strictObject({ pattern: z.string().min(1).max(500), path: path.optional() }) },
} as const satisfies Record<HostedTool, { description: string; input: z.ZodType }>;

/**
 * @param names    in the order in which the model sees them: a stable order keeps the cached prefix
 * @param deadline no command runs longer than that
 */
export function hostedTools(
  host: ToolHost,
  names: readonly HostedTool[],
  now: () => EpochMs,
  deadline: EpochMs,
): readonly ModelTool[] {
  return names.map((name) => ({
    name,
    description: TOOLS[name].description,
    input: TOOLS[name].input,
    run: async (input) => {
      const checked: Record<string, unknown> = TOOLS[name].input.parse(input);
      const leftMs = deadline - now();
      if (leftMs <= 0) throw new ToolRefusal("the time of this run is over");
      const seconds = Math.max(1, Math.min(Number(checked["seconds"] ?? 0), Math.ceil(leftMs / 1_000)));
      const isBash = name === "bash";
      const limited = isBash ? { ...checked, seconds } : checked;
      const answer = await host.call(name, limited, isBash ? seconds * 1_000 : FILE_TOOL_MS_MAX);
      if (!answer.ok) throw new ToolRefusal(answer.text);
      return answer.text;
    },
  }));
}
