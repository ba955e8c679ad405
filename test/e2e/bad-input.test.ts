// Bad input and bad luck, with real parts: each has a recorded outcome with its reason on the issue, and no work is lost.

import { afterEach, describe, expect, it } from "vitest";
import { SHOP_FILES } from "../../demo/shop.ts";
import { FULL_NAME } from "../../demo/world.ts";
import { byPhase, call, type Script, say } from "../support/messages-server/script.ts";
import { openStage, ref, type Stage } from "./stage.ts";

let stage: Stage;
afterEach(() => stage.close());

const CONFIG = "checks: [{ name: test, run: npm test }]\nphases: plan-build-test\n";
const ONE_TRY = `${CONFIG}limits: { attempts: 1, suspensions: 1 }\n`;
const planned = say(call("submit_result", { summary: "A plan.", plan: "Change cart.js." }));
const built = say(call("submit_result", { title: "Change the cart", body: "Changed.", summary: "Changed it." }));
const edit = (to: string) => say(call("edit", { path: "cart.js", old: "(sum, price) => sum + price)", new: to }));

async function answers(issue: number): Promise<readonly string[]> {
  return (await stage.ownComments(issue)).filter(({ is }) => is === "answer").map(({ body }) => body);
}

/** The task stops, and the one comment that asks a person says why. */
async function stops(issue: number, why: string): Promise<void> {
  await stage.reaches(issue, "needs-human");
  await stage.settle(issue);
  const needs = (await stage.ownComments(issue)).filter(({ is }) => is === "need");
  expect(needs).toHaveLength(1);
  expect(needs[0]?.body).toContain(why);
  expect(needs[0]?.body).toContain("@alice");
}

describe("a label that may not be obeyed", () => {
  it("is put back when its author may not write, with one sentence", async () => {
    stage = await openStage();
    const issue = await stage.openIssue();
    await stage.label(issue, "task:queued", "carol");
    await stage.until("the label is put back", async () =>
      (await stage.issueNow(issue)).labels.length === 0 ? true : null,
    );
    await stage.settle(issue);
    expect(await answers(issue)).toEqual([expect.stringContaining("write")]);
    expect(stage.hub.git(FULL_NAME).refs("refs/heads/signalbox/")).toEqual({});
  });

  it("is refused with the reason: an empty body, a closed issue, a pull request, an unknown role, unknown phases", async () => {
    stage = await openStage();
    const empty = await stage.openIssue({ title: "Nothing to say", body: "" });
    const closed = await stage.openIssue();
    await stage.alice.rest.issues.update({ ...ref, issue_number: closed, state: "closed" });
    const role = await stage.openIssue();
    await stage.label(role, "role:poet");
    const phases = await stage.openIssue();
    await stage.label(phases, "phases:dance");
    await stage.hub
      .git(FULL_NAME)
      .commitFiles({ branch: "side", message: "side", files: { "side.txt": "side\n" }, author: "alice" });
    const { data: pull } = await stage.alice.rest.pulls.create({
      ...ref,
      head: "side",
      base: "main",
      title: "Side",
      body: "Side.",
    });
    const refused: readonly (readonly [number, string])[] = [
      [empty, "body"],
      [closed, "closed"],
      [role, "implement"],
      [phases, "plan-build-test"],
      [pull.number, "pull request"],
    ];
    for (const [issue] of refused) await stage.label(issue, "task:queued");
    for (const [issue, why] of refused) {
      const [answer] = await stage.until(`issue ${issue} is answered`, async () => {
        const said = await answers(issue);
        return said.length > 0 ? said : null;
      });
      expect(answer).toContain(why);
      expect((await stage.issueNow(issue)).labels.filter((name) => name.startsWith("task:"))).toEqual([]);
    }
    await stage.settle(...refused.map(([issue]) => issue));
  });
});

it("an invalid config: nothing new starts by it, the last good one is in force, and work goes on", async () => {
  stage = await openStage({ config: `${CONFIG}budget: { task: 3, day: 50 }\n` });
  const warm = await stage.openIssue();
  await stage.label(warm, "task:queued");
  await stage.reaches(warm, "review");
  await stage.hub.git(FULL_NAME).commitFiles({
    branch: "main",
    message: "break the config",
    files: { ".github/signalbox.yml": "budget: { task: lots }\nroles: 7\nnonsense: true\n" },
    author: "alice",
  });
  const issue = await stage.openIssue({ title: "Another", body: "Look at the cart again." });
  await stage.label(issue, "task:queued");
  await stage.boundRun(issue);
  const [, claim] = await stage.ledger(issue);
  expect(claim).toMatchObject({ move: "claim", data: { reserved: 1_500_000 } });
  await stage.reaches(issue, "review");
});

describe("a run that does not succeed", () => {
  it("model unreachable: suspended with the reason, tried again, and at the limit a person is asked", async () => {
    const down: Script = () => ({ error: 529 });
    stage = await openStage({ config: ONE_TRY, script: down });
    const issue = await stage.openIssue();
    await stage.label(issue, "task:queued");
    await stops(issue, "model");
    expect((await stage.ledger(issue)).at(-1)).toMatchObject({ move: "suspend", state: "needs-human" });
  });

  it("an agent that gives no result: a person is asked at once", async () => {
    const talks: Script = () => say({ type: "text", text: "I am thinking about it." });
    stage = await openStage({ config: CONFIG, script: talks });
    const issue = await stage.openIssue();
    await stage.label(issue, "task:queued");
    await stops(issue, "");
    expect((await stage.ledger(issue)).at(-1)).toMatchObject({ move: "fail", data: { source: "no-result" } });
  });

  it("a test command that keeps failing: recorded, and the work so far is kept on the task's branch", async () => {
    const wrong = byPhase({
      plan: [planned],
      build: [edit("(sum, price) => sum + price, 1)"), built],
      test: [built],
      resolve: [built],
    });
    const script: Script = (request, nth) => {
      try {
        return wrong(request, nth);
      } catch {
        return built;
      }
    };
    stage = await openStage({ config: ONE_TRY, script });
    const issue = await stage.openIssue();
    await stage.label(issue, "task:queued");
    await stops(issue, "test");
    const last = (await stage.ledger(issue)).at(-1);
    expect(last).toMatchObject({ move: "fail", data: { work: { head: expect.stringMatching(/^[0-9a-f]{40}$/) } } });
    expect(await stage.hub.git(FULL_NAME).show(`signalbox/task/${issue}`, "cart.js")).toContain("sum + price, 1)");
    const { data: pulls } = await stage.alice.rest.pulls.list({ ...ref, state: "all" });
    expect(pulls).toEqual([]);
  });

  it("an empty diff: a person is asked, and nothing is published", async () => {
    stage = await openStage({
      config: "checks: none\nphases: plan-build\n",
      files: SHOP_FILES,
      script: byPhase({ plan: [planned], build: [built] }),
    });
    const issue = await stage.openIssue();
    await stage.label(issue, "task:queued");
    await stops(issue, "without changing anything");
    expect(stage.hub.git(FULL_NAME).refs("refs/heads/signalbox/task/")).toEqual({});
  });
});
