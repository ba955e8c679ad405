// The dashboard of a repository: what it says, and what people do with it.

import { describe, expect, it } from "vitest";
import { type RepositoryStage, repositoryStage } from "../support/repository-stage.ts";

const TEXT = { title: "Empty list crashes", body: "`sum([])` throws." };
const MINUTE = 60_000;

function queued(on: RepositoryStage, ...labels: readonly string[]): number {
  const issue = on.people.openIssue(on.alice, TEXT);
  for (const label of [...labels, "task:queued"]) on.people.addLabel(on.alice, issue, label);
  return issue;
}

/** A task that stopped and asks a person. */
async function stopped(on: RepositoryStage): Promise<number> {
  const issue = queued(on);
  const { task } = await on.look(issue);
  const token = task?.lease?.token ?? "";
  const runId = [...on.people.state().runs.keys()].at(-1) ?? 0;
  on.people.startRun(runId);
  await on.bind(issue, runId, token);
  await on.finish(issue, runId, token, { exit: "asked", question: "Which endpoint?", head: null });
  on.people.finishRun(runId, "success");
  await on.look(issue);
  return issue;
}

describe("what it says", () => {
  it("is there as soon as there is a config, and says who runs, who waits and why, who needs somebody, what is done", async () => {
    const on = repositoryStage({ config: { checks: "none", limits: { claimed: 1 } } });
    const asks = await stopped(on);
    on.people.comment(on.alice, asks, "/task answer the old one");
    await on.look(asks);
    const waits = queued(on);
    await on.look(waits);
    on.people.comment(on.alice, asks, "/task cancel");
    await on.look(asks);
    await on.look(waits);
    const next = queued(on);
    await on.look(next);
    await on.tend();
    expect(on.boardText()).toContain(
      `### Running (1)\n\n- #${waits} since 2026-11-20 12:00 UTC: role \`implement\`, $2.50 reserved`,
    );
    expect(on.boardText()).toContain(`- #${next}: The repository already works on as many tasks as \`limits.claimed\``);
    expect(on.boardText()).toContain(`- #${asks} cancelled 2026-11-20 12:00 UTC, $0.04`);
    expect(on.boardText()).toContain(
      "**Claims run.** 1 of 1 claim; $0.04 spent on 2026-11-20, $50.00 a day may be spent.",
    );
  });

  it("is not made where nobody set anything up, and is made with the first task", async () => {
    const on = repositoryStage();
    on.people.setConfig(undefined);
    await on.tend();
    expect(on.board()).toBeUndefined();
    await on.look(queued(on));
    await on.tend();
    expect(on.board()).toMatchObject({ isOpen: true });
  });

  it("is edited at most once a minute, and comes back by itself when it is due", async () => {
    const on = repositoryStage();
    await on.tend();
    await on.look(queued(on));
    on.pass(20_000);
    expect(await on.tend()).toMatchObject({ lookAgainAt: on.now() + 40_000 });
    expect(on.boardText()).not.toContain("Running");
    on.pass(40_000);
    expect(await on.tend()).toMatchObject({ lookAgainAt: null });
    expect(on.boardText()).toContain("### Running (1)");
  });

  it("a task's own status comment is not edited because another one moved", async () => {
    const on = repositoryStage({ config: { checks: "none", limits: { claimed: 1 } } });
    const [first, second] = [queued(on), queued(on)];
    await on.look(first);
    await on.look(second);
    const before = on.comments(second);
    on.people.comment(on.alice, first, "/task set priority p0");
    await on.look(first);
    await on.look(second);
    expect(on.comments(second)).toEqual(before);
  });

  it("is put right when somebody rewrites it, and of two the older one stays", async () => {
    const on = repositoryStage();
    await on.tend();
    const number = on.board()?.number ?? 0;
    const text = on.boardText();
    on.people.editIssue(on.alice, number, { body: "hello" });
    await on.tend();
    expect(on.boardText().split("\n").slice(1)).toEqual(text.split("\n").slice(1));
    on.people.openIssue(on.bot, { title: "Signalbox: tasks", body: text });
    await on.tend();
    expect([...on.people.state().issues.values()].map((issue) => [issue.number, issue.isOpen])).toEqual([
      [number, true],
      [number + 1, false],
    ]);
  });

  it("is left alone in an archived repository", async () => {
    const on = repositoryStage();
    on.people.archive();
    const before = on.world.history.length;
    await on.tend();
    expect(on.world.history.slice(before)).toEqual([]);
  });
});

describe("its boxes", () => {
  it("B19 pause and resume are commands of whoever ticks: nothing is claimed meanwhile, and a running task goes on", async () => {
    const on = repositoryStage();
    const running = queued(on);
    await on.look(running);
    await on.tend();
    on.click(on.alice, "pause");
    await on.tend();
    expect(await on.shared()).toMatchObject({ paused: { by: "alice", why: "paused by alice" } });
    expect(on.boardText()).toContain("**Paused** by alice since 2026-11-20 12:00 UTC");
    const waits = queued(on);
    expect((await on.look(waits)).task?.state).toBe("queued");
    expect((await on.look(running)).task?.state).toBe("claimed");
    on.click(on.alice, "resume");
    expect((await on.tend()).wake).toEqual([waits]);
    expect((await on.look(waits)).task?.state).toBe("claimed");
  });

  it("a tick by somebody without write changes nothing but for one answer that names them", async () => {
    const on = repositoryStage();
    await on.tend();
    on.click(on.carol, "pause");
    await on.tend();
    expect(await on.shared()).toMatchObject({ paused: null });
    const answers = on.comments(on.board()?.number ?? 0);
    expect(answers.map(({ key, body }) => [key, body.split("\n")[1]])).toEqual([
      [
        "answer",
        "@carol, “pause” was not done. This needs write permission; you have triage. Ask somebody who has it.",
      ],
    ]);
    expect(on.boardText()).not.toContain("[x]");
  });

  it("is obeyed once: a tick does not pause again what somebody resumed by a comment", async () => {
    const on = repositoryStage();
    await on.tend();
    const issue = queued(on);
    await on.look(issue);
    on.click(on.alice, "pause");
    await on.tend();
    on.people.comment(on.alice, issue, "/task resume");
    await on.look(issue);
    on.pass(MINUTE);
    await on.tend();
    expect(await on.shared()).toMatchObject({ paused: null });
  });

  it("a tick that our own edit overwrote is obeyed all the same", async () => {
    const on = repositoryStage();
    await on.tend();
    const board = on.board();
    const untouched = board?.body ?? "";
    on.click(on.alice, "pause");
    // Our edit was on its way when alice clicked: it knew nothing of hers.
    on.people.editIssue(on.bot, board?.number ?? 0, { body: `${untouched}\n` });
    await on.tend();
    expect(await on.shared()).toMatchObject({ paused: { by: "alice" } });
  });

  it("two people tick between two looks: each box is the command of its own ticker", async () => {
    const on = repositoryStage();
    const first = await stopped(on);
    const second = await stopped(on);
    await on.tend();
    on.click(on.carol, `retry/${first}`);
    on.click(on.alice, `retry/${second}`);
    await on.tend();
    expect((await on.look(first)).task?.state).toBe("needs-human");
    expect((await on.look(second)).task).toMatchObject({ state: "claimed", queuedBy: { login: "alice" } });
  });

  it("queue a stopped task again, or abandon it; each leaves the section that it was in", async () => {
    const on = repositoryStage();
    const [again, over] = [await stopped(on), await stopped(on)];
    await on.tend();
    expect(on.boardText()).toContain("### Needs you (2)");
    on.click(on.alice, `retry/${again}`);
    on.click(on.alice, `cancel/${over}`);
    await on.tend();
    expect((await on.look(again)).task).toMatchObject({ state: "claimed" });
    expect((await on.look(over)).task).toMatchObject({ state: "cancelled" });
    expect(on.boardText()).not.toContain("Needs you");
    expect(on.boardText()).toContain(`- #${over} cancelled`);
  });

  it("a box of a task that moved on meanwhile is refused with the reason", async () => {
    const on = repositoryStage();
    const issue = await stopped(on);
    await on.tend();
    on.people.comment(on.alice, issue, "/task answer the old one");
    await on.look(issue);
    on.click(on.alice, `retry/${issue}`);
    await on.tend();
    const [answer] = on.comments(on.board()?.number ?? 0);
    expect(answer?.body).toContain(`“retry” for #${issue} was not done. The task is \`claimed\``);
  });

  it("a role that is paused is listed, keeps only its own tasks, and is resumed by its box", async () => {
    const on = repositoryStage();
    const issue = queued(on);
    await on.look(issue);
    on.people.comment(on.alice, issue, "/task pause research");
    await on.look(issue);
    const research = queued(on, "role:research");
    const other = queued(on);
    expect((await on.look(research)).task?.state).toBe("queued");
    expect((await on.look(other)).task?.state).toBe("claimed");
    await on.tend();
    expect(on.boardText()).toContain(`- #${research}: Claims are paused: the role research is paused.`);
    on.click(on.alice, "resume-role/research");
    expect((await on.tend()).wake).toEqual([research]);
    expect((await on.look(research)).task?.state).toBe("claimed");
  });
});

describe("closing it", () => {
  it("pauses everything, and reopening resumes", async () => {
    const on = repositoryStage();
    await on.tend();
    const number = on.board()?.number ?? 0;
    on.people.close(on.alice, number);
    await on.tend();
    expect(await on.shared()).toMatchObject({ paused: { by: "alice" } });
    expect(on.board()).toMatchObject({ isOpen: false });
    on.pass(MINUTE);
    on.people.reopen(on.alice, number);
    await on.tend();
    expect(await on.shared()).toMatchObject({ paused: null });
    expect(on.board()).toMatchObject({ isOpen: true });
  });

  it("by somebody who may not is undone, with one answer", async () => {
    const on = repositoryStage();
    await on.tend();
    const number = on.board()?.number ?? 0;
    on.people.close(on.carol, number);
    await on.tend();
    expect(await on.shared()).toMatchObject({ paused: null });
    expect(on.board()).toMatchObject({ isOpen: true });
    expect(on.comments(number)).toHaveLength(1);
  });

  it("and resuming by a comment opens it again", async () => {
    const on = repositoryStage();
    const issue = queued(on);
    await on.look(issue);
    await on.tend();
    on.people.close(on.alice, on.board()?.number ?? 0);
    await on.tend();
    on.people.comment(on.alice, issue, "/task resume");
    await on.look(issue);
    await on.tend();
    expect(on.board()).toMatchObject({ isOpen: true });
    expect(await on.shared()).toMatchObject({ paused: null });
  });

  it("a pause that came after an old reopening is not ended by it", async () => {
    const on = repositoryStage();
    const issue = queued(on);
    await on.look(issue);
    await on.tend();
    const number = on.board()?.number ?? 0;
    on.people.close(on.alice, number);
    await on.tend();
    on.people.reopen(on.alice, number);
    await on.tend();
    on.pass(MINUTE);
    on.people.comment(on.alice, issue, "/task pause");
    await on.look(issue);
    await on.tend();
    expect(await on.shared()).toMatchObject({ paused: { by: "alice" } });
  });
});
