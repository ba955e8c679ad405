// The files of a repository: a directory with its README, and one file.

import { page } from "./layout.ts";
import { renderMarkdown } from "./markdown.ts";
import { html, type Markup } from "./markup.ts";
import type { Visit } from "./visit.ts";

interface Listed {
  readonly name: string;
  readonly path: string;
  readonly type: string;
}

interface FileText {
  readonly content: string;
}

/** The top directory of the default branch: the front page of a repository. */
export async function codePage(visit: Visit): Promise<string> {
  const { repository, frame } = visit;
  const ref = repository.default_branch;
  return page(
    frame("Code", "code"),
    html`<h1>${repository.full_name}</h1><p class="faint">${repository.description ?? "No description."}</p>
<p class="small">Default branch <a class="mono" href="/${repository.full_name}/commits/${ref}">${ref}</a></p>
${await directory(visit, ref, "")}`,
  );
}

export async function treePage(visit: Visit, ref: string, path: string): Promise<string | null> {
  const shown = await directory(visit, ref, path);
  return shown === null ? null : page(visit.frame(path, "code"), [heading(visit, ref, path), shown]);
}

export async function blobPage(visit: Visit, ref: string, path: string): Promise<string | null> {
  const text = await textOf(visit, ref, path);
  if (text === null) return null;
  const content = path.endsWith(".md") ? prose(visit, path, text) : html`<pre>${text}</pre>`;
  return page(visit.frame(path, "code"), [heading(visit, ref, path), content]);
}

function heading({ repository }: Visit, ref: string, path: string): Markup {
  return html`<h1 class="mono">${path}</h1><p class="small faint">at <a class="mono" href="/${repository.full_name}/commits/${ref}">${ref}</a></p>`;
}

async function directory(visit: Visit, ref: string, path: string): Promise<Markup | null> {
  const { client, api, repository } = visit;
  const listed = await client.get<readonly Listed[] | Listed>(contentsPath(api, ref, path));
  const entries = isList(listed) ? listed : [];
  if (path !== "" && !isList(listed)) return null;
  const readme = entries.find((entry) => entry.type === "file" && /^readme\.md$/i.test(entry.name));
  const text = readme === undefined ? null : await textOf(visit, ref, readme.path);
  const rows = [...entries]
    .sort((a, b) => Number(b.type === "dir") - Number(a.type === "dir"))
    .map((entry) => {
      const isDirectory = entry.type === "dir";
      const href = `/${repository.full_name}/${isDirectory ? "tree" : "blob"}/${encodeURIComponent(ref)}/${entry.path}`;
      return html`<div><a class="mono" href="${href}">${entry.name}${isDirectory && "/"}</a></div>`;
    });
  return html`<div class="rows">${rows.length === 0 ? html`<div class="faint">No files yet.</div>` : rows}</div>${text !== null && prose(visit, "README.md", text)}`;
}

function isList(listed: readonly Listed[] | Listed | null): listed is readonly Listed[] {
  return Array.isArray(listed);
}

async function textOf({ client, api }: Visit, ref: string, path: string): Promise<string | null> {
  const file = await client.get<FileText>(contentsPath(api, ref, path));
  return typeof file?.content === "string" ? Buffer.from(file.content, "base64").toString("utf8") : null;
}

function contentsPath(api: string, ref: string, path: string): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `${api}/contents${encoded === "" ? "" : `/${encoded}`}?ref=${encodeURIComponent(ref)}`;
}

function prose({ repository }: Visit, title: string, text: string): Markup {
  const repositoryPath = `/${repository.full_name}`;
  return html`<article class="comment"><header>${title}</header><div class="body">${renderMarkdown(text, { repositoryPath, canTick: false })}</div></article>`;
}
