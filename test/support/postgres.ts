// A PostgreSQL of one's own: started in a temporary directory on a free port of loopback, gone with the test. Without
// PostgreSQL's programs the tests that need it fail with a sentence that says what to install; they are never skipped.

import { execFile, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { eventually } from "../../demo/eventually.ts";

const DEBIAN = "/usr/lib/postgresql";
const START_MS_MAX = 20_000;
/** Somebody else may take the free port before PostgreSQL does. */
const TRIES_MAX = 3;

export interface Postgres {
  /** A new, empty database. @returns its DATABASE_URL */
  database(): Promise<string>;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root: then it runs as the user that the package made. */
interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

/** @param isDurable false: commits need not reach the disk, which makes tests quick */
export async function startPostgres({ isDurable = false } = {}): Promise<Postgres> {
  const bin = programs();
  const owner = ownerOf();
  const home = mkdtempSync(path.join(tmpdir(), "postgres-"));
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(home, owner.uid, owner.gid);
  const data = path.join(home, "data");
  await promisify(execFile)(
    path.join(bin, "initdb"),
    ["-D", data, "-U", "signalbox", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    { ...owner, cwd: home },
  );
  for (let tries = 1; ; tries += 1) {
    const started = await start({ bin, data, home, owner, isDurable });
    if (started !== null) return started;
    if (tries === TRIES_MAX) throw new Error(`PostgreSQL did not start ${TRIES_MAX} times in a row; see ${home}`);
  }
}

interface Place {
  readonly bin: string;
  readonly data: string;
  readonly home: string;
  readonly owner: Owner;
  readonly isDurable: boolean;
}

async function start({ bin, data, home, owner, isDurable }: Place): Promise<Postgres | null> {
  const port = await freePort();
  const settings = ["listen_addresses=127.0.0.1", `unix_socket_directories=${home}`, "max_connections=200"];
  const quick = isDurable ? [] : ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
  const server = spawn(
    path.join(bin, "postgres"),
    ["-D", data, "-p", `${port}`, ...[...settings, ...quick].flatMap((one) => ["-c", one])],
    { ...owner, cwd: home, stdio: "ignore" },
  );
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const end = () => server.kill("SIGQUIT");
  process.once("exit", end);
  const url = (name: string) => `postgresql://signalbox@127.0.0.1:${port}/${name}`;
  const isUp = await eventually("PostgreSQL answers", START_MS_MAX, async () => {
    if (server.exitCode !== null) return "ended";
    return (await ask(url("postgres"), "select 1").catch(() => null)) === null ? null : "up";
  });
  if (isUp === "ended") return null;
  let databases = 0;
  return {
    async database() {
      databases += 1;
      await ask(url("postgres"), `create database test_${databases}`);
      return url(`test_${databases}`);
    },
    async stop() {
      process.off("exit", end);
      end();
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function ask(url: string, sql: string): Promise<true> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    await client.query(sql);
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function programs(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const newest = versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => path.join(DEBIAN, version, "bin"));
  const found = [...newest, ...(process.env["PATH"] ?? "").split(path.delimiter)].find(
    (directory) => existsSync(path.join(directory, "initdb")) && existsSync(path.join(directory, "postgres")),
  );
  if (found === undefined)
    throw new Error("PostgreSQL's server programs are missing: install them (on Debian, apt-get install postgresql)");
  return found;
}

function ownerOf(): Owner {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => {
    try {
      return Number(execFileSync("id", [flag, "postgres"], { stdio: ["ignore", "pipe", "ignore"] }).toString());
    } catch {
      throw new Error("PostgreSQL does not run as root and there is no user postgres: install the package postgresql");
    }
  };
  return { uid: id("-u"), gid: id("-g") };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
