/**
 * MurmurHash3 x86_128, seed 0: 16 bytes, the four 32-bit words little endian.
 * It tells a changed payload from an unchanged one; it is no protection against forgery, and none is needed:
 * who can write the bytes can write the digest too.
 */
export function digest(bytes: Uint8Array): Uint8Array {
  const c1 = 0x239b961b;
  const c2 = 0xab0e9789;
  const c3 = 0x38b34ae5;
  const c4 = 0xa1e38b93;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length;
  const blocks = length & ~15;
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  for (let at = 0; at < blocks; at += 16) {
    h1 ^= Math.imul(rotl(Math.imul(view.getInt32(at, true), c1), 15), c2);
    h1 = (Math.imul((rotl(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotl(Math.imul(view.getInt32(at + 4, true), c2), 16), c3);
    h2 = (Math.imul((rotl(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotl(Math.imul(view.getInt32(at + 8, true), c3), 17), c4);
    h3 = (Math.imul((rotl(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotl(Math.imul(view.getInt32(at + 12, true), c4), 18), c1);
    h4 = (Math.imul((rotl(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  const tail = [0, 0, 0, 0];
  for (let i = blocks; i < length; i++) tail[(i - blocks) >> 2] |= bytes[i] << (8 * (i & 3));
  h4 ^= Math.imul(rotl(Math.imul(tail[3], c4), 18), c1);
  h3 ^= Math.imul(rotl(Math.imul(tail[2], c3), 17), c4);
  h2 ^= Math.imul(rotl(Math.imul(tail[1], c2), 16), c3);
  h1 ^= Math.imul(rotl(Math.imul(tail[0], c1), 15), c2);
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = avalanche(h1);
  h2 = avalanche(h2);
  h3 = avalanche(h3);
  h4 = avalanche(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  const result = new DataView(new ArrayBuffer(16));
  [h1, h2, h3, h4].forEach((word, i) => {
    result.setInt32(4 * i, word, true);
  });
  return new Uint8Array(result.buffer);
}

function rotl(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function avalanche(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
