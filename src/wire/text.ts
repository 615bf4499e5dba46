/** Text as bytes: what a string field holds, UTF-8 or not. */

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** The bytes as a JavaScript string; what is not UTF-8 becomes U+FFFD. */
export const decodeText = (bytes: Uint8Array): string => lenient.decode(bytes);

/** Whether the bytes from `start` to `end` are UTF-8. */
export function isUtf8(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
  let i = start;
  while (i < end && bytes[i] < 0x80) i++;
  if (i === end) return true;
  try {
    strict.decode(bytes.subarray(i, end));
    return true;
  } catch {
    return false;
  }
}

/** The same bytes when they are UTF-8, else the text with U+FFFD for what is not. */
export const toUtf8 = (bytes: Uint8Array): Uint8Array => (isUtf8(bytes) ? bytes : utf8(decodeText(bytes)));
