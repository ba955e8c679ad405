// What hostile code in the sandbox tries. Every row runs for real; the last group proves that the same attempts succeed
// without the sandbox, so that a row that stopped trying would be noticed.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CANARY, createSandboxStage, type SandboxStage } from "../../support/sandbox-stage.ts";

let stage: SandboxStage;
/** Lies in the machine's own temporary directory, wherever this checkout is. */
let hostTemporary: string;
beforeAll(async () => {
  stage = await createSandboxStage();
  hostTemporary = mkdtempSync("/tmp/signalbox-host-");
});
afterAll(async () => {
  rmSync(hostTemporary, { recursive: true });
  await stage.close();
});

type Attempt = readonly [what: string, command: (stage: SandboxStage) => string];

const THEFTS: readonly Attempt[] = [
  ["prints its environment", () => "env; set; export -p"],
  ["reads the environment of every process it sees", () => "cat /proc/*/environ | tr '\\0' '\\n'"],
  [
    "reads the runner's environment by its process id",
    () => `cat /proc/${process.pid}/environ /proc/${process.ppid}/environ | tr '\\0' '\\n'`,
  ],
  [
    "reads what the tool host inherited",
    () => "cat /proc/$PPID/environ | tr '\\0' '\\n'; ls -l /proc/$PPID/fd; cat /proc/1/cmdline | tr '\\0' ' '",
  ],
  ["reads a file of the runner", (at) => `cat ${at.outside}/key; ls -laR ${path.dirname(at.outside)}`],
  ["follows a link out of the worktree", (at) => `ln -sf ${at.outside}/key link && cat link`],
  ["climbs out with dots", () => "cat ../outside/key ../../*/outside/key ../../../*/outside/key"],
  [
    "looks through the root of another process",
    (at) => `cat /proc/1/root${at.outside}/key /proc/self/root${at.outside}/key /proc/1/cwd/../outside/key`,
  ],
  [
    "searches the whole disk",
    () =>
      "grep -rs canary-7f3a --include=key / 2>/dev/null | head -3; find / -name key -size -1k -path '*outside*' 2>/dev/null -exec cat {} +",
  ],
  ["mounts the disk again", (at) => `mkdir -p m; mount --bind / m; mount -t proc proc m; cat m${at.outside}/key`],
  [
    "makes a namespace of its own to get power",
    (at) => `unshare -Urm bash -c 'mount --bind / /tmp; cat /tmp${at.outside}/key'`,
  ],
  ["calls the runner over the loopback", (at) => `exec 3<>/dev/tcp/127.0.0.1/${at.port}; cat <&3`],
  [
    "calls the runner over a socket file",
    (at) =>
      `curl -s --max-time 3 --unix-socket ${at.socket} http://x/; python3 -c "import socket; s=socket.socket(socket.AF_UNIX); s.connect('${at.socket}'); print(s.recv(99))"`,
  ],
  [
    "asks the machine's Docker",
    () =>
      "curl -s --max-time 3 --unix-socket /var/run/docker.sock http://x/info; ls /var/run/docker.sock /run/docker.sock",
  ],
  [
    "reads the disk below the file system",
    () => "cat /dev/sda /dev/vda /dev/mem /dev/kmem | strings | grep canary-7f3a | head -1",
  ],
  [
    "traces the runner",
    () =>
      `python3 -c "import ctypes; print(ctypes.CDLL(None).ptrace(16, ${process.pid}, 0, 0))"; cat /proc/${process.pid}/mem`,
  ],
];

const REFUSED: readonly (readonly [what: string, command: (stage: SandboxStage) => string, says: RegExp])[] = [
  ["has no network", () => "exec 3<>/dev/tcp/1.1.1.1/80 && echo connected", /unreachable/i],
  ["cannot resolve a name", () => "getent hosts example.com && echo resolved; echo code $?", /code 2/],
  [
    "sees no interface but the loopback",
    () => "cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' ' | tr '\\n' ' '",
    /^lo\s*$/,
  ],
  ["cannot change the system", () => "touch /usr/x /etc/x /x /bin/x", /Read-only file system/],
  ["cannot kill the runner", () => `kill -9 ${process.pid}`, /No such process/],
  [
    "has no powers",
    () => "grep -E '^(CapEff|NoNewPrivs|Uid)' /proc/self/status",
    /Uid:\s+1000[\s\S]*CapEff:\s+0000000000000000\nNoNewPrivs:\s+1/,
  ],
  ["sees only its own processes", () => "ls /proc | grep -cE '^[0-9]+$'", /^[1-9]$/],
  [
    "cannot read the machine's passwords",
    () => "cat /etc/shadow /root/.ssh/id_rsa /etc/ssl/private/*; ls /root /home /mnt /srv /run",
    /No such file/,
  ],
  ["has a temporary directory of its own", () => `ls ${hostTemporary}`, /No such file/],
];

describe("hostile code", () => {
  it.each(THEFTS)("%s and learns nothing", async (_what, command) => {
    const before = stage.connections();
    const told = await stage.bash(command(stage));
    expect(told).not.toContain(CANARY);
    expect(stage.connections()).toBe(before);
  });

  it.each(REFUSED)("%s", async (_what, command, says) => {
    expect(await stage.bash(command(stage))).toMatch(says);
  });

  it("changes nothing outside of the worktree", async () => {
    const before = readdirSync(stage.root);
    await stage.bash(
      `echo x > ${stage.outside}/new; rm -rf ${stage.outside} ${stage.root}/scratch; echo x > ${stage.root}/new; mkdir ${stage.root}/dir`,
    );
    expect(readdirSync(stage.root)).toEqual(before);
    expect(readFileSync(path.join(stage.outside, "key"), "utf8")).toBe(CANARY);
    expect(existsSync(path.join(stage.outside, "new"))).toBe(false);
  });

  it("cannot write through a link that the repository brought along", async () => {
    symlinkSync(stage.outside, path.join(stage.tree, "away"));
    const host = stage.host();
    const written = await host.call("write", { path: "away/owned", content: "x" }, 5_000);
    expect(written.ok).toBe(false);
    expect((await host.call("read", { path: "away/key" }, 5_000)).text).not.toContain(CANARY);
    expect(existsSync(path.join(stage.outside, "owned"))).toBe(false);
  });

  it("cannot change a worktree that it may only read", async () => {
    mkdirSync(path.join(stage.tree, "fixed"));
    writeFileSync(path.join(stage.tree, "fixed/a.txt"), "before");
    const host = stage.host("read");
    const tried = [
      await host.call("write", { path: "fixed/a.txt", content: "after" }, 5_000),
      await host.call("edit", { path: "fixed/a.txt", old: "before", new: "after" }, 5_000),
      await host.call("bash", { command: "echo after > fixed/a.txt; chmod 777 fixed/a.txt; rm -rf fixed" }, 5_000),
    ];
    expect(tried.map((answer) => answer.text)).toEqual([
      "the tool failed (EROFS)",
      "the tool failed (EROFS)",
      expect.stringContaining("Read-only file system"),
    ]);
    expect(readFileSync(path.join(stage.tree, "fixed/a.txt"), "utf8")).toBe("before");
  });
});

describe("without a sandbox", () => {
  let open: SandboxStage;
  beforeAll(async () => {
    open = await createSandboxStage("none");
  });
  afterAll(() => open.close());

  it.each(
    THEFTS.filter(([what]) => /reads a file|follows a link|climbs out|over the loopback|over a socket/.test(what)),
  )("it %s and gets it", async (_what, command) => {
    expect(await open.bash(command(open))).toContain(CANARY);
  });

  it("still passes no environment on", async () => {
    expect(await open.bash("env")).not.toContain(CANARY);
  });
});

it("shares the network only when asked", async () => {
  const told = await stage.bash(`exec 3<>/dev/tcp/127.0.0.1/${stage.port}; cat <&3`, "host");
  expect(told).toContain(CANARY);
});
