// Adversarial for hash tables: label values that fall on one hash under FNV-1a, published and begun at a secret number,
// and under Java's; stacks likewise, as rows of location ids.

import * as rows from './collidingRows.mjs';
import * as texts from './collidingStrings.mjs';
import { PprofBuilder } from './pprof.mjs';
import { randomOf } from './random.mjs';

const LOCATIONS = 4096;
const FNV_BASIS = 0x811c9dc5;

/** @type {import('./shapes.mjs').Generate} */
export function collisions(size, seed) {
  const random = randomOf(seed);
  const pprof = new PprofBuilder(size + 65_536, [['samples', 'count']]);
  const main = pprof.addFunction('main.main', 'main.go', 1);
  const locations = Uint32Array.from({ length: LOCATIONS }, (_, i) => {
    pprof.line(main, 1 + i);
    return pprof.addLocation(0, i * 16);
  });
  // Used in their order first, so that they have the same numbers in any table of first use.
  pprof.stack(locations, [1]);
  pprof.addSample();

  const key = pprof.string('session');
  // A sample takes more than 100 bytes, and each list of them is gone through once.
  const levels = Math.ceil(Math.log2(Math.max(2, size / 100)));
  const stacks = [
    rows.fnvLevels(levels, FNV_BASIS, LOCATIONS, random),
    rows.fnvLevels(levels, 0, LOCATIONS, random),
    rows.javaLevels(levels, LOCATIONS, random),
  ];
  const published = texts.fnvLevels(levels, random);
  const java = texts.javaLevels(levels);
  const secret = Array.from({ length: 256 }, (_, low) => texts.seededFnvLevels(levels, low));
  for (let count = 0; pprof.size < size; count++) {
    const value =
      count % 4 === 0
        ? texts.chosen(published, count)
        : count % 4 === 1
          ? texts.chosen(java, count)
          : texts.chosen(/** @type {texts.Levels} */ (secret[(count >>> 1) % 256]), count);
    pprof.stack(rows.chosen(/** @type {rows.Levels} */ (stacks[count % stacks.length]), count), [1]);
    pprof.label(key, pprof.newString(value));
    pprof.addSample();
  }
  return pprof.finish();
}
