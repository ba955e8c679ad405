// The prompt cache by its published rules: the prefix runs over tools, system and messages; breakpoints are where
// `cache_control` stands; a prefix lives five minutes and each use renews it. Tokens are counted as a quarter of the bytes.

import { createHash } from "node:crypto";
import { blocksOf, type MessagesRequest } from "./request.ts";

const LIFE_MS = 5 * 60_000;
const BREAKPOINTS_MAX = 4;
/** Blocks before a breakpoint in which an earlier prefix is looked for. */
const LOOK_BACK_BLOCKS = 20;
/** Shorter prefixes are not cached. */
const TOKENS_MIN = 1_024;

export interface InputTokens {
  readonly input: number;
  readonly read: number;
  readonly written: number;
}

interface Piece {
  /** Hash of everything up to and including this block. */
  readonly prefix: string;
  /** Tokens up to and including this block. */
  readonly tokens: number;
  readonly isBreakpoint: boolean;
}

function piecesOf(request: MessagesRequest): readonly Piece[] {
  const tools = (request.tools ?? []).map((tool) => ["tools", tool] as const);
  const system = (
    typeof request.system === "string" ? [{ type: "text", text: request.system }] : (request.system ?? [])
  ).map((block) => ["system", block] as const);
  const messages = request.messages.flatMap((message, index) =>
    blocksOf(message.content).map((block) => [`${index}:${message.role}`, block] as const),
  );
  const all = [...tools, ...system, ...messages];
  const hash = createHash("sha256").update(request.model);
  let bytes = 0;
  return all.map(([where, block], index) => {
    const { cache_control: mark, ...content } = { cache_control: undefined, ...block };
    const written = JSON.stringify([where, content]);
    hash.update(written);
    bytes += Buffer.byteLength(written);
    const isLast = index === all.length - 1;
    const isMarked = (mark ?? null) !== null || (isLast && (request.cache_control ?? null) !== null);
    return { prefix: hash.copy().digest("hex"), tokens: Math.ceil(bytes / 4), isBreakpoint: isMarked };
  });
}

export interface PromptCache {
  /** @returns tokens of the request by how they are billed, or the API's refusal */
  bill(request: MessagesRequest, now: number): InputTokens | { readonly mistake: string };
}

export function createPromptCache(): PromptCache {
  const lastUsed = new Map<string, number>();
  return {
    bill(request, now) {
      const pieces = piecesOf(request);
      const breakpoints = pieces.flatMap((piece, index) => (piece.isBreakpoint ? [index] : []));
      if (breakpoints.length > BREAKPOINTS_MAX)
        return { mistake: `A maximum of ${BREAKPOINTS_MAX} blocks with cache_control may be provided.` };
      const total = pieces.at(-1)?.tokens ?? 0;
      let read = 0;
      for (const breakpoint of breakpoints) {
        for (let index = breakpoint; index >= Math.max(0, breakpoint - LOOK_BACK_BLOCKS); index -= 1) {
          const piece = pieces[index];
          const usedAt = piece === undefined ? undefined : lastUsed.get(piece.prefix);
          if (piece === undefined || usedAt === undefined || now - usedAt > LIFE_MS) continue;
          lastUsed.set(piece.prefix, now);
          read = Math.max(read, piece.tokens);
          break;
        }
      }
      let cached = read;
      for (const breakpoint of breakpoints) {
        const piece = pieces[breakpoint];
        if (piece === undefined || piece.tokens < TOKENS_MIN) continue;
        lastUsed.set(piece.prefix, now);
        cached = Math.max(cached, piece.tokens);
      }
      return { input: total - cached, read, written: cached - read };
    },
  };
}
