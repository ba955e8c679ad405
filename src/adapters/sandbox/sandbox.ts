// The room in which tools, setup and checks run: bubblewrap around a process, or, when the configuration says so, none.
// It hands out processes; it knows neither tools nor git.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdir, readlink, realpath, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Readable, Writable } from "node:stream";
import {
  bubblewrapArguments,
  type Confinement,
  type Mount,
  type Network,
  SYSTEM_ETC,
  SYSTEM_ROOTS,
  type System,
  type SystemPath,
} from "./bubblewrap.ts";
import { type ProcessLimits, type ProcessOutcome, type ProcessSpec, runProcess } from "./run-process.ts";

/** Time to find out whether bubblewrap works here, in milliseconds. */
const PROBE_MS_MAX = 10_000;

export interface SandboxSettings {
  readonly kind: "required" | "none";
  /** Directories to look for bubblewrap in and, where they are visible inside, the PATH of the commands. */
  readonly path: string;
  /** More that may be read inside: a tool cache, the program that hosts the tools. */
  readonly readable: readonly string[];
  /** A directory of our own for the files that replace the machine's. */
  readonly scratch: string;
}

export interface SandboxedCommand {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** A directory for the account inside. */
  readonly home: string;
  readonly mounts: readonly Mount[];
  readonly network: Network;
  readonly env?: Readonly<Record<string, string>>;
  /** For a process of ours: programs of others do not expect to be the first of a system. */
  readonly isInit?: boolean;
}

export type PipedProcess = ChildProcessByStdio<Writable, Readable, Readable>;

export interface Sandbox {
  readonly kind: "bubblewrap" | "none";
  run(command: SandboxedCommand, limits: ProcessLimits): Promise<ProcessOutcome>;
  /** Starts a process that is talked to. It dies with this one. */
  start(command: SandboxedCommand): PipedProcess;
}

/** Why there is no sandbox, in one sentence for people. */
export interface NoSandbox {
  readonly refusal: string;
}

const MISSING =
  "Commands of this repository run in a sandbox, but bubblewrap does not work on this machine: install the package `bubblewrap` and allow user namespaces, or set `runner.sandbox: none` if the machine itself is thrown away after the run.";

export async function openSandbox(settings: SandboxSettings): Promise<Sandbox | NoSandbox> {
  if (settings.kind === "none") return openRoom("none", (command) => plain(settings, command));
  const system = await inspect(settings);
  const wrap = (command: SandboxedCommand): ProcessSpec => {
    const confinement: Confinement = {
      mounts: [{ path: command.home, writable: true }, ...command.mounts],
      network: command.network,
      env: innerEnvironment(innerPath(settings, system), command),
      cwd: command.cwd,
      isInit: command.isInit ?? false,
    };
    return {
      argv: ["bwrap", ...bubblewrapArguments(system, confinement), ...command.argv],
      env: { PATH: settings.path },
      cwd: "/",
    };
  };
  if (!(await works(settings, wrap))) return { refusal: MISSING };
  return openRoom("bubblewrap", wrap);
}

function openRoom(kind: Sandbox["kind"], specify: (command: SandboxedCommand) => ProcessSpec): Sandbox {
  return {
    kind,
    run: (command, limits) => runProcess(specify(command), limits),
    start: (command) => {
      const spec = specify(command);
      const [program, ...args] = spec.argv;
      return spawn(program, args, { cwd: spec.cwd, env: spec.env, stdio: ["pipe", "pipe", "pipe"], detached: true });
    },
  };
}

/** All that a command inside learns of the environment. There is no way to pass the runner's own along. */
function innerEnvironment(searchPath: string, command: SandboxedCommand): Record<string, string> {
  return {
    PATH: searchPath,
    HOME: command.home,
    USER: "agent",
    TMPDIR: "/tmp",
    LANG: "C.UTF-8",
    TERM: "dumb",
    CI: "true",
    NO_COLOR: "1",
    ...command.env,
  };
}

function plain(settings: SandboxSettings, command: SandboxedCommand): ProcessSpec {
  return { argv: command.argv, env: innerEnvironment(settings.path, command), cwd: command.cwd };
}

/** Of the machine's PATH, what can be seen inside; always the system's own directories. */
function innerPath(settings: SandboxSettings, system: System): string {
  const visible = [...system.paths.map((entry) => entry.path)];
  const kept = settings.path
    .split(path.delimiter)
    .filter((directory) => visible.some((root) => directory === root || directory.startsWith(`${root}/`)));
  return [...new Set([...kept, "/usr/local/bin", "/usr/bin", "/bin"])].join(path.delimiter);
}

async function inspect(settings: SandboxSettings): Promise<System> {
  const etc = path.join(settings.scratch, "etc");
  await mkdir(etc, { recursive: true });
  const files = {
    passwd: "agent:x:1000:1000::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n",
    group: "agent:x:1000:\nnogroup:x:65534:\n",
    hosts: "127.0.0.1 localhost sandbox\n::1 localhost\n",
  };
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(etc, name), content);
  const candidates = [...SYSTEM_ROOTS, ...SYSTEM_ETC, ...settings.readable];
  const found = await Promise.all(candidates.map(systemPath));
  return {
    paths: found.flatMap((entry) => (entry === null ? [] : [entry])),
    files: Object.keys(files).map((name) => ({ from: path.join(etc, name), to: `/etc/${name}` })),
    resolver: await realpath("/etc/resolv.conf").catch(() => null),
    canDisableNesting: await canDisableNesting(settings),
  };
}

async function systemPath(candidate: string): Promise<SystemPath | null> {
  const exists = await stat(candidate).then(
    () => true,
    () => false,
  );
  if (!exists) return null;
  // A link such as /bin -> usr/bin stays a link; one out of /etc is bound as the file that it leads to.
  const isTopLevel = path.dirname(candidate) === "/";
  const linkTo = isTopLevel ? await readlink(candidate).catch(() => null) : null;
  return { path: candidate, linkTo };
}

async function canDisableNesting(settings: SandboxSettings): Promise<boolean> {
  const help = await runProcess(
    { argv: ["bwrap", "--help"], env: { PATH: settings.path }, cwd: "/" },
    { timeoutMs: PROBE_MS_MAX },
  ).catch(() => null);
  return help?.output.includes("--disable-userns") ?? false;
}

async function works(settings: SandboxSettings, wrap: (command: SandboxedCommand) => ProcessSpec): Promise<boolean> {
  const probe = wrap({ argv: ["true"], cwd: "/", home: settings.scratch, mounts: [], network: "none" });
  const outcome = await runProcess(probe, { timeoutMs: PROBE_MS_MAX }).catch(() => null);
  return outcome?.exitCode === 0;
}
