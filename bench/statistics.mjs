// What is told of several runs.

/**
 * @param {readonly number[]} times at least one
 * @returns {{ min: number, median: number }}
 */
export function summaryOf(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [min, low, high] = [sorted[0], sorted[sorted.length - 1 - middle], sorted[middle]];
  if (min === undefined || low === undefined || high === undefined) throw new Error('no times');
  return { min, median: (low + high) / 2 };
}

/**
 * What time grows by when the input doubles, from two inputs of any sizes.
 *
 * @param {{ size: number, time: number }} small
 * @param {{ size: number, time: number }} large
 * @returns {number} 2 where it grows as the size does
 */
export const perDoubling = (small, large) =>
  2 ** (Math.log(large.time / small.time) / Math.log(large.size / small.size));
