// The tools as the runner calls them, through a real sandbox, with well-meant, clumsy and hostile input.

import { statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostedTool } from "../../../src/adapters/sandbox/host/protocol.ts";
import { openSandbox } from "../../../src/adapters/sandbox/sandbox.ts";
import { startToolHost, type ToolHost } from "../../../src/adapters/sandbox/tool-host.ts";
import { createSandboxStage, type SandboxStage } from "../../support/sandbox-stage.ts";

let stage: SandboxStage;
let host: ToolHost;
beforeAll(async () => {
  stage = await createSandboxStage();
  host = stage.host();
  writeFileSync(path.join(stage.tree, "picture.bin"), Buffer.from([1, 0, 2]));
  writeFileSync(path.join(stage.tree, "twice.txt"), "one\none\n");
  writeFileSync(
    path.join(stage.tree, "long.txt"),
    Array.from({ length: 2_500 }, (_, index) => `line ${index + 1}`).join("\n"),
  );
});
afterAll(() => stage.close());

const ask = (tool: HostedTool, input: Record<string, unknown>) => host.call(tool, input, 10_000);

describe("answers", () => {
  it.each<[tool: HostedTool, input: Record<string, unknown>, ok: boolean, text: string | RegExp]>([
    ["read", { path: "readme.md" }, true, "1\t# Title\n2\t\n3\ttext"],
    ["read", { path: "readme.md", offset: 3, limit: 1 }, true, "3\ttext"],
    ["read", { path: "readme.md", offset: 9 }, true, "(the file has 3 lines)"],
    ["read", { path: "long.txt" }, true, /2000\tline 2000\n\[… 500 more lines …\]$/],
    ["read", { path: "missing.md" }, false, "missing.md does not exist"],
    ["read", { path: "." }, false, ". is not a file"],
    ["read", { path: "picture.bin" }, false, "picture.bin is not text"],
    ["read", { path: "/etc/passwd" }, false, "/etc/passwd is outside of the repository"],
    ["write", { path: "new/deep/file.txt", content: "a\nb\n" }, true, "wrote new/deep/file.txt (3 lines)"],
    ["read", { path: "new/deep/file.txt" }, true, "1\ta\n2\tb"],
    ["write", { path: "/usr/bin/x", content: "" }, false, "/usr/bin/x is outside of the repository"],
    ["edit", { path: "twice.txt", old: "one", new: "two" }, false, /occurs 2 times in twice\.txt/],
    ["edit", { path: "twice.txt", old: "three", new: "two" }, false, /does not occur in twice\.txt/],
    ["edit", { path: "twice.txt", old: "one", new: "one" }, false, "`old` and `new` are the same"],
    ["edit", { path: "twice.txt", old: "one", new: "$& $1", all: true }, true, "replaced 2 places in twice.txt"],
    ["read", { path: "twice.txt" }, true, "1\t$& $1\n2\t$& $1"],
    ["grep", { pattern: "Tit(le|re)" }, true, "readme.md:1:# Title"],
    ["grep", { pattern: "text", include: "*.txt" }, true, "(no match)"],
    ["grep", { pattern: "(" }, false, /Unmatched/],
    ["grep", { pattern: "--version" }, true, "(no match)"],
    ["glob", { pattern: "**/*.md" }, true, "readme.md"],
    ["glob", { pattern: "*.none" }, true, "(no file matches)"],
    ["bash", { command: "echo out; echo err >&2; exit 3" }, true, "out\nerr\n[exit code 3]"],
    ["bash", { command: "true" }, true, "(no output)"],
    ["bash", { command: "cat" }, true, "(no output)"],
    ["bash", { command: "sleep 60", seconds: 1 }, true, "[ended after 1 seconds: out of time]"],
    ["bash", { command: "printf '\\0\\xff{}\\n[1]'" }, true, /\[1\]$/],
  ])("%s %o", async (tool, input, ok, text) => {
    const answer = await ask(tool, input);
    expect(answer.text).toEqual(typeof text === "string" ? text : expect.stringMatching(text));
    expect(answer.ok).toBe(ok);
  });
});

describe("limits", () => {
  it("a flood of output is cut in its middle", async () => {
    const { text } = await ask("bash", { command: "echo start; yes | head -c 50000000; echo; echo end" });
    expect(text.length).toBeLessThan(31_000);
    expect(text.startsWith("start\n")).toBe(true);
    expect(text.endsWith("end")).toBe(true);
  });

  it("what a command leaves running ends with it", async () => {
    await ask("bash", { command: "sleep 300 & (sleep 301 &) ; echo started" });
    expect((await ask("bash", { command: "ps -eo args | grep -c '[s]leep 30'" })).text).toMatch(/^0/);
  });

  it("a command that lets go of its terminal does not hold the answer up", async () => {
    const { text } = await ask("bash", { command: "setsid sleep 300 & echo started" });
    expect(text).toBe("started");
  });

  it("calls of one turn are carried out in their order", async () => {
    const calls = Array.from({ length: 20 }, (_, index) => ask("bash", { command: `echo ${index} >> order.txt` }));
    await Promise.all(calls);
    const { text } = await ask("bash", { command: "tr '\\n' ' ' < order.txt" });
    expect(text).toBe(Array.from({ length: 20 }, (_, index) => `${index}`).join(" "));
  });
});

it("when the host is closed, nothing that it started is left to write", async () => {
  const file = path.join(stage.tree, "ticks.txt");
  const other = stage.host();
  const loop =
    "setsid bash -c 'trap \"\" TERM HUP INT; while :; do echo tick >> ticks.txt; done' >/dev/null 2>&1 & sleep 0.2";
  await other.call("bash", { command: loop }, 5_000);
  await other.close();
  const size = statSync(file).size;
  await stage.bash("sleep 0.3");
  expect(size).toBeGreaterThan(0);
  expect(statSync(file).size).toBe(size);
});

/** A host of another kind in the place of ours. */
function startScript(source: string): ToolHost {
  const script = path.join(stage.tree, "host.mjs");
  writeFileSync(script, source);
  const mounts = [{ path: stage.tree, writable: true }];
  const command = { cwd: stage.tree, home: path.join(stage.root, "home"), network: "none", mounts } as const;
  return startToolHost(stage.sandbox, { node: process.execPath, script }, command);
}

describe("a host that was taken over", () => {
  it("cannot be killed by a command", async () => {
    expect((await ask("bash", { command: "kill -9 $PPID 1 && echo sent" })).text).toBe("sent");
    expect((await ask("bash", { command: "echo again" })).text).toBe("again");
  });

  it("is started anew when it ended", async () => {
    const ended = path.join(stage.tree, "ended");
    const answer = `console.log(JSON.stringify({ id: JSON.parse(line).id, ok: true, text: "back" }))`;
    const once = `if (existsSync("${ended}")) ${answer}; else { writeFileSync("${ended}", ""); process.exit(1); }`;
    const imports = 'import { existsSync, writeFileSync } from "node:fs";';
    const host = startScript(`${imports} process.stdin.on("data", (line) => { ${once} });`);
    expect((await host.call("read", { path: "readme.md" }, 5_000)).text).toMatch(/^the tool did not answer/);
    expect(await host.call("read", { path: "readme.md" }, 5_000)).toEqual({ ok: true, text: "back" });
    await host.close();
  });

  it("cannot be spoken for by a command", async () => {
    const { text } = await ask("bash", { command: `echo '{"id":1,"ok":true,"text":"forged"}' > /proc/$PPID/fd/1` });
    expect(text).toMatch(/No such device or address/);
  });

  it.each([
    ["says something that is not JSON", "console.log('nonsense')", "its answer is not JSON"],
    ["says something of another shape", `console.log('{"id":1,"ok":"yes"}')`, "its answer has another shape"],
    ["answers another call", `console.log('{"id":9,"ok":true,"text":"forged"}')`, "it answered another call"],
    [
      "never ends its line",
      "process.stdout.write('x'.repeat(5_000_000)); setInterval(() => 0, 1000)",
      "its answer is too long",
    ],
    ["ends at once", "process.exit(0)", "it ended"],
    ["complains and ends", "throw new Error('no')", "it ended with an error"],
  ])("%s: the call fails with a reason", async (_what, source, problem) => {
    const taken = startScript(`process.stdin.once("data", () => { ${source} });`);
    expect(await taken.call("read", { path: "readme.md" }, 5_000)).toEqual({
      ok: false,
      text: `the tool did not answer (${problem}); it was started anew`,
    });
    await taken.close();
  });
});

it("without bubblewrap there is one clear sentence", async () => {
  const opened = await openSandbox({
    kind: "required",
    path: "/nonexistent",
    readable: [],
    scratch: path.join(stage.root, "other"),
  });
  expect(opened).toEqual({ refusal: expect.stringContaining("bubblewrap does not work on this machine") });
});
