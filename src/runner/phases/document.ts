// Document: bring the project's own documentation up to date with the change. What had been proved is proved again.

import { documentMessage } from "../prompt.ts";
import { progressAfter, workOnChange } from "./change.ts";
import { doneBefore, type Phase, stopped } from "./phase.ts";
import { makeChecksPass } from "./test.ts";

export const document: Phase = {
  look: (context) => doneBefore(context, "document"),
  async run(context, start) {
    const { view, workspace } = context;
    const diff = await workspace.diff(view.baseSha, await workspace.snapshot());
    const before = start.description;
    const end = await workOnChange(context, start, "document", documentMessage(view, diff));
    const progress = progressAfter(start, end);
    if (end.exit !== "done") return stopped(end, 0, progress);
    const checked = await makeChecksPass(context, progress, 0);
    if (checked.status === "failed") return checked;
    // The pull request is about the change: the words that describe it win over those about its documentation.
    const description = before ?? progress.description;
    return { status: "passed", summary: end.result.summary, rounds: 0, progress: { ...progress, description } };
  },
};
