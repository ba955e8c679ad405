// The kin of a task as GitHub knows it: its parent, with the ledger that tells what the parent is, and its sub-issues.

import { z } from "zod";
import type { Account, ObservedFamily, ObservedRelative } from "../../core/observation.ts";
import { ledgerRef } from "../../core/observation.ts";
import type { IssueRef } from "../../core/ports.ts";
import type { State } from "../../core/task.ts";
import { accountOf } from "./accounts.ts";
import { nameOf } from "./context.ts";
import { PARENT_LEDGER } from "./documents.ts";
import { type IssueAnswer, ledgerSchema, type RelativeAnswer } from "./look-schema.ts";
import { ledgerOf } from "./observe-ledger.ts";
import { waitedFor } from "./observe-relations.ts";
import { CHILDREN } from "./relation-documents.ts";
import { readWhole, type Wire } from "./wire.ts";

/** States in which the texts of the sub-issues that we made are read: while they are made, and while one is counted. */
const COUNTED_IN: ReadonlySet<State | "none"> = new Set(["queued", "needs-human", "review"]);
/** States in which a sub-task asks what its parent is: before its first move, and when a run asks for its base. */
const INHERITS_IN: ReadonlySet<State | "none"> = new Set(["none", "draft", "claimed"]);

const childrenSchema = z.object({
  node: z.object({
    subIssues: z.object({
      nodes: z.array(
        z
          .object({
            id: z.string(),
            number: z.int(),
            body: z.string(),
            viewerDidAuthor: z.boolean(),
            blockedBy: z.object({
              nodes: z.array(
                z.object({ number: z.int(), repository: z.object({ nameWithOwner: z.string() }) }).nullable(),
              ),
            }),
          })
          .nullable(),
      ),
    }),
  }),
});
type Known = NonNullable<z.infer<typeof childrenSchema>["node"]["subIssues"]["nodes"][number]>;

/** Sub-issues of one parent with their texts, by node id. */
export async function readChildren(wire: Wire, parentId: string): Promise<ReadonlyMap<string, Known>> {
  const { data } = await readWhole(wire, CHILDREN, { id: parentId });
  const nodes = childrenSchema.parse(data).node.subIssues.nodes;
  return new Map(nodes.flatMap((node) => (node === null ? [] : [[node.id, node] as const])));
}

function relative(answer: RelativeAnswer, known: Known | undefined): ObservedRelative {
  const { id, number, state, stateReason, repository, author } = answer;
  const blockedBy = (known?.blockedBy.nodes ?? []).flatMap((node) =>
    node === null ? [] : [`${node.repository.nameWithOwner}#${node.number}`],
  );
  return {
    ref: `${repository.nameWithOwner}#${number}`,
    number,
    nodeId: id,
    state: waitedFor(state, stateReason),
    author: accountOf(author),
    body: known?.body ?? "",
    blockedBy,
  };
}

/** One whose repository is out of sight is still there. */
function hidden(at: number): ObservedRelative {
  const ref = "a sub-issue that Signalbox cannot read";
  return { ref, number: 0, nodeId: `hidden ${at}`, state: "unknown", author: null, body: "", blockedBy: [] };
}

export async function observedFamily(
  wire: Wire,
  ref: IssueRef,
  issue: IssueAnswer,
  writer: Account,
  state: State | "none",
): Promise<ObservedFamily> {
  const nodes = issue.subIssues?.nodes ?? [];
  const isOurs = nodes.some((node) => node !== null && accountOf(node.author)?.id === writer.id);
  const known: ReadonlyMap<string, Known> =
    isOurs && COUNTED_IN.has(state) ? await readChildren(wire, issue.id) : new Map<string, Known>();
  const parent = issue.parent ?? null;
  const isHere = parent !== null && parent.repository.nameWithOwner.toLowerCase() === nameOf(ref).toLowerCase();
  return {
    parent: parent === null ? null : relative(parent, undefined),
    parentLedger: isHere && INHERITS_IN.has(state) ? await parentLedger(wire, ref, parent.number) : [],
    children: nodes.map((node, at) => (node === null ? hidden(at) : relative(node, known.get(node.id)))),
  };
}

async function parentLedger(wire: Wire, { owner, name }: IssueRef, number: number) {
  const { data } = await readWhole(wire, PARENT_LEDGER, { owner, name, ledger: ledgerRef(number) });
  const { ledger } = z.object({ repository: z.object({ ledger: ledgerSchema }) }).parse(data).repository;
  return await ledgerOf(wire, { owner, name }, ledger);
}
