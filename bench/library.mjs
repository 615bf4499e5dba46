// Times calls of the library, bytes to bytes, within one process that stays warm; see `library` in processes.mjs.

import { readFileSync, writeFileSync } from 'node:fs';
import { otlpToPprof, pprofToOtlp } from '../dist/index.js';

/** Some OTLP is larger than its pprof, and than what is read unasked. */
const ANY_SIZE = { maxSize: 2 ** 31 - 1 };

/** The compiler is done after some ten calls. */
const WARM_UP_MS = 3000;
const WARM_UP_CALLS = 12;

/**
 * A fast translation that is not exact would be no result.
 *
 * @param {boolean} holds
 * @param {string} what
 */
function demand(holds, what) {
  if (!holds) throw new Error(`not exact: ${what}`);
}

/** @type {Record<string, (input: Uint8Array) => Uint8Array>} */
const tasks = {
  forward: (input) => {
    const { otlp, report } = pprofToOtlp(input, ANY_SIZE);
    demand(report.proven && report.carried === 'structured', `proven ${report.proven}, carried ${report.carried}`);
    return otlp;
  },
  'forward-no-verify': (input) => {
    const { otlp, report } = pprofToOtlp(input, { ...ANY_SIZE, verify: false });
    demand(report.carried === 'structured', `carried ${report.carried}`);
    return otlp;
  },
  return: (input) => exactReturn(otlpToPprof(input, ANY_SIZE)),
  'return-no-verify': (input) => exactReturn(otlpToPprof(input, { ...ANY_SIZE, verify: false })),
  // OTLP that was not made from a pprof, there and back.
  foreign: (input) => {
    const { pprofs, reports } = otlpToPprof(input, ANY_SIZE);
    const proven = reports.every((report) => report.proven && report.carried === 'structured');
    demand(proven && pprofs.length === 1, JSON.stringify(reports));
    return pprofs[0];
  },
  'foreign-return': (input) => {
    const { otlp, report } = pprofToOtlp(input, ANY_SIZE);
    demand(report.exactReturn === true && report.proven, JSON.stringify(report));
    return otlp;
  },
};

/** @param {ReturnType<typeof otlpToPprof>} result */
function exactReturn({ pprofs, reports }) {
  demand(reports.length === 1 && reports[0].exactReturn === true, JSON.stringify(reports));
  return pprofs[0];
}

let file = '';
let input = new Uint8Array(0);

process.on('message', (/** @type {import('./processes.mjs').Request} */ request) => {
  const task = tasks[request.task];
  if (task === undefined) throw new Error(`no task ${request.task}`);
  if (request.file !== file) {
    input = readFileSync(request.file);
    file = request.file;
  }
  if (request.calls === 0) {
    const end = performance.now() + WARM_UP_MS;
    for (let calls = 0; calls < WARM_UP_CALLS || performance.now() < end; calls++) task(input);
  }
  const times = Array.from({ length: request.calls }, () => {
    if (request.collect) globalThis.gc?.();
    const start = performance.now();
    const output = task(input);
    const milliseconds = performance.now() - start;
    if (request.keep !== undefined) writeFileSync(request.keep, output);
    return milliseconds;
  });
  process.send?.(times);
});
