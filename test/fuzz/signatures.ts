// Webhooks that GitHub never signed: made from one that it did sign, by a generator with a seed. Which of them are different
// in bytes is all that counts: none of those may get in.

import { createHmac } from "node:crypto";

export interface Forged {
  readonly body: Buffer;
  readonly signature: string;
  readonly how: string;
}

export type Dice = (sides: number) => number;

/** @returns whole numbers from 0 to `sides` - 1, the same ones for the same seed */
export function dice(seed: number): Dice {
  let state = (seed ^ 0x2545f491) >>> 0;
  return (sides) => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return Math.floor((((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32) * sides);
  };
}

export function sign(secret: string, body: Buffer, algorithm = "sha256"): string {
  return `${algorithm}=${createHmac(algorithm, secret).update(body).digest("hex")}`;
}

const HEX = "0123456789abcdef";

function changed(body: Buffer, roll: Dice): Buffer {
  const at = roll(body.length);
  const copy = Buffer.from(body);
  switch (roll(6)) {
    case 0:
      copy[at] = (copy[at] ?? 0) ^ (1 << roll(8));
      return copy;
    case 1:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1)]);
    case 2:
      return Buffer.concat([copy.subarray(0, at), Buffer.from([roll(256)]), copy.subarray(at)]);
    case 3:
      return Buffer.concat([copy, Buffer.from([[0x20, 0x0a, 0x00, 0x0d][roll(4)] ?? 0])]);
    case 4:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), copy]);
    default:
      return replaced(copy, roll);
  }
}

/** What decodes to U+FFFD is many byte sequences: each of them reads as the same text. */
function replaced(body: Buffer, roll: Dice): Buffer {
  const at = body.indexOf(Buffer.from("\uFFFD"));
  if (at < 0) return Buffer.concat([body, Buffer.from([0xff])]);
  const broken = [[0xff], [0xc0], [0x80], [0xed, 0xa0], [0xf8]][roll(5)] ?? [0xff];
  return Buffer.concat([body.subarray(0, at), Buffer.from(broken), body.subarray(at + 3)]);
}

/** One that differs from the genuine in body or signature. */
export function forge(genuine: Buffer, secret: string, roll: Dice): Forged {
  const right = sign(secret, genuine);
  const digit = 7 + roll(64);
  const hex = () => Array.from({ length: 64 }, () => HEX[roll(16)]).join("");
  const secrets = ["", "development", secret.slice(1), `${secret} `, secret.toUpperCase(), `sha256=${secret}`];
  const other = HEX[(HEX.indexOf(right[digit] ?? "0") + 1 + roll(15)) % 16] ?? "0";
  const ways: readonly (() => Forged)[] = [
    () => ({ how: "another digit", body: genuine, signature: right.slice(0, digit) + other + right.slice(digit + 1) }),
    () => ({ how: "a digest made up", body: genuine, signature: `sha256=${hex()}` }),
    () => ({ how: "another secret", body: genuine, signature: sign(secrets[roll(secrets.length)] ?? "", genuine) }),
    () => ({ how: "another body", body: changed(genuine, roll), signature: right }),
    () => ({
      how: "the digest of a part",
      body: genuine,
      signature: sign(secret, genuine.subarray(0, roll(genuine.length))),
    }),
    () => ({ how: "SHA-1", body: genuine, signature: sign(secret, genuine, "sha1") }),
    () => ({ how: "SHA-512", body: genuine, signature: sign(secret, genuine, "sha512").replace("sha512", "sha256") }),
    () => ({ how: "too short", body: genuine, signature: right.slice(0, roll(right.length)) }),
    () => ({ how: "too long", body: genuine, signature: right + HEX.slice(roll(15), 16) }),
    () => ({ how: "twice", body: genuine, signature: `${right}, ${right}` }),
    () => ({ how: "capitals", body: genuine, signature: right.toUpperCase() }),
    () => ({ how: "no algorithm", body: genuine, signature: right.slice(7) }),
    () => ({ how: "an empty body", body: Buffer.alloc(0), signature: sign(secret, Buffer.alloc(0)) }),
  ];
  const forged = ways[roll(ways.length)]?.();
  if (forged === undefined) throw new Error("the dice have more sides than there are ways");
  const isSame = forged.body.equals(genuine) && forged.signature === right;
  return isSame ? { ...forged, signature: `sha256=${"0".repeat(64)}`, how: "zeros" } : forged;
}
