// How long the property tests look: PROPERTY_RUNS cases for each property, a seed of
// its own each time. PROPERTY_SEED=n replays what a failure printed.

import type fc from 'fast-check';

const runs = Number(process.env['PROPERTY_RUNS'] ?? 200);
const seed = process.env['PROPERTY_SEED'];

/** `share`: the part of the runs that a slow property gets. */
export function runsOf(share = 1): fc.Parameters<unknown> {
  return { numRuns: Math.max(1, Math.ceil(runs * share)), ...(seed === undefined ? {} : { seed: Number(seed) }) };
}

/** Milliseconds for one test; shrinking a failure needs time too. */
export const patience = 60_000 + 200 * runs;
