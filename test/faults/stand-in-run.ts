// A stand-in for the machines of Actions: workflow jobs that the emulator really starts stop at a step of theirs, and this
// does what they would do, in this process: the runner's own client, OIDC tokens of the job, the real publish. No model.

import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Emulator } from "signalbox-emulator";
import { createGovernor } from "../../src/adapters/github/governor.ts";
import { createGithubHub } from "../../src/adapters/github/hub.ts";
import { createTokenOctokit } from "../../src/adapters/github/octokit.ts";
import type { TaskView } from "../../src/core/api.ts";
import { stagingRef } from "../../src/core/observation.ts";
import type { RunResult } from "../../src/core/result.ts";
import { NO_USAGE } from "../../src/core/task.ts";
import { publish } from "../../src/reconcile/publish.ts";
import { createAppClient } from "../../src/runner/app-client.ts";
import { identityToken } from "../../src/runner/identity-token.ts";
import { revokeToken } from "../../src/runner/revoke-token.ts";
import type { VirtualTime } from "./virtual-time.ts";

const job = (name: string) => `name: ${name}
on:
  workflow_call:
    inputs:
      repository: { type: string, required: true }
      issue: { type: string, required: true }
      token: { type: string, required: true }
jobs:
  ${name}:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
    steps:
      - name: tell
        run: printf '%s\\n' "$ACTIONS_ID_TOKEN_REQUEST_URL" "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" "\${{ inputs.repository }}" "\${{ inputs.issue }}" "\${{ inputs.token }}" > "$DESK/$GITHUB_RUN_ID.${name}"
      - name: act
        run: "true"
`;

/** The workflows of a repository whose runs are stood in for. */
export const RUN_WORKFLOWS = {
  ".github/workflows/signalbox.yml": `name: signalbox
run-name: signalbox \${{ inputs.repository }}#\${{ inputs.issue }} \${{ inputs.token }}
on:
  workflow_dispatch:
    inputs:
      repository: { required: true }
      issue: { required: true }
      token: { required: true }
permissions: {}
jobs:
  work:
    uses: ./.github/workflows/work.yml
    permissions: { id-token: write }
    with: { repository: "\${{ inputs.repository }}", issue: "\${{ inputs.issue }}", token: "\${{ inputs.token }}" }
  publish:
    needs: work
    if: always()
    uses: ./.github/workflows/publish.yml
    permissions: { id-token: write }
    with: { repository: "\${{ inputs.repository }}", issue: "\${{ inputs.issue }}", token: "\${{ inputs.token }}" }
`,
  ".github/workflows/work.yml": job("work"),
  ".github/workflows/publish.yml": job("publish"),
} as const;

/** What a run did, for a person who reads a failing cell. */
export interface RunStory {
  readonly run: number;
  readonly token: string;
  readonly steps: string[];
}

interface Place {
  readonly runId: number;
  readonly runAttempt: number;
  readonly jobId: number;
  readonly name: "work" | "publish";
}

export interface StandIn {
  /** Goes on with every job that has come to its step. @returns true when there was one */
  step(): boolean;
  /** Jobs that are being acted for now. */
  readonly busy: () => number;
  /** Jobs that come from now on stay where they are, as on machines that hang. */
  pause(): void;
  /** Jobs that come from now on are nobody's. */
  stop(): void;
  readonly runs: readonly RunStory[];
}

export interface StandInOptions {
  readonly hub: Emulator;
  readonly time: VirtualTime;
  readonly appUrl: () => string;
  readonly desk: string;
  /** The change that a run makes: objects on top of where it starts, as they lie in a bundle. @returns their head */
  readonly headOf: (fullName: string, start: string) => Promise<string>;
  readonly random: () => number;
}

export function createStandIn(options: StandInOptions): StandIn {
  const { hub, time, desk } = options;
  mkdirSync(desk, { recursive: true });
  const runs: RunStory[] = [];
  const left = new Map<number, RunResult>();
  let busy = 0;
  let isStopped = false;
  let isPaused = false;
  const waiting: { readonly place: Place; readonly go: () => void }[] = [];

  /** Each hold stops one job, so that each goes on when its own work is done. */
  function watch(): void {
    let isTaken = false;
    const hold = hub.actions.holdJob(({ step: at, runId, runAttempt, jobId, job: name }) => {
      if (at !== "act" || isTaken || isStopped) return false;
      isTaken = true;
      waiting.push({ place: { runId, runAttempt, jobId, name: nameIn(name) }, go: () => hold.release() });
      watch();
      return true;
    });
  }
  watch();

  function step(): boolean {
    if (isPaused) return false;
    const now = waiting.splice(0);
    for (const { place, go } of now) {
      busy += 1;
      void act(place).finally(() => {
        busy -= 1;
        go();
      });
    }
    return now.length > 0;
  }

  async function act(place: Place): Promise<void> {
    const file = readFileSync(path.join(desk, `${place.runId}.${place.name}`), "utf8");
    const [url = "", secret = "", repository = "", issue = "", token = ""] = file.split("\n");
    const story = runs.find(({ run }) => run === place.runId) ?? { run: place.runId, token, steps: [] };
    if (!runs.includes(story)) runs.push(story);
    const about = { repository, issue: Number(issue), token };
    const client = createAppClient({
      appUrl: options.appUrl(),
      clock: time.passing,
      identityToken: (signal) => identityToken({ url, token: secret }, signal),
    });
    const ref = { owner: repository.split("/")[0] ?? "", name: repository.split("/")[1] ?? "", issue: about.issue };
    const run = { id: place.runId, attempt: place.runAttempt };
    try {
      if (place.name === "work") {
        const bound = await client.bind(about);
        story.steps.push("refused" in bound ? `bind refused: ${bound.refused}` : "bound");
        if ("refused" in bound) return;
        await client.reportPhase({ ...about, phase: "build", status: "passed", cost: 1 });
        left.set(place.runId, resultOf(about, run, bound.view, await options.headOf(repository, bound.view.start)));
        return;
      }
      const grant = await client.publishToken(about);
      story.steps.push("refused" in grant ? `publish refused: ${grant.refused}` : "may publish");
      if ("refused" in grant) return;
      const result = left.get(place.runId) ?? null;
      const octokit = createTokenOctokit({ baseUrl: hub.apiUrl }, grant.writeToken);
      const random = { next: options.random };
      const target = createGithubHub({
        octokitFor: async () => octokit,
        governor: createGovernor({ clock: time.passing, isPacing: false }),
        writer: grant.writer,
        installedAt: 0,
        clock: time.passing,
        random,
      });
      const staged = result === null ? null : await stage(grant.writeToken, repository, run.id, result);
      const nonce = () =>
        Math.floor(options.random() * 2 ** 48)
          .toString(16)
          .padStart(16, "0");
      const log = { info: () => undefined, warn: () => undefined };
      const ended = await publish({ hub: target, log, nonce }, ref, { result, unreadable: null, run, token, staged });
      story.steps.push(`published ${ended.move ?? "nothing"} ${ended.refusal?.reason ?? ""}`.trim());
      await client.tellPublished(about);
      await revokeToken(hub.apiUrl, grant.writeToken);
    } catch (error) {
      story.steps.push(`${place.name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** What `git push` of the publish job leaves: the objects are there already, the ref names them. */
  async function stage(token: string, repository: string, runId: number, { head }: RunResult) {
    const ref = stagingRef(runId);
    const response = await fetch(`${hub.apiUrl}/repos/${repository}/git/refs`, {
      method: "POST",
      headers: { authorization: `token ${token}`, "content-type": "application/json", "x-stand-in": "git push" },
      body: JSON.stringify({ ref, sha: head }),
    });
    if (!response.ok) throw new Error(`staging: ${response.status} ${await response.text()}`);
    return { ref, head: head ?? "" };
  }

  function stop(): void {
    isStopped = true;
    for (const { go } of waiting.splice(0)) go();
  }

  const pause = (): void => {
    isPaused = true;
  };

  return { step, stop, pause, busy: () => busy, runs };
}

function nameIn(job: string): Place["name"] {
  return job.includes("publish") ? "publish" : "work";
}

function resultOf(
  about: { readonly repository: string; readonly issue: number; readonly token: string },
  run: RunResult["run"],
  view: TaskView,
  head: string,
): RunResult {
  return {
    v: 1,
    ...about,
    run,
    exit: "done",
    reason: "",
    summary: "The empty list has a sum now.",
    question: null,
    phases: [{ phase: "build", status: "passed", summary: "Done.", rounds: 0 }],
    base: view.base,
    baseSha: view.baseSha,
    head,
    evidence: [{ name: "test", command: "npm test", exitCode: 0, durationMs: 5, logDigest: "0".repeat(64) }],
    usage: { ...NO_USAGE, turns: 1, cost: 10 },
    pullRequest: { title: "Sum the empty list", body: "It is 0." },
  };
}
