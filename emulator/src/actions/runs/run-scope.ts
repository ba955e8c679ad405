// One workflow of a run, with what it was given: the root workflow, or one that a job calls.
import type { JsonObject } from "../../world/json.ts";
import type { Plan } from "./plan.ts";

export interface RunScope {
  readonly plan: Plan;
  readonly inputs: JsonObject;
  readonly secrets: Readonly<Record<string, string>>;
  /** Before the names of its jobs: "" or "caller / ". */
  readonly namePrefix: string;
  /** Before their keys, which tell a job from all others of the run. */
  readonly keyPrefix: string;
  readonly github: JsonObject;
  readonly vars: JsonObject;
  /** Stops every job of it: a failed sibling of a matrix, a superseded group. */
  readonly stop: AbortSignal;
}
