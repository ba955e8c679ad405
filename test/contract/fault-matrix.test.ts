// Every operation of the adapter under every fault of the network, once each: whoever is told "I do not know" tries
// again, and in the end it has happened, and happened once.

import { FAULTS, type Fault } from "signalbox-emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ledgerRef, taskBranch } from "../../src/core/observation.ts";
import type { Effect, EffectResult } from "../../src/core/ports.ts";
import { createGithubStages } from "./github-stage.ts";
import { type ContractStage, look, message, refTo } from "./stage.ts";

const stages = createGithubStages();
let stage: ContractStage;
beforeAll(async () => {
  stage = await stages.make();
  const issue = await newIssue();
  // Labels are made once in a repository; here they are not what is tried.
  await apply(issue, { kind: "add-labels", nodeId: await nodeOf(issue), labels: ["task:queued", "task:claimed"] });
});
afterAll(() => stages.stop());

/** Times that the loop looks again at a task whose write it is not sure of. */
const TRIES_MAX = 4;

const newIssue = () => stage.world.openIssue(stage.alice, { title: "Say hello", body: "please" });
const nodeOf = async (issue: number) => (await look(stage, issue)).issue.nodeId;
const apply = (issue: number, effect: Effect) => stage.hub.apply(refTo(stage, issue), [effect]);

/** Repeats until it is done, as the loop would. A refusal that is no wonder under a fault is repeated too. */
async function untilDone(work: () => Promise<readonly EffectResult[]>): Promise<EffectResult | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      const [result] = await work();
      if (result?.ok === true || tries === TRIES_MAX) return result;
    } catch (error) {
      if (tries === TRIES_MAX) throw error;
    }
  }
}

async function withBranch(): Promise<{ readonly issue: number; readonly branch: string; readonly head: string }> {
  const issue = await newIssue();
  const branch = taskBranch(issue);
  return { issue, branch, head: await stage.world.push(stage.alice, branch, { path: `${issue}.txt` }) };
}

const open = (issue: number): Effect => ({
  kind: "open-pull-request",
  issue,
  head: taskBranch(issue),
  base: "main",
  title: "Say hello",
  body: "",
});

interface Operation {
  /** The request that the fault hits. */
  readonly hits: (method: string, operation: string) => boolean;
  /** @returns what to do, and what must hold afterwards */
  readonly prepare: () => Promise<{
    readonly issue: number;
    readonly effect: Effect;
    readonly holds: () => Promise<void>;
  }>;
}

const post = (end: string) => (method: string, operation: string) => method !== "GET" && operation.endsWith(end);

const OPERATIONS: Readonly<Record<string, Operation>> = {
  "create-comment": {
    hits: post("/issues/{issue_number}/comments"),
    async prepare() {
      const issue = await newIssue();
      const key = "<!-- signalbox:need ";
      const effect: Effect = { kind: "create-comment", issue, key, body: `${key}1 -->\nPlease decide.` };
      const holds = async () => expect((await look(stage, issue)).comments).toHaveLength(1);
      return { issue, effect, holds };
    },
  },
  "add-labels": {
    hits: post("graphql:addLabelsToLabelable"),
    async prepare() {
      const issue = await newIssue();
      const effect: Effect = { kind: "add-labels", nodeId: await nodeOf(issue), labels: ["task:claimed"] };
      const holds = async () => {
        const { events } = await look(stage, issue);
        expect(events.map(({ kind, subject }) => [kind, subject])).toEqual([["labeled", "task:claimed"]]);
      };
      return { issue, effect, holds };
    },
  },
  "edit-comment": {
    hits: post("graphql:updateIssueComment"),
    async prepare() {
      const issue = await newIssue();
      await apply(issue, { kind: "create-comment", issue, key: "<!-- k", body: "<!-- k -->\nBefore." });
      const [before] = (await look(stage, issue)).comments;
      const effect: Effect = { kind: "edit-comment", nodeId: before?.nodeId ?? "", body: "After." };
      const holds = async () => expect((await look(stage, issue)).comments).toMatchObject([{ body: "After." }]);
      return { issue, effect, holds };
    },
  },
  react: {
    hits: post("graphql:addReaction"),
    async prepare() {
      const issue = await newIssue();
      await stage.world.comment(stage.alice, issue, "/task hold");
      const [comment] = (await look(stage, issue)).comments;
      const effect: Effect = { kind: "react", nodeId: comment?.nodeId ?? "", reaction: "eyes" };
      const holds = async () => expect((await look(stage, issue)).comments).toMatchObject([{ reactions: ["eyes"] }]);
      return { issue, effect, holds };
    },
  },
  "close-issue": {
    hits: post("graphql:closeIssue"),
    async prepare() {
      const issue = await newIssue();
      const effect: Effect = { kind: "close-issue", nodeId: await nodeOf(issue), reason: "completed" };
      const holds = async () => {
        const { issue: seen, events } = await look(stage, issue);
        expect([seen.isOpen, events.map(({ kind }) => kind)]).toEqual([false, ["closed"]]);
      };
      return { issue, effect, holds };
    },
  },
  dispatch: {
    hits: post("/dispatches"),
    async prepare() {
      const issue = await newIssue();
      const text = message(await look(stage, issue), "claim");
      const token = await stage.hub.createRecord(stage.repository, { parent: null, message: text });
      await stage.hub.updateRefs(stage.repository, [{ ref: ledgerRef(issue), before: null, after: token }]);
      const holds = async () => expect((await look(stage, issue)).runs).toMatchObject([{ token }]);
      return { issue, effect: { kind: "dispatch", issue, token }, holds };
    },
  },
  "open-pull-request": {
    hits: post("/pulls"),
    async prepare() {
      const { issue } = await withBranch();
      const holds = async () => expect((await look(stage, issue)).pullRequests).toHaveLength(1);
      return { issue, effect: open(issue), holds };
    },
  },
  merge: {
    hits: post("/merge"),
    async prepare() {
      const { issue, head } = await withBranch();
      const [opened] = await apply(issue, open(issue));
      const pullRequest = opened?.ok === true ? (opened.id ?? 0) : 0;
      const effect: Effect = { kind: "merge", pullRequest, head, method: "merge", title: "Say hello" };
      const holds = async () => expect((await look(stage, issue)).pullRequests).toMatchObject([{ isMerged: true }]);
      return { issue, effect, holds };
    },
  },
  "evidence-check": {
    hits: post("/check-runs"),
    async prepare() {
      const { issue, head } = await withBranch();
      await apply(issue, open(issue));
      const effect: Effect = { kind: "evidence-check", head, conclusion: "success", title: "1 of 1", summary: "test" };
      const holds = async () => {
        const [pull] = (await look(stage, issue)).pullRequests;
        expect(pull?.checks.map(({ name, status }) => [name, status])).toEqual([["signalbox", "success"]]);
      };
      return { issue, effect, holds };
    },
  },
  "delete-branch": {
    hits: post("graphql:updateRefs"),
    async prepare() {
      const { issue, branch, head } = await withBranch();
      const holds = async () => expect(await stage.world.refOf(`refs/heads/${branch}`)).toBeNull();
      return { issue, effect: { kind: "delete-branch", branch, head }, holds };
    },
  },
};

const cells = Object.keys(OPERATIONS).flatMap((name) => FAULTS.map((fault): [string, Fault] => [name, fault]));

describe("an effect under a fault", () => {
  it.each(cells)("%s, %s", async (name, fault) => {
    const operation = OPERATIONS[name];
    if (operation === undefined) throw new Error(`no operation is called ${name}`);
    const { issue, effect, holds } = await operation.prepare();
    await stages.strike(operation.hits, fault);
    const result = await untilDone(() => apply(issue, effect));
    expect(result?.ok).toBe(true);
    await holds();
  });
});

describe("an append under a fault", () => {
  it.each(FAULTS)("%s", async (fault) => {
    const issue = await newIssue();
    const text = message(await look(stage, issue), "queue");
    await stages.strike(post("/git/commits"), fault);
    const record = () => stage.hub.createRecord(stage.repository, { parent: null, message: text });
    const tip = await record().catch(record);
    await stages.strike(post("graphql:updateRefs"), fault);
    const update = { ref: ledgerRef(issue), before: null, after: tip };
    expect(await stage.hub.updateRefs(stage.repository, [update])).toBe("won");
    expect((await look(stage, issue)).ledger.map(({ sha }) => sha)).toEqual([tip]);
  });
});

describe("a look under a fault", () => {
  it.each(FAULTS)("%s: brings back the whole truth or nothing", async (fault) => {
    const issue = await newIssue();
    await stage.world.addLabel(stage.alice, issue, "task:queued");
    await stages.strike((_method, operation) => operation === "graphql:repository", fault);
    const seen = await look(stage, issue).catch(() => look(stage, issue));
    expect(seen.issue.labels).toEqual(["task:queued"]);
  });
});

describe("a permission under a fault", () => {
  it.each(FAULTS)("%s: is never guessed", async (fault) => {
    const issue = await newIssue();
    await look(stage, issue);
    await stages.strike((_method, operation) => operation.endsWith("/permission"), fault);
    // GitHub's 404 says that the account is no collaborator; nothing tells a wrong one from a right one.
    const allowed = fault === "404" ? ["none"] : ["write", "unknown"];
    expect(allowed).toContain(await stage.hub.permissionOf(stage.repository, stage.alice));
  });
});
