// What the adapter spends of GitHub's limits: requests are counted where they arrive.

import { afterAll, beforeAll, expect, it } from "vitest";
import { ledgerRef } from "../../src/core/observation.ts";
import { createGithubStages } from "./github-stage.ts";
import { type ContractStage, look, message, refTo } from "./stage.ts";

const stages = createGithubStages();
let stage: ContractStage;
let issue: number;
beforeAll(async () => {
  stage = await stages.make();
  issue = await stage.world.openIssue(stage.alice, { title: "Say hello", body: "please" });
  await stage.world.addLabel(stage.alice, issue, "task:queued");
  await stage.world.comment(stage.alice, issue, "/task status");
  await look(stage, issue);
});
afterAll(() => stages.stop());

it("a look at a task that waits is one document and one point", async () => {
  await stages.asked();
  await look(stage, issue);
  expect(await stages.asked()).toEqual({
    requests: ["graphql:repository"],
    points: 1,
  });
});

it("an append is its commits and one update", async () => {
  const seen = await look(stage, issue);
  await stages.asked();
  const first = await stage.hub.createRecord(stage.repository, { parent: null, message: message(seen, "queue") });
  const second = await stage.hub.createRecord(stage.repository, { parent: first, message: message(seen, "claim") });
  await stage.hub.updateRefs(stage.repository, [{ ref: ledgerRef(issue), before: null, after: second }]);
  expect((await stages.asked()).requests).toEqual([
    "POST /repos/{owner}/{repo}/git/commits",
    "POST /repos/{owner}/{repo}/git/commits",
    "graphql:updateRefs",
  ]);
});

it("all that can share a document does: labels, assignee, edits and reactions are one write", async () => {
  const { issue: seen, comments } = await look(stage, issue);
  const add = { kind: "add-labels", nodeId: seen.nodeId, labels: ["task:claimed"] } as const;
  await stage.hub.apply(refTo(stage, issue), [add]);
  await stages.asked();
  await stage.hub.apply(refTo(stage, issue), [
    add,
    { kind: "remove-labels", nodeId: seen.nodeId, labels: ["task:queued"] },
    { kind: "assign", nodeId: seen.nodeId, accounts: [stage.alice] },
    { kind: "react", nodeId: comments[0]?.nodeId ?? "", reaction: "rocket" },
  ]);
  const { requests } = await stages.asked();
  expect(requests).toEqual([
    "graphql:addAssigneesToAssignable,addLabelsToLabelable,addReaction,removeLabelsFromLabelable",
  ]);
});
