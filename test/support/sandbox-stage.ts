// A sandbox with a tool host in it, and around it what must not be reached: a runner with secrets in its environment,
// its files, its network and its sockets.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Network } from "../../src/adapters/sandbox/bubblewrap.ts";
import { openSandbox, type Sandbox } from "../../src/adapters/sandbox/sandbox.ts";
import { startToolHost, type ToolHost } from "../../src/adapters/sandbox/tool-host.ts";

const HOST_DIRECTORY = path.resolve(import.meta.dirname, "../../src/adapters/sandbox/host");

/** What a thief looks for; it stands in the runner's environment, in its files and in its home. */
export const CANARY = "canary-7f3a9c51e8d24b60";

export interface SandboxStage {
  readonly root: string;
  /** Writable inside. */
  readonly tree: string;
  /** Not mounted at all. */
  readonly outside: string;
  readonly port: number;
  readonly socket: string;
  /** Connections that reached the runner's own network. */
  connections(): number;
  readonly sandbox: Sandbox;
  host(access?: "read" | "change", network?: Network): ToolHost;
  bash(command: string, network?: Network): Promise<string>;
  close(): Promise<void>;
}

function listen(server: Server, where: number | string): Promise<void> {
  return new Promise((resolve) => {
    if (typeof where === "number") server.listen(where, "127.0.0.1", resolve);
    else server.listen(where, resolve);
  });
}

export async function createSandboxStage(kind: "required" | "none" = "required"): Promise<SandboxStage> {
  const root = mkdtempSync(path.join(tmpdir(), "signalbox-sandbox-"));
  const at = (name: string): string => path.join(root, name);
  for (const name of ["tree", "home", "outside", "scratch"]) mkdirSync(at(name));
  writeFileSync(path.join(at("outside"), "key"), CANARY);
  writeFileSync(path.join(at("tree"), "readme.md"), "# Title\n\ntext\n");
  let connections = 0;
  const servers = [0, 1].map(() =>
    createServer((socket) => {
      connections += 1;
      socket.on("error", () => undefined);
      socket.resume();
      socket.end(CANARY);
    }),
  );
  const [tcp, unix] = servers;
  if (tcp === undefined || unix === undefined) throw new Error("no servers");
  const socket = path.join(at("outside"), "runner.sock");
  await listen(tcp, 0);
  await listen(unix, socket);
  const address = tcp.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.env["CANARY"] = CANARY;
  const node = realpathSync(process.execPath);
  const opened = await openSandbox({
    kind,
    path: process.env["PATH"] ?? "",
    readable: [HOST_DIRECTORY, node],
    scratch: at("scratch"),
  });
  if ("refusal" in opened) throw new Error(opened.refusal);
  const hosts: ToolHost[] = [];
  const host = (access: "read" | "change" = "change", network: Network = "none"): ToolHost => {
    const started = startToolHost(
      opened,
      { node, script: path.join(HOST_DIRECTORY, "main.ts") },
      { cwd: at("tree"), home: at("home"), network, mounts: [{ path: at("tree"), writable: access === "change" }] },
    );
    hosts.push(started);
    return started;
  };
  return {
    root,
    tree: at("tree"),
    outside: at("outside"),
    port,
    socket,
    connections: () => connections,
    sandbox: opened,
    host,
    bash: async (command, network) =>
      (await host("change", network).call("bash", { command, seconds: 10 }, 10_000)).text,
    close: async () => {
      await Promise.all(hosts.map((one) => one.close()));
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      delete process.env["CANARY"];
      rmSync(root, { recursive: true, force: true });
    },
  };
}
