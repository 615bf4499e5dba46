// The cpu profile of a service: two sample types, stacks 20 to 40 deep, three or four labels on each sample, one of
// them with ever new values.

import { PprofBuilder } from './pprof.mjs';
import { NOUNS, programOf } from './program.mjs';
import { randomOf } from './random.mjs';

/** @type {import('./shapes.mjs').Generate} */
export function service(size, seed) {
  const random = randomOf(seed);
  const { next, below, pick } = random;
  const pprof = new PprofBuilder(size + 65_536, [
    ['samples', 'count'],
    ['cpu', 'nanoseconds'],
  ]);
  const { anyStack } = programOf(random, pprof, size);
  let request = 0;
  while (pprof.size < size) {
    const stack = anyStack();
    const times = 1 + below(5);
    pprof.stack(stack, [times, times * 10_000_000]);
    pprof.label(pprof.string('endpoint'), pprof.string(`/api/v1/${pick(NOUNS).toLowerCase()}/${below(40)}`));
    pprof.label(pprof.string('tenant'), pprof.string(`tenant-${below(300)}`));
    if (next() < 0.3)
      pprof.label(pprof.string('request'), pprof.newString(`req-${(request++).toString(36).padStart(8, '0')}`));
    const bytes = pprof.string('bytes');
    pprof.numberLabel(bytes, 1 + below(1_000_000), bytes);
    pprof.addSample();
  }
  return pprof.finish();
}
