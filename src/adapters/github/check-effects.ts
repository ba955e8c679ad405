// Check runs: shows the runner's evidence on the submitted head, one per head, brought up to date when it differs; asks
// that failed ones of others are run again.

import { z } from "zod";
import { EVIDENCE_CHECK } from "../../core/gate.ts";
import type { Effect, EffectResult, IssueRef } from "../../core/ports.ts";
import type { Context } from "./context.ts";
import type { Wire } from "./wire.ts";

type Evidence = Extract<Effect, { kind: "evidence-check" }>;

const runsSchema = z.object({
  check_runs: z.array(
    z.object({
      id: z.int(),
      conclusion: z.string().nullable(),
      app: z.object({ slug: z.string().optional() }).nullable(),
      output: z.object({ title: z.string().nullable(), summary: z.string().nullable() }),
    }),
  ),
});

/** @returns our own check run on this head; somebody else's of the same name is not ours to write */
async function existing(context: Context, wire: Wire, ref: IssueRef, head: string) {
  const { ok, data, message } = await wire.rest({
    route: "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
    parameters: { owner: ref.owner, repo: ref.name, ref: head, check_name: EVIDENCE_CHECK, filter: "latest" },
    repeat: "freely",
    kind: "read",
  });
  if (!ok) throw new Error(`GitHub did not list the checks: ${message}`);
  return runsSchema.parse(data).check_runs.find((run) => `${run.app?.slug ?? ""}[bot]` === context.writer.login);
}

export async function showEvidence(context: Context, ref: IssueRef, effect: Evidence): Promise<EffectResult> {
  const wire = await context.wireTo(ref);
  const { head, conclusion, title, summary } = effect;
  const found = await existing(context, wire, ref, head);
  const isSame = found?.conclusion === conclusion && found.output.title === title && found.output.summary === summary;
  if (isSame) return { ok: true };
  const shown = { status: "completed", conclusion, output: { title, summary } };
  const answer =
    found === undefined
      ? await wire.rest({
          route: "POST /repos/{owner}/{repo}/check-runs",
          parameters: { owner: ref.owner, repo: ref.name, name: EVIDENCE_CHECK, head_sha: head, ...shown },
          // A lost answer throws: the next try looks first.
          repeat: "never",
          kind: "write",
        })
      : await wire.rest({
          route: "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
          parameters: { owner: ref.owner, repo: ref.name, check_run_id: found.id, ...shown },
          repeat: "freely",
          kind: "write",
        });
  return answer.ok ? { ok: true } : { ok: false, refused: answer.message };
}

/** Each is asked for by itself; the first refusal is told, because a gate waits for all of them. */
export async function rerunChecks(
  context: Context,
  ref: IssueRef,
  { runIds }: Extract<Effect, { kind: "rerun-checks" }>,
): Promise<EffectResult> {
  const wire = await context.wireTo(ref);
  for (const id of runIds) {
    const answer = await wire.rest({
      route: "POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest",
      parameters: { owner: ref.owner, repo: ref.name, check_run_id: id },
      // Asked twice, a check still runs once: GitHub refuses while it is under way.
      repeat: "freely",
      kind: "write",
    });
    if (!answer.ok && answer.status !== 409) return { ok: false, refused: answer.message };
  }
  return { ok: true };
}
