// What happened, told to everybody who listens: the webhook dispatcher, Actions triggers, the long poll of tests.
import type { Account } from "./accounts.ts";
import type { Installation } from "./apps.ts";
import type { Actor } from "./caller.ts";
import type { JsonObject } from "./json.ts";
import type { Repository } from "./repositories.ts";

export interface DomainEvent {
  /** As in X-GitHub-Event: `issues`, `push`, … */
  readonly name: string;
  readonly action: string | null;
  readonly actor: Actor;
  /** null for events that belong to no repository (`installation`, …). */
  readonly repository: Repository | null;
  /** Only for events without a repository: the organisation they belong to. */
  readonly organization?: Account;
  /** Only for events about an installation itself. */
  readonly installation?: Installation;
  /**
   * The fields that this event has of its own (`issue`, `label`, `changes`, …), rendered when the event happens, so that
   * later changes do not leak into an earlier payload. The envelope (action, repository, organization, sender,
   * installation) is added by the dispatcher.
   */
  readonly payload: JsonObject;
  /** Given = only this app hears of it (installation events, check_run rerequested, …). */
  readonly onlyAppId?: number;
  /** Commit message of the head, for `[skip ci]`. */
  readonly headCommitMessage?: string;
}

export type EventListener = (event: DomainEvent) => void;

export interface EventBus {
  /** Tells every listener, in the order in which they subscribed, before it returns. */
  readonly emit: EventListener;
  readonly subscribe: (listener: EventListener) => void;
}

export function createEventBus(): EventBus {
  const listeners: EventListener[] = [];
  return {
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    subscribe: (listener) => {
      listeners.push(listener);
    },
  };
}
