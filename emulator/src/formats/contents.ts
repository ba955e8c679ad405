// Files and folders below /contents as REST shows them.
import { kindOfMode } from "../git/objects.ts";
import type { PathEntry } from "../git/trees.ts";
import type { Hub } from "../hub.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { repositoryApiUrl, repositoryWebUrl } from "./repositories.ts";

export interface ContentView {
  readonly ref: string;
  readonly entry: PathEntry;
  readonly size: number;
  /** Given = the file's bytes are part of the answer. */
  readonly content?: Buffer;
}

function typeOf(entry: PathEntry): string {
  if (entry.mode === "120000") return "symlink";
  const kinds = { blob: "file", tree: "dir", commit: "submodule" } as const;
  return kinds[kindOfMode(entry.mode)];
}

export function contentJson(hub: Hub, repository: Repository, view: ContentView): JsonObject {
  const { entry, ref, size, content } = view;
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const api = repositoryApiUrl(hub, repository);
  const web = repositoryWebUrl(hub, repository);
  const kind = kindOfMode(entry.mode);
  const self = `${api}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = kind === "commit" ? null : `${api}/git/${kind}s/${entry.sha}`;
  const html = `${web}/${kind === "tree" ? "tree" : "blob"}/${ref}/${path}`;
  return {
    name: entry.path.split("/").at(-1) ?? "",
    path: entry.path,
    sha: entry.sha,
    size,
    url: self,
    html_url: html,
    git_url: git,
    download_url: kind === "blob" ? `${web}/raw/${ref}/${path}` : null,
    type: typeOf(entry),
    ...(content === undefined
      ? {}
      : { content: `${content.toString("base64").replaceAll(/(.{60})/g, "$1\n")}\n`, encoding: "base64" }),
    _links: { self, git, html },
  };
}
