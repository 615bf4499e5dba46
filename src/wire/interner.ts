import { Int32Column } from './columns.ts';

/** Open addressing over 32-bit hashes: gives equal items one index, in order of first arrival. */
export abstract class Interner {
  private readonly hashes = new Int32Column();
  private slots = new Int32Array(64);

  /** Whether the item at hand equals the one at `index`. */
  protected abstract matches(index: number): boolean;
  /** Adds the item at hand as the next index. */
  protected abstract append(): void;

  /** The index of the item at hand, whose hash this is. */
  protected lookup(hash: number): number {
    let slot = hash & (this.slots.length - 1);
    for (;;) {
      const found = this.slots[slot] - 1;
      if (found < 0) break;
      if (this.hashes.array[found] === hash && this.matches(found)) return found;
      slot = (slot + 1) & (this.slots.length - 1);
    }
    this.append();
    const index = this.hashes.length;
    this.hashes.push(hash);
    this.slots[slot] = index + 1;
    if (this.hashes.length * 2 > this.slots.length) this.grow();
    return index;
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 4);
    const mask = slots.length - 1;
    for (let i = 0; i < this.hashes.length; i++) {
      let slot = this.hashes.array[i] & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = i + 1;
    }
    this.slots = slots;
  }
}

/** Where hashes begin: other in every run, so that no file can be made of items that all fall into one slot. */
export const SEED = Math.floor(Math.random() * 2 ** 32) | 0;

/** Spreads a hash that was built by multiplication over all of its bits. */
export function finishHash(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}
