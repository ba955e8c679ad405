// The main job with nothing faked but GitHub's servers and the model's words: label, claim, run, pull request, accept, merge.

import { expect, it } from "vitest";
import { FULL_NAME } from "../../demo/world.ts";
import { isProtocolWrite, openStage, ref } from "./stage.ts";

it("walks from a label to a merged pull request, and the world is as it should be at every step", async () => {
  const stage = await openStage();
  const { hub, alice } = stage;
  await stage.labelsAreThere();
  const issue = await stage.openIssue();
  hub.requests.clear();

  await stage.label(issue, "task:queued");
  await stage.boundRun(issue);
  await stage.reaches(issue, "claimed").catch(() => null);
  await stage.reaches(issue, "review");
  await stage.settle(issue);

  expect(await stage.issueNow(issue)).toEqual({ state: "open", reason: null, labels: ["task:review"], assignees: [] });
  expect((await stage.ledger(issue)).map(({ move, actor, state }) => [move, actor.kind, state])).toEqual([
    ["queue", "user", "queued"],
    ["claim", "app", "claimed"],
    ["bind", "run", "claimed"],
    ["submit", "run", "review"],
  ]);
  expect(await stage.repositoryState()).toMatchObject({ admissions: [], reviews: [issue], paused: null, failures: 0 });
  const comments = await stage.ownComments(issue);
  expect(comments.map(({ is }) => is).toSorted()).toEqual(["claim", "status"]);

  const { data: pulls } = await alice.rest.pulls.list({ ...ref, state: "open" });
  const [pull] = pulls;
  if (pull === undefined) throw new Error("there is no pull request");
  expect(pull).toMatchObject({
    head: { ref: `signalbox/task/${issue}` },
    base: { ref: "main" },
    user: { login: "signalbox[bot]" },
  });
  expect(pull.body).toContain(`Closes #${issue}`);
  const { data: checks } = await alice.rest.checks.listForRef({ ...ref, ref: pull.head.sha });
  const evidence = checks.check_runs.find(({ name }) => name === "signalbox");
  expect(evidence).toMatchObject({ status: "completed", conclusion: "success", app: { slug: "signalbox" } });
  expect(evidence?.output.summary).toContain("npm test");
  expect(checks.check_runs.find(({ name }) => name === "test")).toMatchObject({ conclusion: "success" });

  await stage.comment(pull.number, "/task accept");
  await stage.reaches(issue, "done");
  await stage.settle(issue);

  expect(await stage.issueNow(issue)).toEqual({
    state: "closed",
    reason: "completed",
    labels: ["task:done"],
    assignees: [],
  });
  const { data: merged } = await alice.rest.pulls.get({ ...ref, pull_number: pull.number });
  expect(merged).toMatchObject({ merged: true, state: "closed" });
  expect(await hub.git(FULL_NAME).show("main", "cart.js")).toContain("sum + price, 0)");
  const [, parent] = await hub.git(FULL_NAME).log("main");
  expect(parent).toBeDefined();
  expect(hub.git(FULL_NAME).refs("refs/heads/signalbox/task/")).toEqual({});
  expect(hub.git(FULL_NAME).refs("refs/signalbox/staging/")).toEqual({});
  const records = await stage.ledger(issue);
  expect(records.slice(4).map(({ move }) => move)).toEqual(["accept", "done"]);
  expect(records.find(({ move }) => move === "submit")).toMatchObject({
    data: { head: pull.head.sha, evidence: [{ name: "test", command: "npm test", exitCode: 0 }] },
  });
  expect((await stage.ownComments(issue)).length).toBeLessThanOrEqual(4);
  expect(await stage.ownComments(pull.number)).toEqual([]);

  const writes = hub.requests.writes(isProtocolWrite);
  expect(writes.length, writes.map(({ method, operation }) => `${method} ${operation}`).join("\n")).toBeLessThanOrEqual(
    25,
  );
  expect(hub.requests.graphqlPoints()).toBeLessThanOrEqual(60);
  await stage.close();
});
