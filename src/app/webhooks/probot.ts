// Probot, between the door and the queue. Its handlers put keys into the queue and do nothing else: they call no API,
// so no event gets an Octokit of its own (Probot would build one for each, which is half of its cost).

import type { Logger } from "pino";
import { Probot, ProbotOctokit } from "probot";
import type { WorkQueue } from "../../core/ports.ts";
import type { Dependants } from "../dependants.ts";
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
  readonly dependants: Pick<Dependants, "of">;
  /** The App as GitHub knows it, or null before GitHub told it. */
  readonly identity: () => AppIdentity | null;
  /** An installation came, went or changed: what is remembered of it is void. */
  readonly onInstallation: (installationId: number) => void;
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

  async function note(name: EventName, id: string, raw: unknown): Promise<void> {
    const parsed = payloadSchema.safeParse(raw);
    if (!parsed.success) {
      log.warn(
        {
          event: name,
          delivery: id,
          problem: parsed.error.issues[0]?.path.join("."),
        },
        "a payload has an unknown shape",
      );
      return;
    }
    const payload = parsed.data;
    const pull = pullRequestIn(payload);
    if (pull !== null) pullRequests.remember(pull.repository, pull.pullRequest, pull.issue);
    if (name.startsWith("installation") && payload.installation !== undefined)
      options.onInstallation(payload.installation.id);
    const keys = whereToLook(name, payload, {
      app: options.identity(),
      taskOf: pullRequests.taskOf,
      dependantsOf: options.dependants.of,
    });
    for (const key of keys) await queue.add(key);
    log.debug({ event: name, delivery: id, action: payload.action, keys }, "a delivery was taken");
  }

  for (const name of EVENTS) probot.on(name, (context) => note(name, context.id, context.payload));

  return async (event) => {
    const name = EVENTS.find((known) => known === event.name);
    if (name === undefined) return;
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
