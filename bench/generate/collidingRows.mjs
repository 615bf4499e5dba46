// Sets of rows of small numbers that fall on one hash under the usual weak hash functions.

import { collide } from './collide.mjs';

const PRIME = 0x01000193;

/**
 * Two runs of numbers for each level: any choice of one a level, put one behind the other, has the same hash.
 * @typedef {(readonly [readonly number[], readonly number[]])[]} Levels
 */

/**
 * @param {Levels} levels
 * @param {number} which from 0 up to, not including, 2 to the number of levels
 * @returns {number[]}
 */
export const chosen = (levels, which) =>
  levels.flatMap((pair, level) => /** @type {readonly number[]} */ (pair[(which >>> level) & 1]));

/**
 * For `hash ^= number, hash *= prime` from the given beginning.
 *
 * @param {number} count of levels
 * @param {number} start
 * @param {number} bound numbers are from 1 up to, not including, this
 * @param {import('./random.mjs').Random} random
 * @returns {Levels}
 */
export function fnvLevels(count, start, bound, { below }) {
  let state = start | 0;
  return Array.from({ length: count }, () => {
    const row = (/** @type {number} */ number) =>
      [number, number / bound, number / bound ** 2].map((n) => Math.floor(n) % bound);
    const [one, other] = collide(
      () => 1 + below(bound - 1) + bound * (1 + below(bound - 1)) + bound ** 2 * (1 + below(bound - 1)),
      (number) => fnv(row(number), state),
    );
    state = fnv(row(one), state);
    return /** @type {const} */ ([row(one), row(other)]);
  });
}

/**
 * @param {readonly number[]} row
 * @param {number} start
 * @returns {number}
 */
export const fnv = (row, start) => row.reduce((hash, number) => Math.imul(hash ^ number, PRIME), start | 0);

/**
 * For `hash * 31 + number`, wherever it begins.
 *
 * @param {number} count of levels
 * @param {number} bound numbers are from 1 up to, not including, this
 * @param {import('./random.mjs').Random} random
 * @returns {Levels}
 */
export function javaLevels(count, bound, { below }) {
  return Array.from({ length: count }, () => {
    const [high, low] = [1 + below(bound - 2), 32 + below(bound - 32)];
    return /** @type {const} */ ([
      [high, low],
      [high + 1, low - 31],
    ]);
  });
}
