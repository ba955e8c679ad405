// The stock git client with a home of its own, for tests that push and fetch.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Clone {
  readonly path: string;
  git(...args: readonly string[]): Promise<string>;
  /** Writes, adds and commits; returns the new SHA. */
  commit(files: Readonly<Record<string, string>>, message: string): Promise<string>;
}

export interface GitClient {
  clone(url: string, name: string, ...options: readonly string[]): Promise<Clone>;
  remove(): void;
}

export function createGitClient(): GitClient {
  const home = mkdtempSync(join(tmpdir(), "git-client-"));
  const env = {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: home,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: "Pat",
    GIT_AUTHOR_EMAIL: "pat@example.com",
    GIT_COMMITTER_NAME: "Pat",
    GIT_COMMITTER_EMAIL: "pat@example.com",
  };
  const git = async (cwd: string, args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await run("git", [...args], { cwd, env, maxBuffer: 64 * 1024 * 1024 });
    return `${stdout}${stderr}`.trim();
  };
  return {
    clone: async (url, name, ...options) => {
      await git(home, ["clone", "--quiet", ...options, url, name]);
      const path = join(home, name);
      return {
        path,
        git: (...args) => git(path, args),
        commit: async (files, message) => {
          for (const [file, text] of Object.entries(files)) {
            mkdirSync(dirname(join(path, file)), { recursive: true });
            writeFileSync(join(path, file), text);
          }
          await git(path, ["add", "-A"]);
          await git(path, ["commit", "--quiet", "--allow-empty", "-m", message]);
          return git(path, ["rev-parse", "HEAD"]);
        },
      };
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
