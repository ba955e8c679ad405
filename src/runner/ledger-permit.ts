// The permit and the grant of a run that has no app to ask: it reads the ledger itself. Being bound is somebody else's move;
// a run only waits until it sees its own bind, or another's, or has waited long enough.

import { fold } from "../core/fold.ts";
import type { Account, Observation } from "../core/observation.ts";
import { ledgerRef } from "../core/observation.ts";
import { taskId } from "../core/plan.ts";
import type { Clock, Hub, IssueRef } from "../core/ports.ts";
import { refusalSentence } from "../core/render-refusal.ts";
import { notHeldBy } from "../core/run-requests.ts";
import type { RunRef, Sha, Task } from "../core/task.ts";
import { viewOf } from "../reconcile/task-view.ts";
import type { RunPermit } from "./run-ports.ts";

/** Source: DESIGN §3, "none within 15 minutes". */
const BIND_MS_MAX = 15 * 60_000;
/** Between two looks at the ledger's tip, growing by half each time. */
const POLL_MS_FIRST = 1_000;
const POLL_MS_MAX = 15_000;

export interface LedgerPorts {
  /** Over the job's own token. */
  readonly hub: Pick<Hub, "observe" | "permissionOf">;
  /** @returns the commit that a branch points to, or null when there is no such branch */
  readonly headOf: (branch: string) => Promise<Sha | null>;
  readonly clock: Clock;
  /** The job's own token. */
  readonly token: string;
}

export interface RunUnderLease {
  readonly ref: IssueRef;
  readonly run: RunRef;
  /** The lease token that the run was dispatched with. */
  readonly token: Sha;
}

interface Held {
  readonly task: Task;
  readonly observation: Observation;
}

/** Where a run stands under its lease, as the ledger says now. */
type Standing = Held | { readonly refused: string } | { readonly waits: Sha | null };

export function createLedgerPermit(ports: LedgerPorts, run: RunUnderLease): RunPermit {
  const { clock, token: readToken } = ports;
  return {
    async bind() {
      const until = clock.now() + BIND_MS_MAX;
      let seen: Sha | null | undefined;
      for (let waitMs = POLL_MS_FIRST; ; waitMs = Math.min(waitMs * 1.5, POLL_MS_MAX)) {
        // The tip costs one read; the whole look only follows when it moved.
        if (seen === undefined || (await tipOf(ports, run)) !== seen) {
          const standing = await standingOf(ports, run);
          if ("refused" in standing) return standing;
          if ("task" in standing) {
            const shown = await viewOf(ports, run.ref, standing);
            if ("no" in shown) return { refused: "The branch that the task is meant for does not exist." };
            if ("refusal" in shown) return { refused: refusalSentence(shown.refusal) };
            return { view: shown.view, config: standing.observation.configSource ?? null, readToken };
          }
          seen = standing.waits;
        }
        if (clock.now() + waitMs >= until)
          return { refused: "No bind came within 15 minutes; the task will be claimed again." };
        await clock.wait(waitMs);
      }
    },
    // Nobody watches: this mode shows no live output.
    reportPhase: async () => undefined,
  };
}

/** What a publish job needs to know; it never waits, because the work job did. */
export async function writeGrant(
  ports: LedgerPorts,
  run: RunUnderLease,
): Promise<
  { readonly writeToken: string; readonly writer: Account; readonly config: unknown } | { readonly refused: string }
> {
  const standing = await standingOf(ports, run);
  if ("refused" in standing) return standing;
  if ("waits" in standing) return { refused: refusalSentence({ reason: "run-not-bound", bound: null }) };
  const { writer, configSource } = standing.observation;
  return { writeToken: ports.token, writer, config: configSource ?? null };
}

async function tipOf({ headOf }: LedgerPorts, { ref }: RunUnderLease): Promise<Sha | null> {
  return await headOf(ledgerRef(ref.issue).replace("refs/heads/", ""));
}

async function standingOf({ hub }: LedgerPorts, { ref, run, token }: RunUnderLease): Promise<Standing> {
  if (run.attempt !== 1) return { refused: refusalSentence({ reason: "not-first-attempt" }) };
  const observation = await hub.observe(ref);
  if (observation === "gone") return { refused: "There is no such issue." };
  const folded = fold(observation.ledger, { writerId: observation.writer.id, task: taskId(observation) });
  if ("problem" in folded) return { refused: refusalSentence({ reason: "ledger-broken", problem: folded.problem }) };
  const { task } = folded;
  const lease = task?.lease ?? null;
  if (lease !== null && lease.token === token && lease.run === null) {
    return { waits: observation.ledger.at(-1)?.sha ?? null };
  }
  const refusal = notHeldBy(task, run, token);
  if (refusal !== null || task === null) {
    return { refused: refusal === null ? "There is no such task." : refusalSentence(refusal) };
  }
  return { task, observation };
}
