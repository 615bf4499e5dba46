// Eight sample types, of which a sample has values in one to three, as profilers that measure everything at once write.

import { PprofBuilder } from './pprof.mjs';
import { programOf } from './program.mjs';
import { randomOf } from './random.mjs';

/** @type {(readonly [string, string])[]} */
const SAMPLE_TYPES = [
  ['cpu-samples', 'count'],
  ['cpu-time', 'nanoseconds'],
  ['exception-samples', 'count'],
  ['lock-acquire', 'count'],
  ['lock-acquire-wait', 'nanoseconds'],
  ['alloc-samples', 'count'],
  ['alloc-space', 'bytes'],
  ['wall-time', 'nanoseconds'],
];
/** Which of them an event has. */
const EVENTS = [[0, 1, 7], [2], [3, 4], [5, 6], [7]];

/** @type {import('./shapes.mjs').Generate} */
export function types(size, seed) {
  const random = randomOf(seed);
  const { next, below, pick } = random;
  const pprof = new PprofBuilder(size + 65_536, SAMPLE_TYPES);
  const { anyStack } = programOf(random, pprof, size);
  const id = pprof.string('thread id');
  const name = pprof.string('thread name');
  const span = pprof.string('local root span id');
  while (pprof.size < size) {
    const values = SAMPLE_TYPES.map(() => 0);
    for (const type of pick(EVENTS))
      values[type] = SAMPLE_TYPES[type]?.[1] === 'count' ? 1 + below(10) : 1 + below(50_000_000);
    pprof.stack(anyStack(), values);
    const thread = below(200);
    pprof.numberLabel(id, 140_000_000_000_000 + thread * 4096, 0);
    pprof.label(name, pprof.string(`worker-${thread}`));
    if (next() < 0.5) pprof.numberLabel(span, 1 + below(2 ** 48), 0);
    pprof.addSample();
  }
  return pprof.finish();
}
