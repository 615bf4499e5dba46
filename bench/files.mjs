// Many small files: one process with one thread, with several, and a process for each file.
//
//   npm run build && node bench/files.mjs [--files 2000] [--jobs 2] [--rounds 3] [--sample 100] [--json FILE]

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { generatePprof } from './generate.mjs';
import { time } from './processes.mjs';

const PROGRAM = fileURLToPath(new URL('../bin/pprof-otlp.js', import.meta.url));
/** Uncompressed sizes go evenly from the one to the other. */
const SMALLEST = 20_000;
const LARGEST = 80_000;

/**
 * @param {string} folder
 * @param {number} count
 * @returns {{ names: string[], bytes: number, stored: number }}
 */
function makeFiles(folder, count) {
  mkdirSync(folder);
  let bytes = 0;
  let stored = 0;
  const names = Array.from({ length: count }, (_, i) => {
    const pprof = generatePprof(SMALLEST + ((i * 7919) % (LARGEST - SMALLEST)), i + 1);
    const gzip = gzipSync(pprof);
    bytes += pprof.length;
    stored += gzip.length;
    const name = join(folder, `p${String(i).padStart(5, '0')}.pb.gz`);
    writeFileSync(name, gzip);
    return name;
  });
  return { names, bytes, stored };
}

/** @param {number[]} times */
function summary(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return {
    min: /** @type {number} */ (sorted[0]),
    median: /** @type {number} */ (sorted[middle] + /** @type {number} */ (sorted[sorted.length - 1 - middle])) / 2,
  };
}

/**
 * @param {{ files: number, jobs: number, rounds: number, sample: number, json: string | undefined }} options
 * @param {string} folder
 */
function main({ files, jobs, rounds, sample, json }, folder) {
  const input = join(folder, 'in');
  const output = join(folder, 'out');
  const { names, bytes, stored } = makeFiles(input, files);
  const convert = (/** @type {string[]} */ what, /** @type {string[]} */ how) => {
    const took = time([process.execPath, PROGRAM, ...what, '-o', `${output}/`, '-q', ...how]);
    rmSync(output, { recursive: true, force: true });
    return took;
  };
  const every = Math.max(1, Math.floor(names.length / sample));
  const sampled = names.filter((_, i) => i % every === 0).slice(0, sample);
  const contenders = [
    { name: 'one process, --jobs 1', run: () => convert(['-r', input], ['--jobs', '1']) },
    { name: `one process, --jobs ${jobs}`, run: () => convert(['-r', input], ['--jobs', String(jobs)]) },
    { name: 'one process, as it is', run: () => convert(['-r', input], []) },
    {
      name: 'a process a file',
      run: () => sampled.reduce((sum, name) => sum + convert([name], []), 0) * (names.length / sampled.length),
    },
  ];
  const times = contenders.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < rounds; round++) {
    for (const [i, { name, run }] of contenders.entries()) {
      process.stderr.write(`round ${round + 1} of ${rounds}: ${name}\n`);
      times[i]?.push(run());
    }
  }
  const results = contenders.map(({ name }, i) => ({ name, times: times[i], ...summary(times[i] ?? []) }));
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, node: process.version };
  console.log(`${machine.cpu}, ${machine.cpus} CPUs (${availableParallelism()} available), Node ${machine.node}`);
  const mega = (/** @type {number} */ size) => (size / 1e6).toFixed(1);
  console.log(`${files} pprofs, ${mega(bytes)} MB, ${mega(stored)} MB as gzip; to OTLP with the proof, to disk\n`);
  console.log('|   | min | median | files/s | MB/s of pprof |\n|---|---|---|---|---|');
  for (const { name, min, median } of results) {
    const rate = (/** @type {number} */ amount) => ((amount / median) * 1000).toFixed(amount < 1e5 ? 0 : 1);
    const cells = [name, seconds(min), seconds(median), rate(files), rate(bytes / 1e6)];
    console.log(`| ${cells.join(' | ')} |`);
  }
  const [one, several, , each] = results;
  if (one === undefined || several === undefined || each === undefined) return;
  const ratio = (/** @type {'min' | 'median'} */ key) =>
    `${(one[key] / several[key]).toFixed(2)} × one thread, ${(each[key] / several[key]).toFixed(1)} × a process a file`;
  console.log(`\n--jobs ${jobs} by the medians: ${ratio('median')}; by the fastest: ${ratio('min')}`);
  console.log(`A process a file: ${sampled.length} of them were run.`);
  if (json !== undefined)
    writeFileSync(json, `${JSON.stringify({ machine, files, bytes, stored, results }, undefined, 2)}\n`);
}

/** @param {number} milliseconds */
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

function options() {
  const { values } = parseArgs({
    options: {
      files: { type: 'string', default: '2000' },
      jobs: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '3' },
      sample: { type: 'string', default: '100' },
      json: { type: 'string' },
    },
  });
  const [files = 0, jobs = 0, rounds = 0, sample = 0] = [values.files, values.jobs, values.rounds, values.sample].map(
    Number,
  );
  if (![files, jobs, rounds, sample].every((number) => Number.isInteger(number) && number > 0))
    throw new Error('--files, --jobs, --rounds and --sample take numbers from 1');
  return { files, jobs, rounds, sample, json: values.json };
}

const folder = mkdtempSync(join(tmpdir(), 'pprof-otlp-files-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
try {
  main(options(), folder);
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
