import { describe, expect, it } from "vitest";
import { createMemoryHub, InjectedFault } from "../../../src/adapters/memory/memory-hub.ts";
import { peopleOf } from "../../../src/adapters/memory/people.ts";
import { createMemoryWorld } from "../../../src/adapters/memory/world.ts";

const NOW = Date.UTC(2026, 10, 20, 12);

function stage(faults: Parameters<typeof createMemoryHub>[0]["faults"] = () => "none") {
  let now = NOW;
  const world = createMemoryWorld({ clock: { now: () => now } });
  const bot = world.account("signalbox[bot]", "bot");
  const alice = world.account("alice");
  const repository = world.createRepository({ owner: "acme", name: "app", roles: [[alice, "write"]] });
  const hub = createMemoryHub({ world, writer: bot, faults });
  const pass = (ms: number) => {
    now += ms;
  };
  return { world, hub, repository, alice, bot, people: peopleOf(world, repository), pass };
}

describe("the pretended GitHub", () => {
  it("makes the same world of the same story", async () => {
    const tell = async () => {
      const { world, hub, repository, alice, people } = stage();
      const issue = people.openIssue(alice, { title: "Say hello", body: "please" });
      people.addLabel(alice, issue, "task:queued");
      const sha = await hub.createRecord(repository, { parent: null, message: "queued" });
      await hub.updateRefs(repository, [{ ref: "refs/heads/signalbox/ledger/1", before: null, after: sha }]);
      return { history: world.history, look: await hub.observe({ ...repository, issue }) };
    };
    expect(await tell()).toEqual(await tell());
  });

  it("tells what happened outside, in order, and nothing of what changed nothing", async () => {
    const { world, hub, repository, alice, people } = stage();
    const issue = people.openIssue(alice, { title: "Say hello", body: "please" });
    const nodeId = people.state().issues.get(issue)?.nodeId ?? "";
    const label = { kind: "add-labels", nodeId, labels: ["task:queued"] } as const;
    await hub.apply({ ...repository, issue }, [label, label]);
    expect(world.history.map(({ by, what, detail }) => [by, what, detail])).toEqual([
      ["alice", "issue-opened", "Say hello"],
      ["signalbox[bot]", "labels-added", "task:queued"],
    ]);
  });

  it("follows a branch with its pull request, and remembers when each head was seen", async () => {
    const { hub, repository, alice, people, pass } = stage();
    const issue = people.openIssue(alice, { title: "Say hello", body: "please" });
    const first = people.push(alice, "refs/heads/signalbox/task/1", { parent: people.refOf("refs/heads/main") });
    people.openPullRequest(alice, { head: "signalbox/task/1", base: "main", title: "Hello", body: "Closes #1" });
    pass(60_000);
    const second = people.push(alice, "refs/heads/signalbox/task/1", { touchesWorkflows: true });
    const look = await hub.observe({ ...repository, issue });
    expect(look !== "gone" && look.pullRequests[0]).toMatchObject({
      number: 2,
      head: second,
      touchesWorkflows: true,
      headSeenAt: [
        { head: first, at: NOW },
        { head: second, at: NOW + 60_000 },
      ],
    });
  });

  it("closes the issue that a merged pull request names", async () => {
    const { alice, people } = stage();
    people.openIssue(alice, { title: "Say hello", body: "please" });
    people.push(alice, "refs/heads/signalbox/task/1", { parent: people.refOf("refs/heads/main") });
    const pull = people.openPullRequest(alice, {
      head: "signalbox/task/1",
      base: "main",
      title: "Hello",
      body: "Closes #1",
    });
    people.mergePullRequest(alice, pull);
    expect(people.state().issues.get(1)).toMatchObject({ isOpen: false, stateReason: "completed", closedBy: alice });
    expect(people.state().pullRequests.get(2)).toMatchObject({ isOpen: false, isMerged: true });
  });
});

describe("injected faults", () => {
  it("lets a call fail before or after it was applied", async () => {
    const plan = ["none", "fail-before", "fail-after"] as const;
    let calls = 0;
    const { hub, repository, people } = stage(({ call }) =>
      call === "updateRefs" ? (plan[calls++] ?? "none") : "none",
    );
    const main = people.refOf("refs/heads/main");
    const point = (name: string) => hub.updateRefs(repository, [{ ref: name, before: null, after: main }]);
    await expect(point("refs/heads/a")).resolves.toBe("won");
    await expect(point("refs/heads/b")).rejects.toThrow(InjectedFault);
    await expect(point("refs/heads/c")).rejects.toThrow(InjectedFault);
    expect([people.refOf("refs/heads/a"), people.refOf("refs/heads/b"), people.refOf("refs/heads/c")]).toEqual([
      main,
      null,
      main,
    ]);
  });

  it("answers a stale read from before the last changes", async () => {
    const { hub, repository, alice, people } = stage(({ call }) => (call === "observe" ? { stale: 1 } : "none"));
    const issue = people.openIssue(alice, { title: "Say hello", body: "please" });
    people.addLabel(alice, issue, "task:queued");
    const look = await hub.observe({ ...repository, issue });
    expect(look !== "gone" && look.issue.labels).toEqual([]);
  });
});
