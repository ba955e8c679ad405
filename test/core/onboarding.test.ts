// The files that a repository is set up with: valid, and the same that the documentation shows.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { DEFAULT_CONFIG, parseConfig } from "../../src/core/config.ts";
import {
  allowanceOf,
  homeOf,
  installBoardText,
  LISTED_MAX,
  type Listed,
  standingOf,
} from "../../src/core/install-board.ts";
import { ONBOARDING_FILES, WORKFLOW } from "../../src/core/onboarding-files.ts";
import { previewOf } from "../../src/core/preview.ts";
import { onboardingBody, workflowLink } from "../../src/core/render-onboarding.ts";

const file = (path: string) => ONBOARDING_FILES.find((one) => one.path === path)?.text ?? "";

describe("the files", () => {
  it("the config is what holds anyway", () => {
    expect(parseConfig(parse(file(".github/signalbox.yml")))).toEqual({ config: DEFAULT_CONFIG });
  });

  it("the issue form has the sections that a task is read by, and puts no label on", () => {
    const form: unknown = parse(file(".github/ISSUE_TEMPLATE/signalbox-task.yml"));
    expect(form).toMatchObject({
      body: [
        { attributes: { label: "Context" }, validations: { required: true } },
        { attributes: { label: "Acceptance criteria" }, validations: { required: true } },
        { attributes: { label: "Out of scope" } },
      ],
    });
    expect(form).not.toHaveProperty("labels");
  });

  it("the workflow is the documented one, and none of the files is one", () => {
    expect(WORKFLOW).toBe(readFileSync("docs/examples/signalbox.yml", "utf8"));
    expect(ONBOARDING_FILES.filter(({ path }) => path.includes("workflows"))).toEqual([]);
  });

  it("its link opens GitHub's editor with all of it filled in, and fits into an address", () => {
    const link = new URL(workflowLink({ url: "https://github.com/acme/web", defaultBranch: "release/2 x" }));
    expect(link.pathname).toBe("/acme/web/new/release/2%20x");
    expect(link.searchParams.get("filename")).toBe(".github/workflows/signalbox.yml");
    expect(link.searchParams.get("value")).toBe(WORKFLOW);
    expect(link.href.length).toBeLessThan(8_000);
  });
});

describe("the preview", () => {
  it("says what labels choose, and why an issue would be refused", () => {
    const issue = { number: 1, title: "Fix", hasBody: true, labels: [] as readonly string[] };
    const previews = previewOf(
      [issue, { ...issue, labels: ["Task:Queued", "role:fix"] }, { ...issue, hasBody: false, labels: ["role:cook"] }],
      DEFAULT_CONFIG,
    );
    expect(previews).toMatchObject([
      { would: "wait-for-label", settings: { role: "implement", priority: "p2" } },
      { would: "be-queued", settings: { role: "fix" } },
      { would: "be-refused", refusals: [{ reason: "empty-body" }, { reason: "unknown-role", role: "cook" }] },
    ]);
  });

  it("is left out where no issue is open, and the workflow's link where there is one", () => {
    const facts = {
      url: "https://github.com/acme/web",
      defaultBranch: "main",
      hasWorkflow: true,
      config: DEFAULT_CONFIG,
    };
    const body = onboardingBody({ ...facts, issues: [] });
    expect(body).toContain("**Today's issues**: none is open.");
    expect(body).toContain("The workflow `.github/workflows/signalbox.yml` is there already.");
    expect(body).not.toContain("/new/main");
  });
});

describe("the board of an installation", () => {
  const one = (name: string, standing: Listed["standing"] = { is: "untouched" }): Listed => ({
    owner: "acme",
    name,
    standing,
    proposedAt: null,
  });

  it("has no home without repositories", () => {
    expect(homeOf({ id: 1, account: "acme", repositories: [] })).toBeNull();
  });

  it("lists a bounded number of repositories, and says how many more there are", () => {
    const all = Array.from({ length: LISTED_MAX + 3 }, (_, index) => one(`r${index}`));
    const text = installBoardText({ all, waiting: [], nextAt: null, seen: null });
    expect(text).toContain("- and 3 more, listed as these are set up");
    expect(text.length).toBeLessThan(65_536);
  });

  it("says of one that could not be read that it could not", () => {
    const text = installBoardText({ all: [one("a", { is: "unknown" })], waiting: [], nextAt: null, seen: null });
    expect(text).toContain("`acme/a` (cannot be read now)");
  });

  it("a repository whose file was taken away again after the merge may be set up anew", () => {
    const proposal = { number: 3, isOpen: false, isMerged: true, createdAt: 1 };
    expect(standingOf({ hasConfig: false, proposal })).toEqual({ is: "untouched" });
  });

  it("ten an hour, counted from the pull requests themselves", () => {
    const opened = Array.from({ length: 10 }, (_, index) => ({ ...one(`r${index}`), proposedAt: 1_000 * index }));
    expect(allowanceOf(opened, 3_600_000 - 1)).toEqual({ left: 0, nextAt: 3_600_000 });
    expect(allowanceOf(opened, 3_600_000)).toEqual({ left: 1, nextAt: 3_601_000 });
    expect(allowanceOf([], 5)).toMatchObject({ left: 10 });
  });
});
