// Installing the App: one board lists the repositories, ticked ones get a pull request that sets them up, and nothing
// runs before.

import { describe, expect, it } from "vitest";
import { workflowLink } from "../../src/core/render-onboarding.ts";
import { repositoryStage } from "../support/repository-stage.ts";

const HOUR = 3_600_000;

function proposals(on: ReturnType<typeof repositoryStage>, ...names: readonly string[]) {
  return names.map((name) => [...on.world.stateOf({ owner: "acme", name }).pullRequests.values()].length);
}

describe("an installation", () => {
  it("lists its repositories in the organisation's own one, and opens nothing by itself", async () => {
    const on = repositoryStage();
    const { ref: home } = on.add(".github");
    on.add("web");
    on.add("api");
    await on.install();
    const text = on.boardText("repositories", home);
    expect(text.split("\n").filter((line) => line.startsWith("- ["))).toEqual([
      "- [ ] <!-- signalbox:box onboard/acme/.github --> `acme/.github`",
      "- [ ] <!-- signalbox:box onboard/acme/api --> `acme/api`",
      "- [ ] <!-- signalbox:box onboard/acme/web --> `acme/web`",
    ]);
    expect(proposals(on, ".github", "web", "api")).toEqual([0, 0, 0]);
  });

  it("lists it in the repository itself when only one was chosen", async () => {
    const on = repositoryStage();
    const { ref } = on.add("web");
    await on.install();
    expect(on.board("repositories", ref)).toMatchObject({ author: { login: "signalbox[bot]" }, isOpen: true });
  });

  it("of several without one of the organisation's takes the oldest, and stays there", async () => {
    const on = repositoryStage();
    const { ref } = on.add("web");
    await on.install();
    on.add("api");
    await on.install();
    expect(on.board("repositories", ref)).toBeDefined();
    expect(on.boardText("repositories", ref)).not.toContain("acme/api");
    on.pass(60_000);
    await on.install();
    expect(on.boardText("repositories", ref)).toContain("acme/api");
  });

  it("I15 told of again, redelivered or installed anew, it duplicates nothing", async () => {
    const on = repositoryStage();
    const { ref } = on.add("web");
    await on.install();
    on.click(on.alice, "onboard/acme/web", ref, "repositories");
    await on.install();
    const before = on.world.history.length;
    for (let times = 0; times < 3; times += 1) await on.install();
    on.gone.add("web");
    await on.install();
    on.gone.delete("web");
    on.pass(HOUR);
    await on.install();
    expect(on.world.history.slice(before)).toEqual([]);
    expect(proposals(on, "web")).toEqual([1]);
  });

  it("has no board where everything is set up already", async () => {
    const on = repositoryStage();
    const { ref } = on.add("web", { config: {} });
    await on.install();
    expect(on.board("repositories", ref)).toBeUndefined();
  });

  it("does nothing where the App was suspended or taken away", async () => {
    const on = repositoryStage();
    on.add("web");
    on.gone.add("web");
    const before = on.world.history.length;
    await on.install();
    expect(on.world.history.slice(before)).toEqual([]);
  });
});

describe("a ticked repository", () => {
  it("gets one pull request with a config and an issue form, and no workflow: that is a link", async () => {
    const on = repositoryStage();
    on.add(".github");
    const { people } = on.add("web");
    people.setWorkflow(false);
    const issue = people.openIssue(on.alice, { title: "Too | slow", body: "See the trace." });
    people.addLabel(on.alice, issue, "urgent");
    people.openIssue(on.carol, { title: "Empty", body: " " });
    const labelled = people.openIssue(on.alice, { title: "Now", body: "Do it." });
    people.addLabel(on.alice, labelled, "task:queued");
    await on.install();
    on.click(on.alice, "onboard/acme/web", { owner: "acme", name: ".github" }, "repositories");
    await on.install();
    const pull = [...people.state().pullRequests.values()][0];
    expect(pull).toMatchObject({ headRef: "signalbox/onboarding", baseRef: "main", isOpen: true });
    const body = pull?.body ?? "";
    expect(body).toContain("- `.github/signalbox.yml`\n- `.github/ISSUE_TEMPLATE/signalbox-task.yml`\n");
    expect(body).toContain(workflowLink({ url: "https://github.test/acme/web", defaultBranch: "main" }));
    expect(body.split("\n").filter((line) => line.startsWith("| #"))).toEqual([
      "| #3 Now | queued as it is labelled now: p2, role `implement`, phases `plan-build-test-review`, at most $5.00 |",
      "| #2 Empty | refused: The issue has no description. Say in its body what is to be done, then queue it again. |",
      "| #1 Too \\| slow | queued once it is labelled: p0, role `implement`, phases `plan-build-test-review`, at most $5.00 |",
    ]);
    expect(on.boardText("repositories", { owner: "acme", name: ".github" })).toContain(
      `- \`acme/web\`: acme/web#${pull?.number} waits to be merged`,
    );
    // Only what people put there: labels are made once this is merged.
    expect([...people.state().labels.keys()]).toEqual(["urgent", "task:queued"]);
  });

  it("is ready once its config is on the default branch; then its labels are made", async () => {
    const on = repositoryStage();
    on.add(".github");
    const { people } = on.add("web");
    await on.install();
    on.click(on.alice, "onboard/acme/web", { owner: "acme", name: ".github" }, "repositories");
    await on.install();
    people.mergePullRequest(on.alice, [...people.state().pullRequests.keys()][0] ?? 0);
    people.setConfig({});
    on.pass(60_000);
    await on.install();
    expect(on.boardText("repositories", { owner: "acme", name: ".github" })).toMatch(/### Set up\n\n- `acme\/web`$/);
  });

  it("whose pull request was closed can be ticked again", async () => {
    const on = repositoryStage();
    const { ref: home } = on.add(".github");
    const { people } = on.add("web");
    await on.install();
    on.click(on.alice, "onboard/acme/web", home, "repositories");
    await on.install();
    const [first = 0] = people.state().pullRequests.keys();
    people.close(on.alice, first);
    on.pass(60_000);
    await on.install();
    expect(on.boardText("repositories", home)).toContain(`\`acme/web\` (acme/web#${first} was closed)`);
    on.click(on.alice, "onboard/acme/web", home, "repositories");
    await on.install();
    expect([...people.state().pullRequests.values()].map(({ isOpen }) => isOpen)).toEqual([false, true]);
  });

  it("is left alone when whoever ticked it may not write there, and they are told", async () => {
    const on = repositoryStage();
    const { ref: home, people: homePeople } = on.add(".github");
    const secret = on.add("secret", { roles: [[on.carol, "admin"]] });
    await on.install();
    on.click(on.alice, "onboard/acme/secret", home, "repositories");
    await on.install();
    expect(secret.people.state().pullRequests.size).toBe(0);
    const [answer] = [...homePeople.state().comments.values()];
    expect(answer?.body).toContain(
      "@alice, setting up secret was not done. This needs write permission; you have none.",
    );
    on.click(on.carol, "onboard/acme/secret", home, "repositories");
    await on.install();
    expect(secret.people.state().pullRequests.size).toBe(1);
  });

  it("waits when ten were opened in the last hour, stays ticked meanwhile, and can be unticked", async () => {
    const on = repositoryStage();
    const { ref: home } = on.add(".github");
    const names = Array.from({ length: 13 }, (_, index) => `r${String(index + 1).padStart(2, "0")}`);
    for (const name of names) on.add(name);
    await on.install();
    for (const name of names) on.click(on.alice, `onboard/acme/${name}`, home, "repositories");
    expect(await on.install()).toMatchObject({ lookAgainAt: on.now() + HOUR });
    const count = () => proposals(on, ...names).reduce((sum, one) => sum + one, 0);
    expect(count()).toBe(10);
    expect(on.boardText("repositories", home)).toContain(
      "At most 10 are opened in an hour; the next one at 2026-11-20 13:00 UTC.",
    );
    expect(on.boardText("repositories", home)).toContain("- [x] <!-- signalbox:box onboard/acme/r11 -->");
    on.pass(HOUR / 2);
    on.click(on.alice, "onboard/acme/r12", home, "repositories");
    await on.install();
    expect(count()).toBe(10);
    on.pass(HOUR / 2);
    await on.install();
    expect(proposals(on, "r11", "r12", "r13")).toEqual([1, 0, 1]);
  });
});
