import type { MessagePort } from 'node:worker_threads';
import type { FileId, Ledger } from '../../io/node/output.ts';
import { convertJob } from '../convert.ts';
import { Progress } from '../progress.ts';
import type { Context } from './many.ts';
import type { FromWorker, ToWorker, WorkerData } from './message.ts';
import type { Job, Result, Task } from './task.ts';

type Question =
  | { kind: 'takenFor'; index: number; file: FileId }
  | { kind: 'reserve'; index: number; path: string; temporary: string };

let port: MessagePort | null = null;
const post = (message: FromWorker<Result>): void => port?.postMessage(message);
const waiting = new Map<number, (text: string | undefined) => void>();
let questions = 0;

/** What a thread does that the pool has started: it reads, translates and writes; only reports go to the first thread. */
export async function serve(): Promise<void> {
  // Imported here, as the bundle would import it at every start.
  const { parentPort, workerData } = await import('node:worker_threads');
  port = parentPort;
  const { command, settings } = workerData as WorkerData;
  const job = await jobOf(command, settings as never, { progress: new Progress(false, 0), ledgerOf });
  port?.on('message', (message: ToWorker) => {
    if (message.kind === 'task') void work(job, message.task);
    else {
      waiting.get(message.question)?.(message.text);
      waiting.delete(message.question);
    }
  });
}

async function jobOf(command: WorkerData['command'], settings: never, context: Context): Promise<Job<Result>> {
  if (command === 'convert') return convertJob(settings, context);
  return (await import('../commands.ts')).jobs[command](settings, context);
}

async function work(job: Job<Result>, task: Task): Promise<void> {
  post({ kind: 'done', index: task.index, outcome: await job(task) });
}

const ask = (question: Question): Promise<string | undefined> =>
  new Promise((resolve) => {
    waiting.set(questions, resolve);
    post({ ...question, question: questions++ });
  });

/** The ledger is kept by the first thread. */
function ledgerOf({ index }: Task): Ledger {
  return {
    takenFor: ({ dev, ino }) => ask({ kind: 'takenFor', index, file: { dev, ino } }),
    reserve: (path, temporary) => ask({ kind: 'reserve', index, path, temporary }),
    written: ({ dev, ino }) => post({ kind: 'written', index, file: { dev, ino } }),
  };
}
