// GitHub as a script: answers in the order in which a test wrote them, over nock, and the requests that came. An
// unexpected request fails the test that made it; an answer that nobody asked for fails it too.

import nock from "nock";
import { afterEach, beforeEach, expect } from "vitest";
import { createGovernor } from "../../../src/adapters/github/governor.ts";
import { createGithubHub } from "../../../src/adapters/github/hub.ts";
import { createTokenOctokit } from "../../../src/adapters/github/octokit.ts";
import { createLeapingClock } from "../step-clock.ts";

export const NOW = Date.UTC(2026, 10, 20, 12);
const ORIGIN = "https://api.github.test";
const DATE = new Date(NOW).toUTCString();
export const REPOSITORY = { owner: "acme", name: "app" };
export const ISSUE = { ...REPOSITORY, issue: 7 };
export const WRITER = { id: 41, login: "signalbox[bot]", isBot: true };
export const sha = (digit: string) => digit.repeat(40);

/** One answer: to a GraphQL document of that name, or to a REST request such as `PUT /repos/acme/app/pulls/8/merge`. */
export interface Step {
  readonly to: string;
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** The connection breaks instead. */
  readonly reset?: true;
}

export interface Asked {
  readonly what: string;
  readonly body: unknown;
}

/** What the adapter reads of a repository before its first write. */
export const KNOWN: Step = {
  to: "Repository",
  body: { data: { repository: { id: "R_1", databaseId: 1, defaultBranchRef: { name: "main" }, config: null } } },
};

function nameOf(method: string, uri: string, body: unknown): string {
  if (uri !== "/graphql") return `${method} ${decodeURIComponent(uri)}`;
  const query = typeof body === "object" && body !== null && "query" in body ? String(body.query) : "";
  return /^(?:query|mutation) (\w+)/.exec(query)?.[1] ?? "a document without a name";
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
let left: Step[] = [];
let surprises: string[] = [];

function play(steps: readonly Step[]): readonly Asked[] {
  const asked: Asked[] = [];
  left = [...steps];
  const scope = nock(ORIGIN).persist();
  for (const method of METHODS) {
    scope.intercept(/.*/, method).reply(async (request: Request) => {
      const { pathname, search } = new URL(request.url);
      const sent = await request.text();
      const body: unknown = sent === "" ? null : JSON.parse(sent);
      const what = nameOf(method, `${pathname}${search}`, body);
      const step = left.shift();
      asked.push({ what, body });
      if (step?.to !== what) surprises.push(`${what} instead of ${step?.to ?? "nothing"}`);
      if (step === undefined || step.reset === true) throw new Error("socket hang up");
      const headers = { date: DATE, "content-type": "application/json; charset=utf-8", ...step.headers };
      return [step.status ?? 200, text(step.body), headers];
    });
  }
  return asked;
}

/** A string is sent as it is: half an answer is a string. */
function text(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body ?? {});
}

/** @returns a hub whose GitHub follows the script, the clock that it waits on, and what was asked */
export function scripted(steps: readonly Step[], options: { readonly mayLackChecks?: boolean } = {}) {
  const clock = createLeapingClock(NOW);
  const octokit = createTokenOctokit({ baseUrl: ORIGIN }, "token");
  const hub = createGithubHub({
    ...options,
    octokitFor: async () => octokit,
    governor: createGovernor({ clock, isPacing: true }),
    writer: WRITER,
    installedAt: NOW,
    clock,
    random: { next: () => 0.5 },
  });
  return { hub, clock, asked: play(steps) };
}

/** Call once in a file: no request leaves the process, none comes unexpected, and no answer is left over. */
export function useScripts(): void {
  beforeEach(() => {
    nock.disableNetConnect();
    surprises = [];
    left = [];
  });
  afterEach(() => {
    nock.cleanAll();
    nock.enableNetConnect();
    expect({ surprises, left }).toEqual({ surprises: [], left: [] });
  });
}
