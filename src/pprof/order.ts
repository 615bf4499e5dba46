import { Misfit } from '../errors.ts';

/** Stands in an order for an entry that was not predicted. */
export const UNUSED = -1;

/**
 * An order as steps from the predicted one: how many entries are taken in turn from the lowest not yet taken, then
 * either 2k for k unused entries or 2d - 1 for the one entry d places further on, and so on. What is left at the
 * end follows in turn.
 */
export function encodeOrder(order: ArrayLike<number>, predicted: number): number[] {
  const steps: number[] = [];
  const taken = new Uint8Array(predicted);
  let cursor = 0;
  let inTurn = 0;
  for (let i = 0; i < order.length; i++) {
    while (cursor < predicted && taken[cursor] === 1) cursor++;
    const entry = order[i];
    if (entry === cursor) {
      taken[cursor++] = 1;
      inTurn++;
      continue;
    }
    steps.push(inTurn);
    inTurn = 0;
    if (entry === UNUSED) {
      let count = 1;
      while (i + 1 < order.length && order[i + 1] === UNUSED) {
        i++;
        count++;
      }
      steps.push(2 * count);
    } else {
      taken[entry] = 1;
      steps.push(2 * (entry - cursor) - 1);
    }
  }
  return steps;
}

/** Throws Misfit unless the steps take each predicted entry once and name `unused` entries. */
export function decodeOrder(steps: readonly number[], predicted: number, unused: number): Int32Array {
  const order = new Int32Array(predicted + unused);
  const taken = new Uint8Array(predicted);
  let cursor = 0;
  let length = 0;
  let named = 0;
  const inTurn = (count: number) => {
    for (let i = 0; i < count; i++) {
      while (cursor < predicted && taken[cursor] === 1) cursor++;
      if (cursor >= predicted) throw new Misfit('an order takes more entries than there are');
      taken[cursor] = 1;
      order[length++] = cursor++;
    }
  };
  for (let i = 0; i + 1 < steps.length; i += 2) {
    if (steps[i] > predicted) throw new Misfit('an order takes more entries than there are');
    inTurn(steps[i]);
    const step = steps[i + 1];
    if (step % 2 === 0) {
      named += step / 2;
      if (named > unused) throw new Misfit('an order names more unused entries than there are');
      for (let k = 0; k < step / 2; k++) order[length++] = UNUSED;
    } else {
      while (cursor < predicted && taken[cursor] === 1) cursor++;
      const entry = cursor + (step + 1) / 2;
      if (entry >= predicted || taken[entry] === 1) throw new Misfit('an order names an entry that is not there');
      taken[entry] = 1;
      order[length++] = entry;
    }
  }
  if (named !== unused) throw new Misfit('unused entries have no place');
  inTurn(predicted + unused - length);
  return order;
}

/**
 * An order without any order: for each entry its rank among those that are left, in as few bits as their number
 * needs, high bit first. Unused entries rank behind the predicted ones, in turn.
 */
export function encodeScattered(order: ArrayLike<number>, predicted: number): Uint8Array {
  const left = new Ranks(order.length);
  const bits: number[] = [];
  let unused = predicted;
  for (let i = 0; i < order.length; i++) {
    const entry = order[i] === UNUSED ? unused++ : order[i];
    const rank = left.rankOf(entry);
    left.remove(entry);
    for (let bit = width(order.length - i) - 1; bit >= 0; bit--) bits.push((rank >>> bit) & 1);
  }
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => {
    bytes[i >>> 3] |= bit << (7 - (i & 7));
  });
  return bytes;
}

export function decodeScattered(bytes: Uint8Array, predicted: number, unused: number): Int32Array {
  const total = predicted + unused;
  const left = new Ranks(total);
  const order = new Int32Array(total);
  let at = 0;
  for (let i = 0; i < total; i++) {
    let rank = 0;
    for (let bit = width(total - i); bit > 0; bit--, at++)
      rank = (rank << 1) | ((bytes[at >>> 3] >>> (7 - (at & 7))) & 1);
    if (at > bytes.length * 8 || rank >= total - i)
      throw new Misfit('a scattered order names an entry that is not there');
    const entry = left.entryOf(rank);
    left.remove(entry);
    order[i] = entry < predicted ? entry : UNUSED;
  }
  return order;
}

/** How many bits tell one of `count` entries. */
const width = (count: number): number => 32 - Math.clz32(count - 1);

/** Which entries are left, and the rank of each among them: a Fenwick tree. */
class Ranks {
  private readonly tree: Int32Array;

  constructor(private readonly size: number) {
    this.tree = Int32Array.from({ length: size + 1 }, (_, i) => i & -i);
  }

  rankOf(entry: number): number {
    let rank = 0;
    for (let i = entry; i > 0; i -= i & -i) rank += this.tree[i];
    return rank;
  }

  remove(entry: number): void {
    for (let i = entry + 1; i <= this.size; i += i & -i) this.tree[i]--;
  }

  entryOf(rank: number): number {
    let at = 0;
    let left = rank;
    for (let step = 1 << (31 - Math.clz32(Math.max(this.size, 1))); step > 0; step >>>= 1) {
      if (at + step <= this.size && this.tree[at + step] <= left) {
        at += step;
        left -= this.tree[at];
      }
    }
    return at;
  }
}
