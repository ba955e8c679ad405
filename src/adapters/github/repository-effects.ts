// Writes to a repository as a whole: issues of our own, and branches with files that are offered as pull requests.

import { z } from "zod";
import type { Effect, EffectResult, RepositoryRef } from "../../core/ports.ts";
import type { Context } from "./context.ts";
import { openPullRequest } from "./pull-request-effects.ts";
import type { RestAnswer, Wire } from "./wire.ts";

type Of<K extends Effect["kind"]> = Extract<Effect, { kind: K }>;

const numberSchema = z.object({ number: z.int() });
const shaSchema = z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/) });

/** A lost answer throws: the next try surveys first, and finds the issue if it was made. */
export async function createIssue(
  context: Context,
  { owner, name }: RepositoryRef,
  { title, body }: Of<"create-issue">,
): Promise<EffectResult> {
  const wire = await context.wireTo({ owner, name });
  const answer = await wire.rest({
    route: "POST /repos/{owner}/{repo}/issues",
    parameters: { owner, repo: name, title, body },
    repeat: "never",
    kind: "content",
  });
  if (!answer.ok) return { ok: false, refused: answer.message };
  return { ok: true, id: numberSchema.parse(answer.data).number };
}

/** A branch that is there already, from an earlier try, is taken as it is. */
export async function propose(
  context: Context,
  repository: RepositoryRef,
  effect: Of<"propose">,
): Promise<EffectResult> {
  const wire = await context.wireTo(repository);
  const { owner, name } = repository;
  const { branch, base, title, body } = effect;
  const there = await call(wire, "GET /repos/{owner}/{repo}/git/ref/{+ref}", repository, { ref: `heads/${branch}` });
  if (there.status === 404) {
    const made = await makeBranch(wire, repository, effect);
    if (made !== null) return { ok: false, refused: made };
  } else if (!there.ok) throw new Error(`GitHub did not say whether ${branch} is there: ${there.message}`);
  const opening = { kind: "open-pull-request", issue: 0, head: branch, base, title, body } as const;
  return await openPullRequest(context, { owner, name }, opening);
}

/** @returns why GitHub would not have it, or null */
async function makeBranch(wire: Wire, repository: RepositoryRef, effect: Of<"propose">): Promise<string | null> {
  const { branch, baseSha, message, files } = effect;
  const base = await call(wire, "GET /repos/{owner}/{repo}/git/commits/{commit_sha}", repository, {
    commit_sha: baseSha,
  });
  if (!base.ok) return base.message;
  const { tree } = z.object({ tree: shaSchema }).parse(base.data);
  const entries = files.map(({ path, text }) => ({ path, mode: "100644", type: "blob", content: text }));
  const grown = await write(wire, "POST /repos/{owner}/{repo}/git/trees", repository, {
    base_tree: tree.sha,
    tree: entries,
  });
  if (!grown.ok) return grown.message;
  const commit = await write(wire, "POST /repos/{owner}/{repo}/git/commits", repository, {
    message,
    tree: shaSchema.parse(grown.data).sha,
    parents: [baseSha],
  });
  if (!commit.ok) return commit.message;
  const ref = { ref: `refs/heads/${branch}`, sha: shaSchema.parse(commit.data).sha };
  const made = await write(wire, "POST /repos/{owner}/{repo}/git/refs", repository, ref);
  // Somebody was faster: theirs is as good.
  return made.ok || /already exists/i.test(made.message) ? null : made.message;
}

type Parameters = Readonly<Record<string, unknown>>;

async function call(wire: Wire, route: string, { owner, name }: RepositoryRef, more: Parameters): Promise<RestAnswer> {
  return await wire.rest({ route, parameters: { owner, repo: name, ...more }, repeat: "freely", kind: "read" });
}

async function write(wire: Wire, route: string, { owner, name }: RepositoryRef, more: Parameters): Promise<RestAnswer> {
  return await wire.rest({ route, parameters: { owner, repo: name, ...more }, repeat: "freely", kind: "write" });
}
