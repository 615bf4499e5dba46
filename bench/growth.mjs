// How time grows with the input: each shape in sizes that double, there and back, calls of the library in one process
// that is warm, both with the proof.

import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SHAPES } from './generate/shapes.mjs';
import { library } from './processes.mjs';
import { generate } from './profiles.mjs';
import { summaryOf } from './statistics.mjs';

/** A call that takes so long is run once. */
const ONCE_FROM_MS = 30_000;
/** A larger input than one that took so long is not run. */
const LAST_FROM_MS = 120_000;

/**
 * @typedef {object} GrowthPoint
 * @property {number} megabytes
 * @property {number} bytes of the input, uncompressed
 * @property {{ min: number, median: number }} [there]
 * @property {{ min: number, median: number }} [back]
 * @property {string} [failed] why it was not run, or stopped
 */

/**
 * @typedef {object} GrowthResult
 * @property {string} shape
 * @property {number} rounds
 * @property {GrowthPoint[]} points from small to large
 */

/**
 * @typedef {object} Size
 * @property {number} megabytes
 * @property {string} input file
 * @property {string} output file, of the way there
 * @property {number} bytes
 * @property {number[]} there milliseconds
 * @property {number[]} back milliseconds
 * @property {boolean} slow
 * @property {string | undefined} [failed]
 */

/** @type {Record<'pprof' | 'otlp', { there: string, back: string }>} */
const TASKS = {
  pprof: { there: 'forward', back: 'return' },
  otlp: { there: 'foreign', back: 'foreign-return' },
};

/**
 * @param {string} shape
 * @param {readonly number[]} sizes megabytes, from small to large
 * @param {number} rounds
 * @param {string} folder
 * @param {(progress: string) => void} say
 * @returns {Promise<GrowthResult>}
 */
export async function measureGrowth(shape, sizes, rounds, folder, say) {
  const { format } = /** @type {import('./generate/shapes.mjs').Shape} */ (SHAPES[shape]);
  const tasks = TASKS[format];
  const { ask, close } = library();
  /** @type {Size[]} */
  const measured = sizes.map((megabytes) => ({
    megabytes,
    input: join(folder, `growth-${megabytes}`),
    output: join(folder, `growth-${megabytes}-there`),
    bytes: 0,
    there: [],
    back: [],
    slow: false,
  }));
  const once = async (/** @type {Size} */ { input, output }, /** @type {boolean} */ keep) => {
    const there = { task: tasks.there, file: input, calls: 1, collect: true };
    const [time] = await ask(keep ? { ...there, keep: output } : there);
    const [timeBack] = await ask({ task: tasks.back, file: output, calls: 1, collect: true });
    return { there: /** @type {number} */ (time), back: /** @type {number} */ (timeBack) };
  };
  const count = (/** @type {Size} */ size, /** @type {{ there: number, back: number }} */ times) => {
    size.there.push(times.there);
    size.back.push(times.back);
  };

  /** @type {string | undefined} */
  let stopped;
  for (const size of measured) {
    size.failed = stopped;
    if (stopped !== undefined) continue;
    say(`${shape}, ${size.megabytes} MB: round 1 of ${rounds}`);
    try {
      generate(size.megabytes, shape, size.input);
      size.bytes = statSync(size.input).size;
      let times = await once(size, true);
      // Compiled code comes from the smallest, for all of them.
      if (size === measured[0]) {
        await ask({ task: tasks.there, file: size.input, calls: 0 });
        await ask({ task: tasks.back, file: size.output, calls: 0 });
        times = await once(size, false);
      }
      count(size, times);
      const longest = Math.max(times.there, times.back);
      size.slow = longest > ONCE_FROM_MS;
      if (longest > LAST_FROM_MS) stopped = `not run, as ${size.megabytes} MB took ${Math.round(longest / 1000)} s`;
    } catch (error) {
      size.failed = error instanceof Error ? error.message : String(error);
      stopped = `not run, as ${size.megabytes} MB failed`;
    }
  }
  for (let round = 2; round <= rounds; round++) {
    for (const size of measured.filter(({ slow, failed }) => !slow && failed === undefined)) {
      say(`${shape}, ${size.megabytes} MB: round ${round} of ${rounds}`);
      try {
        count(size, await once(size, false));
      } catch (error) {
        size.failed = error instanceof Error ? error.message : String(error);
      }
    }
  }
  close();
  for (const { input, output } of measured) for (const file of [input, output]) rmSync(file, { force: true });
  return {
    shape,
    rounds,
    points: measured.map(({ megabytes, bytes, there, back, failed }) => ({
      megabytes,
      bytes,
      ...(there.length > 0 && { there: summaryOf(there), back: summaryOf(back) }),
      ...(failed !== undefined && { failed }),
    })),
  };
}
