// When a task is worth looking at although nothing happens: time-outs, waits and backoffs, and nothing else.

import { WINNER_MS } from "./acts.ts";
import { LAUNCH_MS_MAX } from "./lease-times.ts";
import type { Observation } from "./observation.ts";
import { RERUN_MS_MAX } from "./review-requests.ts";
import type { Situation } from "./situation.ts";
import type { EpochMs, Task } from "./task.ts";

/** @returns an instant of GitHub's clock, or null when only an event can change anything */
export function nextLook({ now }: Observation, task: Task | null, { renewedAt }: Situation): EpochMs | null {
  if (task === null) return null;
  const due = dueTimes(task, renewedAt).filter((at) => at > now);
  return due.length === 0 ? null : Math.min(...due);
}

function dueTimes(task: Task, renewedAt: EpochMs | null): readonly EpochMs[] {
  if (task.state === "queued") return [task.notBefore];
  const { lease, submission } = task;
  if (lease !== null) {
    const leaseMs = lease.expiresAt - lease.grantedAt;
    const launch = lease.run === null ? [lease.grantedAt + WINNER_MS, lease.grantedAt + LAUNCH_MS_MAX] : [];
    return [...launch, (renewedAt ?? lease.grantedAt) + leaseMs];
  }
  if (task.state !== "review" || submission === null) return [];
  const reruns = (task.recheck?.asked ?? []).flatMap(({ at }) => [at + WINNER_MS, at + RERUN_MS_MAX]);
  const update = task.update === null ? [] : [task.update.at + WINNER_MS];
  return [submission.at + WINNER_MS, task.notBefore, ...reruns, ...update];
}
