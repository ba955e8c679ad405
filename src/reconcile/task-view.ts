// Puts together what a bound run may know of its task: the pure view, and the two facts that an observation lacks. Used by
// the app, which hands the view out, and by a run that has no app to ask.

import type { TaskView } from "../core/api.ts";
import type { Observation } from "../core/observation.ts";
import type { Hub, IssueRef } from "../core/ports.ts";
import type { Refusal } from "../core/refusal.ts";
import type { Sha, Task } from "../core/task.ts";
import { authorsIn, baseOf, taskView } from "../core/task-view.ts";

/** Authors whose permission is asked for when a view is made; whoever comes after counts as anybody. */
const LOOKUPS_MAX = 30;

export interface ViewPorts {
  readonly hub: Pick<Hub, "permissionOf">;
  /** @returns the commit that a branch points to, or null when there is no such branch */
  readonly headOf: (branch: string) => Promise<Sha | null>;
}

export async function viewOf(
  { hub, headOf }: ViewPorts,
  ref: IssueRef,
  facts: { readonly task: Task; readonly observation: Observation },
): Promise<{ readonly view: TaskView } | { readonly refusal: Refusal } | { readonly no: "no-base" }> {
  const { task } = facts;
  const observation = await withAuthors(hub, ref, facts.observation);
  const base = baseOf(task, observation);
  const { defaultBranch, defaultBranchSha } = observation.repository;
  const baseSha = base === defaultBranch ? defaultBranchSha : await headOf(base);
  return baseSha === null ? { no: "no-base" } : taskView({ task, observation, baseSha });
}

/** The loop asks only about people who want something; the view tells how far each author can be trusted. */
async function withAuthors(hub: ViewPorts["hub"], ref: IssueRef, observation: Observation): Promise<Observation> {
  const permissions = new Map(observation.permissions);
  const unknown = authorsIn(observation).filter(({ id }) => !permissions.has(id));
  for (const account of unknown.slice(0, LOOKUPS_MAX))
    permissions.set(account.id, await hub.permissionOf(ref, account));
  return { ...observation, permissions };
}
