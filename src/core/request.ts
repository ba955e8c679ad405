// Who asks for what, and why: a move request, before anybody has judged it.

import type { Permission } from "./observation.ts";
import type { MoveData } from "./record.ts";
import type { Actor, EpochMs } from "./task.ts";
import type { MoveName } from "./transitions.ts";

/** Moves whose destination `decide` computes from limits; a request cannot choose it. */
export type LimitedMove = "expire" | "suspend" | "fail" | "reject" | "verdict" | "merge-refused";

export type RequestData<M extends MoveName> = M extends LimitedMove ? Omit<MoveData[M], "to"> : MoveData[M];

/** How the asker proved the right to ask: a permission that GitHub confirmed, or one of our own proofs. */
export type Standing = Permission | "app" | "run" | "clock";

interface RequestOf<M extends MoveName> {
  readonly move: M;
  readonly actor: Actor;
  readonly standing: Standing;
  readonly cause: string;
  readonly at: EpochMs;
  readonly data: RequestData<M>;
}

/** The union is discriminated by `move`. */
export type MoveRequest = { [M in MoveName]: RequestOf<M> }[MoveName];
