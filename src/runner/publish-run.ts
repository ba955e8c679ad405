// The publish job: turns what the work job left into one move of the ledger. It never runs code of the repository, holds the
// one token that writes, and gives it back at the end.

import path from "node:path";
import type { Git } from "../adapters/git/git-process.ts";
import { pushTo } from "../adapters/git/publication.ts";
import type { Remote } from "../adapters/git/work-copy.ts";
import { DEFAULT_CONFIG, parseConfig } from "../core/config.ts";
import { type Account, stagingRef } from "../core/observation.ts";
import type { Clock } from "../core/ports.ts";
import type { RunResult } from "../core/result.ts";
import type { Sha } from "../core/task.ts";
import type { Published, PublishInput } from "../reconcile/publish.ts";
import { type RunIdentity, readArtifact } from "./artifact.ts";
import { inspectChange } from "./inspect-change.ts";
import { persist } from "./persist.ts";
import { planDigest } from "./plan-digest.ts";

/** What the app sells to a publish job. */
export interface WriteGrant {
  /** Writes contents, pull requests and checks of this one repository. */
  readonly writeToken: string;
  /** The account whose records count. */
  readonly writer: Account;
  /** As YAML gave it, from the default branch. */
  readonly config: unknown;
}

export interface PublishPorts {
  readonly git: Git;
  readonly clock: Clock;
  /** Resolves with a grant, or with the sentence that says why there is none. */
  readonly buyToken: () => Promise<WriteGrant | { readonly refused: string }>;
  readonly remoteOf: (writeToken: string) => Remote;
  /** Tells the ledger, over a hub that the grant pays for. */
  readonly enter: (grant: WriteGrant, input: PublishInput) => Promise<Published>;
  /** A hint to the app; one that is lost changes nothing. */
  readonly tellPublished: () => Promise<void>;
  readonly revoke: (writeToken: string) => Promise<void>;
}

export interface PublishRequest extends RunIdentity {
  /** Where the artifact was unpacked. */
  readonly artifact: string;
  /** A directory of this job alone. */
  readonly root: string;
}

export type PublishEnd =
  | { readonly refused: string }
  | { readonly published: Published; readonly problem: string | null };

export async function publishRun(ports: PublishPorts, request: PublishRequest): Promise<PublishEnd> {
  const { result, bundle, problem, isMissing } = await readArtifact(request.artifact, request);
  const grant = await ports.buyToken();
  if ("refused" in grant) return grant;
  try {
    const { staged, told } = await stage(ports, request, grant, { result, bundle });
    const unreadable = isMissing ? null : problem;
    const plan = told?.progress?.plan ?? null;
    const digest = plan === null ? null : planDigest(plan);
    const input = { planDigest: digest, result: told, unreadable, run: request.run, token: request.token, staged };
    const published = await ports.enter(grant, input);
    await ports.tellPublished();
    return { published, problem };
  } finally {
    await ports.revoke(grant.writeToken);
  }
}

interface Staged {
  readonly staged: { readonly ref: string; readonly head: Sha } | null;
  /** What the ledger is told. */
  readonly told: RunResult | null;
}

/** Looks the change over and pushes its objects to a ref that is no branch. */
async function stage(
  ports: PublishPorts,
  request: PublishRequest,
  grant: WriteGrant,
  left: { readonly result: RunResult | null; readonly bundle: string | null },
): Promise<Staged> {
  if (left.result === null) return { staged: null, told: null };
  const parsed = parseConfig(grant.config);
  // A file with mistakes protects what the defaults protect: unknown never means free.
  const config = "config" in parsed ? parsed.config : DEFAULT_CONFIG;
  const remote = ports.remoteOf(grant.writeToken);
  const gitDir = path.join(request.root, "publish.git");
  const rules = { protectedPaths: config.paths.protected, secrets: [grant.writeToken] };
  const { result, push } = await inspectChange({ git: ports.git, remote, gitDir, rules }, left.result, left.bundle);
  if (push === null) return { staged: null, told: result };
  const ref = stagingRef(request.run.id);
  await persist(ports.clock, () => pushTo(ports.git, gitDir, remote, push, ref));
  return { staged: { ref, head: push }, told: result };
}
