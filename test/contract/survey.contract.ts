// Promises about a repository as a whole: what a survey brings back, and the writes that only concern all of it.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BOARD_TITLES, changesOn } from "../../src/core/board.ts";
import { REPOSITORY_LEDGER_REF } from "../../src/core/observation.ts";
import { ONBOARDING_BRANCH } from "../../src/core/onboarding-files.ts";
import type { Effect } from "../../src/core/ports.ts";
import { type ContractStage, look, type MakeStage, pauseMessage, refTo } from "./stage.ts";

const BOARD: Effect = { kind: "create-issue", title: BOARD_TITLES.tasks, body: "<!-- signalbox:tasks seen=none -->" };

export function surveyContract(make: MakeStage): void {
  let stage: ContractStage;
  beforeEach(async () => {
    stage = await make();
  });
  afterEach(() => stage.close());

  const survey = () => stage.hub.survey(stage.repository);
  const apply = (...effects: readonly Effect[]) => stage.hub.apply(stage.repository, effects);

  describe("a repository that nobody set up", () => {
    it("is seen with its labels and without boards, tasks or a config", async () => {
      const seen = await survey();
      expect(seen).toMatchObject({
        repository: { ...stage.repository, defaultBranch: "main" },
        writer: stage.writer,
        isArchived: false,
        hasConfig: false,
        configProblems: [],
        repositoryLedger: { tip: null },
        tasks: [],
        boards: [],
        proposal: null,
      });
      expect(seen.repository.defaultBranchSha).toBe(await stage.world.refOf("refs/heads/main"));
      expect(seen.url).toMatch(new RegExp(`/acme/${stage.repository.name}$`));
    });

    it("lists its open issues, newest first, but not our own", async () => {
      const first = await stage.world.openIssue(stage.alice, { title: "First", body: "" });
      const second = await stage.world.openIssue(stage.mallory, { title: "Second", body: "please" });
      await stage.world.addLabel(stage.alice, second, "urgent");
      await apply(BOARD);
      expect(await stage.hub.openIssues(stage.repository)).toEqual([
        { number: second, title: "Second", hasBody: true, labels: ["urgent"] },
        { number: first, title: "First", hasBody: false, labels: [] },
      ]);
    });
  });

  describe("labels of the repository", () => {
    const label = { name: "task:queued", colour: "bfd4f2", description: "Waits for a runner" } as const;

    it("are made and changed; issues keep one that is renamed, and a second of a name is refused", async () => {
      const { repository } = await survey();
      const create: Effect = { kind: "create-label", repositoryNodeId: repository.nodeId, ...label };
      expect(await apply(create)).toEqual([{ ok: true }]);
      expect(await apply(create)).toEqual([{ ok: false, refused: expect.stringContaining("taken") }]);
      const issue = await stage.world.openIssue(stage.alice, { title: "Say hello", body: "please" });
      await stage.world.addLabel(stage.alice, issue, "task:queued");
      const made = (await survey()).labels.find(({ name }) => name === label.name);
      expect(made).toMatchObject(label);
      const edit = { kind: "edit-label", nodeId: made?.nodeId ?? "", ...label, name: "task:waiting" } as const;
      expect(await apply(edit)).toEqual([{ ok: true }]);
      expect((await look(stage, issue)).issue.labels).toEqual(["task:waiting"]);
    });

    it("that are deleted were taken off by nobody, but one that is taken off was", async () => {
      const issue = await stage.world.openIssue(stage.alice, { title: "Say hello", body: "please" });
      await stage.world.addLabel(stage.alice, issue, "task:queued");
      await stage.world.deleteLabel(stage.carol, "task:queued");
      expect((await look(stage, issue)).events.map(({ kind }) => kind)).toEqual(["labeled"]);
      await stage.world.addLabel(stage.alice, issue, "task:queued");
      expect((await look(stage, issue)).events.map(({ kind }) => kind)).toEqual(["labeled", "labeled"]);
      await stage.world.removeLabel(stage.carol, issue, "task:queued");
      expect((await look(stage, issue)).events.at(-1)).toMatchObject({ kind: "unlabeled", actor: stage.carol });
    });

    it("that were renamed by a person are made anew under the old name when a task needs them", async () => {
      const issue = await stage.world.openIssue(stage.alice, { title: "Say hello", body: "please" });
      await stage.world.addLabel(stage.alice, issue, "task:queued");
      const { nodeId } = (await look(stage, issue)).issue;
      await stage.world.renameLabel(stage.carol, "task:queued", "todo");
      expect((await look(stage, issue)).issue.labels).toEqual(["todo"]);
      expect(await apply({ kind: "add-labels", nodeId, labels: ["task:queued"] })).toEqual([{ ok: true }]);
      expect((await look(stage, issue)).issue.labels.toSorted()).toEqual(["task:queued", "todo"]);
    });
  });

  describe("a board", () => {
    it("tells who wrote what, newest first, also what another edit overwrote, and what we said there", async () => {
      const [made] = await apply(BOARD);
      const number = made?.ok === true ? (made.id ?? 0) : 0;
      const { nodeId } = (await look(stage, number)).issue;
      expect((await survey()).boards).toMatchObject([
        { number, title: BOARD_TITLES.tasks, isOpen: true, versions: [] },
      ]);
      stage.pass(2_000);
      const ticked = "<!-- signalbox:tasks seen=none -->\n- [x] <!-- signalbox:box pause --> Pause";
      await stage.world.editIssue(stage.alice, number, { body: ticked });
      stage.pass(2_000);
      const key = "<!-- signalbox:answer box:1/pause -->";
      const body = "<!-- signalbox:tasks seen=none -->\nnew";
      await apply(
        { kind: "edit-issue", nodeId, title: BOARD_TITLES.tasks, body },
        { kind: "create-comment", issue: number, key, body: `${key}\nno` },
      );
      await stage.world.closeIssue(stage.carol, number, "completed");
      const [board] = (await survey()).boards;
      expect(board).toMatchObject({ body, isOpen: false, said: [key] });
      expect(board?.versions.map(({ editor, body: text }) => [editor?.login, text])).toEqual([
        [stage.writer.login, body],
        ["alice", ticked],
        [stage.writer.login, "<!-- signalbox:tasks seen=none -->"],
      ]);
      expect(board?.events).toMatchObject([{ kind: "closed", actor: stage.carol }]);
      const { changes } = changesOn(board ?? expect.fail("no board"), stage.writer.id);
      expect(changes).toMatchObject([{ box: "pause", isTicked: true, by: stage.alice }]);
    });

    it("is found under another title, and somebody else's issue of that title is none", async () => {
      const [made] = await apply(BOARD);
      const number = made?.ok === true ? (made.id ?? 0) : 0;
      await survey();
      await stage.world.editIssue(stage.carol, number, { title: "Mine now" });
      await stage.world.openIssue(stage.mallory, { title: BOARD_TITLES.tasks, body: "<!-- signalbox:tasks -->" });
      expect((await survey()).boards.map((board) => [board.number, board.title])).toEqual([[number, "Mine now"]]);
    });
  });

  describe("what tasks share", () => {
    it("is told with the causes of its newest records", async () => {
      const issue = await stage.world.openIssue(stage.alice, { title: "Say hello", body: "please" });
      const seen = await look(stage, issue);
      const tip = await stage.hub.createRecord(stage.repository, { parent: null, message: pauseMessage(seen, "rest") });
      await stage.hub.updateRefs(stage.repository, [{ ref: REPOSITORY_LEDGER_REF, before: null, after: tip }]);
      const { repositoryLedger, recentCauses } = await survey();
      expect(repositoryLedger).toMatchObject({ tip, state: { paused: { why: "rest" } } });
      expect([...recentCauses]).toEqual([`sweep:${seen.now}/0`]);
    });
  });

  describe("a proposal", () => {
    it("is a branch with files and a pull request, once, however often it is asked for", async () => {
      const { repository } = await survey();
      const propose: Effect = {
        kind: "propose",
        branch: ONBOARDING_BRANCH,
        base: "main",
        baseSha: repository.defaultBranchSha ?? "",
        message: "Set up",
        files: [{ path: ".github/signalbox.yml", text: "checks: none\n" }],
        title: "Set up",
        body: "Nothing runs yet.",
      };
      const [first] = await apply(propose);
      expect(first).toEqual({ ok: true, id: expect.any(Number) });
      expect(await apply(propose)).toEqual([first]);
      const { proposal } = await survey();
      expect(proposal).toMatchObject({ number: first?.ok === true ? first.id : 0, isOpen: true, isMerged: false });
    });
  });

  describe("a version of the config", () => {
    it("is judged as of its commit, every mistake of it, and only if it differs where that is asked", async () => {
      await stage.world.setConfig("checks: none\n");
      const wrong = await stage.world.pushConfig(stage.alice, "change", "checks: nonsense\nlimits: { claimed: 0 }\n");
      const report = await stage.hub.reportConfig(stage.repository, wrong, "changed");
      expect(report?.problems).toEqual([
        expect.stringContaining("`checks`"),
        expect.stringContaining("`limits.claimed`"),
      ]);
      const issue = await stage.world.openIssue(stage.alice, { title: "Say hello", body: "please" });
      expect((await look(stage, issue)).configProblems).toEqual([]);
      const effect = { kind: "config-check", head: wrong, conclusion: "failure", title: "2", summary: "x" } as const;
      expect(await stage.hub.apply(refTo(stage, issue), [effect, effect])).toEqual([{ ok: true }, { ok: true }]);
    });

    it("that is the default branch's is no change, and none is none", async () => {
      const main = (await stage.world.refOf("refs/heads/main")) ?? "";
      expect(await stage.hub.reportConfig(stage.repository, main, "always")).toBeNull();
      await stage.world.setConfig("checks: none\n");
      const now = (await stage.world.refOf("refs/heads/main")) ?? "";
      expect(await stage.hub.reportConfig(stage.repository, now, "changed")).toBeNull();
      expect(await stage.hub.reportConfig(stage.repository, now, "always")).toEqual({ problems: [], ignored: [] });
    });
  });
}
