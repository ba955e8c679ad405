// The first example of the README runs as it stands.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

it("the example opens an issue", async () => {
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(here("../../README.md"), "utf8"))?.[1] ?? "";
  const { stdout } = await run(process.execPath, ["--input-type=module-typescript", "-e", example], {
    cwd: here(".."),
  });
  expect(stdout).toMatch(/^201 greeter \{ 'refs\/heads\/main': '[0-9a-f]{40}' \}\n$/);
});
