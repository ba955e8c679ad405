// Probot, between the door and the queue. Its handlers put keys into the queue and do nothing else: they call no API,
// so no event gets an Octokit of its own (Probot would build one for each, which is half of its cost).

import type { Logger } from "pino";
import { Probot, ProbotOctokit } from "probot";
import type { WorkQueue } from "../../core/ports.ts";
import type { AppIdentity } from "../github.ts";
import type { Log } from "../log.ts";
import type { Settings } from "../settings.ts";
import type { WebhookEvent } from "./door.ts";
import { payloadSchema } from "./payload.ts";
import type { PullRequestTasks } from "./pull-request-tasks.ts";
import { EVENTS, type EventName, pullRequestIn, whereToLook } from "./where-to-look.ts";

export interface ReceiverOptions {
  readonly settings: Pick<Settings, "appId" | "privateKey" | "webhookSecrets">;
  readonly logger: Logger;
  readonly log: Log;
  readonly queue: Pick<WorkQueue, "add">;
  readonly pullRequests: PullRequestTasks;
  /** The App as GitHub knows it, or null before GitHub told it. */
  readonly identity: () => AppIdentity | null;
  /** An installation came, went or changed: what is remembered of it is void. */
  readonly onInstallation: (installationId: number) => void;
}

interface Noted {
  readonly keys: readonly string[];
  /** The installation that came, went or changed. */
  readonly installation: number | undefined;
}

/** @returns a function that takes a verified event note of; it resolves once every key is in the queue */
export async function createReceiver(options: ReceiverOptions): Promise<(event: WebhookEvent) => Promise<void>> {
  const { settings, log, queue, pullRequests } = options;
  const probot = new Probot({
    appId: settings.appId,
    privateKey: settings.privateKey,
    secret: settings.webhookSecrets[0],
    // At its debug level Probot logs whole payloads.
    log: options.logger.child({}, { level: "warn" }),
    Octokit: ProbotOctokit.defaults((given: object) => ({
      ...given,
      authStrategy: createIdleAuth,
      throttle: { enabled: false },
      retry: { enabled: false },
    })),
  });
  await probot.ready();

  /** What an event means for the queue; null when its payload has an unknown shape. Half of all events mean nothing. */
  function read(name: EventName, id: string, raw: unknown): Noted | null {
    const parsed = payloadSchema.safeParse(raw);
    if (!parsed.success) {
      const problem = parsed.error.issues[0]?.path.join(".");
      log.warn({ event: name, delivery: id, problem }, "a payload has an unknown shape");
      return null;
    }
    const payload = parsed.data;
    const pull = pullRequestIn(payload);
    if (pull !== null) pullRequests.remember(pull.repository, pull.pullRequest, pull.issue);
    const installation = name.startsWith("installation") ? payload.installation?.id : undefined;
    const keys = whereToLook(name, payload, { app: options.identity(), taskOf: pullRequests.taskOf });
    log.debug({ event: name, delivery: id, action: payload.action, keys }, "a delivery was taken");
    return { keys, installation };
  }

  async function note({ keys, installation }: Noted): Promise<void> {
    if (installation !== undefined) options.onInstallation(installation);
    for (const key of keys) await queue.add(key);
  }

  /** Read once, on the way in: Probot's handlers find here what they have to note. */
  const noted = new WeakMap<object, Noted>();
  for (const name of EVENTS) {
    probot.on(name, async (context) => {
      const found = noted.get(context.payload);
      if (found !== undefined) await note(found);
    });
  }

  return async (event) => {
    const name = EVENTS.find((known) => known === event.name);
    if (name === undefined) return;
    const found = read(name, event.id, event.payload);
    // What nobody handles does not take the way through Probot.
    if (found === null || (found.keys.length === 0 && found.installation === undefined)) return;
    noted.set(event.payload, found);
    // Probot's type is a union over all events; which one this is was verified by the signature, not by the compiler.
    await probot.receive({ id: event.id, name, payload: event.payload } as unknown as Parameters<
      typeof probot.receive
    >[0]);
  };
}

/** Gives every event the same Octokit, without any credential. */
function createIdleAuth(options: { readonly octokit: unknown }) {
  const hook = () => Promise.reject(new Error("a webhook never acts: its Octokit must not be used"));
  return Object.assign(async () => options.octokit, { hook });
}
