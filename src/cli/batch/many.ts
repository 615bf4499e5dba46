import { PprofOtlpError } from '../../errors.ts';
import type { Ledger } from '../../io/node/output.ts';
import type { Call } from '../args.ts';
import { Progress } from '../progress.ts';
import type { Inputs } from './inputs.ts';
import { CallLedger } from './ledger.ts';
import { Pool } from './pool.ts';
import type { Job, Outcome, Result, Task } from './task.ts';

/** The commands whose inputs threads can share. */
export type ThreadedCommand = 'convert' | 'verify' | 'check' | 'inspect';

/** What a job needs of the thread that it runs in. */
export interface Context {
  progress: Progress;
  ledgerOf(task: Task): Ledger;
}

export interface Many<R extends Result> {
  call: Call;
  command: ThreadedCommand;
  inputs: Inputs;
  /** All that a job needs to know of the call; goes to worker threads as it is. */
  settings: unknown;
  makeJob(context: Context): Job<R>;
  /** The result of an input whose thread is gone. */
  lost(task: Task, error: PprofOtlpError): R;
  /** Prints one result; they come in the order of the inputs. */
  print(result: R): void | Promise<void>;
  /** Says something about the call as a whole. */
  note(text: string): void;
  /** Limit of the uncompressed input. */
  maxSize: number;
  /** Whether the report leaves room for a line of progress. */
  showsProgress: boolean;
  /** What is going on, as the progress says it. */
  verb: string;
  /** Whether the job itself prints, so that one input has to wait for the other. */
  oneByOne?: boolean;
  /** Inputs of one key may want the same output: the first of them goes first. */
  rivalsOf?(task: Task): string;
  /** Whether it reads or writes what only the first thread has: standard input and output. */
  staysHere?(task: Task): boolean;
}

const MOST_JOBS = 1024;
/** What a small file costs beside its bytes, in bytes. */
const FILE_BYTES = 16 * 1024;
/** Less work than this is done before another thread has warmed up. */
const WORK_OF_A_THREAD = 1024 * 1024;

/** Works on all inputs, by several threads where there is enough to do. A bad one does not keep the others. */
export async function runMany<R extends Result>(many: Many<R>): Promise<number> {
  const { inputs, call } = many;
  const { tasks, identities } = inputs;
  const sizes = identities.map((identity) => identity?.size ?? 0);
  const ledger = new CallLedger(identities);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const progress = new Progress(many.showsProgress && process.stderr.isTTY === true, tasks.length, total);
  const threads = many.oneByOne ? 1 : await threadCount(call, sizes, total);
  const output = new Output(many, progress);
  for (const note of inputs.notes) many.note(note);
  const job = many.makeJob({ progress, ledgerOf: (task) => ledger.of(task) });
  if (threads > 1) {
    await Pool.run({ many, threads, sizes, ledger, progress, job, output });
  } else {
    for (const task of tasks) {
      const outcome = await job(task);
      ledger.release(task);
      progress.advance(sizes[task.index]);
      await output.print(outcome);
    }
  }
  return output.end();
}

/** How many threads to work with; 1 is the one that there is. */
async function threadCount(call: Call, sizes: readonly number[], total: number): Promise<number> {
  const { jobs } = call.values;
  if (jobs !== undefined) return Math.min(parseJobs(jobs), sizes.length);
  const worth = Math.min(sizes.length, Math.floor((total + sizes.length * FILE_BYTES) / WORK_OF_A_THREAD));
  if (worth < 2) return 1;
  const { availableParallelism } = await import('node:os');
  return Math.min(worth, availableParallelism());
}

export function parseJobs(text: string): number {
  const jobs = Number(text);
  if (!/^\d+$/.test(text) || jobs < 1 || jobs > MOST_JOBS)
    throw new PprofOtlpError('usage', `--jobs: "${text}" is not a number from 1 to ${MOST_JOBS}`);
  return jobs;
}

/** Prints outcomes as they are handed in and keeps the worst status. */
export class Output<R extends Result> {
  private worst = 0;
  private passedOver = 0;

  constructor(
    private readonly many: Many<R>,
    private readonly progress: Progress,
  ) {}

  /** Waits while a slow reader is behind, so that reports do not pile up in memory. */
  async print({ results, passedOver, silent }: Outcome<R>): Promise<void> {
    this.progress.clear();
    if (passedOver) this.passedOver++;
    for (const result of results) {
      this.worst = Math.max(this.worst, result.exit);
      if (!silent) await this.many.print(result);
    }
    for (const stream of [process.stdout, process.stderr]) await drained(stream);
  }

  end(): number {
    const count = this.passedOver;
    if (count > 0) this.many.note(`passed over ${count} ${count === 1 ? 'file that is' : 'files that are'} no profile`);
    return this.worst;
  }
}

/** Behind a reader that left nothing is waiting, but the stream may go on saying that it needs to drain. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (!stream.writableNeedDrain || stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of EVENTS) stream.off(event, done);
      resolve();
    };
    for (const event of EVENTS) stream.on(event, done);
  });
}

const EVENTS = ['drain', 'close', 'error'];
