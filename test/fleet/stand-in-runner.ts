// A run without a model: both jobs of the thin workflow in a few lines. It proves who it is with the real OIDC tokens, asks
// the app over the real API, and publishes through the real `publish`; only the work itself is one fixed commit.

import { randomBytes } from "node:crypto";
import { systemClock, systemRandom } from "../../src/adapters/clock.ts";
import { createGovernor } from "../../src/adapters/github/governor.ts";
import { createGithubHub } from "../../src/adapters/github/hub.ts";
import { createTokenOctokit } from "../../src/adapters/github/octokit.ts";
import { stagingRef } from "../../src/core/observation.ts";
import type { RunResult } from "../../src/core/result.ts";
import { NO_USAGE } from "../../src/core/task.ts";
import { publish } from "../../src/reconcile/publish.ts";
import { createAppClient } from "../../src/runner/app-client.ts";
import { identityToken } from "../../src/runner/identity-token.ts";

const given = (name: string): string => process.env[name] ?? "";
const repository = given("INPUT_REPOSITORY");
const issue = Number(given("INPUT_ISSUE"));
const token = given("INPUT_TOKEN");
const run = { id: Number(given("GITHUB_RUN_ID")), attempt: Number(given("GITHUB_RUN_ATTEMPT")) };
const [owner = "", name = ""] = repository.split("/");
const baseUrl = given("GITHUB_API_URL");
const client = createAppClient({
  appUrl: given("INPUT_APP-URL"),
  clock: systemClock,
  identityToken: (signal) =>
    identityToken(
      { url: given("ACTIONS_ID_TOKEN_REQUEST_URL"), token: given("ACTIONS_ID_TOKEN_REQUEST_TOKEN") },
      signal,
    ),
});

if (given("INPUT_MODE") === "work") {
  const grant = await client.bind({ repository, issue, token });
  if ("refused" in grant) throw new Error(grant.refused);
} else await publishWork();

async function publishWork(): Promise<void> {
  const grant = await client.publishToken({ repository, issue, token });
  if ("refused" in grant) throw new Error(grant.refused);
  const octokit = createTokenOctokit({ baseUrl }, grant.writeToken);
  const at = { owner, repo: name };
  const send = async (route: string, more: object): Promise<Record<string, unknown>> => {
    const { data } = await octokit.request(route, { ...at, ...more });
    return data as Record<string, unknown>;
  };
  const base = await send("GET /repos/{owner}/{repo}/commits/{ref}", { ref: "main" });
  const baseSha = String(base["sha"]);
  const tree = await send("POST /repos/{owner}/{repo}/git/trees", {
    base_tree: baseSha,
    tree: [{ path: `work-${issue}.txt`, mode: "100644", type: "blob", content: `done ${issue}\n` }],
  });
  const made = await send("POST /repos/{owner}/{repo}/git/commits", {
    message: `Work on ${issue}`,
    tree: tree["sha"],
    parents: [baseSha],
  });
  const head = String(made["sha"]);
  const staged = { ref: stagingRef(run.id), head };
  await send("POST /repos/{owner}/{repo}/git/refs", { ref: staged.ref, sha: head });
  const result: RunResult = {
    v: 1,
    repository,
    issue,
    token,
    run,
    exit: "done",
    reason: "",
    summary: "Did it.",
    question: null,
    phases: [],
    base: "main",
    baseSha,
    head,
    evidence: [],
    usage: NO_USAGE,
    pullRequest: { title: `Work on ${issue}`, body: "Done." },
  };
  const hub = createGithubHub({
    octokitFor: async () => octokit,
    governor: createGovernor({ clock: systemClock, isPacing: false }),
    writer: grant.writer,
    installedAt: 0,
    clock: systemClock,
    random: systemRandom,
  });
  const log = { info: () => undefined, warn: () => undefined };
  const deps = { hub, log, nonce: () => randomBytes(8).toString("hex") };
  const { refusal } = await publish(deps, { owner, name, issue }, { result, unreadable: null, run, token, staged });
  if (refusal !== null) throw new Error(JSON.stringify(refusal));
  await client.tellPublished({ repository, issue });
}
