// Which task a pull request belongs to: a comment on one does not say its branch. A cache, filled by events and look-ups.

import type { RepositoryRef } from "../../core/ports.ts";
import { pullRequestKey } from "../keys.ts";

const REMEMBERED_MAX = 20_000;

export interface PullRequestTasks {
  readonly taskOf: (repository: RepositoryRef, pullRequest: number) => number | null;
  readonly remember: (repository: RepositoryRef, pullRequest: number, issue: number) => void;
}

export function createPullRequestTasks(rememberedMax = REMEMBERED_MAX): PullRequestTasks {
  const tasks = new Map<string, number>();
  return {
    taskOf: (repository, pullRequest) => tasks.get(pullRequestKey(repository, pullRequest).toLowerCase()) ?? null,
    remember: (repository, pullRequest, issue) => {
      tasks.set(pullRequestKey(repository, pullRequest).toLowerCase(), issue);
      const oldest = tasks.keys().next();
      if (tasks.size > rememberedMax && oldest.done !== true) tasks.delete(oldest.value);
    },
  };
}
