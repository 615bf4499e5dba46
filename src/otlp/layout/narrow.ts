import { LEN, Reader, VARINT } from '../../wire/reader.ts';
import { Writer } from '../../wire/writer.ts';
import { type Field, type MessageName, SCHEMA } from '../schema.ts';

/**
 * The canonical form without the bits that say nothing: a 32-bit number may have 64 bits on the wire, of which readers
 * take the lower ones. Negative numbers keep their sign's 64 bits, as protobuf writes them.
 */
export function narrow(canonical: Uint8Array, message: MessageName = 'ProfilesData'): Uint8Array {
  const r = new Reader(canonical);
  const w = new Writer(canonical.length);
  while (r.pos < r.end) {
    const start = r.pos;
    const tag = r.tag();
    const field = SCHEMA[message][tag >>> 3];
    if (field?.message !== undefined && (tag & 7) === LEN) {
      w.uint32(tag);
      delimited(w, narrow(content(r), field.message));
    } else if (is32(field) && (tag & 7) === VARINT) {
      w.uint32(tag);
      number(r, w, field);
    } else if (is32(field) && (tag & 7) === LEN) {
      w.uint32(tag);
      delimited(w, numbers(content(r), field));
    } else {
      r.skip(tag);
      w.bytes(canonical, start, r.pos);
    }
  }
  return w.finish();
}

const is32 = (field: Field | undefined): field is Field => field?.kind === 'int32' || field?.kind === 'uint32';

function content(r: Reader): Uint8Array {
  const end = r.limit();
  const bytes = r.buf.subarray(r.pos, end);
  r.pos = end;
  return bytes;
}

function delimited(w: Writer, bytes: Uint8Array): void {
  w.uint32(bytes.length);
  w.bytes(bytes);
}

function numbers(packed: Uint8Array, field: Field): Uint8Array {
  const r = new Reader(packed);
  const w = new Writer(packed.length);
  while (r.pos < r.end) number(r, w, field);
  return w.finish();
}

function number(r: Reader, w: Writer, { kind }: Field): void {
  r.varint();
  w.varint(r.lo, kind === 'int32' ? r.lo >> 31 : 0);
}
