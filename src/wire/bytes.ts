export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && equalRange(a, 0, a.length, b, 0));
}

/** From so many bytes on it pays to make views that read four at once. */
const LONG = 512;

/** Whether the bytes from `start` to `end` of one stand at `at` of the other. */
export function equalRange(a: Uint8Array, start: number, end: number, b: Uint8Array, at: number): boolean {
  if (end - start > b.length - at) return false;
  if (end - start >= LONG) return equalViews(viewOf(a), start, end, viewOf(b), at);
  const shift = at - start;
  for (let i = start; i < end; i++) if (a[i] !== b[i + shift]) return false;
  return true;
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** `equalRange` of views, for who has them: they read four bytes at once. The range must be within both. */
export function equalViews(a: DataView, start: number, end: number, b: DataView, at: number): boolean {
  const shift = at - start;
  let i = start;
  for (const whole = end - 3; i < whole; i += 4) if (a.getInt32(i) !== b.getInt32(i + shift)) return false;
  for (; i < end; i++) if (a.getUint8(i) !== b.getUint8(i + shift)) return false;
  return true;
}

/** Order by bytes, a prefix first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
