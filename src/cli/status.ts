import { type ErrorCode, PprofOtlpError } from '../errors.ts';

/** The exit statuses, documented in docs/cli.md. */
export const DONE = 0;
export const FINDING = 1;
export const USAGE = 2;
export const BAD_INPUT = 3;
export const IO = 4;
export const LIMIT = 5;

const STATUS: Record<ErrorCode, number> = {
  'not-proven': FINDING,
  // The table has no status for a defect; the message says that it is one.
  internal: FINDING,
  usage: USAGE,
  'bad-input': BAD_INPUT,
  io: IO,
  limit: LIMIT,
};

export function statusOf(code: ErrorCode): number {
  return STATUS[code];
}

/** Whatever was thrown, as an error of ours. */
export function asFailure(thrown: unknown): PprofOtlpError {
  if (thrown instanceof PprofOtlpError) return thrown;
  const reason = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  if (thrown instanceof RangeError && thrown.message === 'Invalid string length') {
    return new PprofOtlpError('limit', 'has a text that is too long to be shown', { cause: thrown });
  }
  // What V8 says when a typed array or a buffer gets no memory.
  if (thrown instanceof RangeError && /array (buffer )?(length|allocation)|buffer/i.test(thrown.message)) {
    return new PprofOtlpError('limit', `not enough memory (${reason}); try a machine with more`, { cause: thrown });
  }
  return new PprofOtlpError(
    'internal',
    `defect in pprof-otlp, ${reason}; please report it with the file, PPROF_OTLP_DEBUG=1 shows where`,
    { cause: thrown },
  );
}

/** The writer's end of a pipe whose reader left: nobody is there to be told. */
export function isBrokenPipe(error: PprofOtlpError): boolean {
  return error.code === 'io' && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EPIPE';
}
