// The command line of the benchmark.

import { parseArgs } from 'node:util';
import { SHAPES } from './generate/shapes.mjs';

const PARTS = ['start', 'calls', 'sizes', 'corpus', 'files', 'growth'];
const DEFAULT_PARTS = ['start', 'calls', 'sizes', 'corpus'];
const QUICK_PARTS = ['start', 'calls', 'sizes'];

export const USAGE = `usage: npm run bench -- [--parts ${PARTS.join(',')}|none] [--sizes 1,10,100] [--rounds 5]
  [--growth] [--growth-sizes 8,16,32,64] [--shapes ${Object.keys(SHAPES).join(',')}]
  [--write-docs] [--json FILE] [--quick] [--check]`;

/**
 * @typedef {object} Options
 * @property {Set<string>} parts
 * @property {number[]} sizes megabytes of uncompressed pprof, for whole processes
 * @property {number[]} callSizes the same for library calls
 * @property {number} rounds
 * @property {number} startRounds
 * @property {number[]} growthSizes megabytes, from small to large
 * @property {number} growthRounds
 * @property {string[]} shapes
 * @property {boolean} writeDocs
 * @property {string | undefined} json
 * @property {boolean} quick
 * @property {boolean} check
 */

/**
 * @param {string[]} words
 * @returns {Options} throws with a line that says what is wrong
 */
export function optionsOf(words) {
  const { values } = parseArgs({
    args: words,
    options: {
      parts: { type: 'string' },
      sizes: { type: 'string' },
      rounds: { type: 'string' },
      growth: { type: 'boolean', default: false },
      'growth-sizes': { type: 'string', default: '8,16,32,64' },
      shapes: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
    },
  });
  const { quick, check } = values;
  if (values.growth && values.parts !== undefined)
    throw new Error('--growth is short for --parts growth: give one of them');
  if (check && !quick) throw new Error('--check has limits for 1 MB: use it with --quick');
  if (quick && values.sizes !== undefined) throw new Error('--quick is for 1 MB: leave --sizes out');
  const usual = values.growth ? ['growth'] : quick ? QUICK_PARTS : DEFAULT_PARTS;
  const parts = values.parts === 'none' ? [] : list(values.parts, usual, PARTS, '--parts');
  const rounds = values.rounds === undefined ? undefined : count(values.rounds);
  return {
    parts: new Set(parts),
    sizes: quick ? [1] : megabytes(values.sizes ?? '1,10,100', '--sizes'),
    callSizes: quick ? [1] : [1, 10],
    rounds: rounds ?? (quick ? 3 : 5),
    startRounds: quick ? 2 * (rounds ?? 3) : 6 * (rounds ?? 5),
    growthSizes: megabytes(values['growth-sizes'], '--growth-sizes'),
    growthRounds: rounds ?? 3,
    shapes: list(values.shapes, Object.keys(SHAPES), Object.keys(SHAPES), '--shapes'),
    writeDocs: values['write-docs'],
    json: values.json,
    quick,
    check,
  };
}

/**
 * @param {string | undefined} text
 * @param {string[]} usual
 * @param {string[]} known
 * @param {string} option
 */
function list(text, usual, known, option) {
  const words = text?.split(',') ?? usual;
  const strange = words.find((word) => !known.includes(word));
  if (strange !== undefined) throw new Error(`${option} takes ${known.join(', ')}, not ${strange}`);
  return words;
}

/**
 * @param {string} text
 * @param {string} option
 */
function megabytes(text, option) {
  const sizes = text.split(',').map(Number);
  if (!sizes.every((size) => size > 0)) throw new Error(`${option} takes megabytes, not ${text}`);
  return sizes.sort((a, b) => a - b);
}

/** @param {string} text */
function count(text) {
  const number = Number(text);
  if (!(Number.isInteger(number) && number > 0)) throw new Error(`--rounds takes a number from 1, not ${text}`);
  return number;
}
