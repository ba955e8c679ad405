// What keeps a task from being claimed: the issues that people marked as blocking it, in GitHub's own way or in a line of
// its text, in whatever repository, and what those wait for themselves.

import { z } from "zod";
import { blockedByIn } from "../../core/body-lines.ts";
import type { Blocker, ObservedWait, WaitedFor } from "../../core/observation.ts";
import type { IssueRef } from "../../core/ports.ts";
import type { State } from "../../core/task.ts";
import { type Context, nameOf, repositoryCalled } from "./context.ts";
import type { IssueAnswer } from "./look-schema.ts";
import { threadsDocument } from "./relation-documents.ts";
import { isDefinite, type Wire } from "./wire.ts";

/** Steps that a look follows who waits for whom, and issues that one step asks for. */
const STEPS_MAX = 5;
const STEP_ISSUES_MAX = 30;

/** States in which a circle is looked for; elsewhere what is known without it is enough. */
const FOLLOWED_IN: ReadonlySet<State | "none"> = new Set(["none", "draft", "queued"]);
/** States in which nothing waits any more. */
const ENDED: ReadonlySet<State | "none"> = new Set(["done", "failed", "cancelled"]);

const place = { number: z.int(), repository: z.object({ nameWithOwner: z.string() }) };
const waiting = z.object({
  issueState: z.string().optional(),
  pullState: z.string().optional(),
  stateReason: z.string().nullish(),
  body: z.string().optional(),
  blockedBy: z
    .object({ nodes: z.array(z.object({ ...place, state: z.string(), stateReason: z.string().nullish() }).nullable()) })
    .optional(),
  subIssues: z.object({ nodes: z.array(z.object({ ...place, state: z.string() }).nullable()) }).optional(),
});
const threadsSchema = z.record(z.string(), z.object({ thread: waiting.nullable() }).nullable());
type Thread = z.infer<typeof waiting>;

export function waitedFor(state: string, reason: string | null | undefined): WaitedFor {
  if (state.toUpperCase() === "OPEN") return "open";
  return reason?.toUpperCase() === "NOT_PLANNED" ? "not_planned" : "completed";
}

function stateOf(thread: Thread): WaitedFor {
  if (thread.pullState !== undefined) {
    return ({ OPEN: "open", MERGED: "completed" } as const)[thread.pullState] ?? "not_planned";
  }
  return waitedFor(thread.issueState ?? "OPEN", thread.stateReason);
}

function refOf(node: { readonly number: number; readonly repository: { readonly nameWithOwner: string } }): string {
  return `${node.repository.nameWithOwner}#${node.number}`;
}

/** What is not there, or not for us to see, is simply missing from the answer. */
async function threadsOf(wire: Wire, refs: readonly string[]): Promise<ReadonlyMap<string, Thread>> {
  const asked = refs.slice(0, STEP_ISSUES_MAX);
  const variables = asked.flatMap((ref, at) => {
    const [full = "", number = ""] = ref.split("#");
    const { owner, name } = repositoryCalled(full);
    return [[`owner${at}`, owner] as const, [`name${at}`, name] as const, [`number${at}`, Number(number)] as const];
  });
  const document = threadsDocument(asked.length);
  const answer = await wire.graphql({
    document,
    variables: Object.fromEntries(variables),
    repeat: "freely",
    kind: "read",
  });
  const broken = answer.problems.find((problem) => !isDefinite(problem));
  if (broken !== undefined) throw new Error(`GitHub did not say what the issue waits for: ${broken.message}`);
  const threads = threadsSchema.parse(answer.data ?? {});
  return new Map(
    asked.flatMap((ref, at) => {
      const thread = threads[`t${at}`]?.thread;
      return thread === undefined || thread === null ? [] : [[ref, thread] as const];
    }),
  );
}

/** What an open issue has to wait for. */
function openOn(ref: string, thread: Thread): readonly string[] {
  const [full = ""] = ref.split("#");
  const isOpen = (node: { readonly state: string } | null) => node?.state.toUpperCase() === "OPEN";
  const native = (thread.blockedBy?.nodes ?? []).filter((node) => node !== null && isOpen(node));
  const children = (thread.subIssues?.nodes ?? []).filter((node) => node !== null && isOpen(node));
  const refs = [...native, ...children].flatMap((node) => (node === null ? [] : [refOf(node)]));
  return [...new Set([...refs, ...blockedByIn(thread.body ?? "", full)])];
}

export interface Relations {
  readonly blockers: readonly Blocker[];
  readonly waits: readonly ObservedWait[];
}

export async function observedRelations(
  context: Context,
  wire: Wire,
  ref: IssueRef,
  issue: IssueAnswer,
  state: State | "none",
): Promise<Relations> {
  if (ENDED.has(state) && state !== "failed") return { blockers: [], waits: [] };
  // The token of a look sees one repository; what stands elsewhere is asked with one that only reads issues.
  const across = (await context.wireAcross?.(ref)) ?? wire;
  const self = `${nameOf(ref)}#${ref.issue}`;
  const native = await nativeBlockers(across, self, issue);
  const named = blockedByIn(issue.body, nameOf(ref)).filter((one) => !native.some((known) => known.ref === one));
  const threads = named.length === 0 ? new Map<string, Thread>() : await threadsOf(across, named);
  const text = named.map((one): Blocker => {
    const thread = threads.get(one);
    return { ref: one, state: thread === undefined ? "unknown" : stateOf(thread), via: "text" };
  });
  const blockers = [...native, ...text];
  const children = (issue.subIssues?.nodes ?? []).flatMap((child) => (child === null ? [] : [child]));
  const openChildren = children.filter((child) => child.state === "OPEN").map(refOf);
  const open = blockers.filter((one) => one.state === "open").map((one) => one.ref);
  const waits = FOLLOWED_IN.has(state) ? await followed(across, [...open, ...openChildren], threads) : [];
  return { blockers, waits };
}

async function nativeBlockers(across: Wire, self: string, issue: IssueAnswer): Promise<readonly Blocker[]> {
  const seen = (issue.blockedBy?.nodes ?? []).flatMap((node) => (node === null ? [] : [node]));
  const summary = issue.issueDependenciesSummary ?? { blockedBy: 0, totalBlockedBy: 0 };
  const isWhole = seen.length >= summary.totalBlockedBy;
  const thread = isWhole ? undefined : (await threadsOf(across, [self])).get(self);
  const all = (thread?.blockedBy?.nodes ?? []).flatMap((node) => (node === null ? [] : [node]));
  const nodes = all.length > seen.length ? all : seen;
  const blockers = nodes.map(
    (node): Blocker => ({ ref: refOf(node), state: waitedFor(node.state, node.stateReason), via: "dependency" }),
  );
  const isHidden = blockers.filter((one) => one.state === "open").length < summary.blockedBy;
  const hidden: Blocker = { ref: "an issue that Signalbox cannot read", state: "unknown", via: "dependency" };
  return isHidden ? [...blockers, hidden] : blockers;
}

async function followed(
  across: Wire,
  first: readonly string[],
  known: ReadonlyMap<string, Thread>,
): Promise<readonly ObservedWait[]> {
  const found = new Map<string, readonly string[]>();
  let refs = first;
  for (let step = 0; step < STEPS_MAX && refs.length > 0; step += 1) {
    const unread = refs.filter((ref) => !known.has(ref));
    const read = unread.length === 0 ? new Map<string, Thread>() : await threadsOf(across, unread);
    for (const ref of refs) {
      const thread = known.get(ref) ?? read.get(ref);
      if (thread !== undefined && stateOf(thread) === "open") found.set(ref, openOn(ref, thread));
    }
    const next = refs.flatMap((ref) => found.get(ref) ?? []);
    refs = [...new Set(next)].filter((ref) => !found.has(ref));
  }
  return [...found].map(([ref, on]) => ({ ref, on }));
}
