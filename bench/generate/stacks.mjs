// Adversarial stacks: none comes twice, one comes always, or each is ten thousand frames deep.

import { PprofBuilder } from './pprof.mjs';
import { programOf } from './program.mjs';
import { randomOf } from './random.mjs';

/** @type {(readonly [string, string])[]} */
const SAMPLE_TYPES = [
  ['samples', 'count'],
  ['cpu', 'nanoseconds'],
];
/** So many stacks in a row differ in one frame only; fewer where there are fewer locations. */
const SIMILAR = 500;
const DEEP = 10_000;

/**
 * Half of them differ in every frame; the others, in runs, only in the leaf or only in the root.
 *
 * @type {import('./shapes.mjs').Generate}
 */
export function distinctStacks(size, seed) {
  const random = randomOf(seed);
  const { below } = random;
  const pprof = new PprofBuilder(size + 65_536, SAMPLE_TYPES);
  const { locationCount, locationId } = programOf(random, pprof, size);
  const similarCount = Math.min(SIMILAR, locationCount);
  let similar = new Uint32Array(0);
  for (let count = 0; pprof.size < size; count++) {
    const anyFrames = () => Uint32Array.from({ length: 20 + below(21) }, () => locationId(below(locationCount)));
    const place = count % similarCount;
    if (place === 0) similar = anyFrames();
    const kind = Math.floor(count / similarCount) % 4;
    const stack = kind < 2 ? anyFrames() : similar.slice();
    if (kind >= 2) stack[kind === 2 ? 0 : stack.length - 1] = locationId(place);
    pprof.stack(stack, [1, 10_000_000]);
    pprof.addSample();
  }
  return pprof.finish();
}

/** @type {import('./shapes.mjs').Generate} */
export function oneStack(size, seed) {
  const random = randomOf(seed);
  const { below } = random;
  const pprof = new PprofBuilder(size + 65_536, SAMPLE_TYPES);
  const { locationCount, locationId } = programOf(random, pprof, size);
  const stack = Uint32Array.from({ length: 30 }, () => locationId(below(locationCount)));
  while (pprof.size < size) {
    const times = 1 + below(5);
    pprof.stack(stack, [times, times * 10_000_000]);
    pprof.addSample();
  }
  return pprof.finish();
}

/** @type {import('./shapes.mjs').Generate} */
export function deepStacks(size, seed) {
  const random = randomOf(seed);
  const { below } = random;
  const pprof = new PprofBuilder(size + 65_536, SAMPLE_TYPES);
  const { locationCount, locationId } = programOf(random, pprof, size);
  while (pprof.size < size) {
    const cycle = Uint32Array.from({ length: 1 + below(9) }, () => locationId(below(locationCount)));
    const stack = Uint32Array.from({ length: DEEP }, (_, frame) =>
      frame % 100 === 0 ? locationId(below(locationCount)) : /** @type {number} */ (cycle[frame % cycle.length]),
    );
    pprof.stack(stack, [1, 10_000_000]);
    pprof.addSample();
  }
  return pprof.finish();
}
