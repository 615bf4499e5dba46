import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Misfit } from '../../src/errors.ts';
import { DictionaryBuilder } from '../../src/model/dictionary.ts';
import type { Dictionary } from '../../src/model/model.ts';
import { decode } from '../../src/pprof/decode.ts';
import { residualOf, restore } from '../../src/pprof/exact.ts';
import { type Facts, noFacts } from '../../src/pprof/facts.ts';
import { ALL, defaultLayout, INTERLEAVED, type Layout, NEVER_PACKED } from '../../src/pprof/layout.ts';
import { decodeMappingFacts, decodeResidual, encodeResidual, type Residual } from '../../src/pprof/residual.ts';
import { toModel } from '../../src/pprof/toModel.ts';
import { MessageWriter } from '../../src/wire/message.ts';
import { utf8 } from '../../src/wire/text.ts';
import { pprof } from '../support/arbitraries.ts';
import { expectSameBytes } from '../support/bytes.ts';
import { decoded, FULL } from './sketch.ts';

const { model } = toModel(decoded(FULL).data, false);
const { dictionary } = model;
const DIGEST = Uint8Array.from({ length: 16 }, (_, i) => i);

const residualWith = (facts: Partial<Facts> = {}, layout: Partial<Layout> = {}): Residual => ({
  length: 1234,
  digest: DIGEST,
  structure: { facts: { ...noFacts(), ...facts }, layout: { ...defaultLayout(), ...layout } },
});

const table = (first: number) => ({
  copies: [
    { entry: first, count: 2 },
    { entry: first + 300, count: 3 },
  ],
  choices: [
    { asPredicted: 4, copy: 1 },
    { asPredicted: 0, copy: 0 },
  ],
  order: [1, 5, 0, 2],
  ids: [
    { asPredicted: 0, step: -(1n << 63n) },
    { asPredicted: 7, step: (1n << 63n) - 1n },
  ],
});

/** Something in every field. */
const EVERYTHING: Facts = {
  ...{ rootFirst: true, stringWalk: 1, functionsByMapping: true },
  ...{ mapping: table(0), location: table(1), function: table(2) },
  rawNames: [Uint8Array.of(0xff), new Uint8Array(0)],
  unusedMappings: [
    {
      memoryStart: 0x400000n,
      memoryLimit: 0x500000n,
      fileOffset: 0n,
      filename: utf8('/lib/a.so'),
      buildId: utf8('id'),
      has: 15,
    },
    {
      memoryStart: (1n << 64n) - 1n,
      memoryLimit: 0n,
      fileOffset: 5n,
      filename: utf8('/lib/a.so'),
      buildId: new Uint8Array(0),
      has: 0,
    },
  ],
  unusedFunctions: [
    { name: utf8('main'), systemName: utf8('x'.repeat(5000)), filename: utf8('main'), startLine: -5n },
    {
      name: new Uint8Array(0),
      systemName: utf8('x'.repeat(5000)),
      filename: Uint8Array.of(0xfe),
      startLine: 1n << 62n,
    },
  ],
  unusedLocations: [
    {
      mapping: 2,
      address: (1n << 64n) - 1n,
      isFolded: true,
      lines: [
        { function: 9, line: -1n, column: 1n << 40n },
        { function: 3, line: 5n, column: 0n },
      ],
    },
    { mapping: 0, address: 0n, isFolded: false, lines: [] },
    { mapping: 1, address: 7n, isFolded: false, lines: [{ function: 0, line: 0n, column: 0n }] },
  ],
  labelOrder: [
    { asPredicted: 3, order: [1, 0] },
    { asPredicted: 0, order: [2, 0, 1] },
  ],
  stringOrder: [4, 7, 0, 2],
  scatteredStrings: Uint8Array.of(0xab, 0xcd),
  unusedStrings: [utf8('unused'), utf8('unused')],
};

function everyLayout(): Layout {
  const layout = defaultLayout();
  layout.styles.Profile.packedAbove[13] = NEVER_PACKED;
  layout.styles.Sample.order = [2, 1, 3];
  layout.styles.Sample.packedAbove[1] = 2;
  layout.styles.Sample.lengthWidth[3] = 5;
  layout.styles.Function.zeros = 1 << 5;
  layout.runs = [
    { field: 9, count: 1 },
    { field: 2, count: 7 },
    { field: INTERLEAVED, count: ALL },
    { field: 16, count: 3 },
    { field: 6, count: ALL },
  ];
  layout.patches = [
    { record: 3, at: 0, remove: 2, insert: Uint8Array.of(1, 2, 3) },
    { record: 90, at: 500, remove: 0, insert: new Uint8Array(0) },
  ];
  layout.patchedDigest = DIGEST;
  return layout;
}

/** Undefined for the few that no structure can express. */
function structureOf(...of: Parameters<typeof residualOf>): Residual | undefined {
  try {
    return residualOf(...of);
  } catch (error) {
    if (error instanceof Misfit) return undefined;
    throw error;
  }
}

describe('encodeResidual and decodeResidual', () => {
  test('everything comes back', () => {
    const residual = residualWith(EVERYTHING, everyLayout());
    expect(decodeResidual(encodeResidual(residual, dictionary), dictionary)).toEqual(residual);
  });

  test('nothing takes next to nothing', () => {
    const bytes = encodeResidual(residualWith(), dictionary);
    expect(bytes.length).toBeLessThanOrEqual(2 + 3 + 18 + 4);
    expect(decodeResidual(bytes, dictionary)).toEqual(residualWith());
  });

  test('an embedded original leaves length and digest only', () => {
    const residual: Residual = { length: 5_000_000_000, digest: DIGEST, structure: undefined };
    const bytes = encodeResidual(residual, dictionary);
    expect(decodeResidual(bytes, dictionary)).toEqual(residual);
    expect(bytes.length).toBe(2 + 6 + 18 + 2);
  });

  test('what is measured of any pprof comes back', () => {
    fc.assert(
      fc.property(pprof, (bytes) => {
        const decoded = decode(bytes);
        const mapped = toModel(decoded.data, false);
        const residual = structureOf(decoded, mapped);
        fc.pre(residual !== undefined);
        const written = encodeResidual(residual, mapped.model.dictionary);
        const read = decodeResidual(written, mapped.model.dictionary);
        expectSameBytes(encodeResidual(read, mapped.model.dictionary), written);
        expectSameBytes(restore(mapped.model.dictionary, mapped.model.resources[0].scopes[0], read), bytes);
      }),
      { numRuns: 100 },
    );
  });

  test('names of the payload cost next to nothing', () => {
    const builder = new DictionaryBuilder();
    const names = Array.from({ length: 40 }, (_, i) => `github.com/example/package${i * 7919}/file${i * 104729}.go`);
    for (const name of names) builder.function(builder.stringText(name), 0, builder.stringText(`${name}.go`), 0, 0);
    const unusedFunctions = names.map((name) => ({
      name: utf8(name),
      systemName: utf8(name),
      filename: utf8(`${name}.go`),
      startLine: 1n,
    }));
    const known = encodeResidual(residualWith({ unusedFunctions }), builder.dictionary);
    const unknown = encodeResidual(residualWith({ unusedFunctions }), dictionary);
    expect(known.length).toBeLessThan(unknown.length * 0.7);
    expect(decodeResidual(known, builder.dictionary)).toEqual(residualWith({ unusedFunctions }));
  });

  test('mapping addresses in pages are smaller', () => {
    const mapping = (page: bigint) => ({
      ...EVERYTHING.unusedMappings[0],
      memoryStart: page << 12n,
      memoryLimit: (page + 9n) << 12n,
    });
    const pages = [0x7f1234567n, 0x7f1234599n, 0x7f12345f0n].map(mapping);
    const odd = pages.map((row) => ({ ...row, fileOffset: 1n }));
    const size = (unusedMappings: Facts['unusedMappings']): number =>
      encodeResidual(residualWith({ unusedMappings }), dictionary).length;
    expect(size(pages)).toBeLessThan(size(odd));
  });
});

describe('decodeMappingFacts', () => {
  test('gives the facts that stand alone, and no others', () => {
    const { mapping, unusedMappings } = EVERYTHING;
    const bytes = encodeResidual(residualWith(EVERYTHING, everyLayout()), dictionary);
    expect(decodeMappingFacts(bytes, dictionary)).toEqual({ ...noFacts(), mapping, unusedMappings });
  });

  test('leans on mapping names only, so that edited functions do not matter', () => {
    const builder = new DictionaryBuilder();
    const names = Array.from({ length: 30 }, (_, i) => builder.stringText(`/usr/lib/lib${i}.so.${i * 37}`));
    for (const name of names) builder.mapping(1, 0, 0, 0, 0, 0, name, []);
    const unusedMappings = names.map((name) => ({
      ...EVERYTHING.unusedMappings[1],
      filename: builder.dictionary.strings.bytes(name).slice(),
    }));
    const bytes = encodeResidual(residualWith({ unusedMappings }), builder.dictionary);
    builder.function(builder.stringText('added later'), 0, 0, 0, 0);
    expect(decodeMappingFacts(bytes, builder.dictionary).unusedMappings).toEqual(unusedMappings);
  });
});

describe('a residual that is no residual is a Misfit', () => {
  const good = encodeResidual(residualWith(EVERYTHING, everyLayout()), dictionary);
  const head = () => new MessageWriter().uint(1, 1).uint(2, 10).bytes(3, DIGEST);
  const body = (fill: (w: MessageWriter) => MessageWriter): Uint8Array =>
    head().bytes(7, fill(new MessageWriter()).finish()).finish();
  const mappings = (fill: (w: MessageWriter) => MessageWriter): Uint8Array =>
    head().bytes(5, fill(new MessageWriter()).finish()).finish();
  const message = (fill: (w: MessageWriter) => MessageWriter): MessageWriter => fill(new MessageWriter());

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['text', utf8('this is no residual')],
    ['a later version', new MessageWriter().uint(1, 2).uint(2, 10).bytes(3, DIGEST).finish()],
    ['one cut off', good.subarray(0, good.length - 3)],
    [
      'a body that does not inflate',
      head()
        .bytes(8, Uint8Array.of(7, 7, 7))
        .finish(),
    ],
    [
      'mappings that do not inflate',
      head()
        .bytes(6, Uint8Array.of(7, 7, 7))
        .finish(),
    ],
    ['a body that is no message', head().bytes(7, Uint8Array.of(0)).finish()],
    ['a style of an unknown message', body((w) => w.list(14, [message((s) => s.uint(1, 8)).finish()]))],
    ['a style of an unknown field', body((w) => w.list(14, [message((s) => s.uint(1, 2).packed(4, [4, 1])).finish()]))],
    [
      'a style with a field twice',
      body((w) => w.list(14, [message((s) => s.uint(1, 2).packed(2, [1, 1, 2])).finish()])),
    ],
    ['a style without all fields', body((w) => w.list(14, [message((s) => s.uint(1, 2).packed(2, [1, 2])).finish()]))],
    [
      'a style with a field of another message',
      body((w) => w.list(14, [message((s) => s.uint(1, 2).packed(2, [1, 2, 4])).finish()])),
    ],
    ['a length of no width', body((w) => w.list(14, [message((s) => s.uint(1, 2).packed(5, [1, 0])).finish()]))],
    ['a length of eleven bytes', body((w) => w.list(14, [message((s) => s.uint(1, 2).packed(5, [1, 11])).finish()]))],
    ['half a pair', body((w) => w.list(14, [message((s) => s.uint(1, 2).packed(4, [1])).finish()]))],
    ['a run without its count', body((w) => w.packed(15, [2 * 2 + 1]))],
    ['a patch without its insert', body((w) => w.packed(16, [0, 0, 0, 5]).bytes(17, Uint8Array.of(1, 2, 3, 4)))],
    ['a patch with a huge insert', body((w) => w.packed(16, [0, 0, 0, 1n << 60n]))],
    ['three quarters of a patch', body((w) => w.packed(16, [0, 0, 0]))],
    ['a label order cut off', body((w) => w.packed(9, [0, 3, 0, 1]))],
    ['a label order with a huge size', body((w) => w.packed(9, [0, 1n << 60n, 0, 1]))],
    ['a label order without a size', body((w) => w.packed(9, [0]))],
    [
      'an unused function without its columns',
      body((w) =>
        w.list(13, [utf8('a')]).message(
          8,
          message((f) => f.packed(1, [0])),
        ),
      ),
    ],
    [
      'an unused function of an unknown name',
      body((w) =>
        w.message(
          8,
          message((f) => f.packed(1, [9]).packed(2, [9]).packed(3, [9]).packedSigned(4, [0n])),
        ),
      ),
    ],
    [
      'an unused location without its columns',
      body((w) =>
        w.message(
          7,
          message((l) => l.packed(1, [0])),
        ),
      ),
    ],
    [
      'an unused location with too many lines',
      body((w) =>
        w.message(
          7,
          message((l) =>
            l
              .packed(1, [0])
              .packedSigned(2, [0n])
              .packed(3, [1n << 62n]),
          ),
        ),
      ),
    ],
    [
      'an unused location of a negative function',
      body((w) =>
        w.message(
          7,
          message((l) =>
            l
              .packed(1, [0])
              .packedSigned(2, [0n])
              .packed(3, [2])
              .packedSigned(4, [-1n])
              .packedSigned(5, [0n])
              .packedSigned(6, [0n]),
          ),
        ),
      ),
    ],
    [
      'ids without steps',
      body((w) =>
        w.message(
          4,
          message((t) => t.packed(4, [1])),
        ),
      ),
    ],
    [
      'half a copy',
      body((w) =>
        w.message(
          4,
          message((t) => t.packed(1, [1])),
        ),
      ),
    ],
    ['an unused mapping without its columns', mappings((w) => w.packed(4, [1]))],
    [
      'an unused mapping of an unknown name',
      mappings((w) => w.packed(4, [1]).packedSigned(3, [1n, 1n]).packed(5, [3]).packed(6, [3]).packed(7, [0])),
    ],
  ])('%s', (_, bytes) => {
    expect(() => decodeResidual(bytes, dictionary)).toThrow(Misfit);
  });

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['a later version', new MessageWriter().uint(1, 2).finish()],
    [
      'mappings that do not inflate',
      head()
        .bytes(6, Uint8Array.of(7, 7, 7))
        .finish(),
    ],
    ['an unused mapping without its columns', mappings((w) => w.packed(4, [1]))],
  ])('also to decodeMappingFacts: %s', (_, bytes) => {
    expect(() => decodeMappingFacts(bytes, dictionary)).toThrow(Misfit);
  });

  test('any damage is a Misfit, another residual, or found by the digest', () => {
    const { data, bytes } = decoded(FULL);
    const mapped = toModel(data, false);
    const sound = encodeResidual(
      residualOf(decoded({ ...FULL, unusedStrings: ['spare', 'parts'] }), mapped),
      mapped.model.dictionary,
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: sound.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
        (changes) => {
          const damaged = sound.slice();
          for (const [at, byte] of changes) damaged[at] = byte;
          for (const read of [decodeMappingFacts, decodeResidual, restored(mapped.model.dictionary)]) {
            try {
              read(damaged, mapped.model.dictionary);
            } catch (error) {
              expect(error).toBeInstanceOf(Misfit);
            }
          }
          expect(bytes.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const restored =
  (of: Dictionary) =>
  (bytes: Uint8Array): unknown =>
    restore(of, model.resources[0].scopes[0], decodeResidual(bytes, of));

describe('a residual that was made to harm', () => {
  const [scope] = model.resources[0].scopes;
  const MOST_TIME = 1000;
  const MOST_MEMORY = 256 * 1024 * 1024;

  /** What decoding and restoring give: a Misfit, or bytes that the digest refuses; soon, and in little memory. */
  function expectHarmless(bytes: Uint8Array): void {
    const before = process.memoryUsage();
    const start = performance.now();
    try {
      expect(restore(dictionary, scope, decodeResidual(bytes, dictionary))).toBeUndefined();
    } catch (error) {
      expect(error).toBeInstanceOf(Misfit);
    }
    expect(performance.now() - start).toBeLessThan(MOST_TIME);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(MOST_MEMORY);
  }

  const table = (changes: Partial<Facts['location']>): Facts['location'] => ({
    copies: [],
    choices: [],
    order: [],
    ids: [],
    ...changes,
  });

  test.each<[string, Partial<Facts>, Partial<Layout>]>([
    ['an order with huge counts', { location: table({ order: [2 ** 50, 2 ** 50] }) }, {}],
    ['very many copies', { location: table({ copies: [{ entry: 1, count: 2 ** 50 }] }) }, {}],
    ['copies of an entry that is not there', { function: table({ copies: [{ entry: 2 ** 50, count: 2 ** 50 }] }) }, {}],
    [
      'a choice far away',
      { location: table({ copies: [{ entry: 1, count: 9 }], choices: [{ asPredicted: 2 ** 50, copy: 2 ** 50 }] }) },
      {},
    ],
    ['very many ids', { location: table({ ids: [{ asPredicted: 2 ** 50, step: 1n }] }) }, {}],
    ['very many unused strings', { stringOrder: [0, 2 ** 50] }, {}],
    [
      'a patch of a record far away',
      {},
      { patches: [{ record: 2 ** 50, at: 2 ** 50, remove: 2 ** 50, insert: new Uint8Array(0) }] },
    ],
    ['very many repetitions of a field', {}, { runs: [{ field: 9, count: 2 ** 50 }] }],
    ['very many entries of a table', {}, { runs: [{ field: 2, count: 2 ** 50 }] }],
    ['a label order far away', { labelOrder: [{ asPredicted: 2 ** 50, order: [2 ** 50] }] }, {}],
  ])('%s', (_, facts, layout) => {
    expectHarmless(encodeResidual(residualWith(facts, layout), dictionary));
  });

  test('a huge length', () => {
    expectHarmless(encodeResidual({ ...residualWith(), length: 2 ** 50 }, dictionary));
  });

  test('runs that repeat a field again and again', () => {
    const runs = [...new Array<undefined>(200)].map(() => ({ field: 16, count: 65_536 }));
    const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map((field) => ({
      field,
      count: field < 7 ? ALL : 1,
    }));
    const bytes = encodeResidual(residualWith({}, { runs: [...all, ...runs] }), dictionary);
    expect(bytes.length).toBeLessThan(300);
    expectHarmless(bytes);
  });

  test('a small body that inflates to a large one', () => {
    // Four million zeros, as packed runs.
    const zeros = new Uint8Array(4 * 1024 * 1024);
    const bomb = new Uint8Array(deflateRawSync(new MessageWriter().bytes(15, zeros).finish()));
    expect(bomb.length).toBeLessThan(10_000);
    expectHarmless(new MessageWriter().uint(1, 1).uint(2, 10).bytes(3, DIGEST).bytes(8, bomb).finish());
  });
});
