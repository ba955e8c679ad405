// Everything that Actions answers and tells, held against GitHub's own descriptions, while a stock Octokit asks.
import { Octokit } from "octokit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Conformance, createConformance } from "../../src/descriptions/conformance.ts";
import { type ActionsWorld, createActionsWorld } from "./support/actions-world.ts";

const WORKFLOW = `
name: Work
on: [workflow_dispatch, push]
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - { uses: actions/upload-artifact@v4, with: { name: readme, path: README.md } }
      - { name: slow, run: 'echo "::error file=README.md,line=1::oops"; exit 1' }
  b: { needs: a, runs-on: ubuntu-latest, steps: [{ run: echo }] }
`;

const REPO = { owner: "acme", repo: "app" };
const EVENTS = [
  "check_run",
  "check_suite",
  "push",
  "repository_dispatch",
  "workflow_dispatch",
  "workflow_job",
  "workflow_run",
];

let conformance: Conformance;
let world: ActionsWorld;
let alice: Octokit;

beforeAll(async () => {
  conformance = createConformance();
  world = await createActionsWorld({ "work.yml": WORKFLOW }, { inspect: conformance });
  // Nothing listens there: what counts is what would have been sent.
  world.hub.createApp({
    slug: "watcher",
    owner: "acme",
    permissions: { actions: "read", checks: "read", contents: "read" },
    events: EVENTS,
    webhookUrl: "http://127.0.0.1:9/",
  });
  world.hub.installApp({ app: "watcher", account: "acme" });
  alice = new Octokit({
    auth: world.hub.tokenOf("alice"),
    baseUrl: world.hub.apiUrl,
    throttle: { enabled: false },
    retry: { enabled: false },
  });
});
afterAll(() => world.hub.close());

describe("a stock client", () => {
  it("dispatches, looks, cancels, repeats and downloads", async () => {
    const { actions, repos } = alice.rest;
    const hold = world.hub.actions.holdJob((place) => place.step === "slow");
    await actions.createWorkflowDispatch({ ...REPO, workflow_id: "work.yml", ref: "main" });
    const { runId } = await hold.reached;
    await world.hub.idle();
    await actions.listWorkflowRunsForRepo({ ...REPO, status: "in_progress" });
    await actions.listJobsForWorkflowRun({ ...REPO, run_id: runId });
    await actions.cancelWorkflowRun({ ...REPO, run_id: runId });
    hold.release();
    await world.hub.idle();
    await actions.reRunWorkflow({ ...REPO, run_id: runId });
    await world.hub.idle();
    await actions.reRunWorkflowFailedJobs({ ...REPO, run_id: runId });
    await world.hub.idle();
    await repos.createDispatchEvent({ ...REPO, event_type: "ping", client_payload: { a: 1 } });
    await world.hub
      .git("acme/app")
      .commitFiles({ branch: "main", message: "push", files: { a: "b" }, author: "alice" });
    await world.hub.idle();

    const { data: run } = await actions.getWorkflowRun({ ...REPO, run_id: runId });
    expect(run).toMatchObject({ run_attempt: 3, status: "completed", conclusion: "failure" });
    await actions.getWorkflowRunAttempt({ ...REPO, run_id: runId, attempt_number: 1 });
    await actions.listJobsForWorkflowRunAttempt({ ...REPO, run_id: runId, attempt_number: 1 });
    const { data: jobs } = await actions.listJobsForWorkflowRun({ ...REPO, run_id: runId, filter: "all" });
    expect(jobs.jobs.map((job) => [job.name, job.run_attempt, job.conclusion])).toEqual([
      ["a", 1, "cancelled"],
      ["b", 1, "skipped"],
      ["a", 2, "failure"],
      ["b", 2, "skipped"],
      ["a", 3, "failure"],
      ["b", 3, "skipped"],
    ]);
    const [first] = jobs.jobs;
    await actions.getJobForWorkflowRun({ ...REPO, job_id: first?.id ?? 0 });
    const annotations = await alice.rest.checks.listAnnotations({ ...REPO, check_run_id: jobs.jobs[4]?.id ?? 0 });
    expect(annotations.data.map((annotation) => annotation.message)).toEqual([
      "oops",
      "Process completed with exit code 1.",
    ]);

    const { data: artifacts } = await actions.listWorkflowRunArtifacts({ ...REPO, run_id: runId });
    const [artifact] = artifacts.artifacts;
    await actions.getArtifact({ ...REPO, artifact_id: artifact?.id ?? 0 });
    const zip = await actions.downloadArtifact({ ...REPO, artifact_id: artifact?.id ?? 0, archive_format: "zip" });
    expect(zip.data).toBeInstanceOf(ArrayBuffer);
    const logs = await actions.downloadWorkflowRunLogs({ ...REPO, run_id: runId });
    expect(logs.data).toBeInstanceOf(ArrayBuffer);
  });

  it("reads and writes the settings", async () => {
    const { actions } = alice.rest;
    await actions.listRepoWorkflows(REPO);
    await actions.getWorkflow({ ...REPO, workflow_id: "work.yml" });
    await actions.listWorkflowRuns({ ...REPO, workflow_id: "work.yml" });
    await actions.createRepoVariable({ ...REPO, name: "A", value: "1" });
    await actions.updateRepoVariable({ ...REPO, name: "A", value: "2" });
    await actions.getRepoVariable({ ...REPO, name: "A" });
    await actions.listRepoVariables(REPO);
    await actions.deleteRepoVariable({ ...REPO, name: "A" });
    world.hub.actions.setSecret("acme/app", "key", "value");
    const { data: secrets } = await actions.listRepoSecrets(REPO);
    expect(secrets.secrets.map((secret) => secret.name)).toEqual(["KEY"]);
    await actions.getRepoSecret({ ...REPO, secret_name: "KEY" });
    await actions.getRepoPublicKey(REPO);
    await actions.getGithubActionsPermissionsRepository(REPO);
    await actions.getGithubActionsDefaultWorkflowPermissionsRepository(REPO);
    await actions.setGithubActionsDefaultWorkflowPermissionsRepository({
      ...REPO,
      default_workflow_permissions: "write",
    });
    await actions.setWorkflowAccessToRepository({ ...REPO, access_level: "organization" });
    expect((await actions.getWorkflowAccessToRepository(REPO)).data).toEqual({ access_level: "organization" });
    await actions.createRegistrationTokenForRepo(REPO);
    await actions.listSelfHostedRunnersForRepo(REPO);
  });

  it("gets GitHub's refusals", async () => {
    const { actions } = alice.rest;
    const refusals = [
      actions.getWorkflowRun({ ...REPO, run_id: 1 }),
      actions.cancelWorkflowRun({ ...REPO, run_id: 1 }),
      actions.getRepoVariable({ ...REPO, name: "NONE" }),
      actions.createRepoVariable({ ...REPO, name: "GITHUB_X", value: "1" }),
      actions.createWorkflowDispatch({ ...REPO, workflow_id: "work.yml", ref: "nowhere" }),
      alice.rest.repos.createDispatchEvent({ ...REPO, event_type: "x".repeat(101) }),
    ];
    const answers = await Promise.all(
      refusals.map((refusal) =>
        refusal.then(
          () => null,
          (error: unknown) => error,
        ),
      ),
    );
    expect(answers.map((answer) => Object(answer).status)).toEqual([404, 404, 404, 422, 422, 422]);
  });
});

it("said nothing that GitHub's descriptions do not allow", () => {
  expect(conformance.violations()).toEqual([]);
  const { responses, webhooks } = conformance.counted();
  expect(responses).toBeGreaterThan(40);
  expect(webhooks).toBeGreaterThan(40);
});
