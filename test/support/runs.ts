// How long the property tests look: PROPERTY_RUNS cases for each property, a seed of
// its own each time. PROPERTY_SEED=n replays what a failure printed.

import type fc from 'fast-check';

const asked = process.env.PROPERTY_RUNS;
const runs = Number(asked ?? 150);
const seed = process.env.PROPERTY_SEED;

/** `share`: the part of the everyday runs that a slow property gets; a number asked for is met by each. */
export function runsOf(share = 1): fc.Parameters<unknown> {
  return {
    numRuns: asked === undefined ? Math.max(1, Math.ceil(runs * share)) : runs,
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  };
}

/** Milliseconds for one test; shrinking a failure needs time too. */
export const patience = 60_000 + 200 * runs;
