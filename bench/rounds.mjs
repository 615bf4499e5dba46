// Measures contenders in turns, so that whatever else the machine does meets all of them.

import { summaryOf } from './statistics.mjs';

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {string} [skipped] why it does not run
 * @property {() => Promise<{ memory?: number | undefined }>} warmUp with the peak memory in kilobytes where it can be had
 * @property {() => Promise<number[]>} measure milliseconds of each call; a whole process is one call
 * @property {() => void} [close]
 */

/**
 * What is known of one contender.
 * @typedef {object} Row
 * @property {string} name
 * @property {string | undefined} [skipped] why it did not run
 * @property {string} [failed] why it stopped
 * @property {number[]} times milliseconds
 * @property {number} [min]
 * @property {number} [median]
 * @property {number | undefined} [memory] peak, kilobytes
 */

/**
 * A round of warm-up, then the rounds that count. Each round begins with another contender, so that none always comes
 * behind the same one.
 *
 * @param {readonly Contender[]} contenders
 * @param {number} rounds
 * @param {(progress: string) => void} say
 * @returns {Promise<Row[]>}
 */
export async function inTurns(contenders, rounds, say) {
  /** @type {Row[]} */
  const rows = contenders.map(({ name, skipped }) => ({ name, skipped, times: [] }));
  for (let round = 0; round <= rounds; round++) {
    say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`);
    for (let turn = 0; turn < contenders.length; turn++) {
      const which = (turn + round) % contenders.length;
      const contender = /** @type {Contender} */ (contenders[which]);
      const row = /** @type {Row} */ (rows[which]);
      if (row.skipped !== undefined || row.failed !== undefined) continue;
      try {
        if (round === 0) Object.assign(row, await contender.warmUp());
        else row.times.push(...(await contender.measure()));
      } catch (error) {
        row.failed = error instanceof Error ? error.message : String(error);
      }
    }
  }
  for (const { close } of contenders) close?.();
  for (const row of rows)
    if (row.times.length > 0 && row.failed === undefined) Object.assign(row, summaryOf(row.times));
  return rows;
}
