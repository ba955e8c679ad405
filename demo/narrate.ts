// Tells the main job as it happens: who does what, when, what it cost, and where to look.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { money } from "../src/core/render-format.ts";
import { startMessagesServer } from "../test/support/messages-server/server.ts";
import { eventually } from "./eventually.ts";
import { SHOP_SCRIPT } from "./script.ts";
import { SHOP_CONFIG, SHOP_FILES, SHOP_ISSUE } from "./shop.ts";
import { FULL_NAME, type ModelAccess, OWNER, REPOSITORY, startWorld, type World } from "./world.ts";

export interface DemoOptions {
  readonly keep: boolean;
  /** A local checkout to run on instead of the shop. */
  readonly repository: string | null;
  /** A Markdown file: its first line is the title, the rest the body. */
  readonly issue: string | null;
  readonly port: number | null;
  readonly apiKey: string | null;
  readonly baseUrl: string | null;
}

/** How long each step may take before the demonstration is given up. */
const STEP_MS_MAX = 60_000;
const REAL_STEP_MS_MAX = 45 * 60_000;
const SCRIPTED_KEY = "scripted-model-key-0001";

const ref = { owner: OWNER, repo: REPOSITORY } as const;

/** @returns the process's exit status: 0 when the pull request was merged and the issue closed */
export async function narrate(options: DemoOptions): Promise<number> {
  const startedAt = Date.now();
  const tell = (line: string): void => {
    process.stdout.write(`${((Date.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${line}\n`);
  };
  const isScripted = options.apiKey === null;
  if (isScripted && options.repository !== null) {
    process.stderr.write(
      "A scripted model only knows the shop: set ANTHROPIC_API_KEY to run on your own repository.\n",
    );
    return 2;
  }
  const scripted = isScripted ? await startMessagesServer({ script: SHOP_SCRIPT, apiKey: SCRIPTED_KEY }) : null;
  const model: ModelAccess =
    scripted === null
      ? { baseUrl: options.baseUrl, apiKey: options.apiKey ?? "" }
      : { baseUrl: scripted.url, apiKey: SCRIPTED_KEY };
  tell(
    isScripted ? "The model is SCRIPTED: its words are fixed, everything else is real." : "The model is the real one.",
  );
  const world = await startWorld({
    model,
    files: options.repository === null ? SHOP_FILES : filesBelow(options.repository),
    config: configOf(options.repository),
    ...(options.port === null ? {} : { port: options.port }),
  });
  let status = 1;
  try {
    status = await story(world, options, tell, isScripted ? STEP_MS_MAX : REAL_STEP_MS_MAX);
  } catch (error) {
    tell(`It did not get there: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (options.keep) {
    tell(`All is left running: ${world.hub.url} (GitHub), ${world.app.url}/health (app). Ctrl-C ends it.`);
    await new Promise<void>((resolve) => process.once("SIGINT", () => resolve()));
  }
  await world.close();
  await scripted?.close();
  return status;
}

type Tell = (line: string) => void;

async function story(world: World, options: DemoOptions, tell: Tell, patienceMs: number): Promise<number> {
  const { hub } = world;
  const alice = world.as("alice");
  const wait = <T>(what: string, look: () => Promise<T | null>): Promise<T> => eventually(what, patienceMs, look);
  tell(`GitHub (emulated): ${hub.url}/${FULL_NAME}   app: ${world.app.url}`);

  const { title, body } = options.issue === null ? SHOP_ISSUE : issueIn(options.issue);
  const { data: issue } = await alice.rest.issues.create({ ...ref, title, body });
  const url = `${hub.url}/${FULL_NAME}/issues/${issue.number}`;
  tell(`alice opens issue ${issue.number}: “${title}”   ${url}`);
  await alice.rest.issues.addLabels({ ...ref, issue_number: issue.number, labels: ["task:queued"] });
  tell("alice puts the label task:queued on it");

  const labels = async (): Promise<readonly string[]> => {
    const { data } = await alice.rest.issues.get({ ...ref, issue_number: issue.number });
    return data.labels.map((label) => (typeof label === "string" ? label : (label.name ?? "")));
  };
  const reaches = (state: string) =>
    wait(`the issue gets the label task:${state}`, async () => {
      const now = await labels();
      if (now.includes("task:needs-human") && state !== "needs-human")
        throw new Error(`the task stopped and asks a person: ${url}`);
      return now.includes(`task:${state}`) || (state === "claimed" && now.includes("task:review")) ? now : null;
    });
  await reaches("claimed");
  const claim = await wait("the claim comment", async () => {
    const { data } = await alice.rest.issues.listComments({ ...ref, issue_number: issue.number });
    return data.find((comment) => comment.body?.startsWith("<!-- signalbox:claim") === true) ?? null;
  });
  tell(`claimed: the lease is in the claim comment   ${url}#issuecomment-${claim.id}`);

  const run = await wait("a workflow run", async () => {
    const { data } = await alice.rest.actions.listWorkflowRunsForRepo({ ...ref, event: "workflow_dispatch" });
    return data.workflow_runs[0] ?? null;
  });
  tell(`dispatched: GitHub Actions run ${run.id}   ${run.html_url}`);
  const stopTelling = world.app.app.live.subscribe(({ phase, status, cost }) =>
    tell(`  ${phase} ${status}${cost > 0 ? `, ${money(cost)} so far` : ""}`),
  );
  await reaches("review");
  stopTelling();

  const pull = await wait("the pull request", async () => {
    const { data } = await alice.rest.pulls.list({ ...ref, state: "open" });
    return data[0] ?? null;
  });
  tell(`pull request ${pull.number}: “${pull.title}”   ${hub.url}/${FULL_NAME}/pull/${pull.number}`);
  await wait("every check of the head to end", async () => {
    const { data } = await alice.rest.checks.listForRef({ ...ref, ref: pull.head.sha });
    const done = data.check_runs.length > 1 && data.check_runs.every((check) => check.status === "completed");
    if (!done) return null;
    for (const check of data.check_runs) tell(`  check ${check.name}: ${check.conclusion}`);
    return true;
  });

  await alice.rest.issues.createComment({ ...ref, issue_number: pull.number, body: "/task accept" });
  tell("alice comments /task accept on the pull request");
  await reaches("done");
  const { data: merged } = await alice.rest.pulls.get({ ...ref, pull_number: pull.number });
  const { data: closed } = await alice.rest.issues.get({ ...ref, issue_number: issue.number });
  tell(
    `merged as ${merged.merge_commit_sha?.slice(0, 7) ?? "?"}; issue ${issue.number} is ${closed.state} (${closed.state_reason ?? "no reason"})`,
  );
  const writes = hub.requests.writes(({ token }) => token.kind === "installation").length;
  tell(`it took ${writes} writes on GitHub, tokens handed back included`);
  await tellLedger(world, issue.number, tell);
  return merged.merged && closed.state === "closed" ? 0 : 1;
}

/** The ledger reads as the task's story: so it is told once more, from git. */
async function tellLedger(world: World, issue: number, tell: Tell): Promise<void> {
  const lines = await world.hub.git(FULL_NAME).log(`refs/heads/signalbox/ledger/${issue}`);
  tell(`the ledger, as git log tells it (refs/heads/signalbox/ledger/${issue}):`);
  for (const { sha, message } of lines.toReversed()) {
    tell(`  ${sha.slice(0, 7)} ${message.split("\n")[0]?.replace(" [skip ci]", "") ?? ""}`);
  }
}

const FILES_MAX = 5_000;

/** Everything in a checkout that git tracks would be in there; what it ignores usually lies in these. */
const LEFT_OUT: ReadonlySet<string> = new Set([".git", "node_modules"]);

function filesBelow(root: string): Readonly<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  const pending = [root];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const entry of readdirSync(directory)) {
      const full = path.join(directory, entry);
      if (LEFT_OUT.has(entry)) continue;
      if (statSync(full).isDirectory()) pending.push(full);
      else files[path.relative(root, full)] = readFileSync(full);
      if (Object.keys(files).length > FILES_MAX) throw new Error(`${root} has more than ${FILES_MAX} files`);
    }
  }
  return files;
}

function configOf(root: string | null): string {
  const file = root === null ? null : path.join(root, ".github/signalbox.yml");
  if (file !== null && existsSync(file)) return readFileSync(file, "utf8");
  return root === null ? SHOP_CONFIG : "checks: none\n";
}

function issueIn(file: string): { readonly title: string; readonly body: string } {
  const [first = "", ...rest] = readFileSync(file, "utf8").split("\n");
  return { title: first.replace(/^#+\s*/, "").trim(), body: rest.join("\n").trim() };
}
