// Every workflow file that is shipped is clean, and gives each job exactly the rights that the design has for it.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { parseAction } from "../emulator/src/actions/workflow/parse-action.ts";
import { lintWorkflow } from "./support/workflow-lint.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const sourceOf = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const SHIPPED = [".github/workflows", "docs/examples"].flatMap((directory) =>
  readdirSync(path.join(ROOT, directory))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => `${directory}/${name}`)
    .filter((file) => "jobs" in z.looseObject({}).parse(parse(sourceOf(file)))),
);

it.each(SHIPPED)("%s is clean", (file) => {
  expect(lintWorkflow(sourceOf(file))).toEqual([]);
});

it("the action's own file is one that GitHub reads", () => {
  expect(parseAction(sourceOf("action/action.yml"))).toHaveProperty("action");
});

const expression = (inner: string): string => `\${{ ${inner} }}`;

const CLEAN = `
on: workflow_dispatch
permissions: {}
jobs:
  look:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with:
          persist-credentials: false
      - run: npm test
`;

describe("the lint", () => {
  it("has nothing against a clean file", () => {
    expect(lintWorkflow(CLEAN)).toEqual([]);
  });

  // biome-ignore format: a table reads by column.
  it.each<[what: string, from: string, to: string, said: RegExp]>([
    ["an unknown key",              "timeout-minutes: 5",        "timeout: 5",                                   /Unexpected value 'timeout'/],
    ["an unknown context",          "- run: npm test",           "- run: npm test\n        if: githb.actor",     /githb/],
    ["a moving tag",                "@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2", "@v6",                 /not pinned/],
    ["a commit without its version", " # v6.0.2",                "",                                             /does not say its version/],
    ["rights for all jobs",         "permissions: {}",           "permissions: read-all",                        /rights to all/],
    ["no word about rights",        "    permissions:\n      contents: read\n", "",                              /one by one/],
    ["every right",                 "    permissions:\n      contents: read\n", "    permissions: write-all\n",  /one by one/],
    ["an expression in a shell",    "npm test",                  `echo ${expression("inputs.title")}`,                     /stands in a shell/],
    ["a title in an environment",   "- run: npm test",           `- run: npm test\n        env:\n          TITLE: ${expression("github.event.issue.title")}`, /hands on/],
    ["a fenced condition",          "- run: npm test",           `- run: npm test\n        if: |\n          ${expression("false")}`, /always true/],
    ["credentials left behind",     "persist-credentials: false", "fetch-depth: 1",                              /credentials behind/],
    ["somebody's head",             "on: workflow_dispatch",     "on: pull_request_target",                      /stranger/],
    ["a run of somebody's",         "on: workflow_dispatch",     "on:\n  workflow_run:\n    workflows: [CI]",    /not excused/],
    ["a checkout by its name",      "persist-credentials: false", "persist-credentials: false\n          ref: main", /what an event names/],
    ["all secrets at once",         "- run: npm test",           `- run: npm test\n        env:\n          ALL: ${expression("toJSON(secrets)")}`, /in bulk/],
    ["no time limit",               "    timeout-minutes: 5\n",  "",                                             /no time limit/],
    ["half a script",               "npm test",                  "if true; then",                                /does not understand/],
  ])("finds %s", (_what, from, to, said) => {
    expect(CLEAN).toContain(from);
    expect(lintWorkflow(CLEAN.replace(from, to)).join("\n")).toMatch(said);
  });
});

const WORK = { contents: "read", issues: "read", "pull-requests": "read", actions: "read", "id-token": "write" };
const PUBLISH_BY_JOB = {
  contents: "write",
  "pull-requests": "write",
  checks: "write",
  statuses: "read",
  issues: "read",
  actions: "read",
};
const CONTROL = {
  contents: "write",
  issues: "write",
  "pull-requests": "write",
  actions: "write",
  checks: "write",
  statuses: "read",
};
const RIGHTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ".github/workflows/work.yml": { work: WORK },
  ".github/workflows/publish.yml": { publish: { "id-token": "write" } },
  ".github/workflows/publish-no-server.yml": { publish: PUBLISH_BY_JOB },
  "docs/examples/signalbox.yml": { work: WORK, publish: { "id-token": "write" } },
  "docs/examples/signalbox-no-server.yml": {
    control: CONTROL,
    work: WORK,
    publish: PUBLISH_BY_JOB,
    wake: { actions: "write" },
  },
};

it.each(SHIPPED)("%s gives each job the rights of the design, and no other", (file) => {
  const { jobs } = z
    .object({ jobs: z.record(z.string(), z.object({ permissions: z.unknown() })) })
    .parse(parse(sourceOf(file)));
  expect(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, job.permissions]))).toEqual(RIGHTS[file]);
});
