// Entry of the action: picks the job. What a job needs is loaded only when it is that job's turn.

import { readControlInputs } from "./control-inputs.ts";
import { readInputs } from "./inputs.ts";
import { fail } from "./workflow-commands.ts";

const mode = process.env["INPUT_MODE"];
if (mode === "control" || mode === "wake") {
  const inputs = readControlInputs(process.env);
  if ("problem" in inputs) fail(inputs.problem);
  else if (mode === "control") await import("./control.ts").then(({ controlPass }) => controlPass(inputs));
  else await import("./wake.ts").then(({ wake }) => wake(inputs));
} else {
  const inputs = readInputs(process.env);
  if ("problem" in inputs) fail(inputs.problem);
  else if (mode === "work") await import("./work.ts").then(({ work }) => work(inputs, process.env));
  else if (mode === "publish") await import("./publish.ts").then(({ publishWork }) => publishWork(inputs));
  else fail("mode: must be work, publish, control or wake");
}
