// Sub-issues, dependencies and project branches, made on the pretended GitHub. What is there already is left alone.

import type { Effect } from "../../core/ports.ts";
import { type Act, addLabel, issueOf, openIssue, putIssue } from "./issues.ts";
import { issueByNode, type Outcome, outcome, refuse } from "./outcome.ts";
import { setRef } from "./refs.ts";
import type { MemoryRepository } from "./state.ts";

type Of<K extends Effect["kind"]> = Extract<Effect, { kind: K }>;

export function onFamily(
  state: MemoryRepository,
  effect: Of<"create-child" | "block" | "create-branch">,
  act: Act,
): Outcome {
  switch (effect.kind) {
    case "create-child":
      return createChild(state, effect, act);
    case "block":
      return block(state, effect);
    case "create-branch":
      return createBranch(state, effect, act);
  }
}

/** Looked for by the first line of its body among the sub-issues that the app made. */
function createChild(state: MemoryRepository, effect: Of<"create-child">, act: Act): Outcome {
  const twin = [...state.issues.values()].find(
    ({ parent, author, body }) =>
      parent === effect.parent.number && author?.id === act.by.id && body.startsWith(effect.key),
  );
  if (twin !== undefined) {
    return outcome(state, "child-created", twin.number, "", { ok: true, id: twin.number, nodeId: twin.nodeId });
  }
  const number = state.nextNumber;
  const { title, body } = effect;
  const opened = openIssue(state, { title, body, isPullRequest: false }, act);
  const placed = putIssue(opened, { ...issueOf(opened, number), parent: effect.parent.number });
  const labelled = effect.labels.reduce(
    (next, label, index) => addLabel(next, number, label, { ...act, id: act.id + index + 1 }),
    placed,
  );
  const { nodeId } = issueOf(labelled, number);
  return outcome(labelled, "child-created", number, effect.key, { ok: true, id: number, nodeId });
}

function block(state: MemoryRepository, effect: Of<"block">): Outcome {
  const [blocked, by] = [issueByNode(state, effect.nodeId), issueByNode(state, effect.by)];
  if (blocked === undefined || by === undefined) return refuse(state, "Could not resolve to a node");
  const ref = `${state.owner}/${state.name}#${by.number}`;
  if (blocked.blockers.includes(ref)) return outcome(state, "blocked", blocked.number);
  const next = putIssue(state, { ...blocked, blockers: [...blocked.blockers, ref] });
  return outcome(next, "blocked", blocked.number, ref);
}

function createBranch(state: MemoryRepository, effect: Of<"create-branch">, act: Act): Outcome {
  const from = state.refs.get(`refs/heads/${effect.from}`);
  if (from === undefined) return refuse(state, `the branch ${effect.from} does not exist`);
  const ref = `refs/heads/${effect.branch}`;
  if (state.refs.has(ref)) return outcome(state, "branch-created", undefined);
  return outcome(setRef(state, ref, from, act.at), "branch-created", undefined, effect.branch);
}
