// The file tools: read, write, edit. Runs inside the sandbox; the path check gives a clear message, the kernel confines.

import { mkdir, open, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { FILE_BYTES_MAX, ToolMistake } from "./protocol.ts";

/** Lines that one read returns unless it asks for fewer. */
const READ_LINES_MAX = 2_000;
/** Bytes that are looked at to tell text from anything else. */
const SNIFF_BYTES = 8_000;

/** @returns the absolute path; a path outside of workspace and temporary directory is a mistake */
export function resolvePath(workspace: string, given: string): string {
  const absolute = path.resolve(workspace, given);
  const inside = [workspace, "/tmp"].some((root) => absolute === root || absolute.startsWith(`${root}/`));
  if (!inside) throw new ToolMistake(`${given} is outside of the repository`);
  return absolute;
}

async function textOf(file: string, given: string): Promise<string> {
  const facts = await stat(file).catch(() => null);
  if (facts === null) throw new ToolMistake(`${given} does not exist`);
  if (!facts.isFile()) throw new ToolMistake(`${given} is not a file`);
  if (facts.size > FILE_BYTES_MAX) {
    throw new ToolMistake(
      `${given} has ${facts.size} bytes, more than ${FILE_BYTES_MAX}; use bash to look at parts of it`,
    );
  }
  if (await isBinary(file)) throw new ToolMistake(`${given} is not text`);
  return readFile(file, "utf8");
}

async function isBinary(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return buffer.subarray(0, bytesRead).includes(0);
  } finally {
    await handle.close();
  }
}

export async function read(
  workspace: string,
  input: { path: string; offset?: number; limit?: number },
): Promise<string> {
  const lines = (await textOf(resolvePath(workspace, input.path), input.path)).split("\n");
  if (lines.at(-1) === "") lines.pop();
  const first = Math.max(1, input.offset ?? 1);
  const count = Math.min(input.limit ?? READ_LINES_MAX, READ_LINES_MAX);
  const shown = lines.slice(first - 1, first - 1 + count);
  if (shown.length === 0) return lines.length === 0 ? "(the file is empty)" : `(the file has ${lines.length} lines)`;
  const numbered = shown.map((line, index) => `${first + index}\t${line}`).join("\n");
  const left = lines.length - (first - 1 + shown.length);
  return left > 0 ? `${numbered}\n[… ${left} more lines …]` : numbered;
}

export async function write(workspace: string, input: { path: string; content: string }): Promise<string> {
  const file = resolvePath(workspace, input.path);
  if (Buffer.byteLength(input.content) > FILE_BYTES_MAX) throw new ToolMistake("the content is too large for one file");
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, input.content);
  return `wrote ${input.path} (${input.content.split("\n").length} lines)`;
}

export async function edit(
  workspace: string,
  input: { path: string; old: string; new: string; all?: boolean },
): Promise<string> {
  const file = resolvePath(workspace, input.path);
  if (input.old === "") throw new ToolMistake("`old` is empty; use write to create a file");
  if (input.old === input.new) throw new ToolMistake("`old` and `new` are the same");
  const text = await textOf(file, input.path);
  const parts = text.split(input.old);
  const count = parts.length - 1;
  if (count === 0) throw new ToolMistake(`\`old\` does not occur in ${input.path}; read the file again`);
  if (count > 1 && input.all !== true) {
    throw new ToolMistake(
      `\`old\` occurs ${count} times in ${input.path}; give more of its surroundings, or set \`all\``,
    );
  }
  await writeFile(file, parts.join(input.new));
  return `replaced ${count} ${count === 1 ? "place" : "places"} in ${input.path}`;
}
