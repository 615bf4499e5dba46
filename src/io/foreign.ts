/**
 * Files that people hand to a profile converter and that are neither pprof nor OTLP: what they look like, what to do.
 * `known` signatures can't begin a protobuf of ours; the `weak` ones could, so they are asked only when nothing fits.
 */

interface Signature {
  /** Bytes at the start, or a test. */
  test: string | ((bytes: Uint8Array) => boolean);
  what: string;
  advice: string;
}

export const OTHER_JSON = 'give a pprof or OTLP profiles, whose JSON has resourceProfiles';
const V8 = 'take a pprof with @datadog/pprof';
const ORIGINAL = 'give the pprof or OTLP that it was made of';
export const ONLY_PROFILES = 'only OTLP profiles are translated';
const GPERFTOOLS = 'convert it with `pprof -proto PROGRAM FILE > cpu.pb.gz`';

const KNOWN: Signature[] = [
  {
    test: 'FLR\0',
    what: 'a JFR recording',
    advice: "convert it with async-profiler's `jfrconv -o otlp` or `-o pb.gz`",
  },
  { test: 'PERFILE2', what: 'perf.data', advice: 'convert it with perf_to_profile (perf_data_converter)' },
  { test: 'PERFFILE', what: 'perf.data', advice: 'convert it with perf_to_profile (perf_data_converter)' },
  { test: '\x7fELF', what: 'a program (ELF)', advice: 'give the profile, not the program that it was taken of' },
  { test: '\xcf\xfa\xed\xfe', what: 'a program (Mach-O)', advice: 'give the profile, not the program' },
  { test: 'PK\x03\x04', what: 'a zip archive', advice: 'unpack it and give the profile inside' },
  { test: 'PK\x05\x06', what: 'an empty zip archive', advice: 'give the profile itself' },
  { test: '\xfd7zXZ\0', what: 'xz data', advice: 'decompress it with `xz -d` first' },
  { test: '\x04\x22\x4d\x18', what: 'lz4 data', advice: 'decompress it with `lz4 -d` first' },
  { test: 'SQLite format 3\0', what: 'an SQLite database', advice: 'export a pprof or OTLP profile from it' },
  {
    test: isGoTrace,
    what: 'a Go execution trace',
    advice: 'take a profile out of it with `go tool trace -pprof=TYPE`',
  },
  { test: '\xff\xfe', what: 'text in UTF-16', advice: 'write it as UTF-8' },
  { test: '\xfe\xff', what: 'text in UTF-16', advice: 'write it as UTF-8' },
  { test: isLegacyCpu, what: 'a legacy gperftools CPU profile', advice: GPERFTOOLS },
];

const WEAK: Signature[] = [
  { test: 'BZh', what: 'bzip2 data', advice: 'decompress it with `bzip2 -d` first' },
  { test: isZlib, what: 'a zlib stream without a gzip header', advice: 'decompress it or compress it with gzip' },
  { test: isTar, what: 'a tar archive', advice: 'unpack it and give the profile inside' },
  { test: 'MZ', what: 'a program (Windows)', advice: 'give the profile, not the program' },
  { test: '\x89PNG', what: 'a picture (PNG)', advice: 'give the profile that it was drawn from' },
];

/** What a text is told by: the first of its lines that match. */
const TEXT: { test: RegExp; what: string; advice: string }[] = [
  {
    test: /^(heap profile:[^\n]*@ heap\/|goroutine profile:|threadcreate profile:|--- (mutex|contention):\n)/,
    what: 'a text profile of net/http/pprof (debug=1)',
    advice: 'fetch it without ?debug=',
  },
  {
    test: /^(heap profile:|heap_v2\/|--- heapz?\b|--- contentionz?\b|--- threadz?\b|--- growth|--- symbol|--- profile|--- Memory map|MAPPED_LIBRARIES)/,
    what: 'a legacy gperftools text profile',
    advice: 'convert it with `pprof -proto PROGRAM FILE > heap.pb.gz`',
  },
  { test: /^<\?xml|^<svg/i, what: 'an SVG picture or XML', advice: 'give the profile that it was drawn from' },
  {
    test: /^<(!doctype|html|head|body|!--)/i,
    what: 'an HTML page',
    advice: 'download the profile itself; a page often means a wrong address or a missing login',
  },
  {
    test: /^\[\s*\{[^{}]{0,500}"ph"\s*:/,
    what: 'a Chrome trace',
    advice: OTHER_JSON,
  },
  { test: /^[[{]/, what: 'JSON', advice: OTHER_JSON },
  {
    test: /^(PeriodType:|File: |Type: |Showing nodes|Samples:\n)/,
    what: 'the text output of pprof',
    advice: 'give the profile itself; `pprof -proto` writes it',
  },
  {
    test: /^(sample_type|string_table|resource_profiles|dictionary|period_type|sample|mapping)\s*[:{]/,
    what: 'a profile in protobuf text format',
    advice: 'encode it with `protoc --encode` first',
  },
  {
    test: /^[^\n;]*;[^\n]* \d+\n/,
    what: 'collapsed stacks (text of a flame graph)',
    advice: ORIGINAL,
  },
  { test: /^/, what: 'plain text', advice: 'give a pprof or OTLP profiles' },
];

/** JSON by keys of its outermost object, all of which it has. */
const JSON_KINDS: { keys: string[]; what: string; advice: string }[] = [
  { keys: ['resourceSpans'], what: 'OTLP traces as JSON', advice: ONLY_PROFILES },
  { keys: ['resource_spans'], what: 'OTLP traces as JSON', advice: ONLY_PROFILES },
  { keys: ['resourceMetrics'], what: 'OTLP metrics as JSON', advice: ONLY_PROFILES },
  { keys: ['resource_metrics'], what: 'OTLP metrics as JSON', advice: ONLY_PROFILES },
  { keys: ['resourceLogs'], what: 'OTLP logs as JSON', advice: ONLY_PROFILES },
  { keys: ['resource_logs'], what: 'OTLP logs as JSON', advice: ONLY_PROFILES },
  { keys: ['$schema', 'shared'], what: 'a speedscope profile', advice: ORIGINAL },
  { keys: ['$schema', 'profiles'], what: 'a speedscope profile', advice: ORIGINAL },
  { keys: ['meta', 'threads'], what: 'a Firefox profile', advice: ORIGINAL },
  { keys: ['traceEvents'], what: 'a Chrome trace', advice: OTHER_JSON },
  { keys: ['snapshot'], what: 'a V8 heap snapshot', advice: V8 },
  { keys: ['nodes'], what: 'a V8 .cpuprofile', advice: V8 },
  { keys: ['head'], what: 'a V8 .heapprofile', advice: V8 },
];

/** "looks like X; do Y" when the bytes can't be a protobuf of ours. */
export function knownForeign(bytes: Uint8Array): string | undefined {
  return find(KNOWN, bytes) ?? foreignText(bytes);
}

/** The same by signatures that a protobuf might carry by chance. */
export function weakForeign(bytes: Uint8Array): string | undefined {
  return find(WEAK, bytes);
}

/** The same for JSON, by the keys of its outermost object as far as they are known. */
export function foreignJson(keys: ReadonlySet<string>): string | undefined {
  const kind = JSON_KINDS.find((one) => one.keys.every((key) => keys.has(key)));
  return kind && phrase(kind.what, kind.advice);
}

function find(signatures: Signature[], bytes: Uint8Array): string | undefined {
  for (const { test, what, advice } of signatures) {
    if (typeof test === 'string' ? startsWith(bytes, test) : test(bytes)) return phrase(what, advice);
  }
  return undefined;
}

export function phrase(what: string, advice: string): string {
  return `looks like ${what}; ${advice}`;
}

/**
 * A protobuf message of either format holds control characters (tags 0x08, 0x10, 0x12, empty strings, short lengths),
 * a text holds none but white space. The first byte alone says nothing: 0x0a begins both formats and is a line feed.
 */
function foreignText(bytes: Uint8Array): string | undefined {
  for (const byte of bytes) {
    if (byte < 0x20 ? byte !== 0x0a && byte !== 0x0d && byte !== 0x09 && byte !== 0x0c : byte === 0x7f)
      return undefined;
  }
  let text: string;
  try {
    // stream: a prefix may end inside a character.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
  text = text.trimStart();
  if (text === '') return phrase('nothing but white space', 'give a pprof or OTLP profiles');
  for (const { test, what, advice } of TEXT) if (test.test(text)) return phrase(what, advice);
  return undefined;
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  if (bytes.length < magic.length) return false;
  for (let i = 0; i < magic.length; i++) if (bytes[i] !== magic.charCodeAt(i)) return false;
  return true;
}

/** "go 1.22 trace", padded with NUL to 16 bytes. */
function isGoTrace(bytes: Uint8Array): boolean {
  return startsWith(bytes, 'go 1.') && new TextDecoder('latin1').decode(bytes.subarray(0, 16)).includes(' trace');
}

/** Words of 4 or 8 bytes, either endian: 0, 3 header words, version 0. */
function isLegacyCpu(bytes: Uint8Array): boolean {
  return [4, 8].some((size) =>
    [true, false].some((little) => {
      if (bytes.length < size * 5) return false;
      const word = (index: number, value: number): boolean => {
        for (let i = 0; i < size; i++) {
          if (bytes[index * size + i] !== (i === (little ? 0 : size - 1) ? value : 0)) return false;
        }
        return true;
      };
      return word(0, 0) && word(1, 3) && word(2, 0);
    }),
  );
}

function isZlib(bytes: Uint8Array): boolean {
  return bytes.length > 2 && (bytes[0] & 0x0f) === 8 && bytes[0] >> 4 <= 7 && ((bytes[0] << 8) | bytes[1]) % 31 === 0;
}

function isTar(bytes: Uint8Array): boolean {
  return startsWith(bytes.subarray(257, 262), 'ustar');
}
