// Git over HTTP: `/owner/repo(.git)/info/refs`, `git-upload-pack`, `git-receive-pack`, with the same tokens, roles and rules
// as the API.
import { moveRefs } from "../code/move-refs.ts";
import { type Mover, moverOf } from "../code/mover.ts";
import { pushReason, type RefMove } from "../code/ref-rules.ts";
import type { Api, Ctx } from "../http/context.ts";
import type { Hub } from "../hub.ts";
import { accessTo, type Need } from "../world/caller.ts";
import type { Repository } from "../world/repositories.ts";
import { findRepository, ownerOf } from "../world/world.ts";
import { httpBackend } from "./http-backend.ts";
import { ZERO_SHA } from "./objects.ts";
import {
  type ApplyPush,
  advertiseReceivePack,
  type PushReport,
  type PushRequest,
  parsePush,
  receivePush,
} from "./receive-pack.ts";

const FETCH: Need = { permission: "contents", level: "read", role: "read" };
const PUSH: Need = { permission: "contents", level: "write", role: "write" };
const NO_CACHE = { "Cache-Control": "no-cache, max-age=0, must-revalidate", Pragma: "no-cache" } as const;

/** Git asks for credentials only when it is told to: 401 with a challenge, as GitHub does for what it hides. */
function refuse(c: Ctx, repository: Repository | null, isPush: boolean): Response {
  const caller = c.get("caller");
  if (caller.kind === "anonymous" || caller.kind === "jwt" || caller.kind === "client") {
    return c.text("Authentication required\n", 401, { "WWW-Authenticate": 'Basic realm="GitHub"' });
  }
  if (repository === null || !isPush) return c.text("Repository not found.\n", 404);
  const name = `${repository.name}.git`;
  return c.text(`Permission to ${name} denied to ${caller.account.login}.\n`, 403);
}

function repositoryIn(c: Ctx, hub: Hub, need: Need): Repository | Response {
  const repository = findRepository(hub.world, c.req.param("owner") ?? "", c.req.param("repo") ?? "");
  const isPush = need.level === "write";
  if (repository === null) return refuse(c, null, isPush);
  const access = accessTo(hub.world, c.get("caller"), repository, need);
  if (!access.allowed) return refuse(c, access.why === "hidden" ? null : repository, isPush);
  if (isPush && repository.archived) return c.text("This repository was archived so it is read-only.\n", 403);
  return repository;
}

async function body(c: Ctx): Promise<Buffer> {
  return Buffer.from(await c.req.arrayBuffer());
}

async function fetchThrough(c: Ctx, hub: Hub, repository: Repository, path: string): Promise<Response> {
  const answer = await httpBackend(hub.git.of(repository), {
    method: path === "/info/refs" ? "GET" : "POST",
    path,
    query: path === "/info/refs" ? "service=git-upload-pack" : "",
    contentType: c.req.header("content-type") ?? "",
    contentEncoding: c.req.header("content-encoding") ?? "",
    protocol: c.req.header("git-protocol") ?? "",
    body: path === "/info/refs" ? Buffer.alloc(0) : await body(c),
  });
  return new Response(new Uint8Array(answer.body), {
    status: answer.status,
    headers: { ...NO_CACHE, ...answer.headers },
  });
}

/** One push is one atomic move when the client asks for it; otherwise every ref stands for itself. */
async function applyMoves(hub: Hub, repository: Repository, mover: Mover, push: PushRequest): Promise<PushReport> {
  // Git's wire has no word for force: whether a branch may go back is the branch's own rule.
  const moves = push.changes.map((change): RefMove => ({ ...change, force: true }));
  const report = new Map<string, string | null>();
  if (push.capabilities.has("atomic")) {
    const verdict = await moveRefs(hub, repository, mover, moves);
    const refused = "refused" in verdict ? verdict.refused : null;
    for (const { name } of moves) {
      report.set(
        name,
        refused === null ? null : refused.name === name ? pushReason(refused) : "atomic transaction failed",
      );
    }
    return report;
  }
  for (const move of moves) {
    const verdict = await moveRefs(hub, repository, mover, [move]);
    report.set(move.name, "refused" in verdict ? pushReason(verdict.refused) : null);
  }
  return report;
}

function hints(hub: Hub, repository: Repository, push: PushRequest, report: PushReport): readonly string[] {
  const messages: string[] = [];
  for (const { name, before, after } of push.changes) {
    const reason = report.get(name);
    if (reason !== null && reason !== undefined) {
      if (reason.startsWith("push declined"))
        messages.push(`error: GH013: Repository rule violations found for ${name}.`);
      if (reason.startsWith("protected")) messages.push(`error: GH006: Protected branch update failed for ${name}.`);
      continue;
    }
    if (!name.startsWith("refs/heads/") || before !== ZERO_SHA || after === ZERO_SHA) continue;
    const branch = name.slice("refs/heads/".length);
    if (branch === repository.defaultBranch) continue;
    const page = `${hub.urls.web}/${ownerOf(hub.world, repository).login}/${repository.name}/pull/new/${branch}`;
    messages.push("", `Create a pull request for '${branch}' on GitHub by visiting:`, `     ${page}`, "");
  }
  return messages;
}

async function receive(c: Ctx, hub: Hub, repository: Repository): Promise<Response> {
  const mover = moverOf(hub.world, c.get("caller"), repository);
  if (mover === null) return refuse(c, repository, true);
  const push = parsePush(await body(c));
  if (push === null) return c.text("This is not a push.\n", 400);
  const headers = { ...NO_CACHE, "Content-Type": "application/x-git-receive-pack-result" };
  if (push.changes.length === 0) return c.body("", 200, headers);
  const apply: ApplyPush = async (request) => {
    const report = await applyMoves(hub, repository, mover, request);
    return { report, messages: hints(hub, repository, request, report) };
  };
  const report = await receivePush(hub.git.of(repository), push, apply);
  return c.body(new Uint8Array(report), 200, headers);
}

export function registerSmartHttp(root: Api, hub: Hub): void {
  root.get("/:owner/:repo/info/refs", (c) => {
    const service = c.req.query("service");
    const isPush = service === "git-receive-pack";
    if (!isPush && service !== "git-upload-pack") return c.text("Please upgrade your git client.\n", 403);
    const repository = repositoryIn(c, hub, isPush ? PUSH : FETCH);
    if (repository instanceof Response) return repository;
    if (!isPush) return fetchThrough(c, hub, repository, "/info/refs");
    const refs = advertiseReceivePack(hub.git.of(repository));
    return c.body(new Uint8Array(refs), 200, {
      ...NO_CACHE,
      "Content-Type": "application/x-git-receive-pack-advertisement",
    });
  });
  root.post("/:owner/:repo/git-upload-pack", (c) => {
    const repository = repositoryIn(c, hub, FETCH);
    return repository instanceof Response ? repository : fetchThrough(c, hub, repository, "/git-upload-pack");
  });
  root.post("/:owner/:repo/git-receive-pack", (c) => {
    const repository = repositoryIn(c, hub, PUSH);
    return repository instanceof Response ? repository : receive(c, hub, repository);
  });
}
