// The config file as people change it: what holds while it is wrong, what the organisation locks, and who is told.

import { describe, expect, it } from "vitest";
import { createMemoryHub } from "../../src/adapters/memory/memory-hub.ts";
import { checkConfig } from "../../src/reconcile/config.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { type RepositoryStage, repositoryStage } from "../support/repository-stage.ts";

const TEXT = { title: "Empty list crashes", body: "`sum([])` throws." };

function queued(on: RepositoryStage): number {
  const issue = on.people.openIssue(on.alice, TEXT);
  on.people.addLabel(on.alice, issue, "task:queued");
  return issue;
}

async function configOf(on: RepositoryStage) {
  const { config, configProblems } = await on.hub.survey(on.repository);
  return { claimed: config.limits.claimed, problems: configProblems };
}

describe("a file that is wrong", () => {
  it("leaves the last good one in force, and the dashboard lists every mistake", async () => {
    const on = repositoryStage({ config: { limits: { claimed: 1 } } });
    await on.tend();
    on.people.setConfig({ limits: { claimed: 0, reviews: 3 }, checks: "some", schedules: [] });
    on.pass(60_000);
    await on.tend();
    expect(on.boardText()).toContain(
      "### Mistakes in `.github/signalbox.yml`\n\nThe last version that holds is in force.\n\n- `checks`: ",
    );
    for (const key of ["`limits.claimed`: ", "`limits`: "]) expect(on.boardText()).toContain(`\n- ${key}`);
    expect(await configOf(on)).toMatchObject({ claimed: 1 });
  });

  it("leaves it in force after a restart too: it is found in the file's history", async () => {
    const on = repositoryStage({ config: { limits: { claimed: 1 } } });
    on.people.setConfig({ limits: { claimed: "many" } });
    on.people.setConfig({ limits: { claimed: -1 } });
    const restarted = createMemoryHub({ world: on.world, writer: on.bot });
    const [first, second] = [queued(on), queued(on)];
    for (const issue of [first, second])
      await reconcile({ ...on.deps, hub: restarted }, { ...on.repository, issue }, []);
    expect([first, second].map((issue) => on.issueOf(issue).labels)).toEqual([["task:claimed"], ["task:queued"]]);
  });

  it("of which no version ever held lets nothing be claimed, and says so", async () => {
    const on = repositoryStage({ config: { limits: { claimed: "many" } } });
    const issue = queued(on);
    expect((await on.look(issue)).task?.state).toBe("queued");
    const status = on.comments(issue).find(({ key }) => key === "status");
    expect(status?.body).toContain("no version of .github/signalbox.yml holds");
    on.people.setConfig({});
    expect((await on.look(issue)).task?.state).toBe("claimed");
  });

  it("names what nothing goes by: a role of a schedule, a label of ours", async () => {
    const on = repositoryStage();
    on.people.setConfig({
      schedules: [{ role: "gardener", every: "weekly", prompt: "x.md" }],
      labels: { "task:waiting": { colour: "ffffff" } },
    });
    expect((await configOf(on)).problems).toEqual([
      expect.stringMatching(/^`schedules.0.role`: there is no role gardener; known are breakdown, /),
      "`labels.task:waiting`: Signalbox has no such label",
    ]);
  });
});

describe("a file that extends its organisation's", () => {
  it("cannot change what that locked, and is told what it says in vain", async () => {
    const on = repositoryStage({ config: { _extends: ".github", limits: { claimed: 9, review: 2 } } });
    on.add(".github", { config: { locked: ["limits.claimed"], limits: { claimed: 1, review: 5 } } });
    const { config } = await on.hub.survey(on.repository);
    expect([config.limits.claimed, config.limits.review]).toEqual([1, 2]);
    const head = on.people.refOf("refs/heads/main") ?? "";
    expect(await checkConfig(on.hub, on.repository, head, "always")).toBe(true);
    expect(on.world.history.at(-1)?.detail).toContain("- `limits.claimed` is locked by the organisation");
  });

  it("stands on the organisation's last good version while its newest is wrong", async () => {
    const on = repositoryStage({ config: { _extends: ".github" } });
    const { people } = on.add(".github", { config: { limits: { claimed: 1 } } });
    people.setConfig({ limits: { claimed: 1_000 } });
    expect(await configOf(on)).toEqual({
      claimed: 1,
      problems: [expect.stringMatching(/^acme\/.github: `limits.claimed`/)],
    });
  });

  it("that cannot be read lets nothing be claimed where nothing held before", async () => {
    const on = repositoryStage({ config: { _extends: "nowhere" } });
    const issue = queued(on);
    expect((await on.look(issue)).task?.state).toBe("queued");
  });
});

describe("a change of the file", () => {
  it("is judged on its head before it counts: every mistake in one check run", async () => {
    const on = repositoryStage();
    const parent = on.people.refOf("refs/heads/main");
    const head = on.people.push(on.alice, "refs/heads/tune", {
      parent,
      config: { limits: { claimed: 0 }, plan: "hide" },
    });
    expect(await checkConfig(on.hub, on.repository, head, "changed")).toBe(true);
    expect(on.people.state().checks.get(head)).toMatchObject([
      { name: "signalbox/config", app: "signalbox", status: "failure" },
    ]);
    const { detail = "" } = on.world.history.at(-1) ?? {};
    expect(detail.split("\n").filter((line) => line.startsWith("- "))).toEqual([
      expect.stringMatching(/^- `plan`: /),
      expect.stringMatching(/^- `limits.claimed`: /),
    ]);
    const before = on.world.history.length;
    await checkConfig(on.hub, on.repository, head, "changed");
    expect(on.world.history.slice(before)).toEqual([]);
    const better = on.people.push(on.alice, "refs/heads/tune", { config: { limits: { claimed: 2 } } });
    await checkConfig(on.hub, on.repository, better, "changed");
    expect(on.people.state().checks.get(better)?.[0]?.status).toBe("success");
  });

  it("that is none gets no check run", async () => {
    const on = repositoryStage();
    const head = on.people.push(on.alice, "refs/heads/other", { parent: on.people.refOf("refs/heads/main") });
    expect(await checkConfig(on.hub, on.repository, head, "changed")).toBe(false);
    expect(on.people.state().checks.size).toBe(0);
  });
});
