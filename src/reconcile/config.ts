// Tells people about a config file before it counts: a check run on the head of whatever changes it lists every mistake.

import { configCheck } from "../core/config-check.ts";
import type { Hub, RepositoryRef } from "../core/ports.ts";
import type { Sha } from "../core/task.ts";

/**
 * @param when `changed`: only if the default branch has another one, because a pull request's event does not say
 * @returns whether there was anything to tell
 */
export async function checkConfig(
  hub: Hub,
  repository: RepositoryRef,
  head: Sha,
  when: "always" | "changed",
): Promise<boolean> {
  const report = await hub.reportConfig(repository, head, when);
  if (report === null) return false;
  await hub.apply(repository, [{ kind: "config-check", head, ...configCheck(report) }]);
  return true;
}
