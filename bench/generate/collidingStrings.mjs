// Sets of strings that fall on one hash under the usual weak hash functions.

import { collide } from './collide.mjs';

const PRIME = 0x01000193;
const BASIS = 0x811c9dc5;
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** Letters of a block. */
const BLOCK = 4;

/**
 * Two blocks for each level: any choice of one a level, put one behind the other, has the same hash.
 * @typedef {(readonly [string, string])[]} Levels
 */

/**
 * @param {Levels} levels
 * @param {number} which from 0 up to, not including, 2 to the number of levels
 * @returns {string}
 */
export const chosen = (levels, which) => levels.map((pair, level) => pair[(which >>> level) & 1]).join('');

/**
 * For FNV-1a as published: from each state two blocks are looked for that lead to one state.
 *
 * @param {number} count of levels
 * @param {import('./random.mjs').Random} random
 * @returns {Levels}
 */
export function fnvLevels(count, { below }) {
  let state = BASIS | 0;
  return Array.from({ length: count }, () => {
    const [one, other] = collide(
      () => below(LETTERS.length ** BLOCK),
      (number) => fnv1a(block(number), state),
    );
    state = fnv1a(block(one), state);
    return /** @type {const} */ ([block(one), block(other)]);
  });
}

/** @param {number} number below 62⁴ */
function block(number) {
  let text = '';
  for (let rest = number; text.length < BLOCK; rest = Math.floor(rest / LETTERS.length))
    text += LETTERS[rest % LETTERS.length];
  return text;
}

/**
 * @param {string} text in ASCII
 * @param {number} [start] where the hash begins
 * @returns {number}
 */
export function fnv1a(text, start = BASIS) {
  let hash = start | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return hash;
}

/**
 * For `hash * 31 + byte`, wherever it begins.
 *
 * @param {number} count of levels
 * @returns {Levels}
 */
export const javaLevels = (count) => Array.from({ length: count }, () => /** @type {const} */ (['Aa', 'BB']));

/**
 * What five bytes must add to the state of FNV-1a so that nothing is left of it behind them:
 * -23 p⁵ + 20 p⁴ - 5 p³ + 8 p² + 32 p is 0, modulo 2³².
 */
export const DIFFERENCES = [-23, 20, -5, 8, 32];

/**
 * For FNV-1a that begins at any number with the lowest eight bits `low`: a byte changes those alone, and they are known
 * from there on. So a secret beginning is no help but in one of 256 cases, and all 256 fit into one file.
 *
 * @param {number} count of levels
 * @param {number} low
 * @returns {Levels}
 */
export function seededFnvLevels(count, low) {
  let state = low;
  return Array.from({ length: count }, () => {
    const pair = pairFrom(state, state, 0, ['', '']);
    if (pair === undefined) throw new Error(`no pair of blocks begins at ${state}`);
    state = fnv1a(pair[0], state) & 0xff;
    return pair;
  });
}

/**
 * @param {number} a the lowest eight bits of the state behind the first block
 * @param {number} b the same of the second
 * @param {number} at the byte to choose
 * @param {readonly [string, string]} blocks
 * @returns {readonly [string, string] | undefined}
 */
function pairFrom(a, b, at, blocks) {
  const wanted = DIFFERENCES[at];
  if (wanted === undefined) return blocks;
  for (const first of LETTERS) {
    const x = a ^ first.charCodeAt(0);
    const y = x - a + b - wanted;
    if (y < 0 || y > 0xff) continue;
    const second = String.fromCharCode(y ^ b);
    if (!LETTERS.includes(second)) continue;
    const next = [x, y].map((state) => Math.imul(state, PRIME) & 0xff);
    const found = pairFrom(/** @type {number} */ (next[0]), /** @type {number} */ (next[1]), at + 1, [
      blocks[0] + first,
      blocks[1] + second,
    ]);
    if (found !== undefined) return found;
  }
  return undefined;
}
