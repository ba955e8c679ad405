// Reads the body of a request up to a limit, while it arrives: what is too large is never held in memory.

import type { IncomingMessage } from "node:http";

/** @returns the bytes; `too-large` as soon as the limit is passed; `aborted` when the sender went away */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | "too-large" | "aborted"> {
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) return Promise.resolve("too-large");
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (result: Buffer | "too-large" | "aborted") => {
      request.off("data", take).off("end", end).off("error", abort).off("close", abort);
      // Without a listener an error of the dying connection would end the process.
      request.on("error", () => undefined);
      resolve(result);
    };
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) finish("too-large");
      else chunks.push(chunk);
    };
    const end = () => finish(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    const abort = () => finish("aborted");
    request.on("data", take).on("end", end).on("error", abort).on("close", abort);
  });
}
