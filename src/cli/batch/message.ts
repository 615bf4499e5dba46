import type { FileId } from '../../io/node/output.ts';
import type { ThreadedCommand } from './many.ts';
import type { Outcome, Result, Task } from './task.ts';

/** The only argument of a thread that works for another one. No argument of a program can have a NUL in it. */
export const WORKER_ARGUMENT = '\0worker';

/** What a worker thread is started with. */
export interface WorkerData {
  command: ThreadedCommand;
  settings: unknown;
}

/** To a worker thread: an input to work on, or the answer to a question. */
export type ToWorker = { kind: 'task'; task: Task } | { kind: 'answer'; question: number; text: string | undefined };

/** From a worker thread: what became of an input, or what its ledger is told and asked. */
export type FromWorker<R extends Result> =
  | { kind: 'done'; index: number; outcome: Outcome<R> }
  | { kind: 'written'; index: number; file: FileId }
  | { kind: 'takenFor'; index: number; question: number; file: FileId }
  | { kind: 'reserve'; index: number; question: number; path: string; temporary: string };
