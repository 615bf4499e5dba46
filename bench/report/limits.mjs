// What `--check` refuses: ratios several times what they are, so that a busy machine is no reason, but a defect is.

import { FORWARD, FORWARD_UNPROVEN, GOOGLE, NODE, PDATA, RETURN, VERSION } from '../contenders.mjs';
import { ratioOf } from './tables.mjs';

/** @typedef {import('../results.mjs').Results} Results */

/**
 * @typedef {object} Limit
 * @property {'sizes' | 'calls' | 'start'} part
 * @property {string} ours
 * @property {string} peer
 * @property {number} limit of ours / peer at 1 MB, by min
 */

/** @type {readonly Limit[]} */
export const LIMITS = [
  { part: 'sizes', ours: FORWARD, peer: GOOGLE, limit: 40 },
  { part: 'sizes', ours: FORWARD, peer: PDATA, limit: 150 },
  { part: 'sizes', ours: FORWARD, peer: NODE, limit: 30 },
  { part: 'sizes', ours: FORWARD_UNPROVEN, peer: NODE, limit: 25 },
  { part: 'sizes', ours: RETURN, peer: NODE, limit: 25 },
  { part: 'calls', ours: FORWARD, peer: GOOGLE, limit: 12 },
  { part: 'calls', ours: FORWARD, peer: PDATA, limit: 70 },
  { part: 'calls', ours: RETURN, peer: GOOGLE, limit: 8 },
  { part: 'calls', ours: RETURN, peer: PDATA, limit: 40 },
  { part: 'start', ours: VERSION, peer: NODE, limit: 5 },
  { part: 'start', ours: FORWARD, peer: NODE, limit: 8 },
];

/**
 * @param {Results} results
 * @returns {{ beyond: string[], within: number, missing: number }} what is beyond its limit, in words
 */
export function checkLimits(results) {
  /** @type {string[]} */
  const beyond = [];
  let within = 0;
  let missing = 0;
  for (const { part, ours, peer, limit } of LIMITS) {
    const rows = part === 'start' ? results.start?.rows : results[part]?.find(({ megabytes }) => megabytes === 1)?.rows;
    const [mine, theirs] = [ours, peer].map((name) => rows?.find((row) => row.name === name));
    const ratio = ratioOf(mine, theirs, 'min');
    if (ratio === undefined) missing++;
    else if (ratio <= limit) within++;
    else beyond.push(`${part}, ${ours} / ${peer}: ${ratio.toFixed(2)}, at most ${limit} is allowed`);
  }
  return { beyond, within, missing };
}
