// The front door: every account and the repositories that the viewer may see. Read from the state, as no one call of the API tells it.

import type { Hub } from "../hub.ts";
import type { Account } from "../world/accounts.ts";
import { roleOf } from "../world/caller.ts";
import type { Repository } from "../world/repositories.ts";
import { findAccount, fullNameOf } from "../world/world.ts";
import { page } from "./layout.ts";
import { html, type Markup } from "./markup.ts";
import { ago, plural } from "./pieces.ts";
import type { Viewer } from "./viewer.ts";

export function homePage(hub: Hub, viewer: Viewer, owner: Account | null): string {
  const shown = [...hub.world.repositories.values()].filter((repository) => isVisible(hub, viewer, repository));
  const own = owner === null ? shown : shown.filter((repository) => repository.ownerId === owner.id);
  const title = owner?.login ?? "Emulated GitHub";
  const intro =
    owner === null
      ? html`<p class="faint">A local GitHub. Nothing here leaves this machine.</p>`
      : html`<p class="faint">${owner.type}${owner.name !== null && ` · ${owner.name}`}</p>`;
  const rows = own.map((repository) => repositoryRow(hub, repository));
  return page(
    { title, viewer, path: owner === null ? "/" : `/${owner.login}` },
    html`<h1>${title}</h1>${intro}
<h2>Repositories <span class="count">${own.length}</span></h2>
<div class="rows">${rows.length === 0 ? html`<div class="faint">None that you may see.</div>` : rows}</div>`,
  );
}

function repositoryRow(hub: Hub, repository: Repository): Markup {
  const name = fullNameOf(hub.world, repository);
  const open = [...repository.issues.values()].filter((issue) => issue.state === "open");
  const pulls = open.filter((issue) => issue.isPull).length;
  return html`<div><span class="grow"><a class="title" href="/${name}">${name}</a>${repository.private && html`<span class="kind">private</span>`} <span class="faint">${repository.description}</span></span>
<span class="count">${plural(open.length - pulls, "open issue")} · ${plural(pulls, "pull request")} · pushed ${ago(new Date(repository.pushedAt).toISOString(), hub.world.clock.now())}</span></div>`;
}

function isVisible(hub: Hub, viewer: Viewer, repository: Repository): boolean {
  if (!repository.private) return true;
  const account = viewer.login === null ? null : findAccount(hub.world, viewer.login);
  return account !== null && roleOf(hub.world, account, repository) !== "none";
}
