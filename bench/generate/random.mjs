// Numbers that a seed fixes, so that the same seed and size give the same profile.

/**
 * @typedef {object} Random
 * @property {() => number} next from 0 up to, not including, 1
 * @property {(bound: number) => number} below a whole number from 0 up to, not including, `bound`
 * @property {<T>(list: readonly T[]) => T} pick
 * @property {(length: number) => string} letters lower-case letters and digits
 */

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * mulberry32
 *
 * @param {number} seed
 * @returns {Random}
 */
export function randomOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const below = (/** @type {number} */ bound) => Math.floor(next() * bound);
  return {
    next,
    below,
    pick: (list) => /** @type {any} */ (list[below(list.length)]),
    letters: (length) => {
      let text = '';
      for (let i = 0; i < length; i++) text += LETTERS[below(36)];
      return text;
    },
  };
}
