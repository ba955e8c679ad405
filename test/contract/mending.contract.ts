// Promises about what keeps a merge: checks that run again, branches that are brought up to date, the state of the base;
// and about what an edited comment said before.

import { afterEach, beforeEach, expect, it } from "vitest";
import { taskBranch } from "../../src/core/observation.ts";
import type { Effect } from "../../src/core/ports.ts";
import type { Sha } from "../../src/core/task.ts";
import { type ContractStage, look, type MakeStage, refTo } from "./stage.ts";

export function mendingContract(make: MakeStage): void {
  let stage: ContractStage;
  let issue: number;
  let branch: string;
  let head: Sha;
  beforeEach(async () => {
    stage = await make();
    issue = await stage.world.openIssue(stage.alice, { title: "Say hello", body: "please" });
    branch = taskBranch(issue);
    head = await stage.world.push(stage.alice, branch);
  });
  afterEach(() => stage.close());

  const apply = (...effects: readonly Effect[]) => stage.hub.apply(refTo(stage, issue), effects);
  const opened = async () => {
    const [result] = await apply({
      kind: "open-pull-request",
      issue,
      head: branch,
      base: "main",
      title: "Say hello",
      body: "",
    });
    if (result?.ok !== true || result.id === undefined) throw new Error("no pull request was opened");
    return result.id;
  };
  const pull = async () => {
    const [first] = (await look(stage, issue)).pullRequests;
    if (first === undefined) throw new Error("there is no pull request");
    return first;
  };

  it("a check run that ended has an id and a time; asked to run again, the request is taken", async () => {
    await opened();
    await apply({ kind: "evidence-check", head, conclusion: "failure", title: "0 of 1", summary: "test" });
    const [check] = (await pull()).checks;
    expect(check).toMatchObject({ status: "failure", runId: expect.any(Number), endedAt: expect.any(Number) });
    expect(await apply({ kind: "rerun-checks", head, runIds: [check?.runId ?? 0] })).toEqual([{ ok: true }]);
  });

  it("a branch that ran behind is brought up to date once, and only from the head that is named", async () => {
    const number = await opened();
    await stage.world.push(stage.alice, "main", { path: "elsewhere.txt" });
    const update: Effect = { kind: "update-branch", pullRequest: number, head };
    expect(await apply(update)).toEqual([{ ok: true }]);
    await stage.world.settle();
    const after = await pull();
    expect(after.head).not.toBe(head);
    await apply(update);
    expect((await pull()).head).toBe(after.head);
  });

  it("a branch in conflict is not brought up to date, and the reason is told", async () => {
    const number = await opened();
    await stage.world.collide(stage.alice, branch);
    const [result] = await apply({ kind: "update-branch", pullRequest: number, head });
    expect(result).toMatchObject({ ok: false });
  });

  it("shows what the checks of the base say together", async () => {
    await opened();
    expect((await pull()).baseChecks).toBe("none");
    const base = (await stage.world.refOf("refs/heads/main")) ?? "";
    await stage.world.report(base, { name: "build", status: "failure" });
    expect((await pull()).baseChecks).toBe("red");
    await stage.world.report(base, { name: "build", status: "success" });
    expect((await pull()).baseChecks).toBe("green");
  });

  it("an edited command brings what it said before, oldest first", async () => {
    const id = await stage.world.comment(stage.alice, issue, "/task hold");
    stage.pass(5_000);
    await stage.world.editComment(stage.alice, id, "/task hold\n\n/task cancel");
    stage.pass(5_000);
    await stage.world.editComment(stage.alice, id, "/task unhold");
    const { comments } = await look(stage, issue);
    expect(comments[0]?.revisions.map(({ body }) => body)).toEqual(["/task hold", "/task hold\n\n/task cancel"]);
  });

  it("a tick in a comment of ours brings our own words", async () => {
    const body = "<!-- signalbox:need 1 -->\n- [ ] <!-- signalbox:abandon --> Abandon";
    const [made] = await apply({ kind: "create-comment", issue, key: "<!-- signalbox:need 1 -->", body });
    const id = made?.ok === true ? (made.id ?? 0) : 0;
    stage.pass(5_000);
    await stage.world.editComment(stage.carol, id, body.replace("[ ]", "[x]"));
    const { comments } = await look(stage, issue);
    expect(comments[0]).toMatchObject({ author: stage.writer, editor: stage.carol, revisions: [{ body }] });
  });
}
