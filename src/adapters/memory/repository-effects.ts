// Effects on a repository as a whole: its labels, new issues, and branches with files that are offered as pull requests.

import type { Effect, EffectResult } from "../../core/ports.ts";
import { commitId } from "./ids.ts";
import { type Act, editLabel, openIssue, withLabel } from "./issues.ts";
import { openPullRequest, openPullRequestOf } from "./pull-requests.ts";
import { setRef } from "./refs.ts";
import { type MemoryRepository, withEntry } from "./state.ts";

type Of<K extends Effect["kind"]> = Extract<Effect, { kind: K }>;

/** What became of it; `state` is the same object when nothing changed. */
export interface Done {
  readonly state: MemoryRepository;
  readonly what: string;
  readonly detail: string;
  readonly result: EffectResult;
}

export function onRepository(
  state: MemoryRepository,
  effect: Of<"create-label" | "edit-label" | "create-issue" | "propose">,
  act: Act,
): Done {
  switch (effect.kind) {
    case "create-label": {
      const { name, colour, description } = effect;
      const next = withLabel(state, { name, colour, description }, act);
      return next === state ? refused(state, "Name has already been taken") : done(next, "label-made", name);
    }
    case "edit-label": {
      const { nodeId, name, colour, description } = effect;
      const next = editLabel(state, nodeId, { name, colour, description });
      return next === null ? refused(state, "Could not resolve to a node") : done(next, "label-edited", name);
    }
    case "create-issue": {
      const { title, body } = effect;
      const id = state.nextNumber;
      return done(openIssue(state, { title, body, isPullRequest: false }, act), "issue-opened", title, id);
    }
    case "propose":
      return propose(state, effect, act);
  }
}

function done(state: MemoryRepository, what: string, detail: string, id?: number): Done {
  return { state, what, detail, result: id === undefined ? { ok: true } : { ok: true, id } };
}

function refused(state: MemoryRepository, reason: string): Done {
  return { state, what: "refused", detail: reason, result: { ok: false, refused: reason } };
}

function propose(state: MemoryRepository, effect: Of<"propose">, act: Act): Done {
  const { branch, base, baseSha, message, files, title, body } = effect;
  const open = openPullRequestOf(state, branch, base);
  if (open !== null) return done(state, "proposed", branch, open.number);
  const ref = `refs/heads/${branch}`;
  const content = files.map(({ path, text }) => `${path}\n${text}`).join("\n");
  const sha = commitId({ parents: [baseSha], message, author: act.by, at: act.at, content });
  const commit = { sha, parents: [baseSha], message, author: act.by, signedByGitHub: true, touchesWorkflows: false };
  const there = state.refs.has(ref)
    ? state
    : setRef({ ...state, commits: withEntry(state.commits, sha, commit) }, ref, sha, act.at);
  const opened = openPullRequest(there, { head: branch, base, title, body }, act);
  if ("refused" in opened) return refused(state, opened.refused);
  return done(opened, "proposed", branch, there.nextNumber);
}
