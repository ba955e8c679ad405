// What the scripted model of the runner's stories says again and again.

import { call, say } from "./messages-server/script.ts";

export const FIXED = "export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);\n";
export const PLANNED = say(
  call("submit_result", { summary: "Start the sum at 0.", plan: "Give reduce an initial value in sum.js." }),
);
export const BUILT = say(
  call("submit_result", {
    title: "Sum an empty list to 0",
    body: "`reduce` starts at 0 now.",
    summary: "Gave reduce an initial value.",
  }),
);
export const REVIEWED = say(call("submit_result", { findings: [], summary: "Does what was asked." }));

export const EDIT = call("edit", { path: "sum.js", old: "a + b)", new: "a + b, 0)" });
