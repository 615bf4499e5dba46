/** What went wrong, as a stable word: programs decide on it, people read the message. */
export type ErrorCode =
  /** The bytes are not what they claim to be, or are not a format this program reads. */
  | 'bad-input'
  /** A limit was reached: size of the input, depth of nesting, size of a table. */
  | 'limit'
  /** The call itself is wrong: an option that does not exist or does not fit the input. */
  | 'usage'
  /** Reading or writing failed. */
  | 'io'
  /** The round trip could not be proven. */
  | 'not-proven'
  /** A defect of this program. */
  | 'internal';

/** Where it went wrong: the step of the translation. */
export type Stage = 'detect' | 'decompress' | 'decode' | 'map' | 'encode' | 'prove' | 'read' | 'write';

export interface ErrorPlace {
  stage?: Stage;
  /** Message path in the words of the format's .proto file, such as `sample[3].location_id`. */
  path?: string;
  /** Offset in the uncompressed bytes. */
  offset?: number;
  cause?: unknown;
}

/** The only error class that this library throws on purpose. */
export class PprofOtlpError extends Error {
  readonly code: ErrorCode;
  readonly stage: Stage | undefined;
  readonly path: string | undefined;
  readonly offset: number | undefined;

  constructor(code: ErrorCode, message: string, place: ErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.name = 'PprofOtlpError';
    this.code = code;
    this.stage = place.stage;
    this.path = place.path;
    this.offset = place.offset;
  }

  /** `@OFFSET message.path: what is wrong`, without the parts that are not known. */
  describe(): string {
    const where = [this.offset === undefined ? '' : `@${this.offset}`, this.path ?? ''].filter(Boolean).join(' ');
    return where === '' ? this.message : `${where}: ${this.message}`;
  }
}

/** The error with the message path where it arose, if it is ours and has none yet. */
export function atPath(error: unknown, path: string): unknown {
  if (!(error instanceof PprofOtlpError) || error.path !== undefined) return error;
  const { code, message, stage = 'decode', offset } = error;
  return new PprofOtlpError(code, message, { stage, path, cause: error, ...(offset === undefined ? {} : { offset }) });
}

/** A residual or an extension that does not fit what it came with; never leaves the library. The semantic result stands then. */
export class Misfit extends Error {}

/** What the work gives; undefined where it finds that something does not fit. */
export function unlessMisfit<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Misfit) return undefined;
    throw error;
  }
}
