/**
 * XXH64 with seed 0, which zstd keeps the low half of as its checksum.
 * 64-bit numbers live in pairs of 32-bit halves: BigInt is thirty times slower here.
 */

type Pair = readonly [hi: number, lo: number];
const P1: Pair = [0x9e3779b1, 0x85ebca87];
const P2: Pair = [0xc2b2ae3d, 0x27d4eb4f];
const P3: Pair = [0x165667b1, 0x9e3779f9];
const P4: Pair = [0x85ebca77, 0xc2b2ae63];
const P5: Pair = [0x27d4eb2f, 0x165667c5];

/** Result registers of the operations below: a fresh array for every step would dominate the cost. */
let hi = 0;
let lo = 0;

function multiply(aHi: number, aLo: number, b: Pair): void {
  const [bHi, bLo] = b;
  const a0 = aLo & 0xffff;
  const a1 = aLo >>> 16;
  const b0 = bLo & 0xffff;
  const b1 = bLo >>> 16;
  const low = a0 * b0;
  const mid = a1 * b0 + (low >>> 16);
  const mid2 = a0 * b1 + (mid % 0x10000);
  const carry = a1 * b1 + Math.floor(mid / 0x10000) + Math.floor(mid2 / 0x10000);
  lo = (((mid2 & 0xffff) << 16) | (low & 0xffff)) >>> 0;
  hi = (carry + Math.imul(aHi, bLo) + Math.imul(aLo, bHi)) >>> 0;
}

function add(aHi: number, aLo: number, bHi: number, bLo: number): void {
  const sum = aLo + bLo;
  lo = sum >>> 0;
  hi = (aHi + bHi + (sum > 0xffffffff ? 1 : 0)) >>> 0;
}

function rotate(aHi: number, aLo: number, by: number): void {
  const [h, l, n] = by < 32 ? [aHi, aLo, by] : [aLo, aHi, by - 32];
  hi = n === 0 ? h : ((h << n) | (l >>> (32 - n))) >>> 0;
  lo = n === 0 ? l : ((l << n) | (h >>> (32 - n))) >>> 0;
}

/** acc = rotate(acc + input * P2, 31) * P1, left in the registers. */
function round(accHi: number, accLo: number, inHi: number, inLo: number): void {
  multiply(inHi, inLo, P2);
  add(accHi, accLo, hi, lo);
  rotate(hi, lo, 31);
  multiply(hi, lo, P1);
}

/** The low 32 bits of XXH64(data, seed 0). */
export function xxh64Low(data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const end = data.length;
  let at = 0;
  let hashHi = P5[0];
  let hashLo = P5[1];
  if (end >= 32) {
    // P1 + P2, P2, 0, -P1
    add(P1[0], P1[1], P2[0], P2[1]);
    const accHi = new Uint32Array([hi, P2[0], 0, ~P1[0] >>> 0]);
    const accLo = new Uint32Array([lo, P2[1], 0, -P1[1] >>> 0]);
    for (; at + 32 <= end; at += 32) {
      for (let lane = 0; lane < 4; lane++) {
        const from = at + lane * 8;
        round(accHi[lane], accLo[lane], view.getUint32(from + 4, true), view.getUint32(from, true));
        accHi[lane] = hi;
        accLo[lane] = lo;
      }
    }
    hashHi = 0;
    hashLo = 0;
    const turns = [1, 7, 12, 18];
    for (let lane = 0; lane < 4; lane++) {
      rotate(accHi[lane], accLo[lane], turns[lane]);
      add(hashHi, hashLo, hi, lo);
      hashHi = hi;
      hashLo = lo;
    }
    for (let lane = 0; lane < 4; lane++) {
      round(0, 0, accHi[lane], accLo[lane]);
      multiply((hashHi ^ hi) >>> 0, (hashLo ^ lo) >>> 0, P1);
      add(hi, lo, P4[0], P4[1]);
      hashHi = hi;
      hashLo = lo;
    }
  }
  add(hashHi, hashLo, 0, end);
  hashHi = hi;
  hashLo = lo;
  for (; at + 8 <= end; at += 8) {
    round(0, 0, view.getUint32(at + 4, true), view.getUint32(at, true));
    rotate((hashHi ^ hi) >>> 0, (hashLo ^ lo) >>> 0, 27);
    multiply(hi, lo, P1);
    add(hi, lo, P4[0], P4[1]);
    hashHi = hi;
    hashLo = lo;
  }
  if (at + 4 <= end) {
    multiply(0, view.getUint32(at, true), P1);
    rotate((hashHi ^ hi) >>> 0, (hashLo ^ lo) >>> 0, 23);
    multiply(hi, lo, P2);
    add(hi, lo, P3[0], P3[1]);
    hashHi = hi;
    hashLo = lo;
    at += 4;
  }
  for (; at < end; at++) {
    multiply(0, data[at], P5);
    rotate((hashHi ^ hi) >>> 0, (hashLo ^ lo) >>> 0, 11);
    multiply(hi, lo, P1);
    hashHi = hi;
    hashLo = lo;
  }
  // Avalanche: h ^= h >>> 33; h *= P2; h ^= h >>> 29; h *= P3; h ^= h >>> 32
  multiply(hashHi, (hashLo ^ (hashHi >>> 1)) >>> 0, P2);
  multiply((hi ^ (hi >>> 29)) >>> 0, (lo ^ ((lo >>> 29) | (hi << 3))) >>> 0, P3);
  return (lo ^ hi) >>> 0;
}
