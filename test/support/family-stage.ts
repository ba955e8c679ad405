// The stage for stories of several issues: looks go where earlier looks point, as the app's queue would send them, and a
// whole attempt is one line.

import { baseBranchOf } from "../../src/core/family.ts";
import { type IssueRef, keyOf } from "../../src/core/ports.ts";
import type { RunResult } from "../../src/core/result.ts";
import type { SubTask } from "../../src/core/result-tasks.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { type StageOptions, stage } from "./stage.ts";

export const TEXT = { title: "Empty list crashes", body: "`sum([])` throws." };
/** Looks that one event may lead to. */
const LOOKS_MAX = 300;

export function familyStage(options: StageOptions = { config: { checks: "none" } }) {
  const on = stage(options);
  const { people, repository, deps, alice } = on;

  /** Looks at these issues and at whatever those looks point to, until nothing points anywhere. */
  async function drain(...issues: readonly number[]): Promise<void> {
    const waiting: IssueRef[] = issues.map((issue) => ({ ...repository, issue }));
    for (let looks = 0; waiting.length > 0; looks += 1) {
      if (looks > LOOKS_MAX) throw new Error("the issues wake each other for ever");
      const ref = waiting.shift();
      if (ref === undefined) break;
      const { wake, dependants } = await reconcile(deps, ref, []);
      const next = [...wake.map((issue) => ({ ...repository, issue })), ...dependants];
      for (const one of next) if (!waiting.some((other) => keyOf(other) === keyOf(one))) waiting.push(one);
    }
  }

  /** A sweep: everything that is open is looked at. */
  async function sweep(): Promise<void> {
    await drain(...(await on.hub.openTasks(repository)));
  }

  function open(text: { readonly title?: string; readonly body?: string } = {}): number {
    return people.openIssue(alice, { ...TEXT, ...text });
  }

  /** An issue with the label that queues it, looked at. */
  async function queued(
    text: { readonly title?: string; readonly body?: string } = {},
    labels: readonly string[] = [],
  ) {
    const issue = open(text);
    for (const label of [...labels, "task:queued"]) people.addLabel(alice, issue, label);
    await drain(issue);
    return issue;
  }

  const task = async (issue: number) => (await on.look(issue)).task;
  const stateOf = async (issue: number) => (await task(issue))?.state;
  const shown = (issue: number) => on.issueOf(issue).labels.filter((label) => label.startsWith("task:"));

  /** The claim's run starts, is bound and publishes. */
  async function attempt(issue: number, more: Partial<RunResult> = {}) {
    const lease = (await task(issue))?.lease;
    if (lease === null || lease === undefined) throw new Error(`issue ${issue} is not claimed`);
    const run = [...people.state().runs.values()].find(({ token }) => token === lease.token);
    const runId = run?.run.id ?? 0;
    people.startRun(runId);
    await on.bind(issue, runId, lease.token);
    const published = await on.finish(issue, runId, lease.token, more);
    people.finishRun(runId, "success");
    await drain(issue);
    // Whoever did not publish itself leaves comments to the publisher for a minute.
    on.pass(60_000);
    await drain(issue);
    return published;
  }

  async function say(issue: number, text: string): Promise<void> {
    people.comment(alice, issue, text);
    await drain(issue);
  }

  /** Worked on, accepted, merged. */
  async function completed(issue: number, more: Partial<RunResult> = {}): Promise<void> {
    await attempt(issue, more);
    await say(issue, "/task accept");
  }

  const split = (issue: number, tasks: readonly SubTask[]) => attempt(issue, { head: null, tasks: [...tasks] });
  const children = (parent: number) =>
    [...people.state().issues.values()].filter((one) => one.parent === parent).map(({ number }) => number);
  const text = (issue: number, key: string) =>
    on
      .comments(issue)
      .filter((one) => one.key === key)
      .map(({ body }) => body.split("\n").slice(1).join("\n").replaceAll("\\#&#x200B;", "#"));

  return {
    ...on,
    baseOf: baseBranchOf,
    drain,
    sweep,
    open,
    queued,
    task,
    stateOf,
    shown,
    attempt,
    say,
    completed,
    split,
    children,
    text,
  };
}
export type FamilyStage = ReturnType<typeof familyStage>;
