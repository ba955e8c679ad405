// The step `work`: wires one run to GitHub Actions, the app and the model.

import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import path from "node:path";
import { systemClock } from "../src/adapters/clock.ts";
import { createGit } from "../src/adapters/git/git-process.ts";
import { createAnthropicModel } from "../src/adapters/model/anthropic.ts";
import { openSandbox } from "../src/adapters/sandbox/sandbox.ts";
import { createAppClient } from "../src/runner/app-client.ts";
import { identityToken } from "../src/runner/identity-token.ts";
import type { RunPorts } from "../src/runner/run-ports.ts";
import { runTask } from "../src/runner/run-task.ts";
import type { StepInputs } from "./inputs.ts";
import { mask, notice, say, warning } from "./workflow-commands.ts";

/** Bundled, the tool host is one file beside this one; unbundled, a directory of sources. */
const IS_BUNDLED = import.meta.filename.endsWith(".mjs");
const HOST_SCRIPT = IS_BUNDLED
  ? path.join(import.meta.dirname, "tool-host.mjs")
  : path.resolve(import.meta.dirname, "../src/adapters/sandbox/host/main.ts");

export async function work(inputs: StepInputs, environment: NodeJS.ProcessEnv): Promise<void> {
  const apiKey = environment["ANTHROPIC_API_KEY"] ?? "";
  const root = await mkdtemp(path.join(inputs.temp, "signalbox-"));
  await rm(inputs.directory, { recursive: true, force: true });
  await mkdir(inputs.directory, { recursive: true });
  const { repository, issue, token, run } = inputs;
  const ports = await portsOf(inputs, { apiKey, baseUrl: environment["ANTHROPIC_BASE_URL"] ?? null }, root);
  const end = await runTask(ports, { repository, issue, token, run, root, out: inputs.directory });
  if (!end.worked) notice(`This run does not work on ${repository}#${issue}: ${end.notice}`);
  else if (end.result.exit === "done") notice(`${repository}#${issue}: ${end.result.summary}`);
  else warning(`${repository}#${issue} ended as ${end.result.exit}: ${end.result.reason}`);
}

async function portsOf(
  inputs: StepInputs,
  model: { apiKey: string; baseUrl: string | null },
  root: string,
): Promise<RunPorts> {
  const { repository, issue, token } = inputs;
  const client = createAppClient({
    appUrl: inputs.appUrl,
    clock: systemClock,
    identityToken: async (signal) => {
      const proof = await identityToken(inputs.identity, signal);
      mask(proof);
      return proof;
    },
  });
  const node = await realpath(process.execPath);
  const readable = [
    node,
    IS_BUNDLED ? HOST_SCRIPT : path.dirname(HOST_SCRIPT),
    ...(inputs.toolCache === "" ? [] : [inputs.toolCache]),
  ];
  const url = `${inputs.serverUrl}/${repository}.git`;
  return {
    permit: {
      bind: async () => {
        if (model.apiKey === "")
          return { refused: "the workflow passes no key for the model (secret anthropic-api-key)." };
        const answer = await client.bind({ repository, issue, token });
        if (!("refused" in answer)) mask(answer.readToken);
        return answer;
      },
      reportPhase: (report) => client.reportPhase({ repository, issue, token, ...report }),
    },
    git: createGit(inputs.path),
    clock: systemClock,
    program: { node, script: HOST_SCRIPT },
    remoteOf: (readToken) => ({ url, credential: { url, token: readToken } }),
    openSandbox: (kind) => openSandbox({ kind, path: inputs.path, readable, scratch: path.join(root, "scratch") }),
    model: createAnthropicModel(model),
    variables: {},
    secrets: [model.apiKey, inputs.identity.token],
    say,
  };
}
