// Git's wire framing (pkt-line) and its side band. Pure bytes in, bytes out.

/** Four digits of length and at most 65,516 bytes of payload. */
const PAYLOAD_BYTES_MAX = 65_516;
export const FLUSH = Buffer.from("0000");

export function pktLine(payload: Uint8Array | string): Buffer {
  const bytes = Buffer.from(payload);
  if (bytes.length > PAYLOAD_BYTES_MAX) throw new RangeError(`pkt-line of ${bytes.length} bytes`);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0")), bytes]);
}

/** Band 1 carries data, band 2 messages that git shows with `remote:` in front. */
export function sideBand(band: 1 | 2, payload: Uint8Array | string): Buffer {
  const bytes = Buffer.from(payload);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += PAYLOAD_BYTES_MAX - 1) {
    chunks.push(pktLine(Buffer.concat([Buffer.from([band]), bytes.subarray(at, at + PAYLOAD_BYTES_MAX - 1)])));
  }
  return Buffer.concat(chunks);
}

export interface PktLines {
  /** Payloads up to the first flush. */
  readonly lines: readonly Buffer[];
  /** Offset of the first byte after the flush. */
  readonly end: number;
}

/** Reads pkt-lines up to the first flush; null when the bytes are not pkt-lines. */
export function readPktLines(bytes: Buffer, start: number): PktLines | null {
  const lines: Buffer[] = [];
  let at = start;
  while (at + 4 <= bytes.length) {
    const digits = bytes.toString("latin1", at, at + 4);
    if (!/^[0-9a-f]{4}$/i.test(digits)) return null;
    const length = Number.parseInt(digits, 16);
    if (length === 0) return { lines, end: at + 4 };
    if (length < 4 || at + length > bytes.length) return null;
    lines.push(bytes.subarray(at + 4, at + length));
    at += length;
  }
  return null;
}
