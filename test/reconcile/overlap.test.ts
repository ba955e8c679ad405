// Tasks that touch the same paths, by what they declare or by what their open pull requests change.

import { describe, expect, it } from "vitest";
import { stagingRef } from "../../src/core/observation.ts";
import { publish } from "../../src/reconcile/publish.ts";
import { type FamilyStage, familyStage } from "../support/family-stage.ts";

const body = (paths: string) => `Do it.\n\nPaths: ${paths}`;
const by = (overlap: string) => ({ config: { checks: "none", paths: { overlap } } });

describe("two tasks in the same paths", () => {
  it("are serialised: the second waits until the first is merged, and says for whom", async () => {
    const on = familyStage();
    const first = await on.queued({ body: body("src/cart/**, docs") });
    const second = await on.queued({ body: body("`src/cart/total.ts`") });
    const apart = await on.queued({ body: body("src/till") });
    expect([await on.stateOf(first), await on.stateOf(second), await on.stateOf(apart)]).toEqual([
      "claimed",
      "queued",
      "claimed",
    ]);
    expect(on.text(second, "status")[0]).toContain(
      `Task #${first} is under way and touches the same paths (\`src/cart/total.ts\`)`,
    );
    await on.attempt(first);
    expect(await on.stateOf(second)).toBe("queued");
    await on.say(first, "/task accept");
    expect(await on.stateOf(second)).toBe("claimed");
  });

  it("are claimed with a warning when the config says so", async () => {
    const on = familyStage(by("warn"));
    const first = await on.queued({ body: body("src/cart") });
    const second = await on.queued({ body: "### What\n\nDo it.\n\n### Paths\n\nsrc/cart/total.ts" });
    expect(await on.stateOf(second)).toBe("claimed");
    expect(on.text(second, "status")[0]).toContain(`Task #${first} is under way`);
    expect(on.text(first, "status")[0]).not.toContain("under way");
  });

  it("are let be when the config says so", async () => {
    const on = familyStage(by("ignore"));
    await on.queued({ body: body("src/cart") });
    const second = await on.queued({ body: body("src/cart") });
    expect(await on.stateOf(second)).toBe("claimed");
    expect(on.text(second, "status")[0]).not.toContain("under way");
  });

  it("are told apart by what an open pull request changes, though its task declared nothing", async () => {
    const on = familyStage();
    const first = await on.queued();
    await submitted(on, first, ["lib/money.ts"]);
    const second = await on.queued({ body: body("lib") });
    expect(await on.stateOf(second)).toBe("queued");
    expect(on.text(second, "status")[0]).toContain(`Task #${first}`);
    await on.say(first, "/task accept");
    expect(await on.stateOf(second)).toBe("claimed");
  });

  it("do not wait for one that declares nothing and has changed nothing", async () => {
    const on = familyStage();
    await on.queued();
    expect(await on.stateOf(await on.queued({ body: body("src") }))).toBe("claimed");
  });
});

/** An attempt whose change is in these files. */
async function submitted(on: FamilyStage, issue: number, files: readonly string[]): Promise<void> {
  const token = (await on.task(issue))?.lease?.token ?? "";
  const runId = [...on.people.state().runs.keys()].at(-1) ?? 0;
  on.people.startRun(runId);
  await on.bind(issue, runId, token);
  const ref = stagingRef(runId);
  const head = on.people.push(on.bot, ref, { parent: on.people.refOf("refs/heads/main"), files });
  const result = on.resultOf(issue, token, runId, head);
  const run = { id: runId, attempt: 1 };
  await publish(on.deps, { ...on.repository, issue }, { result, unreadable: null, run, token, staged: { ref, head } });
  on.people.finishRun(runId, "success");
  await on.drain(issue);
}
