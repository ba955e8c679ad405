// What the scripted model says next: a function of the request, nothing else, so that a run can be repeated or resumed.

import { type Block, blocksOf, type MessagesRequest } from "./request.ts";

/** What a script puts into an answer; ids are given by the server. */
export type Said =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool_use"; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

export type Reply =
  | {
      readonly say: readonly Said[];
      readonly stop?: "end_turn" | "tool_use" | "max_tokens" | "refusal" | "model_context_window_exceeded";
      readonly cutAfterBlocks?: number;
    }
  | { readonly error: 400 | 401 | 429 | 500 | 529; readonly retryAfterSeconds?: number }
  /** The connection is closed before an answer. */
  | { readonly hangUp: true };

export type Script = (request: MessagesRequest, call: number) => Reply;

export function text(words: string): Said {
  return { type: "text", text: words };
}

export function call(name: string, input: Readonly<Record<string, unknown>>): Said {
  return { type: "tool_use", name, input };
}

/** An answer made of text and tool calls. */
export function say(...said: readonly Said[]): Reply {
  return { say: said };
}

/** All that was said to the model since its last answer, as one text: results of tools, and what the user wrote. */
export function lastHeard(request: MessagesRequest): string {
  return blocksOf(request.messages.at(-1)?.content ?? "x")
    .map(textOf)
    .join("\n");
}

function textOf(block: Block): string {
  if (block.type === "text") return block.text;
  if (block.type === "tool_use") return "";
  return typeof block.content === "string" ? block.content : (block.content ?? []).map((part) => part.text).join("\n");
}

type Step = Reply | ((request: MessagesRequest) => Reply);

/**
 * A conversation by phase. The phase is the last `# Phase: name` that was said, its step the number of answers since.
 * A phase that comes up several times goes through its list of lists.
 */
export function byPhase(phases: Readonly<Record<string, readonly Step[] | readonly (readonly Step[])[]>>): Script {
  return (request) => {
    const { phase, times, answers } = standing(request);
    const lists = phases[phase];
    if (lists === undefined) throw new Error(`the script has no phase ${phase}`);
    const list = isNested(lists) ? lists[times - 1] : lists;
    const step = list?.[answers];
    if (step === undefined) throw new Error(`the script of ${phase} (${times}) has no step ${answers}`);
    return typeof step === "function" ? step(request) : step;
  };
}

function isNested(lists: readonly Step[] | readonly (readonly Step[])[]): lists is readonly (readonly Step[])[] {
  return Array.isArray(lists[0]);
}

function standing(request: MessagesRequest): { phase: string; times: number; answers: number } {
  let phase = "none";
  let answers = 0;
  const seen = new Map<string, number>();
  for (const message of request.messages) {
    if (message.role === "assistant") answers += 1;
    else {
      for (const block of blocksOf(message.content)) {
        const named = block.type === "text" ? /^# Phase: ([\w-]+)/.exec(block.text)?.[1] : undefined;
        if (named === undefined) continue;
        phase = named;
        answers = 0;
        seen.set(named, (seen.get(named) ?? 0) + 1);
      }
    }
  }
  return { phase, times: seen.get(phase) ?? 1, answers };
}
