// What one task costs and how long its claim takes, against the emulated GitHub with pacing off.

import { eventually } from "../demo/eventually.ts";
import { SHOP_SCRIPT } from "../demo/script.ts";
import { SHOP_CONFIG, SHOP_FILES, SHOP_ISSUE } from "../demo/shop.ts";
import { OWNER, REPOSITORY, startWorld, type World } from "../demo/world.ts";
import { DEFAULT_CONFIG } from "../src/core/config.ts";
import { labelDefinitions } from "../src/core/labels.ts";
import { startMessagesServer } from "../test/support/messages-server/server.ts";
import { median, quantile, table } from "./numbers.ts";

const ref = { owner: OWNER, repo: REPOSITORY } as const;
const CLAIMS = 30;
const PATIENCE_MS = 120_000;
const KEY = "scripted-model-key-0001";

async function createLabels(world: World): Promise<void> {
  for (const { name, colour, description } of labelDefinitions(DEFAULT_CONFIG))
    await world.as("alice").rest.issues.createLabel({ ...ref, name, color: colour, description });
}

/** From the answer to the label until the claim comment is written, one task after the other. */
export async function benchClaim(): Promise<void> {
  const world = await startWorld({
    model: { baseUrl: null, apiKey: KEY },
    files: SHOP_FILES,
    config: "checks: none\nlimits: { claimed: 1000 }\nbudget: { task: 1, day: 100000 }\n",
  });
  await createLabels(world);
  const hold = world.hub.actions.holdJob(() => true);
  const alice = world.as("alice");
  const times: number[] = [];
  for (let task = 0; task < CLAIMS; task += 1) {
    const { data } = await alice.rest.issues.create({ ...ref, ...SHOP_ISSUE });
    const began = performance.now();
    await alice.rest.issues.addLabels({ ...ref, issue_number: data.number, labels: ["task:queued"] });
    const until = began + PATIENCE_MS;
    const isClaimed = ({ operation, path, method, status }: (typeof world.hub.requests.entries)[number]) =>
      method === "POST" &&
      status === 201 &&
      operation.endsWith("/comments") &&
      path.endsWith(`/${data.number}/comments`);
    // The log is looked at in this process: asking over HTTP would slow down what is measured. Claim comment, then status.
    while (!world.hub.requests.entries.some(isClaimed)) {
      if (performance.now() > until) throw new Error("no claim comment came");
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    times.push(performance.now() - began);
    await world.app.app.queue.idle();
  }
  hold.release();
  await world.close();
  table(`Label → first comment of the claim, ${CLAIMS} tasks, emulator in the same process, pacing off`, [
    ["p50 ms", "p90 ms", "most ms"],
    [median(times).toFixed(0), quantile(times, 0.9).toFixed(0), Math.max(...times).toFixed(0)],
  ]);
}

/** One task from label to merge with the real action and a scripted model. */
export async function benchCost(): Promise<void> {
  const model = await startMessagesServer({ script: SHOP_SCRIPT, apiKey: KEY });
  const world = await startWorld({
    model: { baseUrl: model.url, apiKey: KEY },
    files: SHOP_FILES,
    config: SHOP_CONFIG,
  });
  await createLabels(world);
  const { hub } = world;
  const alice = world.as("alice");
  const { data: issue } = await alice.rest.issues.create({ ...ref, ...SHOP_ISSUE });
  hub.requests.clear();
  await alice.rest.issues.addLabels({ ...ref, issue_number: issue.number, labels: ["task:queued"] });
  const pull = await eventually("a pull request", PATIENCE_MS, async () => {
    const { data } = await alice.rest.pulls.list({ ...ref, state: "open" });
    return data[0] ?? null;
  });
  await eventually("checks", PATIENCE_MS, async () => {
    const { data } = await alice.rest.checks.listForRef({ ...ref, ref: pull.head.sha });
    return data.check_runs.length > 1 && data.check_runs.every(({ status }) => status === "completed") ? true : null;
  });
  await alice.rest.issues.createComment({ ...ref, issue_number: pull.number, body: "/task accept" });
  await eventually("the merge", PATIENCE_MS, async () => {
    const { data } = await alice.rest.issues.get({ ...ref, issue_number: issue.number });
    return data.state === "closed" ? true : null;
  });
  await hub.idle();
  await world.app.app.queue.idle();
  const own = hub.requests.entries.filter(({ token }) => token.kind === "installation" || token.kind === "jwt");
  const writes = own.filter(
    ({ isWrite, token, operation }) =>
      isWrite && token.kind === "installation" && !operation.includes("/installation/token"),
  );
  const mutations = writes.filter(({ operation }) => operation.startsWith("graphql:"));
  const reads = own.filter(({ isWrite }) => !isWrite);
  const text = await (await fetch(`${world.app.url}/metrics`)).text();
  await world.close();
  await model.close();
  table("One task from label to merge, real action, scripted model", [
    ["what", "count", "bar"],
    ["writes", writes.length, "≤ 25"],
    ["of these GraphQL mutations", mutations.length, ""],
    ["read requests", reads.length, ""],
    ["GraphQL read points", hub.requests.graphqlPoints(), "≤ 60"],
    ["bytes that the app received", spentIn(text, "bytesReceived"), ""],
    ["bytes that the app sent", spentIn(text, "bytesSent"), ""],
  ]);
}

/** Over looks of every kind, from the app's own page of metrics. */
function spentIn(text: string, what: string): string {
  const lines = text
    .split("\n")
    .filter((line) => line.startsWith("signalbox_github_spent_total") && line.includes(`what="${what}"`));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0).toLocaleString("en");
}
