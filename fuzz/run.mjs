// Fuzzes the library: docs/fuzzing.md.
//
//   npm run fuzz -- [--time SECONDS] [--target NAME] [--seed N]
//   npm run fuzz -- --target NAME --replay FILE...
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { buildWorker, root } from './build.mjs';

const TARGETS = ['pprof', 'otlp', 'json', 'containers', 'drafts', 'residual', 'extension'];
const FINDINGS = join(root, 'fuzz/findings');
const INPUT_BYTES = 1 << 20;
/** An input that takes more milliseconds of processor time hangs. */
const HANG = 20_000;
/** Bytes of the whole process. */
const MOST_MEMORY = 2 ** 31;
const HEAP_MB = 1024;
const WATCH = 250;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    time: { type: 'string', default: '60' },
    target: { type: 'string', multiple: true },
    seed: { type: 'string' },
    replay: { type: 'boolean', default: false },
  },
});

function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** @param {string} target @param {Uint8Array} bytes @param {string} what */
function save(target, bytes, what) {
  mkdirSync(FINDINGS, { recursive: true });
  const name = `${target}-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.bin`;
  const path = join(FINDINGS, name);
  writeFileSync(path, bytes);
  console.log(`${target}: FOUND ${what}`);
  console.log(`  ${bytes.length} bytes; npm run fuzz -- --target ${target} --replay ${relative(root, path)}`);
}

/**
 * Runs one worker to its end, or until its input takes too long or too much.
 *
 * @returns {Promise<number>} how many findings there were
 */
function work(worker, counters, job) {
  const watch = new BigInt64Array(new SharedArrayBuffer(16));
  const input = new Uint8Array(new SharedArrayBuffer(INPUT_BYTES));
  let findings = 0;
  return new Promise((resolve, reject) => {
    const thread = new Worker(
      `globalThis.fuzzCounters = new Uint8Array(${counters});
       import(${JSON.stringify(worker)}).catch((error) => { throw error; });`,
      {
        eval: true,
        workerData: { ...job, watch, input },
        resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, stackSizeMb: 4 },
      },
    );
    const find = (bytes, what) => {
      findings++;
      save(job.target, bytes, what);
    };
    const current = () => input.slice(0, Number(Atomics.load(watch, 1)));
    const timer = setInterval(() => {
      const since = Number(Atomics.load(watch, 0));
      const hangs = since > 0 && processorTime() - since > HANG;
      const isBig = process.memoryUsage.rss() > MOST_MEMORY;
      if (!hangs && !isBig) return;
      clearInterval(timer);
      find(current(), hangs ? `hang: more than ${HANG} ms` : `memory: the process has more than ${MOST_MEMORY} bytes`);
      thread.terminate();
    }, WATCH);
    thread.on('message', (message) => {
      if (message.kind === 'finding') find(message.bytes, message.what);
      if (message.kind === 'progress')
        console.log(
          `${job.target}: ${message.runs} runs, ${message.corpus} inputs kept, ${message.reached} of ${counters} places reached`,
        );
    });
    thread.on('error', (error) => {
      // Without an input at hand it is the fuzzer that is broken.
      if (Atomics.load(watch, 0) === 0n) reject(error);
      else find(current(), `the worker ended: ${error.stack ?? error}`);
    });
    thread.on('exit', () => {
      clearInterval(timer);
      resolve(findings);
    });
  });
}

async function main() {
  const { worker, counters } = await buildWorker();
  const targets = values.target ?? TARGETS;
  const unknown = targets.find((target) => !TARGETS.includes(target));
  if (unknown !== undefined) throw new Error(`no target ${unknown}; there are ${TARGETS.join(', ')}`);
  if (values.replay) {
    const replay = positionals.map((path) => new Uint8Array(readFileSync(path)));
    const findings = await work(worker, counters, { target: targets[0], replay });
    console.log(findings === 0 ? 'nothing found' : `${findings} found`);
    return findings === 0 ? 0 : 1;
  }
  let findings = 0;
  for (const target of targets) {
    const end = Date.now() + 1000 * Number(values.time);
    let seed = Number(values.seed ?? Date.now() % 2 ** 31);
    console.log(`${target}: --seed ${seed}, ${values.time} s`);
    // A worker that was ended by what it found is followed by another.
    for (let time = end - Date.now(); time > 0; time = end - Date.now() - 500)
      findings += await work(worker, counters, { target, seed: seed++, time });
  }
  console.log(findings === 0 ? 'nothing found' : `${findings} found`);
  return findings === 0 ? 0 : 1;
}

process.exitCode = await main();
