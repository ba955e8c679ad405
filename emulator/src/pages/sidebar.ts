// What stands beside a thread: labels, assignees and the forms to change them.

import { html, type Markup } from "./markup.ts";
import { labelChip, personName } from "./pieces.ts";
import type { IssueShape, LabelShape } from "./shapes.ts";

export interface SidebarInput {
  readonly repository: string;
  readonly issue: IssueShape;
  /** Every label of the repository. */
  readonly labels: readonly LabelShape[];
  readonly assignable: readonly string[];
  readonly canWrite: boolean;
}

export function sidebar({ repository, issue, labels, assignable, canWrite }: SidebarInput): Markup {
  const action = `/${repository}/issues/${issue.number}`;
  const unused = labels.filter((label) => !issue.labels.some((own) => own.name === label.name));
  const free = assignable.filter((login) => !issue.assignees.some((own) => own.login === login));
  return html`<aside>
<h3>Labels</h3>${issue.labels.length === 0 && html`<span class="faint small">None</span>`}
${issue.labels.map((label) => html`<div class="held">${labelChip(label)}${canWrite && removeButton(`${action}/unlabel`, "label", label.name)}</div>`)}
${
  canWrite &&
  addForm(
    `${action}/label`,
    "label",
    "Add a label",
    unused.map((label) => label.name),
  )
}
<h3>Assignees</h3>${issue.assignees.length === 0 && html`<span class="faint small">Nobody</span>`}
${issue.assignees.map((person) => html`<div class="held">${personName(person)}${canWrite && removeButton(`${action}/unassign`, "login", person.login)}</div>`)}
${canWrite && addForm(`${action}/assign`, "login", "Assign", free)}
<h3>Milestone</h3><span class="small">${issue.milestone?.title ?? html`<span class="faint">None</span>`}</span>
</aside>`;
}

function removeButton(action: string, name: string, value: string): Markup {
  return html`<form method="post" action="${action}"><button class="bare" name="${name}" value="${value}" aria-label="Remove ${value}">×</button></form>`;
}

function addForm(action: string, name: string, shown: string, choices: readonly string[]): Markup | null {
  if (choices.length === 0) return null;
  return html`<form method="post" action="${action}"><select name="${name}" aria-label="${shown}">${choices.map((choice) => html`<option>${choice}</option>`)}</select><button>${shown === "Assign" ? shown : "Add"}</button></form>`;
}
