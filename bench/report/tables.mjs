// The results as tables.

import {
  FORWARD,
  FORWARD_UNPROVEN,
  GOOGLE,
  GUNZIP,
  NODE,
  PDATA,
  PROTOBUFJS_DECODE,
  RETURN,
  RETURN_UNPROVEN,
} from '../contenders.mjs';
import { perDoubling } from '../statistics.mjs';
import { megabytesText, ratioText, tableText, timeText } from './format.mjs';

/** @typedef {import('../rounds.mjs').Row} Row */

/** From here on a doubling of the input is not linear any more. */
export const GROWTH_LIMIT = 2.4;

const OURS = new Set([FORWARD, FORWARD_UNPROVEN, RETURN, RETURN_UNPROVEN]);
const RETURNS = new Set([RETURN, RETURN_UNPROVEN]);
const PEERS = [GOOGLE, PDATA, PROTOBUFJS_DECODE, GUNZIP];

/**
 * How long each took, and how much memory.
 *
 * @param {readonly Row[]} rows
 * @param {(row: Row) => number} input uncompressed bytes that the row reads
 * @param {{ speed?: number, memory?: boolean }} [columns] with MB/s of so many bytes; with memory
 * @returns {string}
 */
export function timesTable(rows, input, { speed, memory = true } = {}) {
  const head = ['', 'min', 'median'];
  if (speed !== undefined) head.push('MB/s');
  if (memory) head.push('peak MB', 'peak / input');
  const cells = rows.map((row) => {
    const { name, min, median } = row;
    if (min === undefined || median === undefined) return [name, notMeasured(row)];
    const line = [name, timeText(min), timeText(median)];
    if (speed !== undefined) line.push((speed / 1e3 / min).toFixed(1));
    if (memory) line.push(...memoryCells(row, input(row)));
    return line;
  });
  return tableText(head, cells);
}

/**
 * @param {Row} row
 * @param {number} input
 */
function memoryCells({ name, memory }, input) {
  if (memory === undefined) return ['–', '–'];
  const bytes = memory * 1024;
  return [(bytes / 1e6).toFixed(0), name === NODE ? '–' : ratioText(bytes / input)];
}

/** @param {Row} row */
const notMeasured = ({ skipped, failed }) =>
  skipped !== undefined ? `skipped: ${skipped}` : `failed: ${failed ?? 'not run'}`;

/**
 * Ours divided by each of the others, by the fastest runs and by the medians.
 *
 * @param {readonly Row[]} rows
 * @returns {string}
 */
export function ratioTable(rows) {
  const peers = PEERS.filter((name) => rows.some((row) => row.name === name && row.min !== undefined));
  if (peers.length === 0) return '';
  const lines = rows
    .filter(({ name, min }) => OURS.has(name) && min !== undefined)
    .map((row) => [
      row.name,
      ...peers.map((name) => {
        const peer = rows.find((other) => other.name === name);
        const [least, middle] = [ratioOf(row, peer, 'min'), ratioOf(row, peer, 'median')];
        return least === undefined || middle === undefined ? '–' : `${least.toFixed(2)} (${middle.toFixed(2)})`;
      }),
    ]);
  return tableText(['ours / peer, by min (median)', ...peers], lines);
}

/**
 * @param {Row | undefined} row
 * @param {Row | undefined} other
 * @param {'min' | 'median'} by
 * @returns {number | undefined} nothing when one was not measured
 */
export function ratioOf(row, other, by) {
  const [mine, theirs] = [row?.[by], other?.[by]];
  return mine === undefined || theirs === undefined ? undefined : mine / theirs;
}

/**
 * What a contender reads, uncompressed.
 *
 * @param {{ pprof: number, otlp: number }} bytes
 * @returns {(row: Row) => number}
 */
export const inputOf = (bytes) => (row) => (RETURNS.has(row.name) || row.name === PDATA ? bytes.otlp : bytes.pprof);

/** @param {import('../sizes.mjs').SizeResult} result */
export const sizeTable = ({ rows, bytes }) => timesTable(rows, inputOf(bytes));

/** @param {import('../sizes.mjs').SizeResult} result */
export const callsTable = ({ rows, bytes }) => timesTable(rows, inputOf(bytes), { speed: bytes.pprof, memory: false });

/** @param {import('../sizes.mjs').SizeResult} result */
export const bytesText = ({ bytes }) =>
  `pprof ${megabytesText(bytes.pprof)} MB, gzip ${megabytesText(bytes.gzip)} MB, OTLP ${megabytesText(bytes.otlp)} MB`;

/** @param {import('../corpus.mjs').CorpusGroup} group */
export const corpusTable = ({ rows, bytes }) => timesTable(rows, () => bytes, { memory: false });

/** @param {import('../many.mjs').FilesResult} result */
export const filesTable = ({ count, bytes, oneThread, twoThreads, processEach }) =>
  tableText(
    ['', 'min', 'median', 'files/s', 'MB/s'],
    [oneThread, twoThreads, processEach].map((row) => {
      const { name, min, median } = row;
      if (min === undefined || median === undefined) return [name, notMeasured(row)];
      const speeds = [((count * 1000) / min).toFixed(0), (bytes / 1e3 / min).toFixed(1)];
      return [name, timeText(min), timeText(median), ...speeds];
    }),
  );

/** @param {import('../start.mjs').StartResult} result */
export function startTable({ rows }) {
  const node = rows.find(({ name }) => name === NODE);
  return tableText(
    ['', 'min', 'median', '/ node, by min', '/ node, by median'],
    rows.map((row) => {
      const [least, middle] = [ratioOf(row, node, 'min'), ratioOf(row, node, 'median')];
      if (row.min === undefined || row.median === undefined) return [row.name, notMeasured(row)];
      const ratios = [least, middle].map((ratio) => (ratio === undefined ? '–' : ratioText(ratio)));
      return [row.name, timeText(row.min), timeText(row.median), ...ratios];
    }),
  );
}

/**
 * @typedef {object} Doubling
 * @property {string} shape
 * @property {'there' | 'back'} way
 * @property {number} from megabytes
 * @property {number} to megabytes
 * @property {number} growth what time grows by when the input doubles
 */

/**
 * @param {readonly import('../growth.mjs').GrowthResult[]} results
 * @returns {Doubling[]}
 */
export function doublingsOf(results) {
  return results.flatMap(({ shape, points }) =>
    points.slice(1).flatMap((large, i) => {
      const small = points[i];
      return /** @type {const} */ (['there', 'back']).flatMap((way) => {
        const [from, to] = [small?.[way]?.min, large[way]?.min];
        if (small === undefined || from === undefined || to === undefined) return [];
        const growth = perDoubling({ size: small.bytes, time: from }, { size: large.bytes, time: to });
        return [{ shape, way, from: small.megabytes, to: large.megabytes, growth }];
      });
    }),
  );
}

/**
 * @param {readonly import('../growth.mjs').GrowthResult[]} results
 * @param {'there' | 'back'} way
 * @returns {string} for each shape the time of the smallest and the largest, and what it grows by with each doubling; `!`
 *   marks what is beyond GROWTH_LIMIT
 */
export function growthTable(results, way) {
  const sizes = [...new Set(results.flatMap(({ points }) => points.map(({ megabytes }) => megabytes)))].sort(
    (a, b) => a - b,
  );
  const doublings = doublingsOf(results).filter((doubling) => doubling.way === way);
  const head = [
    'shape',
    `${sizes[0]} MB`,
    ...sizes.slice(1).map((size, i) => `${sizes[i]} → ${size}`),
    'at the largest run',
  ];
  return tableText(
    head,
    results.map(({ shape, points }) => {
      const [first, last] = [points[0], points.findLast((point) => point[way] !== undefined)];
      const steps = sizes.slice(1).map((size) => {
        const step = doublings.find((doubling) => doubling.shape === shape && doubling.to === size);
        if (step !== undefined) return `${step.growth.toFixed(2)}${step.growth > GROWTH_LIMIT ? ' !' : ''}`;
        return points.find(({ megabytes }) => megabytes === size)?.failed === undefined ? '–' : 'not run';
      });
      const speed = last?.[way] === undefined ? '–' : `${(last.bytes / 1e3 / last[way].min).toFixed(1)} MB/s`;
      return [shape, first?.[way] === undefined ? '–' : timeText(first[way].min), ...steps, speed];
    }),
  );
}
