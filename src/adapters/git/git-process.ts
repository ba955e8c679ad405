// Runs the git program with everything switched off that a hostile repository could use: hooks, file watchers, filters,
// submodules, foreign protocols, other people's configuration. Knows no workflow; what to run is the caller's matter.

import { execFile } from "node:child_process";

/** Longest that one git command may take, in milliseconds: a clone of a large repository fits. */
const GIT_TIMEOUT_MS = 300_000;
/** Most output that is kept of one git command, in bytes: a diff of the largest publishable change fits. */
const GIT_OUTPUT_BYTES_MAX = 32 * 1024 * 1024;

/** A token for one remote; it travels in the environment of the git process and is never written to a disk. */
export interface GitCredential {
  /** The header is sent to this URL and what lies below it, nowhere else. */
  readonly url: string;
  readonly token: string;
}

export interface GitCall {
  readonly args: readonly string[];
  readonly gitDir?: string;
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly credential?: GitCredential;
  /** `file` is for a bundle or a local remote and must be asked for. */
  readonly protocols?: readonly ("http" | "https" | "file")[];
}

export interface GitAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Git {
  /** @returns what the command printed, whatever its exit code */
  ask(call: GitCall): Promise<GitAnswer>;
  /** @returns standard output; throws a GitError on any other exit code than 0 */
  run(call: GitCall): Promise<string>;
  /** Like {@link Git.run}, for output that is no text. */
  bytes(call: GitCall): Promise<Buffer>;
}

/** Complaints of git that stay the same however often one asks. */
const FINAL =
  /not our ref|couldn't find remote ref|unadvertised object|does not appear to be a git repository|Authentication failed|returned error: 40[134]/i;

export class GitError extends Error {
  readonly exitCode: number;
  /** Another try may succeed. */
  readonly mayPass: boolean;
  constructor(verb: string, answer: GitAnswer) {
    super(`git ${verb} ended with ${answer.exitCode}: ${answer.stderr.trim().slice(0, 500)}`);
    this.exitCode = answer.exitCode;
    this.mayPass = !FINAL.test(answer.stderr);
  }
}

const HARDENED: readonly (readonly [key: string, value: string])[] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.untrackedCache", "false"],
  ["core.alternateRefsCommand", ""],
  ["core.autocrlf", "false"],
  ["submodule.recurse", "false"],
  ["fetch.recurseSubmodules", "false"],
  ["diff.ignoreSubmodules", "all"],
  ["diff.external", ""],
  ["filter.lfs.smudge", ""],
  ["filter.lfs.clean", ""],
  ["filter.lfs.process", ""],
  ["filter.lfs.required", "false"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["credential.helper", ""],
  ["protocol.allow", "never"],
];

function configuration(call: GitCall): readonly (readonly [string, string])[] {
  const protocols = (call.protocols ?? []).map((name) => [`protocol.${name}.allow`, "always"] as const);
  if (call.credential === undefined) return [...HARDENED, ...protocols];
  const basic = Buffer.from(`x-access-token:${call.credential.token}`).toString("base64");
  return [...HARDENED, ...protocols, [`http.${call.credential.url}.extraheader`, `Authorization: Basic ${basic}`]];
}

function environment(path: string, call: GitCall): Record<string, string> {
  const settings = configuration(call);
  const numbered = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return {
    PATH: path,
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "true",
    ...(call.gitDir === undefined ? {} : { GIT_DIR: call.gitDir }),
    ...call.env,
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(numbered),
  };
}

/**
 * @param path directories in which git and what it calls are looked for, as in `PATH`
 */
export function createGit(path: string): Git {
  const answer = (call: GitCall): Promise<GitAnswer & { readonly bytes: Buffer }> =>
    new Promise((resolve, reject) => {
      const child = execFile(
        "git",
        [...call.args],
        {
          env: environment(path, call),
          encoding: "buffer",
          timeout: GIT_TIMEOUT_MS,
          killSignal: "SIGKILL",
          maxBuffer: GIT_OUTPUT_BYTES_MAX,
          ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
        },
        (error, bytes, complaint) => {
          const texts = { stdout: bytes.toString("utf8"), stderr: complaint.toString("utf8"), bytes };
          if (error === null) resolve({ exitCode: 0, ...texts });
          else if (typeof error.code === "number") resolve({ exitCode: error.code, ...texts });
          else reject(new Error(`git ${call.args[0] ?? ""} did not end: ${error.code ?? error.signal ?? "unknown"}`));
        },
      );
      // Git may end before it has read everything; its exit code says what happened.
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(call.input ?? "");
    });
  const succeed = async (call: GitCall): Promise<GitAnswer & { readonly bytes: Buffer }> => {
    const given = await answer(call);
    if (given.exitCode !== 0) throw new GitError(call.args[0] ?? "", given);
    return given;
  };
  return {
    ask: answer,
    run: async (call) => (await succeed(call)).stdout,
    bytes: async (call) => (await succeed(call)).bytes,
  };
}
