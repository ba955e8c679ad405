// What a step takes from its environment: whom it deals with, what started it, and nothing that people wrote.

import { describe, expect, it } from "vitest";
import { readControlInputs, subjectOf } from "../../action/control-inputs.ts";
import { readInputs } from "../../action/inputs.ts";

const RUN = {
  INPUT_REPOSITORY: "acme/shop",
  INPUT_ISSUE: "7",
  INPUT_TOKEN: "a".repeat(40),
  INPUT_DIRECTORY: "/tmp/result",
  GITHUB_REPOSITORY: "acme/shop",
  GITHUB_RUN_ID: "500",
  GITHUB_RUN_ATTEMPT: "1",
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_API_URL: "https://api.github.com",
  RUNNER_TEMP: "/tmp",
};
const APP = { "INPUT_APP-URL": "https://signalbox.example" };
const IDENTITY = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://id.example", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "proof" };
const JOB = { "INPUT_GITHUB-TOKEN": "ghs_1" };

describe("a run deals with", () => {
  it("the app, and proves itself to it", () => {
    expect(readInputs({ ...RUN, ...APP, ...IDENTITY })).toMatchObject({
      access: { by: "app", appUrl: "https://signalbox.example", identity: { token: "proof" } },
    });
  });

  it("GitHub alone, with the token of its job, where there is no app", () => {
    expect(readInputs({ ...RUN, "INPUT_APP-URL": "", ...JOB })).toMatchObject({
      access: { by: "job", token: "ghs_1" },
    });
  });

  it.each([
    ["nobody", {}, /app-url/],
    ["an app that it cannot prove itself to", APP, /id-token: write/],
    ["another repository than its own", { ...JOB, GITHUB_REPOSITORY: "acme/other" }, /its own repository/],
    ["something that is no address", { "INPUT_APP-URL": "file:///etc/passwd" }, /app-url/],
  ])("not with %s", (_whom, more, said) => {
    expect(readInputs({ ...RUN, ...more })).toEqual({ problem: expect.stringMatching(said) });
  });
});

const PASS = {
  "INPUT_GITHUB-TOKEN": "ghs_1",
  GITHUB_REPOSITORY: "acme/shop",
  GITHUB_WORKFLOW_REF: "acme/shop/.github/workflows/signalbox.yml@refs/heads/main",
  GITHUB_REF_NAME: "main",
  GITHUB_EVENT_NAME: "issues",
  GITHUB_EVENT_PATH: "/tmp/event.json",
  GITHUB_API_URL: "https://api.github.com",
};

describe("a pass of no-server mode", () => {
  it("knows its own workflow by the file's name", () => {
    expect(readControlInputs(PASS)).toMatchObject({
      repository: { owner: "acme", name: "shop" },
      workflow: "signalbox.yml",
      branch: "main",
    });
  });

  it("says what is missing", () => {
    expect(readControlInputs({ ...PASS, "INPUT_GITHUB-TOKEN": "" })).toEqual({
      problem: expect.stringMatching(/^github-token: /),
    });
  });

  it.each([
    ["an issue", { issue: { number: 7, title: "$(id)" } }, { number: 7, isPullRequest: false }],
    ["a comment on a pull request", { issue: { number: 8, pull_request: {} } }, { number: 8, isPullRequest: true }],
    ["a review", { pull_request: { number: 8 } }, { number: 8, isPullRequest: true }],
    ["a workflow run", { workflow_run: { id: 1 } }, null],
    ["nonsense", { issue: { number: "7" } }, null],
    ["a schedule", { schedule: "*/10 * * * *" }, null],
  ])("reads of %s its number alone", (_what, event, subject) => {
    expect(subjectOf(event)).toEqual(subject);
  });
});
