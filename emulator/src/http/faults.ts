// Faults on demand: which requests fail, and how. Choosing only; `inject.ts` does the damage.
import type { RequestToken } from "../hub.ts";

/**
 * "timeout-before": never answered, never applied · "applied-then-lost": applied, then the connection dies ·
 * "applied-then-502" · "502", "503-retry-after", "403-secondary", "429", "401", "404", "409", "422": refused, not applied ·
 * "reset": the connection dies before anything is read · "truncated": applied, half of the answer arrives ·
 * "slow": applied and answered after a pause.
 */
export const FAULTS = [
  "timeout-before",
  "applied-then-lost",
  "applied-then-502",
  "502",
  "503-retry-after",
  "403-secondary",
  "429",
  "401",
  "404",
  "409",
  "422",
  "reset",
  "truncated",
  "slow",
] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultRequest {
  readonly method: string;
  readonly path: string;
  /** As in the request log. */
  readonly operation: string;
  readonly token: RequestToken;
  /** 1 for the first request of this method and operation since the log was cleared. */
  readonly count: number;
}

export interface FaultRule {
  readonly match: (request: FaultRequest) => boolean;
  readonly fault: Fault;
  /** How often it strikes; not given = until cleared. */
  readonly times?: number;
}

export interface Faults {
  readonly add: (rule: FaultRule) => void;
  readonly clear: () => void;
}

export interface FaultChooser extends Faults {
  readonly choose: (request: FaultRequest) => Fault | null;
}

export function createFaults(): FaultChooser {
  let rules: { readonly rule: FaultRule; left: number }[] = [];
  return {
    add: (rule) => {
      rules.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY });
    },
    clear: () => {
      rules = [];
    },
    choose: (request) => {
      const hit = rules.find((each) => each.left > 0 && each.rule.match(request));
      if (hit === undefined) return null;
      hit.left -= 1;
      return hit.rule.fault;
    },
  };
}
