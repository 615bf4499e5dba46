// Changes wire at one place: what no plain object says, such as a field that the schema does not know.

import { LEN, Reader } from '../../src/wire/reader.ts';
import { concat } from '../support/bytes.ts';
import { type WireField, writeWire } from '../support/pprofWire.ts';

/** Replaces the content of a message; the path is field numbers from the root, the first message of each. */
export function within(
  bytes: Uint8Array,
  path: readonly number[],
  change: (content: Uint8Array) => Uint8Array,
): Uint8Array {
  const [field, ...rest] = path;
  if (field === undefined) return change(bytes);
  const r = new Reader(bytes);
  while (r.pos < r.end) {
    const at = r.pos;
    const tag = r.tag();
    if (tag !== ((field << 3) | LEN)) {
      r.skip(tag);
      continue;
    }
    const end = r.limit();
    const body = within(bytes.subarray(r.pos, end), rest, change);
    return concat(bytes.subarray(0, at), writeWire([{ field, wire: 'len', body }]), bytes.subarray(end));
  }
  throw new Error(`no field ${field}`);
}

/** Adds fields at the end of the message at the path. */
export const adding =
  (path: readonly number[], ...fields: WireField[]) =>
  (bytes: Uint8Array): Uint8Array =>
    within(bytes, path, (content) => concat(content, writeWire(fields)));

export const varint = (field: number, value: bigint): WireField => ({ field, wire: 'varint', value });
export const len = (field: number, body: Uint8Array): WireField => ({ field, wire: 'len', body });
