import { Int32Column } from './columns.ts';

/** Where hashes begin: other in every run, so that no file can be made of items that all fall into one slot. */
export const SEED = Math.floor(Math.random() * 2 ** 32) | 0;

/** Spreads a hash that was built by multiplication over all of its bits. */
export function finishHash(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}

/**
 * The slots of a table with open addressing over 32-bit hashes. Whoever has items of a kind looks through the slots
 * from `hash & mask` on: in a loop of its own, since a call for each comparison would cost more than the comparison.
 */
export class Slots {
  /** Index plus one of the item in each slot, 0 for none. */
  slots = new Int32Array(64);
  mask = 63;
  readonly hashes = new Int32Column();

  /** Makes room for `count` items, so that no slots have to be filled anew before there are more. */
  reserve(count: number): void {
    if (count * 4 > this.slots.length * 3) this.resize(2 ** Math.ceil(Math.log2((count * 4) / 3)));
  }

  /** Takes the free slot that was found for the next item. */
  fill(slot: number, hash: number): void {
    this.hashes.push(hash);
    const count = this.hashes.length;
    this.slots[slot] = count;
    if (count * 4 > this.slots.length * 3) this.resize(this.slots.length * 4);
  }

  /** `size` is a power of two. */
  private resize(size: number): void {
    const slots = new Int32Array(size);
    const mask = slots.length - 1;
    const { array: hashes, length } = this.hashes;
    for (let i = 0; i < length; i++) {
      let slot = hashes[i] & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = i + 1;
    }
    this.slots = slots;
    this.mask = mask;
  }
}
