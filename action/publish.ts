// The step `publish`: wires the publish job to GitHub and the app.

import { randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import path from "node:path";
import { systemClock, systemRandom } from "../src/adapters/clock.ts";
import { createGit } from "../src/adapters/git/git-process.ts";
import { createGovernor } from "../src/adapters/github/governor.ts";
import { createGithubHub } from "../src/adapters/github/hub.ts";
import { createTokenOctokit } from "../src/adapters/github/octokit.ts";
import type { Hub, IssueRef } from "../src/core/ports.ts";
import { refusalSentence } from "../src/core/render-refusal.ts";
import { publish } from "../src/reconcile/publish.ts";
import { createAppClient } from "../src/runner/app-client.ts";
import { identityToken } from "../src/runner/identity-token.ts";
import { type PublishEnd, publishRun, type WriteGrant } from "../src/runner/publish-run.ts";
import { revokeToken } from "../src/runner/revoke-token.ts";
import type { StepInputs } from "./inputs.ts";
import { fail, mask, notice, say, warning } from "./workflow-commands.ts";

export async function publishWork(inputs: StepInputs): Promise<void> {
  const { repository, issue, token, run } = inputs;
  const client = createAppClient({
    appUrl: inputs.appUrl,
    clock: systemClock,
    identityToken: async (signal) => {
      const proof = await identityToken(inputs.identity, signal);
      mask(proof);
      return proof;
    },
  });
  const url = `${inputs.serverUrl}/${repository}.git`;
  const end = await publishRun(
    {
      git: createGit(inputs.path),
      clock: systemClock,
      buyToken: async () => {
        const answer = await client.publishToken({ repository, issue, token });
        if (!("refused" in answer)) mask(answer.writeToken);
        return answer;
      },
      remoteOf: (writeToken) => ({ url, credential: { url, token: writeToken } }),
      enter: (grant, input) =>
        publish(
          { hub: hubOf(inputs, grant), log: LOG, nonce: () => randomBytes(8).toString("hex") },
          refOf(inputs),
          input,
        ),
      tellPublished: () => client.tellPublished({ repository, issue }),
      revoke: (writeToken) => revokeToken(inputs.apiUrl, writeToken),
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

function refOf({ repository, issue }: StepInputs): IssueRef {
  const [owner = "", name = ""] = repository.split("/");
  return { owner, name, issue };
}

function report({ repository, issue }: StepInputs, end: PublishEnd): void {
  const task = `${repository}#${issue}`;
  if ("refused" in end) {
    notice(`Nothing to publish for ${task}: ${end.refused}`);
    return;
  }
  const { move, pullRequest, refusal } = end.published;
  if (end.problem !== null) warning(`${task}: ${end.problem}`);
  if (refusal === null)
    notice(`${task}: ${move ?? "nothing"}${pullRequest === null ? "" : `, pull request #${pullRequest}`}`);
  else fail(`The work for ${task} was not published. ${refusalSentence(refusal)}`);
}
