// Times pprof-otlp beside its peers on the same profiles, in turns, and tells which goals are reached.
//
//   npm run bench -- [options]; bench/README.md has them

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureCalls } from './calls.mjs';
import { buildPeers, peerVersions } from './contenders.mjs';
import { measureCorpus } from './corpus.mjs';
import { measureGrowth } from './growth.mjs';
import { measureMany } from './many.mjs';
import { optionsOf, USAGE } from './options.mjs';
import { growthChart, sizesChart } from './report/charts.mjs';
import { checkLimits } from './report/limits.mjs';
import { pageText } from './report/page.mjs';
import {
  callsText,
  corpusText,
  filesText,
  goalsText,
  growthText,
  machineText,
  sizeText,
  startText,
} from './report/text.mjs';
import { buildDigest, keep, readKept, united } from './results.mjs';
import { measureSize } from './sizes.mjs';
import { measureStart } from './start.mjs';

const DOCS = fileURLToPath(new URL('../docs/', import.meta.url));

const say = (/** @type {string} */ progress) => process.stderr.write(`${progress}\n`);

/**
 * Every part is printed and kept as soon as it is there.
 *
 * @param {import('./options.mjs').Options} options
 * @param {string} folder
 * @returns {Promise<import('./results.mjs').Results>} of this run alone
 */
async function measure(options, folder) {
  const { parts, rounds } = options;
  const peers = buildPeers(folder);
  /** @type {import('./results.mjs').Results} */
  let results = {
    machine: {
      cores: availableParallelism(),
      architecture: process.arch,
      platform: process.platform,
      node: process.version,
      go: peers.program === undefined ? undefined : peers.go,
      peers: peerVersions(peers),
      build: buildDigest(),
    },
  };
  console.log(`${machineText(results.machine)}\n`);
  if (peers.skipped !== undefined) console.log(`The Go peers are skipped: ${peers.skipped}\n`);
  const add = (/** @type {Partial<import('./results.mjs').Results>} */ part, text = '') => {
    if (text !== '') console.log(text);
    results = united(results, { machine: results.machine, ...part });
    if (!options.quick && keep({ machine: results.machine, ...part }))
      say('begun anew: what was kept is of another machine or build, and in out/bench-before.json now');
  };
  if (parts.has('start')) {
    const start = await measureStart(options.startRounds, peers, folder, say);
    add({ start }, startText(start));
  }
  if (parts.has('calls'))
    for (const size of options.callSizes) {
      const calls = await measureCalls(size, rounds, peers, folder, say);
      add({ calls: [calls] }, callsText(calls));
    }
  if (parts.has('sizes'))
    for (const size of options.sizes) {
      const result = await measureSize(size, rounds, peers, folder, say);
      add({ sizes: [result] }, sizeText(result));
    }
  if (parts.has('corpus')) {
    const corpus = await measureCorpus(rounds, peers, folder, say);
    add({ corpus }, corpusText(corpus));
  }
  if (parts.has('files')) {
    const files = measureMany(rounds, folder, say);
    add({ files }, filesText(files));
  }
  if (parts.has('growth'))
    for (const shape of options.shapes) {
      add({ growth: [await measureGrowth(shape, options.growthSizes, options.growthRounds, folder, say)] });
    }
  if (results.growth !== undefined) console.log(growthText(results.growth));
  return results;
}

/** Of what was measured last, also by earlier runs. */
function writeDocs() {
  const results = readKept();
  if (results === undefined) throw new Error('nothing was measured yet; run it without --parts none');
  mkdirSync(join(DOCS, 'images'), { recursive: true });
  writeFileSync(join(DOCS, 'performance.md'), pageText(results));
  if (results.sizes !== undefined) writeFileSync(join(DOCS, 'images/performance.svg'), sizesChart(results.sizes));
  if (results.growth !== undefined) writeFileSync(join(DOCS, 'images/growth.svg'), growthChart(results.growth));
  console.log('wrote docs/performance.md and its charts');
}

/**
 * @param {import('./options.mjs').Options} options
 * @param {string} folder
 * @returns {Promise<number>} exit status
 */
async function main(options, folder) {
  const results = await measure(options, folder);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, undefined, 1)}\n`);
  if (options.parts.size > 0 && !options.quick) console.log(goalsText(results));
  if (options.writeDocs) writeDocs();
  const failures = failuresIn(results);
  for (const text of failures) console.error(`failed: ${text}`);
  if (!options.check) return failures.length > 0 ? 1 : 0;
  const { beyond, within, missing } = checkLimits(results);
  for (const text of beyond) console.error(`beyond its limit: ${text}`);
  console.log(`${within} ratios are within their limits, ${beyond.length} beyond, ${missing} were not measured`);
  return failures.length + beyond.length > 0 ? 1 : 0;
}

/**
 * @param {import('./results.mjs').Results} results
 * @returns {string[]} what ran and stopped with an error, in words
 */
function failuresIn({ start, calls = [], sizes = [], corpus, growth = [] }) {
  const groups = [
    { name: 'start', rows: start?.rows ?? [] },
    ...calls.map(({ megabytes, rows }) => ({ name: `library, ${megabytes} MB`, rows })),
    ...sizes.map(({ megabytes, rows }) => ({ name: `${megabytes} MB`, rows })),
    ...(corpus?.groups ?? []),
    ...growth.map(({ shape, points }) => ({
      name: shape,
      rows: points.map(({ megabytes, failed }) => ({ name: `${megabytes} MB`, failed })),
    })),
  ];
  return groups.flatMap(({ name: group, rows }) =>
    rows.flatMap(({ name, failed }) => (failed === undefined ? [] : [`${group}, ${name}: ${failed}`])),
  );
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** @returns {import('./options.mjs').Options | undefined} nothing for a mistake in the command */
function chosenOptions() {
  try {
    return optionsOf(process.argv.slice(2));
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
