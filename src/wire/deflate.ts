import { deflateRaw, Inflate } from 'pako';
import { concat } from './bytes.ts';

/** Raw deflate (RFC 1951), the best level: what goes through here is small. `dictionary` is text that both sides know. */
export function deflate(bytes: Uint8Array, dictionary?: Uint8Array): Uint8Array {
  return deflateRaw(bytes, { level: 9, ...preset(dictionary) });
}

/** Raw inflate; undefined when the bytes are damaged or give more than `limit`. Stops at the limit while inflating. */
export function inflate(bytes: Uint8Array, limit: number, dictionary?: Uint8Array): Uint8Array | undefined {
  const inflater = new Inflate({ raw: true, ...preset(dictionary) });
  const chunks: Uint8Array[] = [];
  let length = 0;
  const tooLong = new Error();
  inflater.onData = (chunk) => {
    length += chunk.length;
    if (length > limit) throw tooLong;
    chunks.push(chunk.slice());
  };
  try {
    inflater.push(bytes, true);
  } catch (error) {
    if (error === tooLong) return undefined;
    throw error;
  }
  if (inflater.err !== 0 || !inflater.ended) return undefined;
  return concat(chunks);
}

const preset = (dictionary: Uint8Array | undefined) =>
  dictionary === undefined || dictionary.length === 0 ? {} : { dictionary };
