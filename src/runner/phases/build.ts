// Build: make the change, by a plan.

import { buildMessage } from "../prompt.ts";
import { progressAfter, workOnChange } from "./change.ts";
import { doneBefore, type Phase, stopped } from "./phase.ts";

export const build: Phase = {
  look: (context) => doneBefore(context, "build"),
  async run(context, progress) {
    const message = buildMessage(context.view, progress.plan, context.checks.list);
    const end = await workOnChange(context, progress, "build", message);
    const after = progressAfter(progress, end);
    if (end.exit !== "done") return stopped(end, 0, after);
    return { status: "passed", summary: end.result.summary, rounds: 0, progress: after };
  },
};
