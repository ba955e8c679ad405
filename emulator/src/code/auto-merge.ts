// Auto-merge: a pull request that was told to merge itself does so when its last condition is met.
import { mergePull } from "../changes/merge-pull.ts";
import type { Hub } from "../hub.ts";
import type { Pull } from "../world/pulls.ts";
import { entity } from "../world/world.ts";
import { refreshMergeability } from "./mergeability.ts";
import { unboundMover } from "./mover.ts";
import { requirementsOf } from "./requirements.ts";

export async function tryAutoMerge(hub: Hub, pull: Pull): Promise<void> {
  if (pull.autoMerge === null || pull.merged || pull.draft) return;
  await refreshMergeability(hub, pull);
  if (requirementsOf(hub, pull, null) !== null) return;
  const { enabledById, method, title, message } = pull.autoMerge;
  const account = entity(hub.world.accounts, enabledById, "account");
  const mover = {
    ...unboundMover({ account, app: null, through: "system" }),
    role: "write" as const,
    isUnbound: false,
  };
  await mergePull(hub, mover, pull, { method, sha: pull.head.sha, title, message });
}

/** Events after which a waiting pull request may be ready. */
const HOPEFUL = new Set(["check_run", "check_suite", "status", "pull_request_review", "pull_request"]);

export function listenForAutoMerge(hub: Hub): void {
  hub.events.subscribe((event) => {
    if (event.repository === null || !HOPEFUL.has(event.name)) return;
    const waiting = [...event.repository.pulls.values()].filter((pull) => pull.autoMerge !== null && !pull.merged);
    // After the change that is being told right now, not in the middle of it.
    for (const pull of waiting) void hub.work.track(Promise.resolve().then(() => tryAutoMerge(hub, pull)));
  });
}
