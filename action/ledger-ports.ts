// GitHub for a run that has no app: the ledger and the issue, read with the token of its job.

import { systemClock, systemRandom } from "../src/adapters/clock.ts";
import { openActionsRepository } from "../src/adapters/github/actions-repository.ts";
import type { LedgerPorts } from "../src/runner/ledger-permit.ts";
import { type Access, refOf, type StepInputs } from "./inputs.ts";
import { mask } from "./workflow-commands.ts";

export async function ledgerPorts(inputs: StepInputs, { token }: Extract<Access, { by: "job" }>): Promise<LedgerPorts> {
  mask(token);
  const opened = await openActionsRepository({
    baseUrl: inputs.apiUrl,
    token,
    repository: refOf(inputs),
    // A run obeys nobody: how old a request is does not matter to it.
    installedAt: 0,
    isPacing: false,
    mayLackChecks: true,
    clock: systemClock,
    random: systemRandom,
  });
  return { hub: opened.hub, headOf: opened.headOf, clock: systemClock, token };
}
