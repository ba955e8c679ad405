// The log of one job: masked lines with GitHub's timestamps, bounded in size, and where each step begins in it.
import type { Masks } from "./masks.ts";

/** GitHub cuts logs too; ours are held in memory. */
const LOG_CHARS_MAX = 4 * 1024 * 1024;

export interface JobLog {
  /** Writes a text of one or more lines. */
  readonly write: (text: string) => void;
  readonly text: () => string;
}

/** @param onText hears every piece as it is written, so that a log can be read while its job runs */
export function createJobLog(now: () => number, masks: Masks, onText: (text: string) => void): JobLog {
  const pieces: string[] = [];
  let length = 0;
  let full = false;
  const append = (piece: string): void => {
    if (full) return;
    full = length + piece.length > LOG_CHARS_MAX;
    const kept = full
      ? `${stamp(now())} ##[warning]The log is longer than ${LOG_CHARS_MAX} characters and is cut here\n`
      : piece;
    pieces.push(kept);
    length += kept.length;
    onText(kept);
  };
  return {
    write: (text) => {
      for (const line of masks.apply(text).split(/\r?\n/)) append(`${stamp(now())} ${line}\n`);
    },
    text: () => pieces.join(""),
  };
}

/** Seven digits of a second, as GitHub's runner writes them. */
function stamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace("Z", "0000Z");
}
