// From the installation to a repository that is set up, with real webhooks and a real edit history: the board, a ticked
// box, the onboarding pull request, labels, a dashboard that people steer by; and what a suspended App does: nothing.

import { afterEach, expect, it } from "vitest";
import { OWNER, REPOSITORY } from "../../demo/world.ts";
import { BOARD_TITLES, boxLine } from "../../src/core/board.ts";
import { DEFAULT_CONFIG } from "../../src/core/config.ts";
import { labelDefinitions } from "../../src/core/labels.ts";
import { isProtocolWrite, openStage, type Stage } from "./stage.ts";

let stage: Stage | null = null;
afterEach(async () => {
  await stage?.close();
  stage = null;
});

const web = { owner: OWNER, repo: "web" } as const;
const home = { owner: OWNER, repo: ".github" } as const;
type Place = { readonly owner: string; readonly repo: string };

async function withTwoMore() {
  const opened = await openStage();
  stage = opened;
  const { hub, until } = opened;
  for (const repo of [home.repo, web.repo]) {
    const files = { "README.md": `# ${repo}\n` };
    await hub.createRepository({ owner: OWNER, name: repo, files, collaborators: { alice: "write", carol: "triage" } });
  }
  const installation = opened.world.installationId;
  hub.selectRepositories(installation, [REPOSITORY, home.repo, web.repo]);

  const boardIn = async (place: Place, kind: keyof typeof BOARD_TITLES) => {
    const { data } = await opened.alice.rest.issues.listForRepo({ ...place, state: "all" });
    return data.find(({ title }) => title === BOARD_TITLES[kind]) ?? null;
  };
  const board = (place: Place, kind: keyof typeof BOARD_TITLES) =>
    until(`${kind} in ${place.repo}`, () => boardIn(place, kind));
  async function tick(by: string, place: Place, kind: keyof typeof BOARD_TITLES, box: string): Promise<void> {
    const { number, body } = await board(place, kind);
    const ticked = (body ?? "").replace(boxLine(box, ""), boxLine(box, "", true));
    expect(ticked).not.toBe(body);
    await opened.world.as(by).rest.issues.update({ ...place, issue_number: number, body: ticked });
  }
  return { ...opened, installation, board, boardIn, tick };
}

it("sets up a repository that somebody ticked, and then it can be steered from its dashboard", async () => {
  const { alice, board, boardIn, tick, until, hub, world } = await withTwoMore();
  const first = await board(home, "repositories");
  expect(first.body).toContain(boxLine("onboard/acme/web", "`acme/web`"));
  expect(first.body).not.toContain("onboard/acme/shop");

  await tick("alice", home, "repositories", "onboard/acme/web");
  const pull = await until("the onboarding pull request", async () => {
    const { data } = await alice.rest.pulls.list({ ...web, state: "open" });
    return data[0] ?? null;
  });
  expect(pull.body).toContain("/new/main?filename=.github%2Fworkflows%2Fsignalbox.yml&value=");
  const { data: files } = await alice.rest.pulls.listFiles({ ...web, pull_number: pull.number });
  expect(files.map(({ filename }) => filename).toSorted()).toEqual([
    ".github/ISSUE_TEMPLATE/signalbox-task.yml",
    ".github/signalbox.yml",
  ]);
  const check = await until("the check of the config", async () => {
    const { data } = await alice.rest.checks.listForRef({ ...web, ref: pull.head.sha });
    return data.check_runs.find(({ name }) => name === "signalbox/config") ?? null;
  });
  expect(check).toMatchObject({ conclusion: "success" });
  expect(await boardIn(web, "tasks")).toBeNull();

  await alice.rest.pulls.merge({ ...web, pull_number: pull.number });
  const dashboard = await board(web, "tasks");
  expect(dashboard.body).toContain("**Claims run.**");
  const { data: labels } = await alice.rest.issues.listLabelsForRepo({ ...web, per_page: 100 });
  const ours = labels.filter(({ name }) => name.includes(":"));
  expect(ours.map(({ name }) => name).toSorted()).toEqual(
    labelDefinitions(DEFAULT_CONFIG)
      .map(({ name }) => name)
      .toSorted(),
  );

  await tick("alice", web, "tasks", "pause");
  await until("the pause", async () =>
    (await boardIn(web, "tasks"))?.body?.includes("**Paused** by alice") ? true : null,
  );
  await alice.rest.issues.update({ ...web, issue_number: dashboard.number, state: "closed" });
  await hub.idle();
  await world.app.app.queue.idle();
  await alice.rest.issues.update({ ...web, issue_number: dashboard.number, state: "open" });
  await until("the resumption", async () => {
    const [tip] = await hub.git("acme/web").log("refs/heads/signalbox/ledger/repository");
    return tip?.message.startsWith("Claims resumed by alice") ? true : null;
  });
});

it("lists every mistake of a config on the head that brings it, and keeps what held", async () => {
  const { alice, hub, until } = await withTwoMore();
  const shop = { owner: OWNER, repo: REPOSITORY };
  const text = "checks: nonsense\nlimits: { claimed: 0, reviewed: 2 }\nplan: [hide\n";
  const bad = await hub.git("acme/shop").commitFiles({
    branch: "tune",
    message: "tune",
    files: { ".github/signalbox.yml": text.replace("plan: [hide\n", "plan: hide\n") },
    author: "alice",
  });
  await alice.rest.pulls.create({ ...shop, head: "tune", base: "main", title: "Tune" });
  const check = await until("the check of the config", async () => {
    const { data } = await alice.rest.checks.listForRef({ ...shop, ref: bad });
    return data.check_runs.find(({ name }) => name === "signalbox/config") ?? null;
  });
  expect(check).toMatchObject({ conclusion: "failure", output: { title: "4 mistakes in .github/signalbox.yml" } });
  const main = await hub.git("acme/shop").commitFiles({
    branch: "main",
    message: "worse",
    files: { ".github/signalbox.yml": text },
    author: "alice",
  });
  const pushed = await until("the check of the push", async () => {
    const { data } = await alice.rest.checks.listForRef({ ...shop, ref: main });
    return data.check_runs.find(({ name }) => name === "signalbox/config") ?? null;
  });
  expect(pushed.output.summary).toContain("the file is no YAML");
});

it("does nothing while it is suspended, goes on when it is not, and ends when it is removed", async () => {
  const { alice, hub, installation, board, until, world } = await withTwoMore();
  await board(home, "repositories");
  const rest = async () => {
    await hub.idle();
    await world.app.app.queue.idle();
  };
  await rest();
  hub.suspendInstallation(installation);
  await rest();
  const before = hub.requests.entries.length;
  const { data: issue } = await alice.rest.issues.create({ ...web, title: "Say hello", body: "Please." });
  await alice.rest.issues.addLabels({ ...web, issue_number: issue.number, labels: ["task:queued"] });
  await world.app.app.sweep.once();
  await world.app.app.queue.add(`acme/web#${issue.number}`);
  await rest();
  expect(hub.requests.entries.slice(before).filter(isProtocolWrite)).toEqual([]);

  hub.suspendInstallation(installation, false);
  await until("the task", async () => {
    const { data } = await alice.rest.issues.listComments({ ...web, issue_number: issue.number });
    return data.find(({ body }) => body?.startsWith("<!-- signalbox:status") === true) ?? null;
  });
  await rest();
  hub.uninstall(installation);
  await rest();
  const removed = hub.requests.entries.length;
  await alice.rest.issues.createComment({ ...web, issue_number: issue.number, body: "/task cancel" });
  await world.app.app.sweep.once();
  await rest();
  expect(hub.requests.entries.slice(removed).filter(isProtocolWrite)).toEqual([]);
});
