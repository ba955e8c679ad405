// The step `publish`: wires the publish job to GitHub and the app.

import { randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import path from "node:path";
import { systemClock, systemRandom } from "../src/adapters/clock.ts";
import { createGit } from "../src/adapters/git/git-process.ts";
import { createGovernor } from "../src/adapters/github/governor.ts";
import { createGithubHub } from "../src/adapters/github/hub.ts";
import { createTokenOctokit } from "../src/adapters/github/octokit.ts";
import type { Hub } from "../src/core/ports.ts";
import { refusalSentence } from "../src/core/render-refusal.ts";
import { publish } from "../src/reconcile/publish.ts";
import { createAppClient } from "../src/runner/app-client.ts";
import { identityToken } from "../src/runner/identity-token.ts";
import { writeGrant } from "../src/runner/ledger-permit.ts";
import { type PublishEnd, type PublishPorts, publishRun, type WriteGrant } from "../src/runner/publish-run.ts";
import { revokeToken } from "../src/runner/revoke-token.ts";
import { type Access, refOf, type StepInputs } from "./inputs.ts";
import { ledgerPorts } from "./ledger-ports.ts";
import { fail, mask, notice, say, warning } from "./workflow-commands.ts";

export async function publishWork(inputs: StepInputs): Promise<void> {
  const { repository, issue, token, run, access } = inputs;
  const shop = access.by === "app" ? appShop(inputs, access) : await jobShop(inputs, access);
  const url = `${inputs.serverUrl}/${repository}.git`;
  const end = await publishRun(
    {
      ...shop,
      git: createGit(inputs.path),
      clock: systemClock,
      remoteOf: (writeToken) => ({ url, credential: { url, token: writeToken } }),
      enter: (grant, input) =>
        publish(
          { hub: hubOf(inputs, grant), log: LOG, nonce: () => randomBytes(8).toString("hex") },
          refOf(inputs),
          input,
        ),
    },
    {
      repository,
      issue,
      token,
      run,
      artifact: inputs.directory,
      root: await mkdtemp(path.join(inputs.temp, "signalbox-")),
    },
  );
  report(inputs, end);
}

/** Where the token comes from, and who is told what became of it. */
type Shop = Pick<PublishPorts, "buyToken" | "tellPublished" | "revoke">;

function appShop({ repository, issue, token, apiUrl }: StepInputs, access: Extract<Access, { by: "app" }>): Shop {
  const client = createAppClient({
    appUrl: access.appUrl,
    clock: systemClock,
    identityToken: async (signal) => {
      const proof = await identityToken(access.identity, signal);
      mask(proof);
      return proof;
    },
  });
  return {
    buyToken: async () => {
      const answer = await client.publishToken({ repository, issue, token });
      if (!("refused" in answer)) mask(answer.writeToken);
      return answer;
    },
    tellPublished: () => client.tellPublished({ repository, issue }),
    revoke: (writeToken) => revokeToken(apiUrl, writeToken),
  };
}

/** The job's own token is all there is: its rights are those of the job, it ends with it, and a job of its own wakes the loop. */
async function jobShop(inputs: StepInputs, access: Extract<Access, { by: "job" }>): Promise<Shop> {
  const { run, token } = inputs;
  const ports = await ledgerPorts(inputs, access);
  return {
    buyToken: () => writeGrant(ports, { ref: refOf(inputs), run, token }),
    tellPublished: async () => undefined,
    revoke: async () => undefined,
  };
}

const LOG = {
  info: (_facts: object, message: string) => say(message),
  warn: (_facts: object, message: string) => warning(message),
};

function hubOf(inputs: StepInputs, grant: WriteGrant): Hub {
  const octokit = createTokenOctokit({ baseUrl: inputs.apiUrl }, grant.writeToken);
  return createGithubHub({
    octokitFor: async () => octokit,
    // A publish is a handful of writes: it obeys GitHub's limits and needs no pace of its own.
    governor: createGovernor({ clock: systemClock, isPacing: false }),
    writer: grant.writer,
    installedAt: 0,
    clock: systemClock,
    random: systemRandom,
  });
}

function report({ repository, issue, access }: StepInputs, end: PublishEnd): void {
  const task = `${repository}#${issue}`;
  if ("refused" in end) {
    notice(`Nothing to publish for ${task}: ${end.refused}`);
    return;
  }
  const { move, pullRequest, refusal } = end.published;
  if (end.problem !== null) warning(`${task}: ${end.problem}`);
  if (move === "submit" && pullRequest === null && access.by === "job")
    warning(
      `${task}: no pull request was opened. Allow GitHub Actions to create pull requests in the repository's settings.`,
    );
  if (refusal === null)
    notice(`${task}: ${move ?? "nothing"}${pullRequest === null ? "" : `, pull request #${pullRequest}`}`);
  else fail(`The work for ${task} was not published. ${refusalSentence(refusal)}`);
}
