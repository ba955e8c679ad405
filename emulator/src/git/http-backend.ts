// `git http-backend` as a CGI program: serves clones and fetches. Pushes never come here (see receive-pack.ts). It asks nobody
// for permission: whoever calls it has decided.
import { spawn } from "node:child_process";
import type { GitRepository } from "./repository.ts";
import { GIT_PATH } from "./run-git.ts";

export interface CgiRequest {
  readonly method: "GET" | "POST";
  /** `/info/refs` or `/git-upload-pack`. */
  readonly path: string;
  readonly query: string;
  readonly contentType: string;
  readonly contentEncoding: string;
  /** The Git-Protocol header. */
  readonly protocol: string;
  readonly body: Buffer;
}
export interface CgiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A fetch that takes longer hangs. */
const FETCH_MS_MAX = 120_000;

function parseCgi(output: Buffer): CgiResponse {
  const split = output.indexOf("\r\n\r\n");
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of output.toString("latin1", 0, Math.max(split, 0)).split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "status") status = Number.parseInt(value, 10);
    else if (name !== "") headers[name] = value;
  }
  return { status, headers, body: output.subarray(split + 4) };
}

/** Runs the CGI program once; answers whole. */
export function httpBackend(repository: GitRepository, request: CgiRequest): Promise<CgiResponse> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["http-backend"], {
      cwd: repository.path,
      env: {
        PATH: GIT_PATH,
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_HTTP_EXPORT_ALL: "1",
        GIT_PROJECT_ROOT: repository.path,
        GIT_PROTOCOL: request.protocol,
        PATH_INFO: request.path,
        REQUEST_METHOD: request.method,
        QUERY_STRING: request.query,
        CONTENT_TYPE: request.contentType,
        CONTENT_LENGTH: String(request.body.length),
        HTTP_CONTENT_ENCODING: request.contentEncoding,
        REMOTE_ADDR: "127.0.0.1",
      },
      timeout: FETCH_MS_MAX,
      killSignal: "SIGKILL",
    });
    const out: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.resume();
    child.on("error", reject);
    child.on("close", () => resolve(parseCgi(Buffer.concat(out))));
    // A client that went away, or a backend that refused early, shows in the answer.
    child.stdin.on("error", () => undefined);
    child.stdin.end(request.body);
  });
}
