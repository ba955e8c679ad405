// The step `wake`: starts a control pass after a run, because what GITHUB_TOKEN does starts no workflow but by dispatch.

import { systemClock, systemRandom } from "../src/adapters/clock.ts";
import { createGovernor } from "../src/adapters/github/governor.ts";
import { createTokenOctokit } from "../src/adapters/github/octokit.ts";
import { createWire } from "../src/adapters/github/wire.ts";
import type { ControlInputs } from "./control-inputs.ts";
import { fail, notice } from "./workflow-commands.ts";

export async function wake({ token, repository, workflow, branch, apiUrl }: ControlInputs): Promise<void> {
  const wire = createWire({
    octokit: createTokenOctokit({ baseUrl: apiUrl }, token),
    governor: createGovernor({ clock: systemClock, isPacing: false }),
    clock: systemClock,
    random: systemRandom,
  });
  const answer = await wire.rest({
    route: "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    parameters: { owner: repository.owner, repo: repository.name, workflow_id: workflow, ref: branch },
    // A second pass finds nothing to do.
    repeat: "freely",
    kind: "write",
  });
  if (answer.ok) notice("A control pass looks at what was published.");
  else fail(`No control pass could be started: ${answer.message}. The schedule will.`);
}
