import { PprofOtlpError } from '../errors.ts';
import { type Compression, compressionOf, DEFAULT_MAX_SIZE, MOST_SIZE } from './compression.ts';
import { firstFramed, isJeffrey } from './container.ts';
import { decompressPrefix } from './decompress.ts';
import { foreignJson, knownForeign, ONLY_PROFILES, OTHER_JSON, phrase, weakForeign } from './foreign.ts';
import { FORMATS, type InputForm } from './formats.ts';
import { ENOUGH_KEYS, isJson, jsonContainer, topKeys } from './json.ts';
import { judge } from './shape.ts';
import { unzstd } from './zstd.ts';

export type { Format } from './formats.ts';

export interface Detected extends InputForm {
  compression: Compression;
}

/** Enough for nearly every file; what stays unclear is looked at again with more of it. */
const PREFIXES = [64 * 1024, 1024 * 1024, 16 * 1024 * 1024, MOST_SIZE];
const PROFILE_KEYS = ['resourceProfiles', 'resource_profiles', 'dictionary'];
const ADVICE = 'give a pprof or OTLP profiles, or say which it is with --from';
const NEITHER = `is neither pprof nor OTLP profiles; ${ADVICE}`;

/**
 * Tells format, container and compression by content, never by name.
 *
 * OTLP is told in all its containers and in every draft of its layout. Compressed input is inflated only as far as it
 * takes. Nothing is decoded: input that is told may still be damaged further on.
 *
 * @param input a whole file; gzip, zstd or uncompressed
 * @throws PprofOtlpError `bad-input`, stage `detect`, for everything else: "looks like X; do Y" where X is known
 */
export function detect(input: Uint8Array): Detected {
  const compression = compressionOf(input);
  if (input.length === 0) throw foreign('the file is empty; give a pprof or OTLP profiles');
  const most = compression === 'none' ? MOST_SIZE : DEFAULT_MAX_SIZE;
  for (const prefix of PREFIXES) {
    const size = Math.min(prefix, most);
    const { bytes, complete } = decompressPrefix(input, size);
    if (bytes.length === 0) throw foreign(`the file is empty inside its ${compression}; give a pprof or OTLP profiles`);
    if (compressionOf(bytes) !== 'none' && compression !== 'none') {
      throw foreign(`compressed twice: ${compressionOf(bytes)} inside ${compression}; decompress it once first`);
    }
    const form = formOfFile(bytes, complete);
    if (form !== undefined) return { ...form, compression };
  }
  throw new PprofOtlpError('limit', `its first ${most} bytes do not tell what it is; ${ADVICE}`, { stage: 'detect' });
}

/** Undefined when more bytes may tell. */
function formOfFile(bytes: Uint8Array, complete: boolean): InputForm | undefined {
  if (isJeffrey(bytes)) return FORMATS['otlp-jeffrey'];
  if (isFrames(bytes, complete)) return FORMATS['otlp-frames'];
  const known = isJson(bytes) ? undefined : knownForeign(bytes);
  if (known !== undefined) throw foreign(known);
  switch (tell(bytes, complete)) {
    case 'pprof':
      return FORMATS.pprof;
    case 'otlp':
      return FORMATS.otlp;
    case 'json': {
      const container = jsonContainer(bytes, complete);
      return container && { format: 'otlp', container };
    }
    case 'unclear':
      if (!complete) return undefined;
  }
  throw foreign(weakForeign(bytes) ?? NEITHER);
}

/**
 * By the first message alone, which more bytes may tell better. Whether frames go on to the end, `split` says, with the
 * place where they don't.
 */
function isFrames(bytes: Uint8Array, complete: boolean): boolean {
  const first = firstFramed(bytes);
  if (first === undefined) return false;
  const { content, whole } = first;
  const isZstd = compressionOf(content) === 'zstd';
  // Half of a zstd frame can't be read. Where the file ends there, `split` says so.
  if (isZstd && !whole) return complete;
  const message = isZstd ? unzstd(content, PREFIXES[1]) : { bytes: content, complete: whole };
  const told = tell(message.bytes, message.complete);
  return told === 'otlp' || told === 'json';
}

/** Tells one message; `json` is OTLP/JSON. Another signal of OTLP and another kind of JSON are refused by name. */
function tell(bytes: Uint8Array, complete: boolean): 'pprof' | 'otlp' | 'json' | 'unclear' | 'unknown' {
  const keys = topKeys(bytes);
  if (keys === undefined) {
    const verdict = judge(bytes, complete);
    if (verdict === 'OTLP traces' || verdict === 'OTLP logs' || verdict === 'OTLP metrics') {
      throw foreign(phrase(verdict, ONLY_PROFILES));
    }
    return verdict;
  }
  if (PROFILE_KEYS.some((key) => keys.has(key))) return 'json';
  const known = foreignJson(keys);
  if (known === undefined && !complete && bytes.length < ENOUGH_KEYS) return 'unclear';
  throw foreign(known ?? phrase('JSON', OTHER_JSON));
}

function foreign(message: string): PprofOtlpError {
  return new PprofOtlpError('bad-input', message, { stage: 'detect' });
}
