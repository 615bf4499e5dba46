import { removeTemporaryFiles } from '../io/node/output.ts';

/** 128 and the number of the signal, as shells count. */
const SIGNALS: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
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
  for (const signal of Object.keys(SIGNALS) as NodeJS.Signals[]) process.on(signal, stop);
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
 * nothing is half written then, so the system may end the program as it does without a handler.
 */
export function blocking<T>(work: () => T): T {
  // Other threads may have half-written files; and a thread that is not the first hears no signals.
  if (stopOthers !== undefined || process.listenerCount('SIGINT') === 0) return work();
  for (const signal of Object.keys(SIGNALS) as NodeJS.Signals[]) process.off(signal, stop);
  try {
    return work();
  } finally {
    cleanUpWhenInterrupted();
  }
}
