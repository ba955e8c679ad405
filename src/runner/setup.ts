// The repository's `setup:` commands: they run in the sandbox, on the base branch's files, with the network and without secrets.

import path from "node:path";
import type { Workspace } from "./workspace.ts";

/** Longest that one setup command may take, in milliseconds. */
const SETUP_MS_MAX = 20 * 60_000;
/** End of a failed command's output that is told, in characters. */
const TOLD_CHARS_MAX = 1_500;

/** @returns null when every command succeeded, else what failed, in a sentence and the end of its output */
export async function runSetup(
  workspace: Workspace,
  commands: readonly string[],
  logs: string,
  leftMs: number,
): Promise<string | null> {
  for (const [index, command] of commands.entries()) {
    const outcome = await workspace.shell(
      // A proxy that lets only package registries through is to take the place of the whole network.
      { command, network: "host", home: "setup" },
      {
        timeoutMs: Math.max(1_000, Math.min(SETUP_MS_MAX, leftMs)),
        logFile: path.join(logs, `setup-${index + 1}.log`),
      },
    );
    if (outcome.exitCode !== 0) {
      const how = outcome.timedOut ? "ran out of time" : `ended with exit code ${outcome.exitCode}`;
      return `The setup command \`${command}\` ${how}:\n${outcome.output.trimEnd().slice(-TOLD_CHARS_MAX)}`;
    }
  }
  return null;
}
