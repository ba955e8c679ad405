// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${{ … }} is what these files are about.
import { App, Octokit } from "octokit";
import { describe, expect, it } from "vitest";
import { type ActionsWorld, createActionsWorld, type RunView } from "./support/actions-world.ts";

const LONG = `
name: Long
on: { workflow_dispatch: { inputs: { group: {} } } }
jobs:
  work:
    runs-on: ubuntu-latest
    steps:
      - run: echo begun
      - { name: middle, run: sleep 300 }
      - { run: 'echo "cleaned up \${{ job.status }}"', if: always() }
  after: { needs: work, runs-on: ubuntu-latest, steps: [{ run: echo never }] }
  report: { needs: work, if: always(), runs-on: ubuntu-latest, steps: [{ run: 'echo "saw \${{ needs.work.result }}"' }] }
`;

/** Starts a run and returns when it is at a step. */
async function startAndHold(
  world: ActionsWorld,
  file: string,
  step: string | null,
): Promise<{ readonly run: RunView; readonly jobId: number; readonly release: () => void }> {
  const hold = world.hub.actions.holdJob((place) => place.step === step);
  const body = { ref: "main", return_run_details: true };
  const id = (await world.call("POST", `/actions/workflows/${file}/dispatches`, body)).body.workflow_run_id;
  const { jobId } = await hold.reached;
  await world.hub.idle();
  return { run: (await world.call("GET", `/actions/runs/${id}`)).body, jobId, release: hold.release };
}

const again = async (world: ActionsWorld, run: RunView): Promise<RunView> =>
  (await world.call("GET", `/actions/runs/${run.id}`)).body;

describe("a held run", () => {
  it("does not keep the hub from being idle, shows where it is, and goes on", async () => {
    await using world = await createActionsWorld({ "long.yml": LONG.replace("sleep 300", "echo slept") });
    const { run, release } = await startAndHold(world, "long.yml", "middle");
    expect(run).toMatchObject({ status: "in_progress", conclusion: null });
    const [work] = await world.jobs(run);
    expect(work?.steps.map((step) => [step.name, step.conclusion])).toEqual([
      ["Set up job", "success"],
      ["Run echo begun", "success"],
      ["middle", null],
      ['Run echo "cleaned up ${{ job.status }}"', null],
    ]);
    release();
    await world.hub.idle();
    expect((await again(world, run)).conclusion).toBe("success");
  });

  it("dies with the emulator", async () => {
    const world = await createActionsWorld({ "long.yml": LONG });
    await startAndHold(world, "long.yml", "middle");
    await world.hub.close();
  });
});

describe("cancel", () => {
  it("stops the job, lets always() run, skips what needs it", async () => {
    await using world = await createActionsWorld({ "long.yml": LONG });
    const { run, jobId, release } = await startAndHold(world, "long.yml", "middle");
    expect((await world.call("POST", `/actions/runs/${run.id}/cancel`)).status).toBe(202);
    release();
    await world.hub.idle();
    expect(await again(world, run)).toMatchObject({ status: "completed", conclusion: "cancelled" });
    const jobs = await world.jobs(run);
    expect(jobs.map((job) => [job.name, job.conclusion])).toEqual([
      ["work", "cancelled"],
      ["after", "skipped"],
      ["report", "success"],
    ]);
    expect(await world.log({ id: jobId } as never)).toContain("cleaned up cancelled");
    const report = jobs.find((job) => job.name === "report");
    if (report === undefined) throw new Error("no report");
    expect(await world.log(report)).toContain("saw cancelled");
    expect(await world.call("POST", `/actions/runs/${run.id}/cancel`)).toMatchObject({
      status: 409,
      body: { message: "Cannot cancel a workflow run that is completed." },
    });
  });

  it("by force runs nothing more", async () => {
    await using world = await createActionsWorld({ "long.yml": LONG });
    const { run } = await startAndHold(world, "long.yml", "middle");
    expect((await world.call("POST", `/actions/runs/${run.id}/force-cancel`)).status).toBe(202);
    await world.hub.idle();
    const jobs = await world.jobs(run);
    expect(jobs.map((job) => [job.name, job.conclusion])).toEqual([
      ["work", "cancelled"],
      ["after", "skipped"],
      ["report", "cancelled"],
    ]);
  });
});

describe("a lost machine", () => {
  it("leaves the job in progress until GitHub gives it up", async () => {
    await using world = await createActionsWorld(
      { "long.yml": LONG },
      { clock: "virtual", now: Date.UTC(2026, 10, 20) },
    );
    const { run, jobId } = await startAndHold(world, "long.yml", "middle");
    world.hub.actions.loseMachine(jobId);
    await world.hub.idle();
    expect(await again(world, run)).toMatchObject({ status: "in_progress", conclusion: null });
    world.hub.clock.advance(10 * 60_000);
    await world.hub.idle();
    expect(await again(world, run)).toMatchObject({ status: "completed", conclusion: "failure" });
    const annotations = (await world.call("GET", `/check-runs/${jobId}/annotations`)).body;
    expect(annotations).toMatchObject([{ message: "The hosted runner lost communication with the server." }]);
  });
});

describe("time limits", () => {
  it("count on the emulator's clock", async () => {
    const limited = LONG.replace("  work:\n", "  work:\n    timeout-minutes: 15\n");
    await using world = await createActionsWorld(
      { "long.yml": limited },
      { clock: "virtual", now: Date.UTC(2026, 10, 20) },
    );
    const { run, release } = await startAndHold(world, "long.yml", "middle");
    world.hub.clock.advance(15 * 60_000 - 1);
    expect((await again(world, run)).status).toBe("in_progress");
    world.hub.clock.advance(1);
    release();
    await world.hub.idle();
    expect((await again(world, run)).conclusion).toBe("cancelled");
  });
});

describe("concurrency", () => {
  const workflow = (more: string): string => `
on: { workflow_dispatch: { inputs: { group: { default: g } } } }
run-name: \${{ inputs.group }}
concurrency: { group: 'x-\${{ inputs.group }}'${more} }
jobs: { work: { runs-on: x, steps: [{ name: step, run: echo }] } }
`;

  async function start(world: ActionsWorld, group = "g"): Promise<number> {
    const body = { ref: "main", inputs: { group }, return_run_details: true };
    const { workflow_run_id } = (await world.call("POST", "/actions/workflows/a.yml/dispatches", body)).body;
    await world.hub.idle();
    return workflow_run_id;
  }

  const states = async (world: ActionsWorld): Promise<readonly string[]> =>
    (await world.runs()).map((run) => run.conclusion ?? run.status).reverse();

  it("runs one of a group, keeps one waiting, and replaces it by a newer one", async () => {
    await using world = await createActionsWorld({ "a.yml": workflow("") });
    const hold = world.hub.actions.holdJob((place) => place.step === "step");
    await start(world);
    await start(world);
    await start(world, "other");
    expect(await states(world)).toEqual(["in_progress", "pending", "in_progress"]);
    await start(world);
    expect(await states(world)).toEqual(["in_progress", "cancelled", "in_progress", "pending"]);
    hold.release();
    await world.hub.idle();
    expect(await states(world)).toEqual(["success", "cancelled", "success", "success"]);
  });

  it("cancels what is in progress when the file says so", async () => {
    await using world = await createActionsWorld({ "a.yml": workflow(", cancel-in-progress: true") });
    const hold = world.hub.actions.holdJob((place) => place.step === "step");
    await start(world);
    await start(world);
    expect(await states(world)).toEqual(["cancelled", "in_progress"]);
    hold.release();
    await world.hub.idle();
    expect(await states(world)).toEqual(["cancelled", "success"]);
  });

  it("lets all wait with queue: max", async () => {
    await using world = await createActionsWorld({ "a.yml": workflow(", queue: max") });
    const hold = world.hub.actions.holdJob((place) => place.step === "step");
    for (let count = 0; count < 3; count += 1) await start(world);
    expect(await states(world)).toEqual(["in_progress", "pending", "pending"]);
    hold.release();
    await world.hub.idle();
    expect(await states(world)).toEqual(["success", "success", "success"]);
  });

  it("runs no more jobs at a time than there are slots", async () => {
    const many =
      "on: workflow_dispatch\njobs: { a: { runs-on: x, strategy: { matrix: { n: [1, 2, 3] } }, steps: [{ name: step, run: echo }] } }\n";
    await using world = await createActionsWorld({ "a.yml": many }, { actions: { parallel: 2 } });
    const hold = world.hub.actions.holdJob((place) => place.step === "step");
    await world.call("POST", "/actions/workflows/a.yml/dispatches", { ref: "main" });
    await world.hub.idle();
    const [run] = await world.runs();
    if (run === undefined) throw new Error("no run");
    expect((await world.jobs(run)).map((job) => [job.name, job.status])).toEqual([
      ["a (1)", "in_progress"],
      ["a (2)", "in_progress"],
      ["a (3)", "queued"],
    ]);
    hold.release();
    await world.hub.idle();
    expect((await again(world, run)).conclusion).toBe("success");
  });
});

describe("running again", () => {
  const FLAKY = `
on: workflow_dispatch
jobs:
  steady: { runs-on: x, outputs: { at: '\${{ steps.s.outputs.at }}' }, steps: [{ id: s, run: 'echo "at=\${{ github.run_attempt }}" >> "$GITHUB_OUTPUT"' }] }
  flaky: { needs: steady, runs-on: x, steps: [{ run: 'echo "steady at \${{ needs.steady.outputs.at }}"; [ \${{ github.run_attempt }} != 1 ]' }] }
  last: { needs: flaky, runs-on: x, steps: [{ run: echo }] }
`;

  it("repeats the failed jobs and what needs them, and keeps the rest", async () => {
    await using world = await createActionsWorld({ "a.yml": FLAKY });
    const run = await world.dispatch("a.yml");
    expect(run.conclusion).toBe("failure");
    expect((await world.call("POST", `/actions/runs/${run.id}/rerun-failed-jobs`)).status).toBe(201);
    await world.hub.idle();
    expect(await again(world, run)).toMatchObject({ conclusion: "success", run_attempt: 2 });
    const jobs = await world.jobs(run);
    expect(jobs.map((job) => [job.name, job.run_attempt, job.conclusion])).toEqual([
      ["steady", 1, "success"],
      ["flaky", 2, "success"],
      ["last", 2, "success"],
    ]);
    const flaky = jobs.find((job) => job.name === "flaky");
    if (flaky === undefined) throw new Error("no job");
    expect(await world.log(flaky)).toContain("steady at 1");
    expect((await world.call("GET", `/actions/runs/${run.id}/attempts/1`)).body).toMatchObject({
      run_attempt: 1,
      conclusion: "failure",
    });
  });

  it("repeats everything when asked to, and one job when asked for it", async () => {
    await using world = await createActionsWorld({ "a.yml": FLAKY });
    const run = await world.dispatch("a.yml");
    await world.call("POST", `/actions/runs/${run.id}/rerun`);
    await world.hub.idle();
    expect((await world.jobs(run)).map((job) => job.run_attempt)).toEqual([2, 2, 2]);
    const flaky = (await world.jobs(run)).find((job) => job.name === "flaky");
    expect((await world.call("POST", `/actions/jobs/${flaky?.id}/rerun`)).status).toBe(201);
    await world.hub.idle();
    expect((await world.jobs(run)).map((job) => [job.name, job.run_attempt])).toEqual([
      ["steady", 2],
      ["flaky", 3],
      ["last", 3],
    ]);
  });

  it("follows the re-run buttons of checks", async () => {
    await using world = await createActionsWorld({ "a.yml": FLAKY });
    const made = world.hub.createApp({ slug: "ci", owner: "acme", permissions: { checks: "write" }, events: [] });
    const { id } = world.hub.installApp({ app: "ci", account: "acme" });
    const app = new App({
      appId: made.id,
      privateKey: made.privateKeyPem,
      Octokit: Octokit.defaults({ baseUrl: world.hub.apiUrl, throttle: { enabled: false } }),
    });
    const { rest } = await app.getInstallationOctokit(id);
    const run = await world.dispatch("a.yml");
    const flaky = (await world.jobs(run)).find((job) => job.name === "flaky");
    await rest.checks.rerequestRun({ owner: "acme", repo: "app", check_run_id: flaky?.id ?? 0 });
    await world.hub.idle();
    expect((await world.jobs(run)).map((job) => job.run_attempt)).toEqual([1, 2, 2]);
    const suite = Number((await world.call("GET", `/actions/runs/${run.id}`)).body.check_suite_id);
    await rest.checks.rerequestSuite({ owner: "acme", repo: "app", check_suite_id: suite });
    await world.hub.idle();
    expect((await world.jobs(run)).map((job) => job.run_attempt)).toEqual([3, 3, 3]);
  });
});
