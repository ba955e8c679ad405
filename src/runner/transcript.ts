// The linear history of a run: one JSON line a turn, appended before the next step is taken, so that a killed run can be read.
// Secrets that the runner knows are taken out by value; nothing in it is ever parsed to decide anything.

import { appendFile } from "node:fs/promises";
import type { EpochMs } from "../core/task.ts";

/** Largest transcript that is written, in bytes; what comes later is counted, not kept. */
const TRANSCRIPT_BYTES_MAX = 50 * 1024 * 1024;
/** A secret shorter than this would take ordinary words out. */
const SECRET_CHARS_MIN = 8;

export interface TranscriptEntry {
  readonly phase: string;
  readonly kind: "user" | "assistant" | "tools" | "note";
  readonly content: unknown;
  readonly tokens?: unknown;
}

export interface Transcript {
  add(entry: TranscriptEntry): Promise<void>;
}

/** @returns a text in which every known secret, plain or as it stands in JSON, is replaced */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= SECRET_CHARS_MIN)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    .reduce((cleaned, secret) => cleaned.replaceAll(secret, "[secret]"), text);
}

export function createTranscript(file: string, now: () => EpochMs, secrets: readonly string[]): Transcript {
  let written = 0;
  return {
    async add(entry) {
      const line = `${withoutSecrets(JSON.stringify({ at: now(), ...entry }), secrets)}\n`;
      written += Buffer.byteLength(line);
      if (written <= TRANSCRIPT_BYTES_MAX) await appendFile(file, line);
    },
  };
}
