// Zip archives, written and read whole: logs and artifacts. Plain deflate, no encryption, no zip64. Also copied into the
// stand-ins of the artifact actions, so it imports nothing but Node.
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";

export interface ZipEntry {
  /** With forward slashes. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Unix permission bits, e.g. 0o644. */
  readonly mode?: number;
}

/** What 32-bit offsets can address. */
const ZIP_BYTES_MAX = 0xffff_ffff;
const ENTRIES_MAX = 0xffff;

const LOCAL = 0x0403_4b50;
const CENTRAL = 0x0201_4b50;
const END = 0x0605_4b50;
/** Version 2.0, made on Unix. */
const VERSION = 20;
const MADE_BY_UNIX = (3 << 8) | VERSION;
const UTF8_NAMES = 0x0800;
/** 1 January 1980: archives of equal content are equal. */
const DOS_DATE = 0x0021;

export function writeZip(entries: readonly ZipEntry[], level = 6): Buffer {
  if (entries.length > ENTRIES_MAX) throw new Error(`a zip holds at most ${ENTRIES_MAX} files`);
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, content, mode = 0o644 } of entries) {
    const name = Buffer.from(path);
    const packed = deflateRawSync(content, { level });
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(VERSION, 0);
    shared.writeUInt16LE(UTF8_NAMES, 2);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt16LE(0, 6);
    shared.writeUInt16LE(DOS_DATE, 8);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(name.length, 22);
    shared.writeUInt16LE(0, 24);
    const head = Buffer.alloc(4);
    head.writeUInt32LE(LOCAL, 0);
    bodies.push(head, shared, name, packed);
    directory.push(centralEntry(shared, name, mode, offset));
    offset += head.length + shared.length + name.length + packed.length;
    if (offset > ZIP_BYTES_MAX) throw new Error("a zip holds at most 4 GiB");
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, central, end]);
}

function centralEntry(shared: Buffer, name: Buffer, mode: number, offset: number): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32LE(CENTRAL, 0);
  head.writeUInt16LE(MADE_BY_UNIX, 4);
  const tail = Buffer.alloc(14);
  // A regular file with these permissions, in the upper half of the external attributes.
  tail.writeUInt32LE(((0o100000 | mode) << 16) >>> 0, 6);
  tail.writeUInt32LE(offset, 10);
  return Buffer.concat([head, shared, tail, name]);
}

/** @throws Error on anything that is not such an archive */
export function readZip(zip: Buffer): readonly Required<ZipEntry>[] {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0) throw new Error("not a zip archive");
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  const entries: Required<ZipEntry>[] = [];
  for (let index = 0; index < count; index += 1) {
    if (zip.readUInt32LE(at) !== CENTRAL) throw new Error("broken zip directory");
    const method = zip.readUInt16LE(at + 10);
    const packedLength = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const skipped = zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    const mode = (zip.readUInt32LE(at + 38) >>> 16) & 0o777;
    const local = zip.readUInt32LE(at + 42);
    const path = zip.toString("utf8", at + 46, at + 46 + nameLength);
    const body = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(body, body + packedLength);
    if (!path.endsWith("/")) entries.push({ path, mode: mode === 0 ? 0o644 : mode, content: unpack(method, packed) });
    at += 46 + nameLength + skipped;
  }
  return entries;
}

function unpack(method: number, packed: Buffer): Uint8Array {
  if (method === 0) return packed;
  if (method === 8) return inflateRawSync(packed);
  throw new Error(`zip method ${method} is not supported`);
}
