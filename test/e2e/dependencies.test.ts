// Tasks that wait for other issues, with real parts: GitHub's own dependencies, webhooks of two repositories, one app.

import { afterEach, expect, it } from "vitest";
import { OWNER } from "../../demo/world.ts";
import { openStage, ref, type Stage } from "./stage.ts";

let stage: Stage;
afterEach(() => stage.close());

const LIB = "lib";

async function issueElsewhere() {
  await stage.hub.createRepository({ owner: OWNER, name: LIB, private: true, collaborators: { alice: "write" } });
  stage.hub.selectRepositories(stage.world.installationId, null);
  const { data } = await stage.alice.rest.issues.create({
    owner: OWNER,
    repo: LIB,
    title: "Release it",
    body: "Please.",
  });
  return data;
}

const closeElsewhere = (issue_number: number, state_reason: "completed" | "not_planned") =>
  stage.alice.rest.issues.update({ owner: OWNER, repo: LIB, issue_number, state: "closed", state_reason });

it("C01 C02 an issue of another repository blocks a task, and its closing wakes the task", async () => {
  stage = await openStage();
  const hold = stage.hub.actions.holdJob(() => true);
  const blocker = await issueElsewhere();
  const issue = await stage.openIssue();
  await stage.alice.request("POST /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by", {
    ...ref,
    issue_number: issue,
    issue_id: blocker.id,
  });
  await stage.label(issue, "task:queued");
  await stage.reaches(issue, "blocked");
  await stage.settle(issue);
  const [status] = (await stage.ownComments(issue)).filter(({ is }) => is === "status");
  expect(status?.body).toContain(`${OWNER}/${LIB}#${blocker.number}`);
  expect((await stage.ledger(issue)).map(({ move }) => move)).toEqual(["queue"]);
  await closeElsewhere(blocker.number, "completed");
  await stage.reaches(issue, "claimed");
  hold.release();
  await stage.reaches(issue, "review");
  await stage.settle(issue);
});

it("a line of the text blocks as well, and what was given up asks a person", async () => {
  stage = await openStage();
  const blocker = await issueElsewhere();
  const issue = await stage.openIssue({
    title: "Use it",
    body: `Use it.\n\nBlocked by ${OWNER}/${LIB}#${blocker.number}`,
  });
  await stage.label(issue, "task:queued");
  await stage.reaches(issue, "blocked");
  await stage.settle(issue);
  await closeElsewhere(blocker.number, "not_planned");
  await stage.reaches(issue, "needs-human");
  await stage.settle(issue);
  const needs = (await stage.ownComments(issue)).filter(({ is }) => is === "need");
  expect(needs.map(({ body }) => body.includes("closed as not planned"))).toEqual([true]);
});

it("closing a blocker of the same repository wakes whoever named it in a line of text", async () => {
  stage = await openStage();
  const hold = stage.hub.actions.holdJob(() => true);
  const blocker = await stage.openIssue({ title: "First", body: "This first." });
  const issue = await stage.openIssue({ title: "Then", body: `Then this.\n\nBlocked by #${blocker}` });
  await stage.label(issue, "task:queued");
  await stage.reaches(issue, "blocked");
  await stage.alice.rest.issues.update({ ...ref, issue_number: blocker, state: "closed", state_reason: "completed" });
  await stage.reaches(issue, "claimed");
  await stage.comment(issue, "/task cancel");
  await stage.reaches(issue, "cancelled");
  hold.release();
});
