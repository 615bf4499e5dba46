import { unlinkSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { PprofOtlpError } from '../../errors.ts';
import { whileThreadsWork } from '../interrupt.ts';
import { programUrl } from '../program.ts';
import type { Progress } from '../progress.ts';
import { asFailure } from '../status.ts';
import type { CallLedger } from './ledger.ts';
import type { Many, Output } from './many.ts';
import { memoryBudget, SMALL, weightOf } from './memory.ts';
import { type FromWorker, type ToWorker, WORKER_ARGUMENT, type WorkerData } from './message.ts';
import { Queue } from './queue.ts';
import type { Job, Outcome, Result, Task } from './task.ts';

export interface PoolParts<R extends Result> {
  many: Many<R>;
  /** The most that work at a time. */
  threads: number;
  /** Bytes of each input. */
  sizes: readonly number[];
  ledger: CallLedger;
  progress: Progress;
  /** For what stays in this thread. */
  job: Job<R>;
  output: Output<R>;
}

interface Modules {
  Worker: typeof Worker;
  /** Of each thread, in bytes. */
  heapLimit: number;
}

interface Thread {
  worker: Worker;
  tasks: Map<number, Task>;
  /** Why it ended, where it said so. */
  error?: unknown;
}

/** Small inputs that a thread has at a time: while one is written to disk, the next one is translated. */
const DEPTH = 3;
/** Inputs that may be done before the one whose report comes next. */
const WINDOW = 4096;
const PROGRESS_MS = 500;

/** Worker threads that share the inputs of a call. This thread hands them out and prints what comes back, in order. */
export class Pool<R extends Result> {
  private readonly threads: Thread[] = [];
  private readonly queue: Queue;
  private readonly outcomes = new Map<number, Outcome<R>>();
  private readonly weights = new Map<number, number>();
  private readonly budget = memoryBudget();
  private held = 0;
  private printed = 0;
  private printing = false;
  private stopped = false;
  private finish: () => void = () => {};
  private fail: (error: unknown) => void = () => {};

  private constructor(
    private readonly parts: PoolParts<R>,
    private readonly modules: Modules,
  ) {
    const { many } = parts;
    this.queue = new Queue(many.inputs.tasks, (task) => many.rivalsOf?.(task));
  }

  static async run<R extends Result>(parts: PoolParts<R>): Promise<void> {
    // Imported here, as the bundle would import them at every start.
    const [{ Worker }, { default: v8 }] = await Promise.all([import('node:worker_threads'), import('node:v8')]);
    const heapLimit = v8.getHeapStatistics().heap_size_limit;
    await new Pool(parts, { Worker, heapLimit }).run();
  }

  private async run(): Promise<void> {
    const { progress, many } = this.parts;
    const finished = new Promise<void>((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
    const stop = async (): Promise<void> => {
      this.stopped = true;
      // What a thread had said is heard before this ends.
      await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
    };
    const cleanUp = (): void => remove(this.parts.ledger.temporaryFiles);
    process.once('exit', cleanUp);
    whileThreadsWork(stop);
    const ticking = setInterval(() => progress.overall(many.verb), PROGRESS_MS);
    try {
      this.fill();
      await finished;
    } finally {
      clearInterval(ticking);
      await stop();
      cleanUp();
      process.off('exit', cleanUp);
      whileThreadsWork(undefined);
    }
  }

  /** Hands out what there are free threads and memory for. */
  private fill(): void {
    const { many, sizes } = this.parts;
    while (!this.stopped) {
      const task = this.queue.next();
      if (task === undefined) return;
      if (task.index >= this.printed + WINDOW) return;
      if (many.staysHere?.(task)) {
        this.queue.take();
        void this.parts.job(task).then((outcome) => this.done(task, outcome));
        continue;
      }
      const weight = weightOf(task.file, sizes[task.index], many.maxSize);
      if (this.held > 0 && this.held + weight > this.budget) return;
      const thread = this.threadFor(task);
      if (thread === undefined) return;
      this.queue.take();
      this.held += weight;
      this.weights.set(task.index, weight);
      thread.tasks.set(task.index, task);
      this.send(thread, { kind: 'task', task });
    }
  }

  /** An idle thread, a new one, or one that has little to do. What was given up once gets a thread for itself. */
  private threadFor(task: Task): Thread | undefined {
    const isSmall = ({ index }: Task): boolean => this.parts.sizes[index] <= SMALL;
    const idle = this.threads.find(({ tasks }) => tasks.size === 0);
    if (idle !== undefined) return idle;
    if (this.threads.length < this.parts.threads) return this.start();
    if (!isSmall(task) || isRetried(task)) return undefined;
    const [least] = this.threads.toSorted((a, b) => a.tasks.size - b.tasks.size);
    const shares = [...least.tasks.values()].every((other) => isSmall(other) && !isRetried(other));
    return least.tasks.size < DEPTH && shares ? least : undefined;
  }

  private start(): Thread {
    const { command, settings } = this.parts.many;
    const workerData: WorkerData = { command, settings };
    // The program is one file, which this is a part of.
    const worker = new this.modules.Worker(programUrl(), { argv: [WORKER_ARGUMENT], workerData });
    const thread: Thread = { worker, tasks: new Map() };
    worker.on('message', (message: FromWorker<R>) => this.hear(thread, message));
    worker.on('error', (error) => {
      thread.error = error;
    });
    worker.on('exit', () => this.ended(thread));
    this.threads.push(thread);
    return thread;
  }

  private send({ worker }: Thread, message: ToWorker): void {
    worker.postMessage(message);
  }

  private hear(thread: Thread, message: FromWorker<R>): void {
    const { ledger } = this.parts;
    const task = thread.tasks.get(message.index);
    if (task === undefined) return;
    switch (message.kind) {
      case 'takenFor':
        this.send(thread, { kind: 'answer', question: message.question, text: ledger.takenFor(message.file) });
        break;
      case 'reserve': {
        const text = ledger.reserve(message.path, message.temporary, task);
        this.send(thread, { kind: 'answer', question: message.question, text });
        break;
      }
      case 'written':
        ledger.written(message.file, task);
        break;
      case 'done':
        thread.tasks.delete(task.index);
        this.done(task, message.outcome);
    }
  }

  /** A thread that ends by itself has run out of memory, or met a defect. One input did that: which one, a retry tells. */
  private ended(thread: Thread): void {
    this.threads.splice(this.threads.indexOf(thread), 1);
    if (this.stopped) return;
    const { many, ledger } = this.parts;
    const tasks = [...thread.tasks.values()];
    for (const task of tasks) {
      const { paths, temporary } = ledger.heldBy(task);
      remove(temporary);
      if (tasks.length === 1) this.done(task, { results: [many.lost(task, this.reasonOf(thread.error))] });
      else {
        this.letGo(task);
        this.queue.putBack({ ...task, reserved: paths });
      }
    }
    this.fill();
  }

  private done(task: Task, outcome: Outcome<R>): void {
    this.letGo(task);
    this.parts.ledger.release(task);
    this.parts.progress.advance(this.parts.sizes[task.index]);
    this.queue.done(task);
    this.outcomes.set(task.index, outcome);
    this.fill();
    if (!this.printing) this.print().catch(this.fail);
  }

  private reasonOf(error: unknown): PprofOtlpError {
    if ((error as NodeJS.ErrnoException | undefined)?.code !== 'ERR_WORKER_OUT_OF_MEMORY')
      return asFailure(error ?? new Error('a thread ended'));
    const limit = `${Math.round(this.modules.heapLimit / 2 ** 20)} MiB`;
    const advice = 'NODE_OPTIONS=--max-old-space-size=MIB gives more';
    return new PprofOtlpError('limit', `needs more memory than a thread has, ${limit}; ${advice}`, { cause: error });
  }

  private letGo({ index }: Task): void {
    this.held -= this.weights.get(index) ?? 0;
    this.weights.delete(index);
  }

  private async print(): Promise<void> {
    const { many, output, progress } = this.parts;
    this.printing = true;
    for (;;) {
      const outcome = this.outcomes.get(this.printed);
      if (outcome === undefined) break;
      this.outcomes.delete(this.printed);
      await output.print(outcome);
      this.printed++;
    }
    this.printing = false;
    progress.overall(many.verb);
    if (this.printed === many.inputs.tasks.length) this.finish();
    else this.fill();
  }
}

const isRetried = ({ reserved }: Task): boolean => reserved !== undefined;

function remove(files: Iterable<string>): void {
  for (const file of files) {
    try {
      unlinkSync(file);
    } catch {
      // Gone already, or never made.
    }
  }
}
