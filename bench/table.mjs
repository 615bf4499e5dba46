// The results as text: a table of times for each size, and of the ratios ours/peer.

import { FORWARD, GOOGLE, GUNZIP_ALONE, NODE_ALONE, PDATA, RETURN, UNPROVEN } from './contenders.mjs';

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {'in process' | 'whole process'} mode
 * @property {string} [skipped]
 * @property {string} [failed]
 * @property {number[]} times milliseconds
 * @property {number} [min]
 * @property {number} [median]
 * @property {number | undefined} [memory] peak, kilobytes
 */

/**
 * @typedef {object} Size
 * @property {number} megabytes
 * @property {number} rounds
 * @property {{ pprof: number, gzip: number, otlp: number }} bytes
 * @property {Row[]} rows
 * @property {Ratio[]} ratios
 */

/**
 * @typedef {{ ours: string, peer: string, inProcess?: number | undefined, wholeProcess?: number | undefined }} Ratio
 */

/**
 * The ratios that are shown, and how large `--check` lets each be: about three times what 1 MB gave.
 * @type {readonly Ratio[]}
 */
const LIMITS = [
  { ours: FORWARD, peer: GOOGLE, inProcess: 12, wholeProcess: 70 },
  { ours: UNPROVEN, peer: GOOGLE, inProcess: 7, wholeProcess: 50 },
  { ours: RETURN, peer: GOOGLE, inProcess: 2.5, wholeProcess: 30 },
  { ours: FORWARD, peer: PDATA, inProcess: 70, wholeProcess: 300 },
  { ours: RETURN, peer: PDATA, inProcess: 15, wholeProcess: 150 },
  { ours: FORWARD, peer: GUNZIP_ALONE, inProcess: 240, wholeProcess: 45 },
  { ours: RETURN, peer: GUNZIP_ALONE, inProcess: 50, wholeProcess: 20 },
];

/**
 * By the fastest run of each: what else the machine does can only add.
 *
 * @param {readonly Row[]} rows
 * @returns {Ratio[]} without the numbers of what did not run
 */
export function ratiosOf(rows) {
  return LIMITS.map(({ ours, peer }) => {
    const ratio = (/** @type {Row['mode']} */ mode) => {
      const [mine, theirs] = [ours, peer].map(
        (name) => rows.find((row) => row.mode === mode && row.name === name)?.min,
      );
      return mine === undefined || theirs === undefined ? undefined : mine / theirs;
    };
    return { ours, peer, inProcess: ratio('in process'), wholeProcess: ratio('whole process') };
  });
}

/**
 * @param {readonly Ratio[]} ratios
 * @returns {string[]} what is beyond its limit, in words
 */
export function beyondLimits(ratios) {
  return ratios.flatMap(({ ours, peer, ...ratio }, i) =>
    /** @type {const} */ (['inProcess', 'wholeProcess']).flatMap((mode) => {
      const [got, limit] = [ratio[mode] ?? 0, LIMITS[i]?.[mode] ?? Infinity];
      return got > limit ? [`${ours} / ${peer}, ${mode}: ${got.toFixed(2)}, at most ${limit} is allowed`] : [];
    }),
  );
}

/**
 * @param {Size} size
 * @returns {string}
 */
export function tableOf({ megabytes, bytes, rows, ratios }) {
  const [pprof, gzip, otlp] = [bytes.pprof, bytes.gzip, bytes.otlp].map((count) => (count / 1e6).toFixed(1));
  const lines = [`${megabytes} MB: pprof ${pprof} MB (gzip ${gzip} MB), OTLP ${otlp} MB`];
  for (const mode of new Set(rows.map((row) => row.mode))) {
    lines.push('', line(mode, ['min ms', 'median ms', 'pprof MB/s', 'peak MB']));
    for (const row of rows.filter((row) => row.mode === mode)) lines.push(rowText(row, bytes.pprof));
  }
  lines.push('', line('ours/peer, by min', ['in process', 'whole process']));
  for (const { ours, peer, inProcess, wholeProcess } of ratios)
    lines.push(
      line(
        `${ours} / ${peer}`,
        [inProcess, wholeProcess].map((ratio) => ratio?.toFixed(2) ?? '–'),
      ),
    );
  return `${lines.join('\n')}\n`;
}

/**
 * @param {Row} row
 * @param {number} bytes
 * @returns {string}
 */
function rowText({ name, skipped, failed, min, median, memory }, bytes) {
  if (skipped !== undefined) return `${name.padEnd(NAME_WIDTH)}  skipped: ${skipped}`;
  if (failed !== undefined || min === undefined || median === undefined)
    return `${name.padEnd(NAME_WIDTH)}  failed: ${failed}`;
  const speed = name === NODE_ALONE ? '–' : (bytes / 1e3 / min).toFixed(1);
  const peak = memory === undefined ? '–' : (memory / 1024).toFixed(0);
  return line(name, [min.toFixed(1), median.toFixed(1), speed, peak]);
}

const NAME_WIDTH = 54;

/**
 * @param {string} name
 * @param {string[]} cells
 * @returns {string}
 */
const line = (name, cells) => name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(14)).join('');
