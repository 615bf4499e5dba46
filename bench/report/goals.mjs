// What the program is to reach, and whether it does.

import { FORWARD, FORWARD_UNPROVEN, GOOGLE, NODE, PDATA, RETURN, VERSION } from '../contenders.mjs';
import { tableText } from './format.mjs';
import { doublingsOf, GROWTH_LIMIT, inputOf, ratioOf } from './tables.mjs';

/**
 * @typedef {object} Goal
 * @property {string} what
 * @property {string} how which number is divided by which
 * @property {'at least' | 'at most'} sense
 * @property {number} limit
 * @property {string} unit
 * @property {(results: Results, by: 'min' | 'median') => number | undefined} measure nothing when it was not measured
 */

/** @typedef {import('../results.mjs').Results} Results */

const rowOf = (/** @type {readonly import('../rounds.mjs').Row[] | undefined} */ rows, /** @type {string} */ name) =>
  rows?.find((row) => row.name === name);
const sizeOf = (/** @type {Results} */ { sizes }, /** @type {number} */ megabytes) =>
  sizes?.find((size) => size.megabytes === megabytes);

/**
 * @param {string} name
 * @param {string} other
 * @param {number} megabytes
 * @returns {Goal['measure']}
 */
const wholeRatio = (name, other, megabytes) => (results, by) => {
  const rows = sizeOf(results, megabytes)?.rows;
  return ratioOf(rowOf(rows, name), rowOf(rows, other), by);
};

/**
 * @param {string} name
 * @returns {Goal['measure']} MB/s of uncompressed pprof
 */
const callSpeed = (name) => (results, by) => {
  const size = results.calls?.find(({ megabytes }) => megabytes === 10);
  const time = rowOf(size?.rows, name)?.[by];
  return size === undefined || time === undefined ? undefined : size.bytes.pprof / 1e3 / time;
};

/**
 * @param {string} name
 * @returns {Goal['measure']}
 */
const startRatio = (name) => (results, by) =>
  ratioOf(rowOf(results.start?.rows, name), rowOf(results.start?.rows, NODE), by);

/**
 * @param {string} name
 * @param {number} megabytes
 * @returns {Goal['measure']}
 */
const memoryRatio = (name, megabytes) => (results) => {
  const size = sizeOf(results, megabytes);
  const row = rowOf(size?.rows, name);
  if (size === undefined || row?.memory === undefined || row.failed !== undefined) return undefined;
  return (row.memory * 1024) / inputOf(size.bytes)(row);
};

/**
 * @param {string} name
 * @returns {Goal['measure']}
 */
const works = (name) => (results) => {
  const row = rowOf(sizeOf(results, 500)?.rows, name);
  return row === undefined ? undefined : Number(row.failed === undefined);
};

/** @type {readonly Goal[]} */
export const GOALS = [
  ...[10, 100].flatMap((size) => [
    {
      what: `${FORWARD}, ${size} MB`,
      how: `${GOOGLE} / ours`,
      sense: /** @type {const} */ ('at least'),
      limit: 1.5,
      unit: '×',
      measure: wholeRatio(GOOGLE, FORWARD, size),
    },
    {
      what: `${FORWARD}, ${size} MB`,
      how: `ours / ${PDATA}`,
      sense: /** @type {const} */ ('at most'),
      limit: 2.5,
      unit: '×',
      measure: wholeRatio(FORWARD, PDATA, size),
    },
    {
      what: `${FORWARD_UNPROVEN}, ${size} MB`,
      how: `ours / ${PDATA}`,
      sense: /** @type {const} */ ('at most'),
      limit: 1.6,
      unit: '×',
      measure: wholeRatio(FORWARD_UNPROVEN, PDATA, size),
    },
    {
      what: `${RETURN}, gzip level 1, ${size} MB`,
      how: `${GOOGLE} / ours`,
      sense: /** @type {const} */ ('at least'),
      limit: 1.2,
      unit: '×',
      measure: wholeRatio(GOOGLE, RETURN, size),
    },
  ]),
  ...[FORWARD, RETURN].map((name) => ({
    what: `library call, ${name}, 10 MB, warm`,
    how: 'uncompressed pprof / time',
    sense: /** @type {const} */ ('at least'),
    limit: 60,
    unit: 'MB/s',
    measure: callSpeed(name),
  })),
  ...[FORWARD, RETURN].map((name) => ({
    what: `a small file, ${name}`,
    how: `ours / ${NODE}`,
    sense: /** @type {const} */ ('at most'),
    limit: 1.5,
    unit: '×',
    measure: startRatio(name),
  })),
  {
    what: '--version',
    how: `ours / ${NODE}`,
    sense: 'at most',
    limit: 1.25,
    unit: '×',
    measure: startRatio(VERSION),
  },
  ...[FORWARD, RETURN].map((name) => ({
    what: `peak memory, ${name}, 100 MB`,
    how: 'resident set / uncompressed input',
    sense: /** @type {const} */ ('at most'),
    limit: 4,
    unit: '×',
    measure: memoryRatio(name, 100),
  })),
  ...[FORWARD, RETURN].map((name) => ({
    what: `500 MB, ${name}`,
    how: 'ends well in the heap that Node gives, 1 or 0',
    sense: /** @type {const} */ ('at least'),
    limit: 1,
    unit: '',
    measure: works(name),
  })),
  {
    what: 'twice the input, the worst shape that was measured',
    how: 'time / time of half of it',
    sense: 'at most',
    limit: GROWTH_LIMIT,
    unit: '×',
    measure: ({ growth }) => {
      const all = doublingsOf(growth ?? []).map((doubling) => doubling.growth);
      return all.length === 0 ? undefined : Math.max(...all);
    },
  },
  {
    what: '2,000 files, two threads',
    how: 'one thread / two threads',
    sense: 'at least',
    limit: 1.7,
    unit: '×',
    measure: ({ files }, by) => ratioOf(files?.oneThread, files?.twoThreads, by),
  },
  {
    what: '2,000 files, one process for all',
    how: 'a process for each / one process',
    sense: 'at least',
    limit: 20,
    unit: '×',
    measure: ({ files }, by) => ratioOf(files?.processEach, files?.twoThreads, by),
  },
];

/**
 * @typedef {'reached' | 'not reached' | 'not measured'} Verdict
 */

/**
 * By the fastest runs: what else the machine does can only add.
 *
 * @param {Goal} goal
 * @param {Results} results
 * @returns {{ verdict: Verdict, min: number | undefined, median: number | undefined }}
 */
export function judge(goal, results) {
  const [min, median] = [goal.measure(results, 'min'), goal.measure(results, 'median')];
  if (min === undefined) return { verdict: 'not measured', min, median };
  const holds = goal.sense === 'at least' ? min >= goal.limit : min <= goal.limit;
  return { verdict: holds ? 'reached' : 'not reached', min, median };
}

/**
 * @param {Results} results
 * @returns {string}
 */
export function goalTable(results) {
  return tableText(
    ['goal', 'measured as', 'wanted', 'by min', 'by median', ''],
    GOALS.map((goal) => {
      const { verdict, min, median } = judge(goal, results);
      const text = (/** @type {number | undefined} */ number) =>
        number === undefined ? '–' : `${number.toFixed(goal.unit === '' ? 0 : 2)} ${goal.unit}`.trim();
      const wanted = `${goal.sense} ${goal.limit} ${goal.unit}`.trim();
      return [goal.what, goal.how, wanted, text(min), text(median), verdict];
    }),
  );
}
