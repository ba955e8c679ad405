// Labels of a repository: brought to what the config says, and nobody's tasks harmed by what people do to them.

import { describe, expect, it } from "vitest";
import { repositoryStage } from "../support/repository-stage.ts";

const TEXT = { title: "Empty list crashes", body: "`sum([])` throws." };

describe("labels are brought to what the config says", () => {
  it("missing ones are made, with colour and description, in a repository that is set up", async () => {
    const on = repositoryStage({ config: { roles: { migrate: { kind: "change" } } } });
    await on.tend();
    const labels = on.people.state().labels;
    expect(labels.get("task:queued")).toMatchObject({ colour: "bfd4f2", description: "Waits for a runner" });
    expect([...labels.keys()].filter((name) => name.startsWith("role:"))).toContain("role:migrate");
    expect(labels.get("project:branch")).toBeDefined();
    expect(labels.size).toBe(9 + 4 + 9 + 6 + 1 + 1);
  });

  it("none are made where nobody set anything up", async () => {
    const on = repositoryStage();
    on.people.setConfig(undefined);
    await on.tend();
    expect(on.people.state().labels.size).toBe(0);
  });

  it("an old name becomes the new one, and issues keep it; other labels are never touched", async () => {
    const on = repositoryStage({ config: { labels: { "priority:p0": { previously: ["hot"], colour: "FF0000" } } } });
    on.people.addForeignLabel(on.carol, { name: "hot", colour: "aaaaaa", description: "now!" });
    on.people.addForeignLabel(on.carol, { name: "good first issue", colour: "7057ff", description: "for you" });
    const issue = on.people.openIssue(on.carol, TEXT);
    on.people.addLabel(on.carol, issue, "hot");
    await on.tend();
    expect(on.issueOf(issue).labels).toEqual(["priority:p0"]);
    const { labels } = on.people.state();
    expect(labels.get("priority:p0")).toMatchObject({ colour: "ff0000", description: "Before everything else" });
    expect(labels.get("good first issue")).toMatchObject({ colour: "7057ff", description: "for you" });
    expect(labels.has("hot")).toBe(false);
  });

  it("where old and new are both there, the old one stays somebody's own", async () => {
    const on = repositoryStage({ config: { labels: { "priority:p0": { previously: ["hot"] } } } });
    on.people.addForeignLabel(on.carol, { name: "hot", colour: "aaaaaa", description: "now!" });
    on.people.addForeignLabel(on.carol, { name: "Priority:P0", colour: "aaaaaa", description: "" });
    await on.tend();
    const { labels } = on.people.state();
    expect(labels.get("hot")).toMatchObject({ name: "hot", description: "now!" });
    expect(labels.get("priority:p0")).toMatchObject({ name: "priority:p0", colour: "b60205" });
  });

  it("a task on a repository whose labels are there makes none of its own", async () => {
    const on = repositoryStage();
    await on.tend();
    const before = on.people.state().labels;
    const issue = on.people.openIssue(on.alice, TEXT);
    on.people.addLabel(on.alice, issue, "task:queued");
    await on.look(issue);
    expect(on.people.state().labels).toBe(before);
  });
});

describe("what people do to our labels", () => {
  async function threeTasks() {
    const on = repositoryStage({ config: { checks: "none", limits: { claimed: 1 } } });
    await on.tend();
    const issues = [1, 2, 3].map(() => on.people.openIssue(on.alice, TEXT));
    for (const issue of issues) {
      on.people.addLabel(on.alice, issue, "task:queued");
      await on.look(issue);
    }
    const statesOf = async () => {
      const states = [];
      for (const issue of issues) states.push((await on.look(issue)).task?.state);
      return states;
    };
    return { on, issues, statesOf };
  }

  it("deleting one cancels nothing: it is made again and put back", async () => {
    const { on, issues, statesOf } = await threeTasks();
    on.people.deleteLabel(on.alice, "task:queued");
    expect(on.issueOf(issues[1] ?? 0).labels).toEqual([]);
    await on.tend();
    expect(on.people.state().labels.get("task:queued")).toMatchObject({ colour: "bfd4f2" });
    expect(await statesOf()).toEqual(["claimed", "queued", "queued"]);
    expect(issues.map((issue) => on.issueOf(issue).labels)).toEqual([
      ["task:claimed"],
      ["task:queued"],
      ["task:queued"],
    ]);
  });

  it("nor does it where the tasks are looked at before the label is back", async () => {
    const { on, issues, statesOf } = await threeTasks();
    on.people.deleteLabel(on.alice, "task:queued");
    expect(await statesOf()).toEqual(["claimed", "queued", "queued"]);
    expect(on.issueOf(issues[2] ?? 0).labels).toEqual(["task:queued"]);
    await on.tend();
    expect(await statesOf()).toEqual(["claimed", "queued", "queued"]);
  });

  it("renaming one cancels nothing: ours is made again, and theirs stays on", async () => {
    const { on, issues, statesOf } = await threeTasks();
    on.people.renameLabel(on.alice, "task:queued", "todo");
    await on.tend();
    expect(await statesOf()).toEqual(["claimed", "queued", "queued"]);
    expect(on.issueOf(issues[1] ?? 0).labels.toSorted()).toEqual(["task:queued", "todo"]);
  });

  it("another colour is put right", async () => {
    const { on } = await threeTasks();
    const label = on.people.state().labels.get("task:queued");
    on.people.deleteLabel(on.alice, "task:done");
    on.people.addForeignLabel(on.alice, { name: "task:done", colour: "000000", description: "mine" });
    await on.tend();
    expect(on.people.state().labels.get("task:done")).toMatchObject({ colour: "0e8a16" });
    expect(on.people.state().labels.get("task:queued")).toBe(label);
  });

  it("taking it off one issue still withdraws that one task", async () => {
    const { on, issues, statesOf } = await threeTasks();
    on.people.removeLabel(on.alice, issues[1] ?? 0, "task:queued");
    expect(await statesOf()).toEqual(["claimed", "cancelled", "queued"]);
  });
});
