// Looks for two numbers with one hash: of some hundred thousand 32-bit hashes two are the same.

const SLOTS = 1 << 20;
const hashes = new Int32Array(SLOTS);
/** One more than the number that was hashed; 0 where the slot is free. */
const numbers = new Float64Array(SLOTS);

/**
 * @param {() => number} number any, not negative
 * @param {(number: number) => number} hash 32 bits
 * @returns {readonly [number, number]} different ones
 */
export function collide(number, hash) {
  numbers.fill(0);
  for (;;) {
    const one = number();
    const found = hash(one);
    let slot = Math.imul(found, 0x9e3779b1) >>> 12;
    while (numbers[slot] !== 0 && hashes[slot] !== found) slot = (slot + 1) % SLOTS;
    const other = /** @type {number} */ (numbers[slot]) - 1;
    if (other >= 0 && other !== one) return [other, one];
    hashes[slot] = found;
    numbers[slot] = one + 1;
  }
}
