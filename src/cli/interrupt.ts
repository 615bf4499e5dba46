import { removeTemporaryFiles } from '../io/node/output.ts';

/** 128 and the number of the signal, as shells count. */
const SIGNALS: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

function stop(signal: NodeJS.Signals): void {
  removeTemporaryFiles();
  process.exit(SIGNALS[signal]);
}

/** From now on an interruption removes what is half written. */
export function cleanUpWhenInterrupted(): void {
  for (const signal of Object.keys(SIGNALS) as NodeJS.Signals[]) process.on(signal, stop);
}

/**
 * Runs synchronous work that may take seconds. A handler could not run meanwhile and would only keep Ctrl-C waiting;
 * nothing is half written then, so the system may end the program as it does without a handler.
 */
export function blocking<T>(work: () => T): T {
  for (const signal of Object.keys(SIGNALS) as NodeJS.Signals[]) process.off(signal, stop);
  try {
    return work();
  } finally {
    cleanUpWhenInterrupted();
  }
}
