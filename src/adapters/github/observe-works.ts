// What else is under way in a repository, and which paths it touches: the texts of the issues that hold a claim, and the
// files of the pull requests of tasks. Read only when an overlap could keep the task that is looked at.

import { z } from "zod";
import { pathsIn } from "../../core/body-lines.ts";
import { type ObservedWork, taskOfBranch } from "../../core/observation.ts";
import type { IssueRef } from "../../core/ports.ts";
import { nameOf } from "./context.ts";
import { OPEN_WORK, textsDocument } from "./relation-documents.ts";
import { readWhole, type Wire } from "./wire.ts";

/** Pages of fifty open pull requests; beyond them nobody merges by hand either. */
const PAGES_MAX = 10;
/** Stands for files that GitHub did not list: they may be any. */
const ANYTHING = "**";

const page = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const workSchema = z.object({
  repository: z.object({
    pullRequests: z.object({
      pageInfo: page,
      nodes: z.array(
        z.object({
          headRefName: z.string(),
          headRepository: z.object({ nameWithOwner: z.string() }).nullable(),
          files: z.object({ pageInfo: page, nodes: z.array(z.object({ path: z.string() })) }).nullable(),
        }),
      ),
    }),
  }),
});
const textsSchema = z.object({
  repository: z.record(z.string(), z.object({ body: z.string().optional() }).nullable()),
});

async function filesByTask(wire: Wire, ref: IssueRef): Promise<ReadonlyMap<number, readonly string[]>> {
  const files = new Map<number, readonly string[]>();
  let after: string | null = null;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const { data } = await readWhole(wire, OPEN_WORK, { owner: ref.owner, name: ref.name, after });
    const { pageInfo, nodes } = workSchema.parse(data).repository.pullRequests;
    for (const pull of nodes) {
      const task = taskOfBranch(pull.headRefName);
      if (task === null || pull.headRepository?.nameWithOwner.toLowerCase() !== nameOf(ref).toLowerCase()) continue;
      const listed = (pull.files?.nodes ?? []).map(({ path }) => path);
      files.set(task, pull.files === null || pull.files.pageInfo.hasNextPage ? [...listed, ANYTHING] : listed);
    }
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  return files;
}

async function textsOf(wire: Wire, ref: IssueRef, numbers: readonly number[]): Promise<ReadonlyMap<number, string>> {
  if (numbers.length === 0) return new Map();
  const variables = Object.fromEntries(numbers.map((number, at) => [`number${at}`, number]));
  const document = textsDocument(numbers.length);
  const { data } = await readWhole(wire, document, { owner: ref.owner, name: ref.name, ...variables });
  const texts = textsSchema.parse(data).repository;
  return new Map(numbers.map((number, at) => [number, texts[`i${at}`]?.body ?? ""]));
}

/** @param claimed issues that hold a claim */
export async function observedWorks(
  wire: Wire,
  ref: IssueRef,
  body: string,
  claimed: readonly number[],
): Promise<readonly ObservedWork[]> {
  const files = await filesByTask(wire, ref);
  const others = [...new Set([...claimed, ...files.keys()])].filter((number) => number !== ref.issue);
  const texts = await textsOf(wire, ref, others);
  const work = (issue: number, text: string) => ({ issue, paths: pathsIn(text), files: files.get(issue) ?? [] });
  return [work(ref.issue, body), ...others.map((issue) => work(issue, texts.get(issue) ?? ""))].sort(
    (a, b) => a.issue - b.issue,
  );
}
