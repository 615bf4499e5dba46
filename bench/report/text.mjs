// The results on a terminal.

import { goalTable } from './goals.mjs';
import {
  bytesText,
  callsTable,
  corpusTable,
  filesTable,
  growthTable,
  ratioTable,
  sizeTable,
  startTable,
} from './tables.mjs';

/** @typedef {import('../results.mjs').Results} Results */

/** @param {import('../results.mjs').Machine} machine */
export const machineText = ({ cores, architecture, platform, node, go, peers }) =>
  [
    `${cores} cores, ${platform} ${architecture}`,
    `Node ${node}`,
    go === undefined ? 'no Go: the peers in it are skipped' : `Go ${go.replace(/^go/, '')}`,
    ...Object.entries(peers).map(([name, version]) => `${name} ${version}`),
  ].join('; ');

/** @param {NonNullable<Results['start']>} result */
export const startText = (result) =>
  `Start, ${result.rounds} rounds; the file has ${result.bytes.gzip} bytes (${result.bytes.pprof} uncompressed)\n\n${startTable(result)}`;

/** @param {import('../sizes.mjs').SizeResult} result */
export const callsText = (result) =>
  [
    `Library calls, warm, ${result.megabytes} MB, ${result.rounds} rounds: ${bytesText(result)}; MB/s of pprof\n`,
    callsTable(result),
    ratioTable(result.rows),
  ].join('\n');

/** @param {import('../sizes.mjs').SizeResult} result */
export const sizeText = (result) =>
  [
    `Whole processes, ${result.megabytes} MB, ${result.rounds} rounds: ${bytesText(result)}\n`,
    sizeTable(result),
    ratioTable(result.rows),
  ].join('\n');

/** @param {NonNullable<Results['corpus']>} result */
export const corpusText = ({ source, rounds, groups }) =>
  groups
    .map((group) =>
      [
        `${source}, ${group.name}: ${group.files} files, ${group.bytes} bytes, one process for all, ${rounds} rounds\n`,
        corpusTable(group),
        ratioTable(group.rows),
      ].join('\n'),
    )
    .join('\n');

/** @param {NonNullable<Results['files']>} result */
export const filesText = (result) => `${result.count} files, ${result.bytes} bytes\n\n${filesTable(result)}`;

/** @param {NonNullable<Results['growth']>} results */
export const growthText = (results) =>
  [
    'Growth of the time when the input doubles, by min; there (with the proof):\n',
    growthTable(results, 'there'),
    'and back (with the proof):\n',
    growthTable(results, 'back'),
  ].join('\n');

/** @param {Results} results */
export const goalsText = (results) => `Goals\n\n${goalTable(results)}`;
