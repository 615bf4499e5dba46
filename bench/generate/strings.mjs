// Mostly text: every function has a name of its own, as long as C++ and Rust make them, some in other scripts, and
// every sample carries a query or a path that comes once.

import { PprofBuilder } from './pprof.mjs';
import { randomOf } from './random.mjs';

const SCRIPTS = ['naïve_', 'größe_', 'データ_', 'обработка_', '处理_', '🔥_'];

/** @type {import('./shapes.mjs').Generate} */
export function strings(size, seed) {
  const { next, below, pick, letters } = randomOf(seed);
  const pprof = new PprofBuilder(size + 65_536, [
    ['alloc_objects', 'count'],
    ['alloc_space', 'bytes'],
  ]);
  /** @type {number[]} */
  const locations = [];
  const addLocation = () => {
    const script = next() < 0.05 ? pick(SCRIPTS) : '';
    const name = `_ZN${letters(8)}::${script}${letters(10 + below(30))}<std::vector<${letters(12)}, ${letters(20)}>>::operator()`;
    pprof.line(
      pprof.addFunction(name, `/build/src/${letters(12)}/${letters(10)}.cc`, 1 + below(3000)),
      1 + below(3000),
    );
    locations.push(pprof.addLocation(0, locations.length * 16));
  };
  const key = pprof.string('query');
  for (let i = 0; i < 50; i++) addLocation();
  while (pprof.size < size) {
    if (next() < 0.7) addLocation();
    const depth = 4 + below(8);
    const newest = /** @type {number} */ (locations.at(-1));
    const stack = [newest, ...Array.from({ length: depth }, () => pick(locations))];
    const count = 1 + below(100);
    pprof.stack(stack, [count, count * 64]);
    pprof.label(key, pprof.newString(`select ${letters(10 + below(60))} from ${letters(8)} where id = ${below(1e9)}`));
    pprof.addSample();
  }
  return pprof.finish();
}
