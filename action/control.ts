// The step `control`: wires one pass of no-server mode to GitHub, with the token of its job and nothing else.

import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { systemClock, systemRandom } from "../src/adapters/clock.ts";
import {
  ACTIONS_SLUG,
  type ActionsRepository,
  controlHistory,
  openActionsRepository,
} from "../src/adapters/github/actions-repository.ts";
import { isRunTitle } from "../src/adapters/github/observe-runs.ts";
import { type ControlEnd, control } from "../src/reconcile/control.ts";
import { type ControlInputs, subjectOf } from "./control-inputs.ts";
import { fail, notice, say, warning } from "./workflow-commands.ts";

/** Events that say nothing about any task: everything open is looked at. */
const SWEEPS: ReadonlySet<string> = new Set(["schedule"]);

export async function controlPass(inputs: ControlInputs): Promise<void> {
  const { token, repository, workflow, apiUrl } = inputs;
  const clock = systemClock;
  const options = { baseUrl: apiUrl, token, repository, clock, random: systemRandom };
  const { installedAt, watermark } = await controlHistory(options, workflow, (title) => !isRunTitle(title));
  const opened = await openActionsRepository({ ...options, installedAt, isPacing: true, mayLackChecks: false });
  const end = await control(
    {
      hub: opened.hub,
      log: LOG,
      mention: ACTIONS_SLUG,
      nonce: () => randomBytes(8).toString("hex"),
      clock,
      changedSince: opened.changedSince,
      inMotion: (since) => opened.hub.tasksInMotion(repository, since),
    },
    {
      repository,
      subject: await subjectTask(opened, inputs),
      since: watermark ?? installedAt,
      everything: watermark === null || SWEEPS.has(inputs.event),
    },
  );
  report(end);
}

const LOG = {
  info: (facts: object, message: string) => say(`${message} ${JSON.stringify(facts)}`),
  warn: (facts: object, message: string) => warning(`${message} ${JSON.stringify(facts)}`),
};

async function subjectTask(opened: ActionsRepository, { eventPath }: ControlInputs): Promise<number | null> {
  const subject = subjectOf(JSON.parse(await readFile(eventPath, "utf8")));
  return subject === null ? null : await opened.taskOfThread(subject.number, subject.isPullRequest);
}

/** A pass that failed is red, and so no watermark: the next one begins where this one began. */
function report({ looks, failed, isCutShort }: ControlEnd): void {
  if (failed.length > 0)
    fail(`Not looked after: ${failed.map((issue) => `#${issue}`).join(", ")}. The next pass tries again.`);
  else if (isCutShort) fail("This pass reached its limit with tasks still due. The next pass goes on.");
  else notice(`${looks} ${looks === 1 ? "look" : "looks"}, nothing is due.`);
}
