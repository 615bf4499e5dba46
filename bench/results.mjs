// What was measured, kept from run to run in out/bench.json: parts may be measured one after the other, and the page is
// written of all of them.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const KEPT = fileURLToPath(new URL('../out/bench.json', import.meta.url));

/**
 * @typedef {object} Machine
 * @property {number} cores
 * @property {string} architecture
 * @property {string} platform
 * @property {string} node
 * @property {string | undefined} [go] nothing where there is none
 * @property {Record<string, string>} peers versions
 */

/**
 * @typedef {object} Results
 * @property {Machine} machine
 * @property {import('./start.mjs').StartResult} [start]
 * @property {import('./sizes.mjs').SizeResult[]} [calls]
 * @property {import('./sizes.mjs').SizeResult[]} [sizes]
 * @property {import('./corpus.mjs').CorpusResult} [corpus]
 * @property {import('./growth.mjs').GrowthResult[]} [growth]
 * @property {import('./many.mjs').FilesResult} [files]
 */

/**
 * The results of both, the new ones where both have some. What another machine measured is dropped.
 *
 * @param {Results | undefined} old
 * @param {Results} fresh
 * @returns {Results}
 */
export function united(old, fresh) {
  if (old === undefined || !sameMachine(old.machine, fresh.machine)) return fresh;
  const sizes = bySize(old.sizes, fresh.sizes);
  const calls = bySize(old.calls, fresh.calls);
  const shapes = new Map([...(old.growth ?? []), ...(fresh.growth ?? [])].map((result) => [result.shape, result]));
  return {
    ...old,
    ...fresh,
    ...(sizes.length > 0 && { sizes }),
    ...(calls.length > 0 && { calls }),
    ...(shapes.size > 0 && { growth: [...shapes.values()] }),
  };
}

/**
 * @param {readonly import('./sizes.mjs').SizeResult[]} [old]
 * @param {readonly import('./sizes.mjs').SizeResult[]} [fresh]
 */
function bySize(old = [], fresh = []) {
  const sizes = new Map([...old, ...fresh].map((result) => [result.megabytes, result]));
  return [...sizes.values()].sort((a, b) => a.megabytes - b.megabytes);
}

/**
 * @param {Machine} one
 * @param {Machine} other
 */
const sameMachine = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** @returns {Results | undefined} */
export const readKept = () => (existsSync(KEPT) ? JSON.parse(readFileSync(KEPT, 'utf8')) : undefined);

/** @param {Results} fresh */
export function keep(fresh) {
  mkdirSync(dirname(KEPT), { recursive: true });
  writeFileSync(KEPT, `${JSON.stringify(united(readKept(), fresh), undefined, 1)}\n`);
}
