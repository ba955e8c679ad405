// One observation for tests of texts: a quiet repository with one issue.

import type { Observation } from "../../src/core/observation.ts";
import { EMPTY_REPOSITORY } from "../../src/core/repository.ts";
import { ALICE, config, DIGEST, NOW, WRITER } from "./scene.ts";

const alice = { id: ALICE.id, login: ALICE.login, isBot: false };

export function observation(change: Partial<Observation> = {}): Observation {
  return {
    now: NOW,
    repository: {
      id: 7,
      nodeId: "R_7",
      owner: "acme",
      name: "app",
      isPrivate: true,
      defaultBranch: "main",
      defaultBranchSha: null,
      installedAt: 0,
    },
    writer: { id: WRITER, login: "signalbox[bot]", isBot: true },
    config: config({ checks: [{ name: "test", run: "npm test" }] }),
    configSource: {},
    configProblems: [],
    issue: {
      number: 1,
      nodeId: "I_1",
      title: "Empty list crashes",
      body: "`sum([])` throws",
      textDigest: DIGEST,
      author: alice,
      editor: null,
      isOpen: true,
      stateReason: null,
      closedBy: null,
      closedAt: null,
      isPullRequest: false,
      isLocked: false,
      labels: [],
      assignees: [],
      createdAt: NOW,
    },
    events: [],
    comments: [],
    ledger: [],
    repositoryLedger: { tip: null, state: EMPTY_REPOSITORY },
    taskBranch: null,
    pullRequests: [],
    runs: [],
    blockers: [],
    waits: [],
    blocking: [],
    family: { parent: null, parentLedger: [], children: [] },
    works: [],
    neighbours: [],
    permissions: new Map(),
    ...change,
  };
}
