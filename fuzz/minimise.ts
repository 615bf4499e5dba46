import { parse, type WireRecord, write } from './wire.ts';

type Fails = (bytes: Uint8Array) => boolean;

/** Takes away what the input does without: `fails` stays true. Gives up after `patience` milliseconds. */
export function minimise(bytes: Uint8Array, fails: Fails, patience = 20_000): Uint8Array {
  const end = performance.now() + patience;
  const inTime: Fails = (candidate) => performance.now() < end && fails(candidate);
  return withoutBytes(withoutFields(bytes, inTime), inTime);
}

/** Fields, and fields within them; the lengths around fit. */
function withoutFields(bytes: Uint8Array, fails: Fails): Uint8Array {
  let records: WireRecord[] = parse(bytes) ?? [];
  if (records.length === 0) return bytes;
  for (let at = records.length - 1; at >= 0; at--) {
    const rest = records.toSpliced(at, 1);
    if (fails(write(rest))) records = rest;
  }
  for (const [at, record] of records.entries()) {
    if (record.wire !== 2) continue;
    const all = records;
    const value = withoutFields(record.value, (inner) => fails(write(all.with(at, { ...record, value: inner }))));
    records = all.with(at, { ...record, value });
  }
  const small = write(records);
  return small.length < bytes.length && fails(small) ? small : bytes;
}

function withoutBytes(bytes: Uint8Array, fails: Fails): Uint8Array {
  let best = bytes;
  for (let size = best.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < best.length; ) {
      const rest = new Uint8Array(Buffer.concat([best.subarray(0, at), best.subarray(at + size)]));
      if (fails(rest)) best = rest;
      else at += size;
    }
  }
  return best;
}
