// The frame around every page: title, way back, and who is looking.

import { html, type Markup, type Part, trusted } from "./markup.ts";
import { STYLE } from "./style.ts";
import type { Viewer } from "./viewer.ts";

export interface PageFrame {
  readonly title: string;
  readonly viewer: Viewer;
  /** Where the choice of another viewer leads back to. */
  readonly path: string;
  /** `owner/name` when the page belongs to a repository. */
  readonly repository?: string;
  readonly tab?: Tab;
  /** Why the last form was refused. */
  readonly refusal?: string | null;
}

export type Tab = "code" | "issues" | "pulls" | "actions" | "branches";

export function page(frame: PageFrame, content: Part): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${frame.title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<div class="bar"><span class="where">${whereabouts(frame)}</span>${viewerForm(frame)}</div>
<main>
${frame.repository !== undefined && tabs(frame.repository, frame.tab)}
${frame.refusal && html`<p class="refusal" role="alert">${frame.refusal}</p>`}
${content}
</main>
</body>
</html>
`.markup;
}

function whereabouts(frame: PageFrame): Markup {
  const [owner, name] = (frame.repository ?? "").split("/");
  if (!owner || !name) return html`<a href="/">Emulated GitHub</a>`;
  return html`<a href="/">⌂</a> <span class="faint">/</span> <a href="/${owner}">${owner}</a> <span class="faint">/</span> <a href="/${owner}/${name}">${name}</a>`;
}

function viewerForm({ viewer, path }: PageFrame): Markup {
  return html`<form method="post" action="/_viewer"><input type="hidden" name="back" value="${path}">
<label for="viewer">looking as</label> <select id="viewer" name="login">${viewer.people.map((login) => option(login, login, viewer.login))}${option("", "nobody", viewer.login ?? "")}</select>
<button>Switch</button></form>`;
}

function option(value: string, shown: string, chosen: string | null): Markup {
  return html`<option value="${value}"${value === chosen && html` selected`}>${shown}</option>`;
}

function tabs(repository: string, here: Tab | undefined): Markup {
  const tab = (name: Tab, path: string, shown: string): Markup =>
    html`<a href="/${repository}${path}"${name === here && html` class="here" aria-current="page"`}>${shown}</a>`;
  return html`<nav class="tabs">${[
    tab("code", "", "Code"),
    tab("issues", "/issues", "Issues"),
    tab("pulls", "/pulls", "Pull requests"),
    tab("actions", "/actions", "Actions"),
    tab("branches", "/branches", "Branches"),
  ]}</nav>`;
}
