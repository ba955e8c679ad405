// The pages for people, at the addresses that GitHub's own pages have. They come last: git, sign-in and the API go first.

import type { Api, Ctx } from "../http/context.ts";
import { isOwnSite } from "../http/same-site.ts";
import type { Hub } from "../hub.ts";
import { findAccount } from "../world/world.ts";
import { blobPage, codePage, treePage } from "./file-pages.ts";
import { type Fields, ISSUE_FORMS, merge, openIssue, review, tick } from "./forms.ts";
import { homePage } from "./home-page.ts";
import { issuePage } from "./issue-page.ts";
import { page } from "./layout.ts";
import { html } from "./markup.ts";
import { pullPage } from "./pull-page.ts";
import { branchesPage, commitPage, commitsPage, issuesPage, newIssuePage, runsPage } from "./repository-pages.ts";
import { runPage } from "./run-page.ts";
import type { IssueShape } from "./shapes.ts";
import { chooseViewer, createViewers } from "./viewer.ts";
import { type Visit, visit } from "./visit.ts";

type Look = (visit: Visit, c: Ctx) => Promise<string | null> | string | null;
type Act = (visit: Visit, fields: Fields, c: Ctx) => Promise<{ readonly to: string; readonly refusal: string | null }>;

export function registerPages(root: Api, hub: Hub): void {
  const viewers = createViewers(hub);

  const show = (path: string, look: Look): void => {
    root.get(`/:owner/:repo${path}`, async (c) => {
      const found = await visit(root, hub, viewers, c);
      const shown = found === null ? null : await look(found, c);
      return shown === null ? nothingHere(c) : c.html(shown);
    });
  };

  const accept = (path: string, act: Act): void => {
    root.post(`/:owner/:repo${path}`, async (c) => {
      const found = isFromHere(c) ? await visit(root, hub, viewers, c) : null;
      if (found === null) return nothingHere(c);
      const { to, refusal } = await act(found, await fieldsOf(c), c);
      return c.redirect(refusal === null ? to : `${to}?refusal=${encodeURIComponent(refusal)}`, 303);
    });
  };

  const nothingHere = (c: Ctx): Response | Promise<Response> =>
    c.html(
      page(
        { title: "Not found", viewer: viewers(c), path: "/" },
        html`<h1>Nothing here</h1><p class="faint">There is no such page, or you may not see it.</p>`,
      ),
      404,
    );

  root.get("/", (c) => c.html(homePage(hub, viewers(c), null)));
  root.post("/_viewer", async (c) => {
    const { login = "", back = "/" } = await fieldsOf(c);
    if (!isFromHere(c)) return nothingHere(c);
    chooseViewer(c, login);
    return c.redirect(back.startsWith("/") && !back.startsWith("//") ? back : "/", 303);
  });
  root.get("/:owner{[^_.][^/]*}", (c) => {
    const owner = findAccount(hub.world, c.req.param("owner"));
    return owner === null ? nothingHere(c) : c.html(homePage(hub, viewers(c), owner));
  });
  showRepository(show);
  acceptForms(accept);
}

function showRepository(show: (path: string, look: Look) => void): void {
  show("", (at) => codePage(at));
  show("/tree/:ref/:path{.+}", (at, c) => treePage(at, c.req.param("ref") ?? "", c.req.param("path") ?? ""));
  show("/blob/:ref/:path{.+}", (at, c) => blobPage(at, c.req.param("ref") ?? "", c.req.param("path") ?? ""));
  show("/issues", (at, c) => issuesPage(at, "issues", c.req.query("state") === "closed" ? "closed" : "open"));
  show("/pulls", (at, c) => issuesPage(at, "pulls", c.req.query("state") === "closed" ? "closed" : "open"));
  show("/issues/new", (at) => newIssuePage(at));
  show("/issues/:number{[0-9]+}", async (at, c) => {
    const number = c.req.param("number") ?? "";
    const issue = await at.client.get<IssueShape>(`${at.api}/issues/${number}`);
    if (issue === null) return null;
    return issue.pull_request === undefined ? issuePage(at, issue) : pullPage(at, number);
  });
  show("/pull/:number{[0-9]+}", (at, c) => pullPage(at, c.req.param("number") ?? ""));
  show("/branches", (at) => branchesPage(at));
  show("/commits/:ref{.+}", (at, c) => commitsPage(at, c.req.param("ref") ?? ""));
  show("/commit/:sha", (at, c) => commitPage(at, c.req.param("sha") ?? ""));
  show("/actions", (at) => runsPage(at));
  show("/actions/runs/:run{[0-9]+}", (at, c) => runPage(at, c.req.param("run") ?? ""));
  show("/actions/runs/:run{[0-9]+}/job/:job{[0-9]+}", (at, c) => runPage(at, c.req.param("run") ?? ""));
}

function acceptForms(accept: (path: string, act: Act) => void): void {
  accept("/issues", (at, fields) => openIssue(at, fields));
  const issueAt = (at: Visit, number: string): string => `/${at.repository.full_name}/issues/${number}`;
  for (const [name, form] of Object.entries(ISSUE_FORMS)) {
    accept(`/issues/:number{[0-9]+}/${name}`, async (at, fields, c) => {
      const number = c.req.param("number") ?? "";
      return { to: issueAt(at, number), refusal: await form(at, number, fields) };
    });
  }
  accept("/issues/:number{[0-9]+}/tick/body", async (at, fields, c) => {
    const number = c.req.param("number") ?? "";
    return { to: issueAt(at, number), refusal: await tick(at, number, null, fields) };
  });
  accept("/issues/:number{[0-9]+}/tick/comment/:comment{[0-9]+}", async (at, fields, c) => {
    const number = c.req.param("number") ?? "";
    return { to: issueAt(at, number), refusal: await tick(at, number, c.req.param("comment") ?? "", fields) };
  });
  for (const [name, act] of [
    ["merge", merge],
    ["reviews", review],
  ] as const) {
    accept(`/pull/:number{[0-9]+}/${name}`, async (at, fields, c) => {
      const number = c.req.param("number") ?? "";
      return { to: `/${at.repository.full_name}/pull/${number}`, refusal: await act(at, number, fields) };
    });
  }
}

/** A form of another site must not act as the viewer. */
function isFromHere(c: Ctx): boolean {
  return isOwnSite(c.req.header("origin"), c.req.header("host"));
}

async function fieldsOf(c: Ctx): Promise<Fields> {
  const body = await c.req.parseBody();
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
