// The tool host: started inside the sandbox, it carries out one tool call after the other, a line of JSON each way.
// It holds no secret and decides nothing; its working directory is the repository.

import { createInterface } from "node:readline";
import { bash, glob, grep } from "./commands.ts";
import { edit, read, write } from "./files.ts";
import { clip, type HostAnswer, type HostedTool, type HostRequest, ToolMistake } from "./protocol.ts";

type Carry = (workspace: string, input: never) => Promise<string>;

const CARRY: Readonly<Record<HostedTool, Carry>> = { bash, read, write, edit, grep, glob };

async function answer(workspace: string, request: HostRequest): Promise<HostAnswer> {
  try {
    // The runner has checked the input against the schema of exactly this tool.
    const text = await CARRY[request.tool](workspace, request.input as never);
    return { id: request.id, ok: true, text: clip(text) };
  } catch (error) {
    if (error instanceof ToolMistake) return { id: request.id, ok: false, text: clip(error.message) };
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return { id: request.id, ok: false, text: `the tool failed (${code})` };
  }
}

async function serve(workspace: string): Promise<void> {
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    if (line === "") continue;
    // Only the runner writes to this pipe.
    const request = JSON.parse(line) as HostRequest;
    const reply = await answer(workspace, request);
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}

await serve(process.cwd());
