// Another program in the place of the agent loop: it gets the same words on standard input, works in the same sandbox under
// the same time, and hands over the same typed result in a file. What it costs is unknown, so it is charged the whole budget.

import { constants } from "node:fs";
import { open, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { AgentEnd } from "./agent.ts";
import type { AgentStep } from "./phases/agent-step.ts";
import type { PhaseContext } from "./phases/phase.ts";

/** Largest result file that is read, in bytes. */
const RESULT_BYTES_MAX = 200_000;
const QUESTION_CHARS_MAX = 4_000;
/** Where program and runner meet, in the program's home. */
const RESULT_FILE = "signalbox-result.json";
const PROMPT_FILE = "signalbox-prompt.md";

export interface CommandAgent {
  readonly command: string;
  readonly network: "none" | "host";
  /** Variables that the configuration lets it read, by name. */
  readonly env: Readonly<Record<string, string>>;
  /** Numbers its logs. */
  readonly log: (phase: string) => string;
}

const asked = z.strictObject({ question: z.string().trim().min(1).max(QUESTION_CHARS_MAX) });

export async function runCommandAgent<Result>(
  context: PhaseContext,
  agent: CommandAgent,
  step: AgentStep<Result>,
): Promise<AgentEnd<Result>> {
  const { world, workspace } = context;
  const { clock, meter, transcript } = world;
  const history = step.history;
  const stopped = (exit: "out-of-time" | "out-of-money" | "failed" | "bad-format", reason: string) =>
    ({ exit, reason, history }) as const;
  const leftMs = world.deadline - clock.now();
  if (leftMs <= 0) return stopped("out-of-time", `time ran out during ${step.phase}`);
  if (meter.budget <= 0) return stopped("out-of-money", `there is no budget for ${step.phase}`);
  meter.chargeAll();
  const home = workspace.homeOf("agent");
  const files = { prompt: path.join(home, PROMPT_FILE), result: path.join(home, RESULT_FILE) };
  // Whatever lies there was left by a program before this one: a link would lead out of the sandbox.
  for (const file of Object.values(files)) await rm(file, { force: true, recursive: true });
  const shape = JSON.stringify(z.toJSONSchema(step.result, { io: "input" }));
  const words = `${context.system}\n\n${step.message}\n\nWhen you are done, write JSON of this schema to the file that the variable SIGNALBOX_RESULT names: ${shape}\nTo ask the people of this repository instead, write {"question": "…"} there.\n`;
  await writeFile(files.prompt, words, { flag: "wx" });
  await transcript.add({ phase: step.phase, kind: "user", content: step.message });
  const outcome = await workspace.shell(
    {
      command: `exec < ${JSON.stringify(files.prompt)}; ${agent.command}`,
      network: agent.network,
      home: "agent",
      access: step.access,
      env: { ...agent.env, SIGNALBOX_RESULT: files.result, SIGNALBOX_PHASE: step.phase },
    },
    { timeoutMs: leftMs, logFile: agent.log(step.phase) },
  );
  await transcript.add({ phase: step.phase, kind: "tools", content: outcome.output });
  if (outcome.timedOut) return stopped("out-of-time", `time ran out during ${step.phase}`);
  if (outcome.exitCode !== 0)
    return stopped("failed", `the agent's program ended ${step.phase} with exit code ${outcome.exitCode}`);
  const left = await resultIn(files.result);
  const question = asked.safeParse(left);
  if (question.success) return { exit: "asked", question: question.data.question, history };
  const result = step.result.safeParse(left);
  return result.success
    ? { exit: "done", result: result.data, history }
    : stopped("bad-format", `the agent's program ended ${step.phase} without a result that can be read`);
}

async function resultIn(file: string): Promise<unknown> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null);
  if (handle === null) return null;
  try {
    const facts = await handle.stat();
    if (!facts.isFile() || facts.size > RESULT_BYTES_MAX) return null;
    return JSON.parse(await handle.readFile("utf8"));
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}
