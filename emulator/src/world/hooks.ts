// Webhooks and the log of what was sent to them.
import type { JsonObject } from "./json.ts";

/** A repository's or organisation's own webhook; an app's webhook is on the app. */
export interface Hook {
  readonly id: number;
  readonly nodeId: string;
  readonly repositoryId: number;
  url: string;
  secret: string | null;
  contentType: "json" | "form";
  insecureSsl: "0" | "1";
  /** `*` = every event. */
  events: readonly string[];
  active: boolean;
  readonly createdAt: number;
  updatedAt: number;
}

/** Who a delivery is for. */
export type DeliveryTarget =
  | { readonly kind: "app"; readonly appId: number; readonly hookId: number }
  | { readonly kind: "repository"; readonly repositoryId: number; readonly hookId: number };

/** One attempt to deliver one event to one webhook. A redelivery is an entry of its own with the same GUID. */
export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly target: DeliveryTarget;
  readonly event: string;
  readonly action: string | null;
  /** The payload as it was rendered when the event happened: the bytes that are signed and sent. */
  readonly text: string;
  /** Parsed anew each time: thousands of deliveries are kept, and text is a tenth of the objects. */
  readonly payload: JsonObject;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly redelivery: boolean;
  readonly deliveredAt: number;
  readonly url: string;
  requestHeaders: Readonly<Record<string, string>>;
  /** "pending" until an answer came or the attempt failed; "dropped" = swallowed by chaos, the app never saw it. */
  status: string;
  statusCode: number;
  durationSeconds: number;
  responseHeaders: Readonly<Record<string, string>>;
  responseBody: string;
}
