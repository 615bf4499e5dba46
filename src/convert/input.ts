import { PprofOtlpError } from '../errors.ts';
import { DEFAULT_MAX_SIZE } from '../io/compression.ts';
import { decompress } from '../io/decompress.ts';
import { detect } from '../io/detect.ts';
import { type Format, type InputForm, inputFormOf } from '../io/formats.ts';
import type { InputOptions } from './options.ts';

export interface Input {
  /** Uncompressed. */
  bytes: Uint8Array;
  form: InputForm;
}

/** Decompresses an input and tells its form, by what the caller says or else by its content. */
export function readInput(input: Uint8Array, options: InputOptions, format?: Format): Input {
  const { from, otlpVersion, maxSize = DEFAULT_MAX_SIZE } = options;
  const bytes = decompress(input, maxSize);
  // A pprof that does not look like one is worth an attempt where a pprof is wanted: its decoder knows where it breaks.
  const known = from ?? (format === 'pprof' ? 'pprof' : undefined);
  const form = known === undefined ? detect(bytes) : inputFormOf(known);
  if (form.format === 'pprof' && otlpVersion !== undefined)
    throw new PprofOtlpError('usage', '--otlp-version is for OTLP input; leave it out');
  return { bytes, form };
}

/** Decodes; where that fails because the bytes are something else, says what they are. */
export function expecting<T>(format: Format, bytes: Uint8Array, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof PprofOtlpError) || error.code !== 'bad-input') throw error;
    const found = identify(bytes, error);
    if (found === format) throw error;
    throw new PprofOtlpError('bad-input', `looks like ${found}, not ${format}`, { stage: 'detect', cause: error });
  }
}

/** What bytes that could not be decoded are. When they look like nothing known, the decoder's own error says more. */
function identify(bytes: Uint8Array, decodeError: PprofOtlpError): Format {
  try {
    return detect(bytes).format;
  } catch (error) {
    throw error instanceof PprofOtlpError && error.message.startsWith('looks like') ? error : decodeError;
  }
}
