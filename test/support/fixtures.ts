// The files of fixtures/ by name, as they are stored and without their compression.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

export const FIXTURES: string = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/** One file with several messages for each container. */
export const CONTAINERS = [
  { name: 'frames.otlp.pb', form: 'otlp-frames' },
  { name: 'frames-zstd.otlp.pb', form: 'otlp-frames' },
  { name: 'frames-zstd-json.otlp.pb', form: 'otlp-frames' },
  { name: 'lines.otlp.jsonl', form: 'otlp-jsonl' },
  { name: 'jeffrey.otlp.pb', form: 'otlp-jeffrey' },
] as const;

/** Releases of OTLP with another layout on the wire, a payload of each in fixtures/drafts. */
export const DRAFTS = ['1.3', '1.4', '1.5', '1.6', '1.7', '1.8', '1.9'] as const;

export function fixture(name: string): Uint8Array {
  const stored = readFileSync(FIXTURES + name);
  return new Uint8Array(name.endsWith('.gz') ? gunzipSync(stored) : stored);
}

export const container = (name: string): Uint8Array => fixture(`containers/${name}`);
export const draft = (release: string): Uint8Array => fixture(`drafts/${release}.otlp.pb`);

const MAGIC = 0xfd2fb528;
/** One segment, its size in four bytes. */
const HEADER = 0xa0;
const MOST_IN_BLOCK = 128 * 1024;

/** A zstd file whose blocks are not compressed, for a Node that writes no zstd. */
export function storedZstd(bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(9);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt8(HEADER, 4);
  head.writeUInt32LE(bytes.length, 5);
  const parts: Uint8Array[] = [head];
  for (let at = 0; at === 0 || at < bytes.length; at += MOST_IN_BLOCK) {
    const block = bytes.subarray(at, at + MOST_IN_BLOCK);
    const isLast = at + MOST_IN_BLOCK >= bytes.length;
    const blockHead = Buffer.alloc(3);
    blockHead.writeUIntLE(block.length * 8 + Number(isLast), 0, 3);
    parts.push(blockHead, block);
  }
  return new Uint8Array(Buffer.concat(parts));
}
