// What the scripted model says in the demonstration. Only its words are made up: SDK, HTTP, streaming, tools, sandbox
// and tests are real, so a wrong edit here would be caught by the repository's own test.

import { byPhase, call, lastHeard, type Script, say, text } from "../test/support/messages-server/script.ts";

export const SHOP_SCRIPT: Script = byPhase({
  plan: [
    say(
      text("I will look at the failing test and at the code that it is about."),
      call("bash", { command: "npm test 2>&1 | tail -n 40" }),
      call("read", { path: "cart.js" }),
    ),
    say(
      call("submit_result", {
        summary: "`reduce` has no initial value, so an empty cart has nothing to start from.",
        plan: "Give `reduce` the initial value 0 in cart.js; the tests cover the rest.",
      }),
    ),
  ],
  build: [
    say(call("edit", { path: "cart.js", old: "(sum, price) => sum + price)", new: "(sum, price) => sum + price, 0)" })),
    say(call("bash", { command: "npm test 2>&1 | tail -n 40" })),
    (request) =>
      lastHeard(request).includes("# pass 2")
        ? say(
            call("submit_result", {
              title: "Let an empty cart cost nothing",
              body: "`total` starts its sum at 0 now, so that a cart without items has a price.",
              summary: "Gave `reduce` an initial value in cart.js; both tests pass.",
            }),
          )
        : say(call("ask_human", { question: "The tests still fail after the change. How should I go on?" })),
  ],
  review: [
    say(call("submit_result", { findings: [], summary: "The change is the smallest that does what the issue asks." })),
  ],
});
