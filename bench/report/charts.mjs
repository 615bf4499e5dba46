// The charts of docs/performance.md.

import { FORWARD, FORWARD_UNPROVEN, GOOGLE, GUNZIP, NODE, PDATA, PROTOBUFJS_DECODE, RETURN } from '../contenders.mjs';
import { chartSvg } from './chart.mjs';

/** @type {readonly (readonly [string, import('./chart.mjs').Series['kind']])[]} */
const CONTENDERS = [
  [FORWARD, 'ours'],
  [GOOGLE, 'peer'],
  [RETURN, 'ours'],
  [PDATA, 'peer'],
  [PROTOBUFJS_DECODE, 'peer'],
  [FORWARD_UNPROVEN, 'ours'],
  [GUNZIP, 'floor'],
  [NODE, 'floor'],
];

/** @param {number} milliseconds */
const timeTick = (milliseconds) => (milliseconds >= 1000 ? `${milliseconds / 1000} s` : `${milliseconds} ms`);
/** @param {number} megabytes */
const sizeTick = (megabytes) => `${megabytes} MB`;

/**
 * Whole processes: time against size, for each contender.
 *
 * @param {readonly import('../sizes.mjs').SizeResult[]} sizes
 * @returns {string} SVG
 */
export function sizesChart(sizes) {
  return chartSvg({
    title: 'Time against size',
    description: `Time of a whole process against the size of the profile, both axes logarithmic, for ${CONTENDERS.map(([name]) => name).join('; ')}. The numbers are in the tables of docs/performance.md.`,
    xLabel: 'uncompressed pprof',
    yLabel: 'whole process, fastest run (both axes logarithmic)',
    xTicks: sizes.map(({ megabytes }) => megabytes),
    xText: sizeTick,
    yText: timeTick,
    series: CONTENDERS.map(([name, kind]) => ({ name, kind, points: pointsOf(sizes, name) })),
  });
}

/**
 * @param {readonly import('../sizes.mjs').SizeResult[]} sizes
 * @param {string} name
 */
const pointsOf = (sizes, name) =>
  sizes.flatMap(({ megabytes, rows }) => {
    const time = rows.find((row) => row.name === name)?.min;
    return time === undefined ? [] : [{ x: megabytes, y: time }];
  });

/**
 * Calls of the library there: time against size, for each shape.
 *
 * @param {readonly import('../growth.mjs').GrowthResult[]} growth
 * @returns {string} SVG
 */
export function growthChart(growth) {
  const sizes = [...new Set(growth.flatMap(({ points }) => points.map(({ megabytes }) => megabytes)))];
  return chartSvg({
    title: 'Growth, for each shape of profile',
    description: `Time of a proven translation within a warm process against the size of the input, both axes logarithmic, for profiles of the shapes ${growth.map(({ shape }) => shape).join(', ')}. The numbers are in the tables of docs/performance.md.`,
    xLabel: 'uncompressed input',
    yLabel: 'library call with the proof, fastest run (both axes logarithmic)',
    xTicks: sizes.sort((a, b) => a - b),
    xText: sizeTick,
    yText: timeTick,
    series: [
      ...growth.map(({ shape, points }) => ({
        name: shape,
        kind: /** @type {const} */ ('peer'),
        points: points.flatMap(({ megabytes, there }) => (there === undefined ? [] : [{ x: megabytes, y: there.min }])),
      })),
      { name: 'twice the time for twice the input', kind: 'floor', points: linear(growth, sizes) },
    ],
  });
}

/**
 * @param {readonly import('../growth.mjs').GrowthResult[]} growth
 * @param {readonly number[]} sizes
 * @returns {{ x: number, y: number }[]} below the fastest, what is linear
 */
function linear(growth, sizes) {
  const rates = growth.flatMap(({ points }) =>
    points.flatMap(({ megabytes, there }) => (there === undefined ? [] : [there.min / megabytes])),
  );
  return rates.length === 0 ? [] : sizes.map((size) => ({ x: size, y: (Math.min(...rates) / 2) * size }));
}
