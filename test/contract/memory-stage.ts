// GitHub in memory, as a stage of the contract.

import { parse } from "yaml";
import { createMemoryHub, type Fault, type FaultHook } from "../../src/adapters/memory/memory-hub.ts";
import { peopleOf } from "../../src/adapters/memory/people.ts";
import { createMemoryWorld } from "../../src/adapters/memory/world.ts";
import type { ContractStage, World } from "./stage.ts";

const NOW = Date.UTC(2026, 10, 20, 12);

type People = ReturnType<typeof peopleOf>;

function worldOf(people: People, full: string, elsewhere: () => People): World {
  const main = () => people.refOf("refs/heads/main");
  return {
    openIssue: async (by, text) => people.openIssue(by, text),
    editIssue: async (by, issue, text) => void people.editIssue(by, issue, text),
    deleteIssue: async (by, issue) => void people.deleteIssue(by, issue),
    addLabel: async (by, issue, label) => void people.addLabel(by, issue, label),
    removeLabel: async (by, issue, label) => void people.removeLabel(by, issue, label),
    renameLabel: async (by, from, to) => void people.renameLabel(by, from, to),
    deleteLabel: async (by, name) => void people.deleteLabel(by, name),
    closeIssue: async (by, issue, reason) => void people.close(by, issue, reason),
    blockBy: async (_by, issue, blocker) => void people.setBlockers(issue, [`${full}#${blocker}`]),
    adopt: async (_by, parent, child) => void people.setParent(child, parent),
    async openElsewhere(by, text) {
      const lib = elsewhere();
      const number = lib.openIssue(by, text);
      const ref = `acme/${lib.state().name}#${number}`;
      return {
        ref,
        blocks: async (issue) => void people.setBlockers(issue, [ref]),
        close: async (reason) => void lib.close(by, number, reason),
      };
    },
    comment: async (by, on, body) => people.comment(by, on, body),
    editComment: async (by, id, body) => void people.editComment(by, id, body),
    async push(by, branch, { path = "README.md", message = "work" } = {}) {
      const name = `refs/heads/${branch}`;
      const parent = people.refOf(name) ?? main();
      const touchesWorkflows = path.startsWith(".github/workflows/");
      return people.push(by, name, { parent, message, touchesWorkflows, files: [path] });
    },
    forcePush: async (by, branch, message) => people.push(by, `refs/heads/${branch}`, { parent: null, message }),
    review: async (by, pull, state, body) => void people.review(by, pull, { state, body }),
    report: async (head, { name, status }) => void people.report(head, { name, status, app: "ci" }),
    requireChecks: async (names) => void people.requireChecks(names),
    settle: async () => undefined,
    setConfig: async (yaml) => void people.setConfig(yaml === null ? undefined : parse(yaml)),
    pushConfig: async (by, branch, yaml) =>
      people.push(by, `refs/heads/${branch}`, { parent: main(), config: parse(yaml) }),
    refOf: async (name) => people.refOf(name),
    async collide(_by, branch) {
      const pull = [...people.state().pullRequests.values()].find((one) => one.headRef === branch);
      people.setConflict(pull?.number ?? 0, true);
    },
  };
}

export async function createMemoryStage(): Promise<ContractStage> {
  let now = NOW;
  const world = createMemoryWorld({ clock: { now: () => now } });
  const writer = world.account("signalbox[bot]", "bot");
  const [alice, carol, mallory] = [world.account("alice"), world.account("carol"), world.account("mallory")];
  const roles = [[alice, "write"] as const, [carol, "maintain"] as const, [mallory, "read"] as const];
  const repository = world.createRepository({ owner: "acme", name: "app", roles });
  const planned: { readonly to: string; readonly fault: Fault }[] = [];
  const faults: FaultHook = ({ call, detail }) => {
    const index = planned.findIndex(({ to }) => to === call || to === detail);
    return index === -1 ? "none" : (planned.splice(index, 1)[0]?.fault ?? "none");
  };
  const people = peopleOf(world, repository);
  let libraries = 0;
  return {
    hub: createMemoryHub({ world, writer, faults }),
    world: worldOf(people, "acme/app", () => {
      libraries += 1;
      return peopleOf(world, world.createRepository({ owner: "acme", name: `lib${libraries}`, roles }));
    }),
    repository,
    writer,
    alice,
    carol,
    mallory,
    stranger: world.account("stranger"),
    setRole: (account, role) => void people.setRole(account, role),
    pass: (ms) => {
      now += ms;
    },
    loseAnswer: (to, when) => {
      const isBefore = when === "before-it-was-applied";
      if (to === "updateRefs") planned.push({ to, fault: isBefore ? "lost-before" : "lost-after" });
      else planned.push({ to, fault: isBefore ? "fail-before" : "fail-after" });
    },
    close: async () => undefined,
  };
}
