import { removeTemporaryFiles } from '../io/node/output.ts';

/** 128 and the number of the signal, as shells count. */
const SIGNALS: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
const signals = Object.keys(SIGNALS) as NodeJS.Signals[];

type Handler = (signal: NodeJS.Signals) => void;

let handler: Handler = stop;

/** Threads stop at once unless they are inside of a long call of the system; then this is enough of waiting. */
const PATIENCE_MS = 2000;

let stopOthers: (() => Promise<unknown>) | undefined;

async function stop(signal: NodeJS.Signals): Promise<void> {
  if (stopOthers !== undefined) {
    const stopping = stopOthers();
    // A second signal does not wait.
    stopOthers = undefined;
    await Promise.race([stopping, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  }
  removeTemporaryFiles();
  process.exit(SIGNALS[signal]);
}

/** From now on an interruption removes what is half written. */
export function cleanUpWhenInterrupted(): void {
  for (const signal of signals) process.on(signal, handler);
}

/** From now on the first interruption is told to the program, which ends by itself; the second one ends it at once. */
export function tellInterruption(interrupted: () => void): void {
  for (const signal of signals) process.off(signal, handler);
  let first = true;
  handler = (signal) => {
    if (!first) stop(signal);
    first = false;
    interrupted();
  };
  cleanUpWhenInterrupted();
}

/**
 * Other threads are at work, or, with undefined, no longer: an interruption stops them first.
 *
 * @param stopThreads ends them and removes what they have half written
 */
export function whileThreadsWork(stopThreads: (() => Promise<unknown>) | undefined): void {
  stopOthers = stopThreads;
}

/**
 * Runs synchronous work that may take seconds. A handler could not run meanwhile and would only keep Ctrl-C waiting;
 * nothing is half written then, so the system may end the program as it does without a handler. A program that ends by
 * itself has that to do first.
 */
export function blocking<T>(work: () => T): T {
  // Other threads may have half-written files; and a thread that is not the first hears no signals.
  if (handler !== stop || stopOthers !== undefined || process.listenerCount('SIGINT') === 0) return work();
  for (const signal of signals) process.off(signal, handler);
  try {
    return work();
  } finally {
    cleanUpWhenInterrupted();
  }
}
