// Times calls of the library within one process that stays warm; bench/run.mjs starts it and asks by message.
//
//   node bench/library.mjs forward|forward-no-verify|return|gunzip FILE

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { otlpToPprof, pprofToOtlp } from '../dist/index.js';

const WARM_UP_MS = 1000;
const WARM_UP_CALLS = 2;

/** A fast translation that is not exact would be no result.
 * @type {Record<string, (input: Uint8Array) => void>} */
const tasks = {
  forward: (input) => {
    const { proven, carried } = pprofToOtlp(input).report;
    if (!proven || carried !== 'structured') throw new Error(`proven: ${proven}, carried: ${carried}`);
  },
  'forward-no-verify': (input) => {
    const { carried } = pprofToOtlp(input, { verify: false }).report;
    if (carried !== 'structured') throw new Error(`carried: ${carried}`);
  },
  return: (input) => {
    if (!otlpToPprof(input).reports.every(({ exactReturn }) => exactReturn)) throw new Error('not the original bytes');
  },
  gunzip: (input) => {
    gunzipSync(input);
  },
};

const [name = '', file = ''] = process.argv.slice(2);
const task = tasks[name];
if (task === undefined) throw new Error(`no task ${name}`);
const input = readFileSync(file);

/** @returns {number} milliseconds of one call */
function once() {
  const start = performance.now();
  task(input);
  return performance.now() - start;
}

function warmUp() {
  const end = performance.now() + WARM_UP_MS;
  for (let calls = 0; calls < WARM_UP_CALLS || performance.now() < end; calls++) task(input);
}

process.on('message', (/** @type {number} */ calls) => {
  if (calls === 0) warmUp();
  process.send?.(Array.from({ length: calls }, once));
});
