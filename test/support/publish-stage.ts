// A stage for the publish job: a local repository as the remote, a clone in which attempts and attacks are made, and the
// artifact of a work job. What the ledger would be told is caught at the port.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createGit } from "../../src/adapters/git/git-process.ts";
import type { RunResult } from "../../src/core/result.ts";
import { NO_USAGE } from "../../src/core/task.ts";
import type { Published, PublishInput } from "../../src/reconcile/publish.ts";
import { publishRun } from "../../src/runner/publish-run.ts";
import { createRepository } from "./runner-stage.ts";
import { createVirtualClock } from "./virtual-clock.ts";

export const TOKEN = "a".repeat(40);
export const WRITE_TOKEN = "ghs_thewritetoken0123456789abcdefghijklm";
const RUN = { id: 99, attempt: 1 };
const SUBMITTED: Published = { move: "submit", pullRequest: 8, refusal: null };

export type PublishStage = ReturnType<typeof createPublishStage>;

export function createPublishStage() {
  const root = mkdtempSync(path.join(tmpdir(), "signalbox-publish-"));
  const repository = createRepository(root, { "sum.js": "old\n", ".github/signalbox.yml": "{}\n" });
  const work = path.join(root, "work");
  const artifact = path.join(root, "artifact");
  mkdirSync(artifact);
  execFileSync("git", ["clone", "--quiet", repository.url, work]);
  const events: string[] = [];

  const gitWith = (input: string | undefined, ...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.com", "-C", work, ...args], {
      encoding: "utf8",
      ...(input === undefined ? {} : { input }),
    }).trim();
  const git = (...args: string[]): string => gitWith(undefined, ...args);

  const resultOf = (head: string | null, more: Partial<RunResult> = {}): RunResult => ({
    v: 1,
    repository: "acme/sum",
    issue: 7,
    token: TOKEN,
    run: RUN,
    exit: "done",
    reason: "",
    summary: "Did it.",
    question: null,
    phases: [],
    base: "main",
    baseSha: repository.base,
    head,
    evidence: [],
    usage: NO_USAGE,
    pullRequest: { title: "Do it", body: "Done." },
    ...more,
  });
  const leave = (result: unknown): void =>
    writeFileSync(path.join(artifact, "result.json"), typeof result === "string" ? result : JSON.stringify(result));
  const bundle = (head: string, from: string = repository.base, ref = "refs/signalbox/head"): void => {
    git("update-ref", ref, head);
    git("bundle", "create", "--quiet", path.join(artifact, "work.bundle"), ref, `^${from}`);
  };

  return {
    repository,
    work,
    artifact,
    events,
    git,
    gitWith,
    resultOf,
    leave,
    bundle,
    /** Commits files on top of what is checked out. */
    commit(files: Readonly<Record<string, string>>): string {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
        writeFileSync(path.join(work, name), content);
      }
      git("add", "--all", "--force");
      git("commit", "--quiet", "--allow-empty", "--message", "Work");
      return git("rev-parse", "HEAD");
    },
    backToBase: () => void git("checkout", "--quiet", "--detach", repository.base),
    pushTo: (branch: string) => void git("push", "--quiet", "origin", `HEAD:refs/heads/${branch}`),
    /** Leaves a head with its bundle and a result that names it. */
    leaveWork(head: string, more: Partial<RunResult> = {}): void {
      bundle(head);
      leave(resultOf(head, more));
    },
    /** Runs the job. @returns what the ledger is told, and what was wrong with the artifact */
    async run(given: { config?: unknown; enter?: () => Promise<Published> } = {}) {
      const told: PublishInput[] = [];
      const end = await publishRun(
        {
          git: createGit(process.env["PATH"] ?? ""),
          clock: createVirtualClock(0),
          buyToken: async () => ({
            writeToken: WRITE_TOKEN,
            writer: { id: 1, login: "signalbox[bot]", isBot: true },
            config: given.config ?? {},
          }),
          remoteOf: () => ({ url: repository.url, credential: null }),
          enter: async (_grant, input) => {
            told.push(input);
            events.push("entered");
            return given.enter === undefined ? SUBMITTED : given.enter();
          },
          tellPublished: async () => void events.push("told the app"),
          revoke: async (token) => void events.push(token === WRITE_TOKEN ? "revoked" : "revoked another token"),
        },
        { repository: "acme/sum", issue: 7, token: TOKEN, run: RUN, artifact, root: path.join(root, "job") },
      );
      return { told: told[0], problem: "problem" in end ? end.problem : null };
    },
    /** Refs and commits in the staging area of the remote. */
    staged: () => repository.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/signalbox"),
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}
