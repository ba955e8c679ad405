// What the process counts, in Prometheus' text format. No label ever holds a name of a repository, a person or an issue:
// the page is readable by whoever can reach the port.

import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Spent } from "./counted-fetch.ts";

export interface Gauges {
  readonly queueWaiting: () => number | Promise<number>;
  readonly queueInHand: () => number | Promise<number>;
  readonly asks: () => number;
}

export interface Metrics {
  delivery(outcome: string, event: string): void;
  look(kind: string, outcome: string, seconds: number): void;
  /** What looks of a kind took from GitHub. */
  spent(kind: string, spent: Readonly<Spent>): void;
  refusal(reason: string): void;
  request(kind: "read" | "write", status: number): void;
  sweep(outcome: "done" | "failed"): void;
  redelivery(): void;
  text(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter<Label>({ name, help, labelNames, registers });
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await read());
      },
    });

  const deliveries = counter("signalbox_deliveries_total", "Webhook deliveries by outcome and event", [
    "outcome",
    "event",
  ]);
  const looks = new Histogram({
    name: "signalbox_look_seconds",
    help: "Looks at a place of the queue, by kind and outcome",
    labelNames: ["kind", "outcome"],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120],
    registers,
  });
  const refusals = counter("signalbox_refusals_total", "Requests that were refused, by reason", ["reason"]);
  const requests = counter("signalbox_github_requests_total", "Requests to GitHub by kind and status class", [
    "kind",
    "status",
  ]);
  const spent = counter("signalbox_github_spent_total", "What looks took from GitHub, by kind of look", [
    "kind",
    "what",
  ]);
  const sweeps = counter("signalbox_sweeps_total", "Sweeps by outcome", ["outcome"]);
  const redeliveries = counter("signalbox_redeliveries_total", "Failed deliveries that were asked for again", []);
  gauge("signalbox_queue_waiting", "Keys that wait", gauges.queueWaiting);
  gauge("signalbox_queue_in_hand", "Keys in hand", gauges.queueInHand);
  gauge("signalbox_asks", "Runs that wait for an answer", gauges.asks);
  gauge("signalbox_resident_bytes", "Resident memory of the process", () => process.memoryUsage.rss());

  return {
    delivery: (outcome, event) => deliveries.inc({ outcome, event }),
    look: (kind, outcome, seconds) => looks.observe({ kind, outcome }, seconds),
    spent: (kind, taken) => {
      for (const [what, amount] of Object.entries(taken)) if (amount > 0) spent.inc({ kind, what }, amount);
    },
    refusal: (reason) => refusals.inc({ reason }),
    request: (kind, status) => requests.inc({ kind, status: status === 0 ? "none" : `${Math.floor(status / 100)}xx` }),
    sweep: (outcome) => sweeps.inc({ outcome }),
    redelivery: () => redeliveries.inc(),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
