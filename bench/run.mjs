// Times pprof-otlp beside its peers on the same synthetic profiles, in turns.
//
//   npm run bench -- [--sizes 1,10,100] [--rounds 5] [--json FILE] [--quick] [--check]

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildPeers, contendersFor, translate } from './contenders.mjs';
import { run } from './processes.mjs';
import { beyondLimits, ratiosOf, tableOf } from './table.mjs';

const GENERATE = fileURLToPath(new URL('generate.mjs', import.meta.url));
const USAGE = 'usage: npm run bench -- [--sizes 1,10,100] [--rounds 5] [--json FILE] [--quick] [--check]';

/** @typedef {import('./table.mjs').Row} Row */

function options() {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
    },
  });
  const { quick, check, json, sizes: list = quick ? '1' : '1,10,100', rounds: count = quick ? '3' : '5' } = values;
  const sizes = list.split(',').map(Number);
  const rounds = Number(count);
  if (!sizes.every((size) => size > 0)) throw new Error(`--sizes takes megabytes, not ${list}`);
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error(`--rounds takes a number from 1, not ${count}`);
  if (check && sizes.some((size) => size !== 1)) throw new Error('--check is for 1 MB: use it with --quick');
  return { sizes, rounds, json, check };
}

/**
 * @param {number} megabytes
 * @param {string} folder
 * @returns {import('./contenders.mjs').Files}
 */
function prepare(megabytes, folder) {
  const files = {
    pprof: join(folder, 'profile.pb'),
    gzip: join(folder, 'profile.pb.gz'),
    otlp: join(folder, 'profile.otlp'),
  };
  // By a process of its own, as a child's peak memory may count what its parent holds.
  run([process.execPath, GENERATE, String(megabytes), files.pprof]);
  run([process.execPath, GENERATE, String(megabytes), files.gzip, '--gzip']);
  translate(files.pprof, files.otlp);
  return files;
}

/**
 * @param {number} megabytes
 * @param {number} rounds
 * @param {import('./contenders.mjs').Peers} peers
 * @param {string} folder
 * @returns {Promise<import('./table.mjs').Size>}
 */
async function measure(megabytes, rounds, peers, folder) {
  const files = prepare(megabytes, folder);
  const calls = Math.max(1, Math.min(5, Math.floor(10 / megabytes)));
  const contenders = contendersFor(files, peers, folder);
  /** @type {Row[]} */
  const rows = contenders.map(({ name, mode, skipped }) => ({ name, mode, skipped, times: [] }));
  for (let round = 0; round <= rounds; round++) {
    process.stderr.write(`${megabytes} MB: ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}\n`);
    for (const [i, contender] of contenders.entries()) {
      const row = /** @type {Row} */ (rows[i]);
      if (row.skipped !== undefined || row.failed !== undefined) continue;
      try {
        if (round === 0) Object.assign(row, await contender.warmUp());
        else row.times.push(...(await contender.measure(calls)));
      } catch (error) {
        row.failed = messageOf(error);
      }
    }
  }
  for (const { close } of contenders) close?.();
  for (const row of rows.filter(({ times, failed }) => times.length > 0 && failed === undefined)) {
    const sorted = row.times.toSorted((a, b) => a - b);
    const middle = sorted.length >> 1;
    row.min = sorted[0];
    row.median = (sorted[middle] + sorted[sorted.length - 1 - middle]) / 2;
  }
  const bytes = { pprof: statSync(files.pprof).size, gzip: statSync(files.gzip).size, otlp: statSync(files.otlp).size };
  return { megabytes, rounds, bytes, rows, ratios: ratiosOf(rows) };
}

/**
 * @param {ReturnType<typeof options>} chosen
 * @param {string} folder
 */
async function main(chosen, folder) {
  const { sizes, rounds, json, check } = chosen;
  const peers = buildPeers(folder);
  const go = peers.skipped ?? run(['go', 'env', 'GOVERSION']).trim();
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    platform: process.platform,
    node: process.version,
    go,
  };
  console.log(`${machine.cpu}, ${machine.cpus} CPUs, ${machine.platform}; Node ${machine.node}; Go: ${go}\n`);
  const results = [];
  for (const megabytes of sizes) {
    const result = await measure(megabytes, rounds, peers, folder);
    console.log(tableOf(result));
    results.push(result);
  }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, sizes: results }, undefined, 2)}\n`);

  const failed = results.flatMap(({ rows }) => rows).some((row) => row.failed !== undefined);
  const beyond = check ? results.flatMap(({ ratios }) => beyondLimits(ratios)) : [];
  for (const text of beyond) console.error(`beyond its limit: ${text}`);
  if (check && beyond.length === 0) {
    const numbers = results.flatMap(({ ratios }) =>
      ratios.flatMap(({ inProcess, wholeProcess }) => [inProcess, wholeProcess]),
    );
    const missing = numbers.filter((number) => number === undefined).length;
    console.log(`${numbers.length - missing} ratios are within their limits, ${missing} were not measured`);
  }
  return failed || beyond.length > 0 ? 1 : 0;
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** @returns {ReturnType<typeof options> | undefined} nothing for a mistake in the command */
function chosenOptions() {
  try {
    return options();
  } catch (error) {
    console.error(`bench: ${messageOf(error)}\n${USAGE}`);
    return undefined;
  }
}

const chosen = chosenOptions();
if (chosen === undefined) process.exit(2);
const folder = mkdtempSync(join(tmpdir(), 'pprof-otlp-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
try {
  process.exitCode = await main(chosen, folder);
} catch (error) {
  console.error(`bench: ${messageOf(error)}`);
  process.exitCode = 1;
}
