// Bad luck for webhooks, from a seed: which deliveries fail, vanish, come twice, late or out of order. Decides only.

export interface ChaosOptions {
  /** Probability that the attempt fails; the deliveries API shows it, as GitHub's does. */
  readonly drop?: number;
  /** Probability that GitHub never fires the webhook at all: nothing in the deliveries API either. */
  readonly lose?: number;
  /** Probability that it is sent twice with the same GUID. */
  readonly duplicate?: number;
  /** Longest pause before it is sent, in real milliseconds. */
  readonly delayMs?: number;
  /** Probability that it is held back until a later delivery has been sent (or nothing more comes). */
  readonly reorder?: number;
  readonly seed: number;
}

export interface Luck {
  readonly fate: "send" | "drop" | "lose";
  readonly twice: boolean;
  readonly delayMs: number;
  readonly heldBack: boolean;
}

export const NO_CHAOS: () => Luck = () => ({ fate: "send", twice: false, delayMs: 0, heldBack: false });

export function createChaos(options: ChaosOptions): () => Luck {
  const random = seededRandom(options.seed);
  const strikes = (probability: number | undefined): boolean => random() < (probability ?? 0);
  return () => {
    // Every draw is made every time, so that one option does not shift the luck of the others.
    const lose = strikes(options.lose);
    const drop = strikes(options.drop);
    const twice = strikes(options.duplicate);
    const delayMs = Math.floor(random() * (options.delayMs ?? 0));
    const heldBack = strikes(options.reorder);
    return { fate: lose ? "lose" : drop ? "drop" : "send", twice, delayMs, heldBack };
  };
}

/** A small generator of 32 bits of state (a Weyl sequence with a mixing step): enough for luck, not for secrets. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
