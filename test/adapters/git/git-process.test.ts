// Git as this project runs it: a token reaches the server and no disk, and nothing that a repository brings along is executed.

import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createGit, GitError } from "../../../src/adapters/git/git-process.ts";
import { addWorktree, excludePaths, fetchCommits, fileOf } from "../../../src/adapters/git/work-copy.ts";
import { createRepository, type Repository } from "../../support/runner-stage.ts";

const TOKEN = "ghs_areadtoken0123456789";
const git = createGit(process.env["PATH"] ?? "");

let root: string;
let repository: Repository;
let server: Server | null = null;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "signalbox-git-"));
  repository = createRepository(root, { "a.txt": "one\n", "big.md": "x".repeat(200), "dir/b.txt": "two\n" });
});
afterEach(async () => {
  await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  server = null;
  rmSync(root, { recursive: true, force: true });
});

function httpBackend(method: string, pathname: string, query: string, headers: IncomingHttpHeaders) {
  return spawn("git", ["http-backend"], {
    env: {
      PATH: process.env["PATH"] ?? "",
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: pathname,
      QUERY_STRING: query,
      REQUEST_METHOD: method,
      CONTENT_TYPE: headers["content-type"] ?? "",
      GIT_PROTOCOL: String(headers["git-protocol"] ?? ""),
      HTTP_CONTENT_ENCODING: headers["content-encoding"] ?? "",
    },
  });
}

/** GitHub's git over HTTP, as far as asking for the password goes. @returns its address and the headers that it got */
async function serve(): Promise<{ url: string; authorizations: (string | undefined)[] }> {
  const authorizations: (string | undefined)[] = [];
  const wanted = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString("base64")}`;
  const started = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    if (request.headers.authorization !== wanted) {
      response.writeHead(401, { "www-authenticate": "Basic" }).end();
      return;
    }
    const { pathname, search } = new URL(request.url ?? "/", "http://x");
    const backend = httpBackend(request.method ?? "GET", pathname, search.slice(1), request.headers);
    request.pipe(backend.stdin);
    let raw = Buffer.alloc(0);
    backend.stdout.on("data", (chunk: Buffer) => {
      raw = Buffer.concat([raw, chunk]);
    });
    backend.stdout.on("end", () => {
      const split = raw.indexOf("\r\n\r\n");
      for (const line of raw.subarray(0, split).toString().split("\r\n")) {
        const [name = "", value = ""] = line.split(": ");
        if (name === "Status") response.statusCode = Number(value.slice(0, 3));
        else response.setHeader(name, value);
      }
      response.end(raw.subarray(split + 4));
    });
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const address = started.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/origin.git`, authorizations };
}

/** Every file below a directory, as text. */
function everythingIn(directory: string): string {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(directory, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, "latin1"))
    .join("\n");
}

it("a token is sent to its server and written nowhere", async () => {
  const { url, authorizations } = await serve();
  const gitDir = path.join(root, "copy.git");
  await fetchCommits(git, gitDir, { url, credential: { url, token: TOKEN } }, [repository.base]);
  expect(await fileOf(git, gitDir, repository.base, "a.txt", 100)).toBe("one\n");
  expect(new Set(authorizations).size).toBe(1);
  const disk = everythingIn(gitDir);
  expect(disk).not.toContain(TOKEN);
  expect(disk).not.toContain(Buffer.from(`x-access-token:${TOKEN}`).toString("base64"));
  expect(readFileSync(path.join(gitDir, "config"), "utf8")).not.toContain("127.0.0.1");
});

it("a token for one repository is not sent to another", async () => {
  const { url, authorizations } = await serve();
  const foreign = { url, credential: { url: `${new URL(url).origin}/other.git`, token: TOKEN } };
  const error = await fetchCommits(git, path.join(root, "copy.git"), foreign, [repository.base]).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GitError);
  expect(String(error)).not.toContain(TOKEN);
  expect(new Set(authorizations)).toEqual(new Set([undefined]));
});

it("hooks, filters and watchers of a repository are not run", async () => {
  const gitDir = path.join(root, "copy.git");
  const mark = path.join(root, "ran");
  const script = path.join(root, "script.sh");
  writeFileSync(script, `#!/bin/sh\necho ran >> ${mark}\ncat\n`);
  chmodSync(script, 0o755);
  await fetchCommits(git, gitDir, { url: repository.url, credential: null }, [repository.base]);
  mkdirSync(path.join(gitDir, "hooks"), { recursive: true });
  for (const hook of ["post-checkout", "reference-transaction", "post-index-change"]) {
    writeFileSync(path.join(gitDir, "hooks", hook), readFileSync(script));
    chmodSync(path.join(gitDir, "hooks", hook), 0o755);
  }
  execFileSync("git", ["config", "--file", path.join(gitDir, "config"), "core.fsmonitor", script]);
  await addWorktree(git, gitDir, path.join(root, "tree"), repository.base);
  expect(readFileSync(path.join(root, "tree/dir/b.txt"), "utf8")).toBe("two\n");
  expect(existsSync(mark)).toBe(false);
});

it.each([
  ["ext::sh -c 'touch ran'", /transport 'ext' not allowed/],
  ["ssh://127.0.0.1/x", /transport 'ssh' not allowed/],
  ["file:///etc", /transport 'file' not allowed/],
])("the address %s is not followed", async (url, complaint) => {
  await git.run({ args: ["init", "--quiet", "--bare", path.join(root, "copy.git")] });
  await expect(git.run({ args: ["fetch", url], gitDir: path.join(root, "copy.git") })).rejects.toThrow(complaint);
});

it("only small regular files are read out of a commit", async () => {
  const gitDir = repository.url;
  expect(await fileOf(git, gitDir, repository.base, "big.md", 100)).toBeNull();
  expect(await fileOf(git, gitDir, repository.base, "dir", 100)).toBeNull();
  expect(await fileOf(git, gitDir, repository.base, "missing", 100)).toBeNull();
  expect(await fileOf(git, gitDir, repository.base, ":(glob)*", 100)).toBeNull();
});

it("paths are excluded as they are written", async () => {
  const tree = path.join(root, "tree");
  const gitDir = path.join(root, "copy.git");
  await fetchCommits(git, gitDir, { url: repository.url, credential: null }, [repository.base]);
  await addWorktree(git, gitDir, tree, repository.base);
  for (const name of ["#x", "!y", "a*b", "[z]", "with space", "aXb"]) writeFileSync(path.join(tree, name), "");
  await excludePaths(gitDir, ["#x", "!y", "a*b", "[z]", "with space"]);
  expect(execFileSync("git", ["status", "--porcelain"], { cwd: tree, encoding: "utf8" })).toBe("?? aXb\n");
});
