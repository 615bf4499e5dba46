// What was measured, kept from run to run in out/bench.json: parts may be measured one after the other, and the page is
// written of all of them.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const BEFORE = fileURLToPath(new URL('../out/bench-before.json', import.meta.url));
export const KEPT = fileURLToPath(new URL('../out/bench.json', import.meta.url));

/**
 * What results must have in common to stand on one page.
 * @typedef {object} Machine
 * @property {number} cores
 * @property {string} architecture
 * @property {string} platform
 * @property {string} node
 * @property {string | undefined} [go] nothing where there is none
 * @property {Record<string, string>} peers versions
 * @property {string} build a digest of what was measured
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
 * The results of both, the new ones where both have some. What another machine or build gave is left out.
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

/** @returns {string} a digest of the programs in dist/ */
export function buildDigest() {
  const hash = createHash('sha256');
  for (const name of readdirSync(DIST).sort()) if (name.endsWith('.js')) hash.update(readFileSync(DIST + name));
  return hash.digest('hex').slice(0, 16);
}

/**
 * @param {Results} fresh
 * @returns {boolean} whether there were results of another machine or build, which are in out/bench-before.json now
 */
export function keep(fresh) {
  const old = readKept();
  const foreign = old !== undefined && !sameMachine(old.machine, fresh.machine);
  mkdirSync(dirname(KEPT), { recursive: true });
  if (foreign) renameSync(KEPT, BEFORE);
  writeFileSync(KEPT, `${JSON.stringify(united(old, fresh), undefined, 1)}\n`);
  return foreign;
}
