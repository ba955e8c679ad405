// The one request that stands on no object of GitHub so far: a run, proved by its OIDC token, asks to be bound.

import type { Refusal } from "../../core/refusal.ts";
import type { Actor, RunRef, Sha } from "../../core/task.ts";

export interface BindAsk {
  readonly move: "bind";
  readonly run: RunRef;
  readonly token: Sha;
  readonly actor: Actor;
}

export type BindAnswer = { readonly granted: true } | { readonly granted: false; readonly refusal: Refusal };
