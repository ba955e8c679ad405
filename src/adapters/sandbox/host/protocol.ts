// What the runner and the tool host say to each other: one JSON object a line. Imports nothing, because the host runs
// inside the sandbox without any package.

/** Longest line in either direction, in bytes: a written file of the largest size plus its escapes. */
export const LINE_BYTES_MAX = 4 * 1024 * 1024;
/** Longest answer of a tool, in characters. What a model reads costs money every turn. */
export const ANSWER_CHARS_MAX = 30_000;
/** Largest file that is read, written or edited, in bytes. */
export const FILE_BYTES_MAX = 1024 * 1024;

export const HOSTED_TOOLS = ["bash", "read", "write", "edit", "grep", "glob"] as const;
export type HostedTool = (typeof HOSTED_TOOLS)[number];

export interface HostRequest {
  readonly id: number;
  readonly tool: HostedTool;
  /** Checked by the runner against the tool's schema before it is sent. */
  readonly input: Readonly<Record<string, unknown>>;
}

export interface HostAnswer {
  readonly id: number;
  readonly ok: boolean;
  readonly text: string;
}

/** A mistake of the caller that a model can correct: its message is the answer. */
export class ToolMistake extends Error {}

/** Cuts a text in its middle, so that both its start and its end are seen. */
export function clip(text: string, charsMax: number = ANSWER_CHARS_MAX): string {
  if (text.length <= charsMax) return text;
  const half = Math.floor(charsMax / 2);
  return `${text.slice(0, half)}\n[… ${text.length - 2 * half} characters left out …]\n${text.slice(-half)}`;
}
