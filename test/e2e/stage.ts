// A stage for whole stories: the emulated GitHub, the real app over HTTP, real workflow runs, the scripted model. Every
// answer and every webhook is held against GitHub's own descriptions, and after every step the app looks twice: the
// second look must not write.

import type { RequestEntry } from "signalbox-emulator";
import { createConformance } from "signalbox-emulator/conformance";
import { expect } from "vitest";
import { eventually } from "../../demo/eventually.ts";
import { SHOP_SCRIPT } from "../../demo/script.ts";
import { SHOP_CONFIG, SHOP_FILES, SHOP_ISSUE } from "../../demo/shop.ts";
import { FULL_NAME, OWNER, REPOSITORY, startWorld, type WorldOptions } from "../../demo/world.ts";
import { readCommentKey } from "../../src/core/comment-keys.ts";
import { DEFAULT_CONFIG } from "../../src/core/config.ts";
import { labelDefinitions } from "../../src/core/labels.ts";
import { decodeRecord, type LedgerRecord } from "../../src/core/record.ts";
import { decodeRepositoryRecord } from "../../src/core/repository-record.ts";
import type { Script } from "../support/messages-server/script.ts";
import { startMessagesServer } from "../support/messages-server/server.ts";

export const MODEL_KEY = "scripted-model-key-0001";
const PATIENCE_MS = 60_000;
export const ref = { owner: OWNER, repo: REPOSITORY } as const;

export interface StageOptions extends Partial<Omit<WorldOptions, "model">> {
  readonly script?: Script;
}

export async function openStage({ script = SHOP_SCRIPT, ...options }: StageOptions = {}) {
  const conformance = createConformance();
  const model = await startMessagesServer({ script, apiKey: MODEL_KEY });
  const world = await startWorld({
    files: SHOP_FILES,
    config: SHOP_CONFIG,
    ...options,
    emulator: { ...options.emulator, inspect: conformance },
    model: { baseUrl: model.url, apiKey: MODEL_KEY },
  });
  const { hub } = world;
  const alice = world.as("alice");
  const hasServer = world.apps.length > 0;
  const isOurWrite = hasServer ? isProtocolWrite : isJobWrite;

  const until = <T>(what: string, look: () => Promise<T | null> | T | null): Promise<T> =>
    eventually(what, PATIENCE_MS, look);

  async function openIssue(text: { readonly title: string; readonly body: string } = SHOP_ISSUE): Promise<number> {
    const { data } = await alice.rest.issues.create({ ...ref, ...text });
    return data.number;
  }
  /** The app makes a repository's labels when it first sees its config: once, and not at a task's cost. */
  async function labelsAreThere(): Promise<void> {
    const wanted = labelDefinitions(DEFAULT_CONFIG).length;
    await until("the labels of the repository", async () => {
      const { data } = await alice.rest.issues.listLabelsForRepo({ ...ref, per_page: 100 });
      return data.filter(({ name }) => name.includes(":")).length >= wanted ? data : null;
    });
    await until("the dashboard", async () => {
      const { data } = await alice.rest.issues.listForRepo({ ...ref, creator: "signalbox[bot]" });
      return data[0] ?? null;
    });
  }
  async function label(issue: number, name: string, by = "alice"): Promise<void> {
    await world.as(by).rest.issues.addLabels({ ...ref, issue_number: issue, labels: [name] });
  }
  async function comment(issue: number, body: string, by = "alice"): Promise<number> {
    const { data } = await world.as(by).rest.issues.createComment({ ...ref, issue_number: issue, body });
    return data.id;
  }
  async function issueNow(issue: number) {
    const { data } = await alice.rest.issues.get({ ...ref, issue_number: issue });
    const labels = data.labels.map((one) => (typeof one === "string" ? one : (one.name ?? "")));
    return {
      state: data.state,
      reason: data.state_reason,
      labels,
      assignees: data.assignees?.map(({ login }) => login) ?? [],
    };
  }
  const reaches = (issue: number, state: string) =>
    until(`issue ${issue} gets the label task:${state}`, async () => {
      const { labels } = await issueNow(issue);
      return labels.includes(`task:${state}`) ? labels : null;
    });

  /** The app's comments, by what their hidden first line says they are for. */
  async function ownComments(issue: number) {
    const { data } = await alice.rest.issues.listComments({ ...ref, issue_number: issue, per_page: 100 });
    return data
      .filter(({ user }) => user?.id === world.botId)
      .map(({ id, body }) => ({ id, is: readCommentKey(body ?? "")?.is ?? null, body: body ?? "" }));
  }
  async function ledger(issue: number): Promise<readonly LedgerRecord[]> {
    const log = await hub.git(FULL_NAME).log(`refs/heads/signalbox/ledger/${issue}`);
    return log.toReversed().map(({ message }) => {
      const decoded = decodeRecord(message);
      if ("problem" in decoded) throw new Error(decoded.problem);
      return decoded.record;
    });
  }
  async function repositoryState() {
    const [tip] = await hub.git(FULL_NAME).log("refs/heads/signalbox/ledger/repository");
    const decoded = decodeRepositoryRecord(tip?.message ?? "");
    if ("problem" in decoded) throw new Error(decoded.problem);
    return decoded.record.after;
  }

  /** Lets everything come to rest, then makes the app look once more: nothing may be written. */
  async function settle(...issues: readonly number[]): Promise<void> {
    const rest = async () => {
      await hub.idle();
      await Promise.all(world.apps.map(({ app }) => app.queue.idle()));
      await hub.idle();
    };
    await rest();
    const before = hub.requests.entries.length;
    if (!hasServer) await hub.actions.runSchedules(FULL_NAME);
    for (const issue of issues) for (const { app } of world.apps) await app.queue.add(`${FULL_NAME}#${issue}`);
    await rest();
    // A dashboard is edited a minute after its last edit, whenever that is.
    const written = hub.requests.entries
      .slice(before)
      .filter((entry) => isOurWrite(entry) && entry.operation !== "graphql:updateIssue");
    expect(written.map(({ method, operation }) => `${method} ${operation}`)).toEqual([]);
  }

  /** A workflow run of the runner for this issue that has a bound record, once it is there. */
  const boundRun = (issue: number) =>
    until(`a run is bound to issue ${issue}`, async () => {
      const records = await ledger(issue).catch(() => []);
      const bind = records.findLast((record) => record.move === "bind");
      return bind?.move === "bind" ? bind.data : null;
    });

  return {
    world,
    hub,
    model,
    alice,
    until,
    openIssue,
    labelsAreThere,
    label,
    comment,
    issueNow,
    reaches,
    ownComments,
    ledger,
    repositoryState,
    settle,
    boundRun,
    /** Fails when an answer or a webhook was not what GitHub's descriptions say. */
    close: async (): Promise<void> => {
      await world.close();
      await model.close();
      expect(conformance.violations()).toEqual([]);
      expect(model.mistakes).toEqual([]);
    },
  };
}
export type Stage = Awaited<ReturnType<typeof openStage>>;

/** A write of ours against GitHub: not a person's, not a token that is bought or given back, not GitHub's own machines. */
export function isProtocolWrite({ isWrite, token, operation }: RequestEntry): boolean {
  return isWrite && token.kind === "installation" && !operation.includes("/installation/token");
}

/** The same in no-server mode, where everything is done with the tokens of jobs. */
export function isJobWrite({ isWrite, token }: RequestEntry): boolean {
  return isWrite && token.kind === "job";
}
