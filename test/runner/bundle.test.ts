// The bundles as they would be shipped: small, and loaded late.

import { build, type OutputChunk, type RolldownOutput } from "rolldown";
import { beforeAll, describe, expect, it } from "vitest";
import { BUNDLES } from "../../scripts/bundles.ts";

const BYTES_MAX = 2 * 1024 * 1024;

function chunksOf({ output }: RolldownOutput): readonly OutputChunk[] {
  return output.flatMap((one) => (one.type === "chunk" ? [one] : []));
}

/** Chunks that are loaded together with the one of that name, itself included. */
function loadedWith(chunks: readonly OutputChunk[], fileName: string): readonly OutputChunk[] {
  const names = new Set([fileName]);
  for (const name of names) {
    for (const imported of chunks.find((chunk) => chunk.fileName === name)?.imports ?? []) names.add(imported);
  }
  return chunks.filter((chunk) => names.has(chunk.fileName));
}

describe("the action", () => {
  let chunks: readonly OutputChunk[];
  beforeAll(async () => {
    chunks = chunksOf(await build({ ...BUNDLES.action, write: false }));
  });

  it("is smaller than 2 MB in all", () => {
    expect(chunks.reduce((sum, chunk) => sum + Buffer.byteLength(chunk.code), 0)).toBeLessThan(BYTES_MAX);
  });

  it("starts without the model's SDK, without Octokit and without either job", () => {
    const modules = loadedWith(chunks, "main.mjs").flatMap((chunk) => chunk.moduleIds);
    expect(modules.filter((id) => /@anthropic-ai|octokit|src\/(runner|reconcile|adapters)\//.test(id))).toEqual([]);
    expect(modules.some((id) => id.endsWith("action/main.ts"))).toBe(true);
  });

  it("loads the model's SDK only when the model is asked", () => {
    const work = chunks.find((chunk) => chunk.moduleIds.some((id) => id.endsWith("action/work.ts")));
    const modules = loadedWith(chunks, work?.fileName ?? "").flatMap((chunk) => chunk.moduleIds);
    expect(modules.some((id) => id.endsWith("runner/run-task.ts"))).toBe(true);
    expect(modules.filter((id) => id.includes("@anthropic-ai"))).toEqual([]);
  });

  it("needs nothing but Node", () => {
    const foreign = chunks
      .flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports])
      .filter((name) => !name.endsWith(".mjs"));
    expect(foreign.filter((name) => !name.startsWith("node:") && !/^[a-z_/]+$/.test(name))).toEqual([]);
  });
});

it("the tool host is one file that needs nothing but Node", async () => {
  const chunks = chunksOf(await build({ ...BUNDLES.toolHost, write: false }));
  expect(chunks).toHaveLength(1);
  expect(chunks[0]?.imports.filter((name) => !name.startsWith("node:"))).toEqual([]);
  expect(Buffer.byteLength(chunks[0]?.code ?? "")).toBeLessThan(20_000);
});
