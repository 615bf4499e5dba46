// Fuzzes one target until it is stopped. The process that started it watches the clock and the memory.

import { parentPort, workerData } from 'node:worker_threads';
import { Random } from '../test/support/random.ts';
import { Coverage } from './coverage.ts';
import { minimise } from './minimise.ts';
import { Finding, LEGS } from './oracle.ts';
import { TARGETS, type TargetName } from './targets.ts';

/** What the process that started this one gives and sees. */
export interface Job {
  target: TargetName;
  seed: number;
  /** Milliseconds. */
  time: number;
  /** When the input at hand was begun, in milliseconds since 1970; its length. */
  watch: BigInt64Array;
  input: Uint8Array;
  /** Judge these files and end. */
  replay?: Uint8Array[];
}

export type Message =
  | { kind: 'finding'; what: string; bytes: Uint8Array }
  | { kind: 'progress'; runs: number; corpus: number; reached: number }
  | { kind: 'done' };

const MAX_INPUT = 32 * 1024;
const MAX_CORPUS = 3000;
/** Milliseconds that a single input may take here, beside other work of the machine. */
const SLOW = 5000;

/** Milliseconds that the process has worked: a busy machine adds nothing to them. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
const NOTABLE = 20;
/** Bytes that one input may add to what the process has held at most. */
const MUCH = 400 * 1024 * 1024;
const PROGRESS = 10_000;

const job = workerData as Job;
const target = TARGETS[job.target];
const post = (message: Message): void => parentPort?.postMessage(message);
const coverage = new Coverage((globalThis as unknown as { fuzzCounters: Uint8Array }).fuzzCounters);
let peak = process.resourceUsage().maxRSS;

/** What is wrong with the input; undefined: nothing. */
function findingOf(bytes: Uint8Array, leg?: number): string | undefined {
  job.input.set(bytes.subarray(0, job.input.length));
  Atomics.store(job.watch, 1, BigInt(bytes.length));
  const start = processorTime();
  Atomics.store(job.watch, 0, BigInt(Math.ceil(start)));
  try {
    target.judge(bytes, leg);
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    return error.message;
  } finally {
    Atomics.store(job.watch, 0, 0n);
  }
  const took = processorTime() - start;
  if (took > SLOW) return `slow: more than ${SLOW} ms`;
  // Who takes much memory takes some time, and asking does, too.
  return took > NOTABLE ? memoryFinding(bytes.length) : undefined;
}

function memoryFinding(length: number): string | undefined {
  const { maxRSS } = process.resourceUsage();
  const grown = 1024 * (maxRSS - peak);
  peak = maxRSS;
  return grown > MUCH ? `memory: ${Math.round(grown / 1048576)} MB for ${length} bytes` : undefined;
}

/** Findings that are one: the same words but for numbers, at the same place. */
const kindOf = (what: string): string => what.replace(/0x[0-9a-f]+|\d+/g, '#').slice(0, 300);

const known = new Map<string, number>();
const SAME = 1;

function report(what: string, bytes: Uint8Array): void {
  const kind = kindOf(what);
  const times = known.get(kind) ?? 0;
  known.set(kind, times + 1);
  if (times >= SAME) return;
  const small = what.startsWith('slow')
    ? bytes
    : minimise(bytes, (candidate) => {
        const found = findingOf(candidate);
        return found !== undefined && kindOf(found) === kind;
      });
  post({ kind: 'finding', what: findingOf(small) ?? what, bytes: small });
}

function fuzz(): void {
  const random = new Random(job.seed);
  const end = performance.now() + job.time;
  const corpus: Uint8Array[] = [];
  const run = (bytes: Uint8Array, leg?: number): void => {
    coverage.reset();
    const found = findingOf(bytes, leg);
    const isNew = coverage.isNew();
    if (found !== undefined) report(found, bytes);
    else if (isNew && corpus.length < MAX_CORPUS) corpus.push(bytes);
  };
  const seeds = target.seeds();
  for (const seed of seeds) run(seed);
  // Also seeds that reach nothing new: what becomes of them may.
  corpus.push(...random.shuffle(seeds.filter((seed) => !corpus.includes(seed))));
  let runs = 0;
  let next = performance.now() + PROGRESS;
  while (performance.now() < end) {
    // What came last led somewhere new.
    const from = random.chance() ? 0 : Math.floor(corpus.length * 0.8);
    const parent = corpus[from + random.below(corpus.length - from)] as Uint8Array;
    let bytes = parent;
    for (let i = 1 + random.below(1 << random.below(4)); i > 0; i--)
      bytes = target.mutate(bytes, random, random.pick(corpus));
    if (bytes.length > MAX_INPUT && bytes.length > parent.length) continue;
    run(bytes, random.below(LEGS));
    runs++;
    if (performance.now() > next) {
      next += PROGRESS;
      post({ kind: 'progress', runs, corpus: corpus.length, reached: coverage.reached });
    }
  }
  post({ kind: 'progress', runs, corpus: corpus.length, reached: coverage.reached });
}

if (job.replay === undefined) fuzz();
else
  for (const bytes of job.replay) {
    const what = findingOf(bytes);
    if (what !== undefined) post({ kind: 'finding', what, bytes });
  }
post({ kind: 'done' });
