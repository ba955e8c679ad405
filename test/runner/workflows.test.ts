// The contract of the workflow files: rights as the design has them, nothing that people write in a shell, everything pinned,
// and the same names in the thin workflow, the reusable ones, the action and the code.

import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { dispatchInputsSchema } from "../../src/core/api.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const sourceOf = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");

const stepSchema = z.object({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.string().or(z.number())).optional(),
});
const jobSchema = z.object({
  permissions: z.record(z.string(), z.string()),
  uses: z.string().optional(),
  needs: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.string()).optional(),
  steps: z.array(stepSchema).default([]),
});
const inputsSchema = z.record(z.string(), z.object({ type: z.string(), required: z.boolean().optional() }));
const workflowSchema = z.object({
  "run-name": z.string().optional(),
  on: z.record(z.string(), z.object({ inputs: inputsSchema })),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(z.string(), jobSchema),
});
const actionSchema = z.object({
  inputs: z.record(z.string(), z.object({ required: z.boolean() })),
  runs: z.object({ using: z.string(), main: z.string() }),
});

const THIN = "docs/examples/signalbox.yml";
const WORK = ".github/workflows/work.yml";
const PUBLISH = ".github/workflows/publish.yml";
const PUBLISH_BY_JOB = ".github/workflows/publish-no-server.yml";
const input = (name: string): string => `\${{ inputs.${name} }}`;
const workflow = (file: string) => workflowSchema.parse(parse(sourceOf(file)));

// biome-ignore format: a table reads by column.
const RIGHTS = {
  work:    { contents: "read", issues: "read", "pull-requests": "read", actions: "read", "id-token": "write" },
  publish: { "id-token": "write" },
};

describe.each([THIN, WORK, PUBLISH])("%s", (file) => {
  const { permissions, jobs } = workflow(file);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it("gives no right to the whole, and each job exactly what it needs", () => {
    expect(permissions).toEqual({});
    for (const [name, job] of Object.entries(jobs))
      expect(job.permissions).toEqual(RIGHTS[z.enum(["work", "publish"]).parse(name)]);
  });

  it("puts no expression into a shell", () => {
    for (const step of steps) expect(step.run ?? "").not.toContain("${{");
  });

  it("pins every action of others to a commit and names its version", () => {
    for (const { uses } of steps) {
      if (uses === undefined || uses.startsWith("signalbox-dev/")) continue;
      expect(uses).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
      expect(sourceOf(file)).toMatch(new RegExp(`${uses} # v\\d+\\.\\d+\\.\\d+\\n`));
    }
  });

  it("never names what somebody could have pushed or written", () => {
    expect(sourceOf(file)).not.toMatch(
      /pull_request_target|issue_comment|github\.event|github\.head_ref|actions\/checkout|actions\/cache|secrets: inherit/,
    );
  });
});

describe("the thin workflow", () => {
  const thin = workflow(THIN);

  it("is started by the app alone, with the inputs that the code knows", () => {
    expect(Object.keys(thin.on)).toEqual(["workflow_dispatch"]);
    const inputs = thin.on["workflow_dispatch"]?.inputs ?? {};
    expect(Object.keys(inputs)).toEqual(Object.keys(dispatchInputsSchema.shape));
    expect(Object.values(inputs)).toEqual(
      Object.values(inputs).map(() => expect.objectContaining({ type: "string", required: true })),
    );
  });

  it("carries task and claim in the name of its run", () => {
    expect(thin["run-name"]).toBe(`signalbox ${input("repository")}#${input("issue")} ${input("token")}`);
  });

  it("publishes whatever becomes of the work", () => {
    expect(thin.jobs["publish"]).toMatchObject({ needs: "work", if: "always()" });
  });

  it.each([
    ["work", WORK],
    ["publish", PUBLISH],
  ])("hands the job %s what its reusable workflow asks for", (name, file) => {
    const job = thin.jobs[name];
    expect(job?.uses).toBe(`signalbox-dev/signalbox/${file}@v1`);
    const asked = workflow(file).on["workflow_call"]?.inputs ?? {};
    const required = Object.entries(asked).flatMap(([input, { required: isRequired }]) =>
      isRequired === true ? [input] : [],
    );
    expect(new Set(Object.keys(job?.with ?? {}))).toEqual(new Set([...required, "app-url"]));
  });
});

describe("the action", () => {
  const action = actionSchema.parse(parse(sourceOf("action/action.yml")));

  it("runs on Node 24 from the bundle", () => {
    expect(action.runs).toEqual({ using: "node24", main: "dist/main.mjs" });
  });

  it.each([
    [WORK, []],
    [PUBLISH, ["github-token"]],
    [PUBLISH_BY_JOB, ["app-url"]],
  ])("gets its inputs from %s", (file, without) => {
    const steps = Object.values(workflow(file).jobs).flatMap((job) => job.steps);
    const ours = steps.find((step) => step.uses?.startsWith("signalbox-dev/"));
    const all = Object.keys(action.inputs).filter((name) => !without.some((other) => other === name));
    expect(Object.keys(ours?.with ?? {})).toEqual(all);
  });

  it("declares the inputs that the code reads, and no others", () => {
    const read = [...sourceOf("action/inputs.ts").matchAll(/"?INPUT_([A-Z-]+)"?:/g)].map(([, name]) =>
      name?.toLowerCase(),
    );
    expect(["mode", ...read]).toEqual(Object.keys(action.inputs));
  });
});
