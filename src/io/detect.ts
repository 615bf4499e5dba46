import { PprofOtlpError } from '../errors.ts';
import { type Compression, compressionOf } from './compression.ts';
import { decompressPrefix } from './decompress.ts';
import { knownForeign, phrase, weakForeign } from './foreign.ts';
import { judge } from './shape.ts';

export type Format = 'pprof' | 'otlp';

export interface Detected {
  format: Format;
  compression: Compression;
}

/** Enough for nearly every file; what stays unclear is looked at again with more of it. */
const PREFIXES = [64 * 1024, 1024 * 1024, 16 * 1024 * 1024, Number.MAX_SAFE_INTEGER];
const ADVICE = 'give a pprof or OTLP protobuf, or say which it is with --from';

/** Tells the format by content, never by name. Compressed input is inflated only as far as it takes. */
export function detect(input: Uint8Array): Detected {
  const compression = compressionOf(input);
  if (input.length === 0) throw foreign('the file is empty; give a pprof or OTLP protobuf');
  for (const size of PREFIXES) {
    const { bytes, complete } = decompressPrefix(input, size);
    if (bytes.length === 0) throw foreign(`the file is empty inside its ${compression}; give a pprof or OTLP protobuf`);
    if (compressionOf(bytes) !== 'none' && compression !== 'none') {
      throw foreign(`compressed twice: ${compressionOf(bytes)} inside ${compression}; decompress it once first`);
    }
    const known = knownForeign(bytes);
    if (known !== undefined) throw foreign(known);
    const verdict = judge(bytes, complete);
    if (verdict === 'pprof' || verdict === 'otlp') return { format: verdict, compression };
    if (verdict === 'unclear' && !complete) continue;
    if (verdict !== 'unclear' && verdict !== 'unknown')
      throw foreign(phrase(verdict, 'only OTLP profiles are translated'));
    throw foreign(weakForeign(bytes) ?? `is neither pprof nor OTLP profiles; ${ADVICE}`);
  }
  throw foreign(`is neither pprof nor OTLP profiles; ${ADVICE}`);
}

function foreign(message: string): PprofOtlpError {
  return new PprofOtlpError('bad-input', message, { stage: 'detect' });
}
