// Adversarial labels: a hundred thousand different ones, spread over the samples, or all on each sample and more of them in
// larger files.

import { PprofBuilder } from './pprof.mjs';
import { programOf } from './program.mjs';
import { randomOf } from './random.mjs';

const LABELS = 100_000;
const KEYS = 1000;
/** A file of so many bytes has so many. */
const ALL_FROM = 8_000_000;

/** @type {(readonly [string, string])[]} */
const SAMPLE_TYPES = [['objects', 'count']];
const labelCount = (/** @type {number} */ size) => Math.ceil((LABELS * size) / ALL_FROM);

/**
 * A thousand keys with a hundred values each; hardly two samples have the same set.
 *
 * @type {import('./shapes.mjs').Generate}
 */
export function manyLabels(size, seed) {
  const random = randomOf(seed);
  const { below, letters } = random;
  const pprof = new PprofBuilder(size + 65_536, SAMPLE_TYPES);
  const { locationCount, locationId } = programOf(random, pprof, Math.min(size, 500_000));
  const count = Math.min(LABELS, labelCount(size));
  const keys = Array.from({ length: Math.ceil((KEYS * count) / LABELS) }, (_, i) =>
    pprof.newString(`attribute.${i}.${letters(4)}`),
  );
  const values = Uint32Array.from({ length: count }, (_, i) => pprof.newString(`value-${i}-${letters(8)}`));
  while (pprof.size < size) {
    pprof.stack(
      Uint32Array.from({ length: 5 }, () => locationId(below(locationCount))),
      [1 + below(1000)],
    );
    for (let labels = 2 + below(7); labels > 0; labels--) {
      const which = below(count);
      pprof.label(/** @type {number} */ (keys[which % keys.length]), /** @type {number} */ (values[which]));
    }
    pprof.addSample();
  }
  return pprof.finish();
}

/**
 * Each sample carries them all, each under a key of its own: twice the size is twice the labels of a sample.
 *
 * @type {import('./shapes.mjs').Generate}
 */
export function wideSamples(size, seed) {
  const random = randomOf(seed);
  const { below, letters } = random;
  const pprof = new PprofBuilder(size + 65_536, SAMPLE_TYPES);
  const { locationCount, locationId } = programOf(random, pprof, 100_000);
  const count = labelCount(size);
  const keys = Uint32Array.from({ length: count }, (_, i) => pprof.newString(`k${i}.${letters(3)}`));
  const values = Array.from({ length: 100 }, (_, i) => pprof.newString(`v${i}`));
  while (pprof.size < size) {
    pprof.stack([locationId(below(locationCount))], [1 + below(1000)]);
    for (const key of keys) pprof.label(key, /** @type {number} */ (values[below(values.length)]));
    pprof.addSample();
  }
  return pprof.finish();
}
