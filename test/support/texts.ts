// fast-check arbitraries of numbers and of texts as pprof holds them: bytes, not always UTF-8.

import fc from 'fast-check';

const utf8 = new TextEncoder();

export function bytesOf(text: string): Uint8Array {
  return utf8.encode(text);
}

const WORDS = [
  ...[
    'cpu',
    'nanoseconds',
    'samples',
    'count',
    'alloc_space',
    'bytes',
    'wall',
    'main',
    'main.main',
    'runtime.mallocgc',
  ],
  ...[
    '/usr/src/app/main.go',
    'libc.so.6',
    '[vdso]',
    'thread',
    'thread id',
    'trace_id',
    'span_id',
    'key',
    'value',
    'a',
    'b',
  ],
  ...[
    'b5f2e7c6d1a04f3c8e9d0b1a2c3d4e5f60718293',
    'Go build id/abc-_DEF/123',
    '^runtime\\..*$',
    'https://example.com/profile',
  ],
  ...[
    'x\u0000y',
    '\ufeffbom',
    '\ufffd',
    'наследие',
    '栈',
    '🔥',
    ' ',
    '{',
    '0',
    'pprof_otlp.residual',
    'pprof.location.is_folded',
  ],
].map(bytesOf);

/** None is UTF-8. Several become one text once broken bytes are replaced by U+FFFD. */
const BROKEN = [
  ...[[0xff], [0xfe], [0x80], [0x6b, 0xff], [0x6b, 0xfe], [0xc3, 0x28], [0xe2, 0x82]],
  ...[
    [0xed, 0xa0, 0x80],
    [0xc0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf0, 0x9f, 0x92],
    [0xef, 0xbf, 0xbd, 0xff],
  ],
].map((bytes) => Uint8Array.from(bytes));

export const text: fc.Arbitrary<Uint8Array> = fc.oneof(
  { withCrossShrink: true },
  { weight: 10, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }).map(bytesOf) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }).map(bytesOf) },
  { weight: 2, arbitrary: fc.constantFrom(...BROKEN) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }) },
  { weight: 1, arbitrary: fc.constant(new Uint8Array(0)) },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 400 }).map((length) => bytesOf('long'.repeat(length))) },
);

const EDGES = [1n << 31n, (1n << 31n) - 1n, 1n << 32n, (1n << 32n) - 1n, 1n << 53n, (1n << 53n) + 1n, (1n << 63n) - 1n];

export const int64: fc.Arbitrary<bigint> = fc.oneof(
  { withCrossShrink: true },
  { weight: 6, arbitrary: fc.nat({ max: 3 }).map(BigInt) },
  { weight: 6, arbitrary: fc.nat({ max: 100_000 }).map(BigInt) },
  { weight: 1, arbitrary: fc.integer({ min: -1000, max: -1 }).map(BigInt) },
  { weight: 1, arbitrary: fc.constantFrom(...EDGES, ...EDGES.map((edge) => -edge), -(1n << 63n)) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }) },
);

export const uint64: fc.Arbitrary<bigint> = fc.oneof(
  { withCrossShrink: true },
  { weight: 6, arbitrary: fc.nat({ max: 3 }).map(BigInt) },
  { weight: 6, arbitrary: fc.nat({ max: 0x7fffffff }).map((low) => 0x400000n + BigInt(low)) },
  { weight: 1, arbitrary: fc.constantFrom(...EDGES, 1n << 63n, (1n << 64n) - 1n, (1n << 64n) - 2n) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) },
);

/** Times as profilers write them, and as they should not. */
export const time: fc.Arbitrary<bigint> = fc.oneof(
  { withCrossShrink: true },
  { weight: 3, arbitrary: fc.constant(0n) },
  { weight: 4, arbitrary: fc.nat({ max: 1_000_000_000 }).map((n) => 1_700_000_000_000_000_000n + BigInt(n)) },
  { weight: 2, arbitrary: int64 },
);
