// The server side of `git push`: takes a pack apart and asks somebody else which ref changes are allowed. Written here and
// not left to `git receive-pack`, so that a refusal reaches the pusher per ref in GitHub's words, and so that a push moves
// refs through the same compare-and-swap as REST and GraphQL. Unreferenced objects of a refused push stay; they are harmless.

import { isSha, type Sha, ZERO_SHA } from "./objects.ts";
import { FLUSH, pktLine, readPktLines, sideBand } from "./pkt-line.ts";
import type { RefChange } from "./refs.ts";
import { isRefName } from "./refs.ts";
import type { GitRepository } from "./repository.ts";
import { runGit } from "./run-git.ts";

export interface PushRequest {
  readonly changes: readonly Required<RefChange>[];
  readonly capabilities: ReadonlySet<string>;
  readonly options: readonly string[];
  readonly pack: Buffer;
}

/** Per ref: null = moved, a text = GitHub's reason against it. */
export type PushReport = ReadonlyMap<string, string | null>;
/** Decides and makes the changes; `messages` are shown to the pusher. */
export type ApplyPush = (
  push: PushRequest,
) => Promise<{ readonly report: PushReport; readonly messages: readonly string[] }>;

const REFS_PER_PUSH_MAX = 2_000;

/** What this server answers to `info/refs?service=git-receive-pack`. */
export function advertiseReceivePack(repository: GitRepository): Buffer {
  const capabilities =
    "report-status delete-refs side-band-64k quiet atomic ofs-delta object-format=sha1 agent=git/emulator";
  const refs = repository.refs.list("refs/").filter((ref) => !ref.name.startsWith("refs/pull/"));
  const lines = refs.length === 0 ? [`${ZERO_SHA} capabilities^{}`] : refs.map((ref) => `${ref.sha} ${ref.name}`);
  return Buffer.concat([
    pktLine("# service=git-receive-pack\n"),
    FLUSH,
    ...lines.map((line, index) => pktLine(index === 0 ? `${line}\0${capabilities}\n` : `${line}\n`)),
    FLUSH,
  ]);
}

/** null = not a push; an empty list of changes is git's probe before a large upload. */
export function parsePush(body: Buffer): PushRequest | null {
  const head = readPktLines(body, 0);
  if (head === null || head.lines.length > REFS_PER_PUSH_MAX) return null;
  const changes: Required<RefChange>[] = [];
  let capabilities: ReadonlySet<string> = new Set();
  for (const line of head.lines) {
    const [command = "", offered] = line.toString("utf8").replace(/\n$/, "").split("\0");
    if (offered !== undefined) capabilities = new Set(offered.trim().split(" "));
    // A shallow clone names its cut-off commits; this repository has their history.
    if (command.startsWith("shallow ")) continue;
    const [before = "", after = "", ...name] = command.split(" ");
    if (!isSha(before) || !isSha(after)) return null;
    changes.push({ before, after, name: name.join(" ") });
  }
  const pushed = capabilities.has("push-options") ? readPktLines(body, head.end) : { lines: [], end: head.end };
  if (pushed === null) return null;
  return {
    changes,
    capabilities,
    options: pushed.lines.map((line) => line.toString("utf8").trim()),
    pack: body.subarray(pushed.end),
  };
}

async function unpack(repository: GitRepository, pack: Buffer): Promise<string | null> {
  if (pack.length === 0) return null;
  const outcome = await runGit({ args: ["unpack-objects", "-q", "--strict"], cwd: repository.path, input: pack });
  return outcome.code === 0 ? null : "unpacker error";
}

/** Is everything that `tips` reach in the repository? */
async function isConnected(repository: GitRepository, tips: readonly Sha[]): Promise<boolean> {
  if (tips.length === 0) return true;
  const args = ["rev-list", "--objects", "--stdin", "--not", "--all", "--quiet"];
  const outcome = await runGit({ args, cwd: repository.path, input: `${tips.join("\n")}\n` });
  return outcome.code === 0;
}

function answer(push: PushRequest, unpacked: string, report: PushReport, messages: readonly string[]): Buffer {
  const status = Buffer.concat([
    pktLine(`unpack ${unpacked}\n`),
    ...push.changes.map(({ name }) => {
      const reason = report.get(name);
      return pktLine(reason === null || reason === undefined ? `ok ${name}\n` : `ng ${name} ${reason}\n`);
    }),
    FLUSH,
  ]);
  if (!push.capabilities.has("report-status")) return Buffer.alloc(0);
  if (!push.capabilities.has("side-band-64k")) return status;
  const text = messages.map((message) => `${message}\n`).join("");
  return Buffer.concat([text === "" ? Buffer.alloc(0) : sideBand(2, text), sideBand(1, status), FLUSH]);
}

/** Receives one push whole and answers with the bytes of the report. */
export async function receivePush(repository: GitRepository, push: PushRequest, apply: ApplyPush): Promise<Buffer> {
  const refuseAll = (reason: string, unpacked: string) =>
    answer(push, unpacked, new Map(push.changes.map(({ name }) => [name, reason])), []);
  const failure = await unpack(repository, push.pack);
  if (failure !== null) return refuseAll(failure, "index-pack abnormal exit");
  const tips = push.changes.map((change) => change.after).filter((sha) => sha !== ZERO_SHA);
  if (!(await isConnected(repository, tips))) return refuseAll("missing necessary objects", "ok");
  const odd = push.changes.find((change) => !isRefName(change.name));
  if (odd !== undefined) return refuseAll("funny refname", "ok");
  const { report, messages } = await apply(push);
  return answer(push, "ok", report, messages);
}
