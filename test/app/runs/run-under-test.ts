// A run that speaks to the app, as the work and publish jobs do: a new OIDC token for each call.

import type { z } from "zod";
import { systemClock } from "../../../src/adapters/clock.ts";
import { apiRefusalSchema } from "../../../src/core/api.ts";
import { type AppUnderTest, type StartOptions, settingsOf, startApp } from "../app-under-test.ts";
import { createGitHubInMemory } from "../github-in-memory.ts";
import { type Claims, type Issuer, PUBLISH, startIssuer } from "./tokens.ts";

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  /** The refusal's word, or null when it was granted. */
  readonly reason: string | null;
}

export interface ClaimedTask {
  readonly issue: number;
  /** The lease token. */
  readonly token: string;
  /** The run that was dispatched. */
  readonly runId: number;
}

export interface RunUnderTest {
  readonly on: AppUnderTest;
  readonly issuer: Issuer;
  /** Queues a new issue as alice does, and lets the app claim it. */
  claimedTask(text?: { readonly title: string; readonly body: string }): Promise<ClaimedTask>;
  call(path: string, body: unknown, options?: CallOptions): Promise<ApiAnswer>;
  /** As the work job of the run that was dispatched. */
  bind(task: ClaimedTask, options?: CallOptions): Promise<ApiAnswer>;
  /** As its publish job. */
  publishToken(task: ClaimedTask, options?: CallOptions): Promise<ApiAnswer>;
  stop(): Promise<void>;
}

export interface CallOptions {
  readonly claims?: Claims;
  /** Instead of a token made from the claims. */
  readonly bearer?: string | null;
  readonly signal?: AbortSignal;
}

export async function startRuns(
  options: StartOptions & { readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<RunUnderTest> {
  const github = options.github ?? createGitHubInMemory(options.dependencies?.clock ?? systemClock);
  const issuer = await startIssuer(github.world.stateOf(github.shop).id);
  const settings = settingsOf({ OIDC_ISSUER: issuer.url, ...options.environment });
  const on = await startApp({ settings, ...options, github });

  async function call(path: string, body: unknown, { claims, bearer, signal }: CallOptions = {}): Promise<ApiAnswer> {
    const token = bearer === undefined ? `Bearer ${await issuer.mint(claims)}` : bearer;
    const response = await fetch(`${on.app.url}/api/runs/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token === null ? {} : { authorization: token }) },
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
    const answer: unknown = await response.json();
    const refusal: z.infer<typeof apiRefusalSchema> | null = response.ok ? null : apiRefusalSchema.parse(answer);
    return { status: response.status, body: answer, reason: refusal?.reason ?? null };
  }

  return {
    on,
    issuer,
    call,
    async claimedTask(text = { title: "Empty list crashes", body: "`sum([])` throws." }) {
      const issue = on.people.openIssue(on.alice, text);
      on.people.addLabel(on.alice, issue, "task:queued");
      await on.app.queue.add(`acme/shop#${issue}`);
      await on.app.queue.idle();
      const found = [...on.people.state().runs.values()].find((run) => run.issue === issue);
      if (found === undefined || found.token === null) throw new Error(`no run was dispatched for ${issue}`);
      return { issue, token: found.token, runId: found.run.id };
    },
    bind: ({ issue, token, runId }, given = {}) =>
      call(
        "bind",
        { repository: "acme/shop", issue, token },
        { ...given, claims: { run_id: `${runId}`, ...given.claims } },
      ),
    publishToken: ({ issue, token, runId }, given = {}) => {
      const claims = { run_id: `${runId}`, job_workflow_ref: PUBLISH, ...given.claims };
      return call("publish-token", { repository: "acme/shop", issue, token }, { ...given, claims });
    },
    async stop() {
      await on.app.stop();
      issuer.stop();
    },
  };
}
