// Tries something again that a bad moment of the network can spoil. Only for what may be done twice.

import { GitError } from "../adapters/git/git-process.ts";
import type { Clock } from "../core/ports.ts";

/** Tries of one step, and the wait after the first that failed; it doubles. */
const TRIES_MAX = 3;
const WAIT_MS_FIRST = 2_000;

/** @param step may be done twice; is done again only when git itself says that it failed */
export async function persist<T>(clock: Clock, step: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof GitError) || !error.mayPass || tries >= TRIES_MAX) throw error;
      await clock.wait(WAIT_MS_FIRST * 2 ** (tries - 1));
    }
  }
}
