// Pauses, limits and failures that are nobody's work: what keeps a task from being claimed, and who is told.

import { describe, expect, it } from "vitest";
import { type RepositoryStage, repositoryStage } from "../support/repository-stage.ts";

const TEXT = { title: "Empty list crashes", body: "`sum([])` throws." };
const MINUTE = 60_000;

function queued(on: RepositoryStage, ...labels: readonly string[]): number {
  const issue = on.people.openIssue(on.alice, TEXT);
  for (const label of [...labels, "task:queued"]) on.people.addLabel(on.alice, issue, label);
  return issue;
}

async function running(on: RepositoryStage, issue: number) {
  const { task } = await on.look(issue);
  const token = task?.lease?.token ?? "";
  const runId = [...on.people.state().runs.keys()].at(-1) ?? 0;
  on.people.startRun(runId);
  await on.bind(issue, runId, token);
  return { token, runId };
}

function notices(on: RepositoryStage, ...issues: readonly number[]): readonly string[] {
  return issues.flatMap((issue) =>
    on
      .comments(issue)
      .filter(({ key }) => key === "notice")
      .map(({ body }) => body),
  );
}

describe("a paused repository", () => {
  it("B19 claims nothing and says so; what runs goes on to its end", async () => {
    const on = repositoryStage();
    const first = queued(on);
    const { token, runId } = await running(on, first);
    on.people.comment(on.alice, first, "/task pause");
    await on.look(first);
    const second = queued(on);
    expect((await on.look(second)).task?.state).toBe("queued");
    expect(on.comments(second).find(({ key }) => key === "status")?.body).toContain(
      "Claims are paused: paused by alice",
    );
    expect(await on.finish(first, runId, token)).toMatchObject({ move: "submit", refusal: null });
    expect((await on.look(first)).task?.state).toBe("review");
    on.people.comment(on.alice, second, "/task resume");
    expect((await on.look(second)).task?.state).toBe("claimed");
  });

  it("pausing needs write, and pausing twice is nothing to do", async () => {
    const on = repositoryStage();
    const issue = queued(on);
    await on.look(issue);
    on.people.comment(on.carol, issue, "/task pause");
    await on.look(issue);
    expect((await on.shared()).paused).toBeNull();
    on.people.comment(on.alice, issue, "/task pause");
    await on.look(issue);
    const again = on.people.comment(on.alice, issue, "/task pause");
    await on.look(issue);
    const reactions = on.people
      .state()
      .comments.get(again)
      ?.reactions.map(({ reaction }) => reaction);
    expect(reactions).toEqual(["eyes", "+1"]);
  });
});

describe("failures of the infrastructure", () => {
  it("G21 a run that cannot be started costs no attempt; two in a row pause the repository, with one notice", async () => {
    const on = repositoryStage();
    on.people.setWorkflow(false);
    const first = queued(on);
    expect((await on.look(first)).task).toMatchObject({ state: "queued", counters: { attempts: 0 }, spent: 0 });
    expect(await on.shared()).toMatchObject({ failures: 1, paused: null });
    on.pass(MINUTE);
    expect((await on.look(first)).task).toMatchObject({ state: "queued", counters: { attempts: 0 }, spent: 0 });
    expect(await on.shared()).toMatchObject({ failures: 2, paused: { by: "signalbox", issue: first } });
    const [notice, ...others] = notices(on, first);
    expect(others).toEqual([]);
    expect(notice?.split("\n")[1]).toBe(
      "@alice, no task of this repository is claimed any more: 2 infrastructure failures in a row. The last one: Workflow does not exist or does not have a workflow\\_dispatch trigger.",
    );
  });

  it("H06 once that was told, nothing is tried again and nothing is told again", async () => {
    const on = repositoryStage();
    on.people.setWorkflow(false);
    const first = queued(on);
    await on.look(first);
    const second = queued(on);
    expect((await on.look(second)).task?.state).toBe("queued");
    for (let hours = 0; hours < 3; hours += 1) {
      on.pass(60 * MINUTE);
      const before = on.world.history.length;
      await on.look(first);
      await on.look(second);
      expect(on.world.history.slice(before)).toEqual([]);
    }
    expect(notices(on, first, second)).toHaveLength(1);
    on.people.setWorkflow(true);
    on.people.comment(on.alice, first, "/task resume");
    expect((await on.look(first)).task?.state).toBe("claimed");
  });

  it("H07 a model that is not there ends the attempt at once, without counting it", async () => {
    const on = repositoryStage();
    const issue = queued(on);
    const { token, runId } = await running(on, issue);
    await on.finish(issue, runId, token, { exit: "model-unreachable", reason: "the model answers 401", head: null });
    on.people.finishRun(runId, "success");
    expect((await on.look(issue)).task).toMatchObject({ counters: { attempts: 0, suspensions: 1 } });
    expect(await on.shared()).toMatchObject({ failures: 1, paused: null });
  });

  it("G22 a run that worked in between starts the count anew", async () => {
    const on = repositoryStage();
    const first = queued(on);
    const failed = await running(on, first);
    await on.finish(first, failed.runId, failed.token, { exit: "model-unreachable", reason: "503", head: null });
    on.people.finishRun(failed.runId, "success");
    expect(await on.shared()).toMatchObject({ failures: 1 });
    const second = queued(on);
    const worked = await running(on, second);
    await on.finish(second, worked.runId, worked.token);
    on.people.finishRun(worked.runId, "success");
    await on.look(second);
    expect(await on.shared()).toMatchObject({ failures: 0, paused: null });
    const third = queued(on);
    const again = await running(on, third);
    await on.finish(third, again.runId, again.token, { exit: "model-unreachable", reason: "503", head: null });
    expect(await on.shared()).toMatchObject({ failures: 1, paused: null });
    expect(notices(on, first, second, third)).toEqual([]);
  });
});

describe("what keeps a task", () => {
  it.each<[why: string, arrange: (on: RepositoryStage, issue: number) => Promise<void> | void, says: string]>([
    [
      "the role is paused",
      (on, issue) => void on.people.comment(on.alice, issue, "/task pause implement"),
      "the role implement is paused",
    ],
    [
      "it is held",
      (on, issue) => void on.people.comment(on.alice, issue, "/task hold until Monday"),
      "on hold: until Monday",
    ],
    [
      "a blocker is open",
      (on, issue) => {
        const blocker = on.people.openIssue(on.carol, TEXT);
        on.people.setBlockers(issue, [`acme/app#${blocker}`]);
      },
      "It is blocked by acme/app#",
    ],
    [
      "the repository and the role are paused and it is held: the first guard that stands against it is named",
      (on, issue) => void on.people.comment(on.alice, issue, "/task pause implement\n/task pause\n/task hold"),
      "Claims are paused: paused by alice",
    ],
  ])("B20 %s", async (_why, arrange, says) => {
    const on = repositoryStage();
    const issue = on.people.openIssue(on.alice, TEXT);
    await arrange(on, issue);
    on.people.comment(on.alice, issue, "/task queue");
    on.people.addLabel(on.alice, issue, "task:queued");
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ state: "queued", lease: null });
    expect(on.comments(issue).find(({ key }) => key === "status")?.body).toContain(says);
  });

  it("B17 another repository's limit does not: limits are each repository's own", async () => {
    const on = repositoryStage({ config: { checks: "none", limits: { claimed: 1 } } });
    await on.look(queued(on));
    const full = queued(on);
    expect((await on.look(full)).task?.state).toBe("queued");
    const other = on.add("web", { config: { checks: "none", limits: { claimed: 1 } } });
    const issue = other.people.openIssue(on.alice, TEXT);
    other.people.addLabel(on.alice, issue, "task:queued");
    await on.lookIn(other.ref, issue);
    expect(other.people.state().issues.get(issue)?.labels).toEqual(["task:claimed"]);
  });
});
