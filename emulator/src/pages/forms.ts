// What the forms do: each is one or two REST calls as the viewer, and then the way back to the page, with the refusal if there was one.

import { toggleTask } from "./markdown.ts";
import type { IssueShape } from "./shapes.ts";
import type { Visit } from "./visit.ts";

/** Field name → text. */
export type Fields = Readonly<Record<string, string>>;

/** @returns where to go next, and why something was refused */
export interface Outcome {
  readonly to: string;
  readonly refusal: string | null;
}

/** One form of an issue; `number` comes from the address. */
export type IssueForm = (visit: Visit, number: string, fields: Fields) => Promise<string | null>;

/** Why an issue is closed; every other value of the field is a state. */
const REASONS = new Set(["completed", "not_planned"]);

export const ISSUE_FORMS: Readonly<Record<string, IssueForm>> = {
  async comments({ client, api }, number, fields) {
    const path = `${api}/issues/${number}`;
    const body = fields["body"]?.trim() ?? "";
    const refusal = body === "" ? null : await client.send("POST", `${path}/comments`, { body });
    const state = fields["state"] ?? "";
    if (refusal !== null || state === "") return refusal;
    return client.send("PATCH", path, REASONS.has(state) ? { state: "closed", state_reason: state } : { state });
  },
  label: ({ client, api }, number, { label = "" }) =>
    client.send("POST", `${api}/issues/${number}/labels`, { labels: [label] }),
  unlabel: ({ client, api }, number, { label = "" }) =>
    client.send("DELETE", `${api}/issues/${number}/labels/${encodeURIComponent(label)}`),
  assign: ({ client, api }, number, { login = "" }) =>
    client.send("POST", `${api}/issues/${number}/assignees`, { assignees: [login] }),
  unassign: ({ client, api }, number, { login = "" }) =>
    client.send("DELETE", `${api}/issues/${number}/assignees`, { assignees: [login] }),
};

export async function openIssue(
  { client, api, repository }: Visit,
  { title = "", body = "" }: Fields,
): Promise<Outcome> {
  const refusal = await client.send("POST", `${api}/issues`, { title, body });
  const list = `/${repository.full_name}/issues`;
  if (refusal !== null) return { to: `${list}/new`, refusal };
  const [newest] = (await client.get<readonly IssueShape[]>(`${api}/issues?state=all&per_page=1`)) ?? [];
  return { to: newest === undefined ? list : `${list}/${newest.number}`, refusal };
}

/** Ticks a task in the text of the issue (`commentId` null) or of a comment. */
export async function tick(
  visit: Visit,
  number: string,
  commentId: string | null,
  fields: Fields,
): Promise<string | null> {
  const { client, api } = visit;
  const path =
    commentId === null ? `${api}/issues/${number}` : `${api}/issues/comments/${encodeURIComponent(commentId)}`;
  const text = await client.get<{ body: string | null }>(path);
  const ticked = toggleTask(text?.body ?? "", Number(fields["task"]));
  return ticked === null ? "There is no such task any more." : client.send("PATCH", path, { body: ticked });
}

export function merge(
  { client, api }: Visit,
  number: string,
  { sha = "", method = "" }: Fields,
): Promise<string | null> {
  return client.send("PUT", `${api}/pulls/${number}/merge`, { sha, merge_method: method });
}

export function review(
  { client, api }: Visit,
  number: string,
  { event = "", body = "" }: Fields,
): Promise<string | null> {
  return client.send("POST", `${api}/pulls/${number}/reviews`, { event, ...(body.trim() === "" ? {} : { body }) });
}
