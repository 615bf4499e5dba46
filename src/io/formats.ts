import { PprofOtlpError } from '../errors.ts';
import type { Container } from './container.ts';

export type Format = 'pprof' | 'otlp';

/** What the bytes of a file are, once they are decompressed. */
export interface InputForm {
  format: Format;
  /** How OTLP messages lie in the file; a pprof is one message and has none. */
  container: Container | undefined;
}

/** The forms of input by the names that people give them. */
export const FORMATS = {
  pprof: { format: 'pprof', container: undefined },
  otlp: { format: 'otlp', container: 'protobuf' },
  'otlp-json': { format: 'otlp', container: 'json' },
  'otlp-jsonl': { format: 'otlp', container: 'jsonl' },
  'otlp-frames': { format: 'otlp', container: 'frames' },
  'otlp-jeffrey': { format: 'otlp', container: 'jeffrey' },
} as const satisfies Record<string, InputForm>;

export type FormatName = keyof typeof FORMATS;

/**
 * The form of input that a name stands for.
 *
 * @param name one of the keys of `FORMATS`
 * @throws PprofOtlpError `usage` for another name
 */
export function inputFormOf(name: string): InputForm {
  if (Object.hasOwn(FORMATS, name)) return FORMATS[name as FormatName];
  throw new PprofOtlpError('usage', `no format "${name}"; give one of ${Object.keys(FORMATS).join(', ')}`, {
    stage: 'detect',
  });
}

/** The name of the form of OTLP that a container stands for. */
export const formatName = (container: Container): FormatName =>
  container === 'protobuf' ? 'otlp' : (`otlp-${container}` as const);
