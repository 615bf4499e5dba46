// Converts again and again in one process and says whether its memory stays flat: docs/fuzzing.md.
//
//   npm run soak -- [--conversions N] [--library PATH]
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    conversions: { type: 'string', default: '2000' },
    library: { type: 'string', default: join(root, 'dist/index.js') },
  },
});
const conversions = Number(values.conversions);
const { check, decompress, inspect, otlpToOtlp, otlpToPprof, pprofToOtlp } = await import(
  pathToFileURL(resolve(values.library)).href
);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** What the process may keep more at the end than after the warm-up, by the line through all measurements. */
const HEAP_MB = 2;
const RSS_MB = 30;
const MEASUREMENTS = 40;
/** The share of the run in which code is compiled and pools are filled. */
const WARM_UP = 0.25;

const MB = 1024 * 1024;

/** @returns {(() => void)[]} what is done in turn, one conversion each */
function tasks() {
  const folder = join(root, 'fixtures');
  const profiles = readdirSync(folder)
    .filter((name) => /\.pb(\.gz)?$/.test(name) && !name.includes('.otlp'))
    .map((name) => readFileSync(join(folder, name)));
  return profiles.flatMap((pprof) => {
    const { otlp } = pprofToOtlp(pprof);
    const merged = otlpToPprof(otlp, { merge: true }).pprofs[0];
    const json = otlpToOtlp(otlp, { to: 'otlp-json' }).otlp;
    const cut = decompress(pprof).slice(0, -1);
    return [
      () => pprofToOtlp(pprof),
      () => otlpToPprof(otlp),
      () => otlpToPprof(json, { merge: true }),
      () => pprofToOtlp(merged),
      () => otlpToOtlp(otlp, { to: 'otlp-json' }),
      () => refused(() => pprofToOtlp(cut)),
      () => check(pprof),
      () => inspect(otlp, 'otlp'),
    ];
  });
}

/** @param {() => unknown} call */
function refused(call) {
  try {
    call();
  } catch (error) {
    if (error.code === 'bad-input') return;
    throw error;
  }
}

/** @param {number} done */
function measure(done) {
  collect();
  collect();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const point = { done, heap: (heapUsed + arrayBuffers) / MB, rss: rss / MB };
  console.log(
    `${String(done).padStart(6)} conversions: heap ${point.heap.toFixed(1)} MB, RSS ${point.rss.toFixed(1)} MB`,
  );
  return point;
}

/**
 * How much the line through the points rises from the first to the last.
 *
 * @param {{ done: number }[]} points @param {'heap' | 'rss'} what
 */
function rise(points, what) {
  const mean = (/** @type {(point: any) => number} */ of) => points.reduce((sum, p) => sum + of(p), 0) / points.length;
  const x = mean((p) => p.done);
  const y = mean((p) => p[what]);
  const slope = mean((p) => (p.done - x) * (p[what] - y)) / mean((p) => (p.done - x) ** 2);
  return slope * (points[points.length - 1].done - points[0].done);
}

const all = tasks();
const points = [];
for (let done = 0; done < conversions; done++) {
  all[done % all.length]();
  if ((done + 1) % Math.ceil(conversions / MEASUREMENTS) === 0) points.push(measure(done + 1));
}
const warm = points.slice(Math.floor(points.length * WARM_UP));
const heap = rise(warm, 'heap');
const rss = rise(warm, 'rss');
const isFlat = heap < HEAP_MB && rss < RSS_MB;
console.log(
  `${isFlat ? 'flat' : 'NOT FLAT'}: over ${warm[warm.length - 1].done - warm[0].done} conversions the heap rises by ` +
    `${heap.toFixed(2)} MB (limit ${HEAP_MB}), RSS by ${rss.toFixed(1)} MB (limit ${RSS_MB})`,
);
process.exitCode = isFlat ? 0 : 1;
