import { describe, expect, test } from 'vitest';
import { Misfit, PprofOtlpError } from '../../src/errors.ts';
import { normalise, relayout } from '../../src/otlp/layout/layout.ts';
import { expectSameBytes } from '../support/bytes.ts';
import { otlpFiles } from '../support/corpus.ts';
import { decodeOtlp, encodeOtlp } from '../support/oracle.ts';
import { DESCENDING, writeOtlp } from '../support/otlpWire.ts';
import { foreignPayload } from '../support/payload.ts';
import { type WireField, writeWire } from '../support/pprofWire.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const varint = (
  field: number,
  value: number | bigint,
  rest: { width?: number; tagWidth?: number } = {},
): WireField => ({
  ...{ field, wire: 'varint', value: BigInt(value) },
  ...rest,
});
const fixed = (field: number, value: number): WireField => ({ field, wire: 'fixed64', value: BigInt(value) });
const packed = (field: number, ...values: number[]): WireField => ({
  field,
  wire: 'packed',
  values: values.map(BigInt),
});
const len = (field: number, body: Uint8Array | WireField[], lengthWidth = 1): WireField => ({
  ...{ field, wire: 'len', body },
  lengthWidth,
});

/** Payloads with one message in them, by its fields. */
const profile = (...fields: WireField[]): Uint8Array => writeWire([len(1, [len(2, [len(2, fields)])])]);
const sample = (...fields: WireField[]): Uint8Array => profile(len(2, fields));
const dictionary = (...fields: WireField[]): Uint8Array => writeWire([len(2, fields)]);
const anyValue = (...fields: WireField[]): Uint8Array => dictionary(len(6, [len(2, fields)]));

function expectSplit(bytes: Uint8Array, expected: Uint8Array): Uint8Array {
  const { canonical, layout } = normalise(bytes);
  expect(hex(canonical)).toBe(hex(expected));
  expect(hex(relayout(canonical, layout))).toBe(hex(bytes));
  return layout;
}

const oneOfEach = [varint(1, 5), packed(2, 1, 2), varint(3, 7), packed(4, 9, 300), len(5, new Uint8Array(16))];

const ODDITIES: [string, Uint8Array, Uint8Array][] = [
  ['fields in another order', sample(packed(4, 9), varint(1, 5)), sample(varint(1, 5), packed(4, 9))],
  [
    'interleaved repeated fields',
    dictionary(len(5, text('a')), len(1, []), len(5, text('b')), len(5, []), len(1, [varint(1, 1)]), len(5, text('c'))),
    dictionary(len(1, []), len(1, [varint(1, 1)]), len(5, text('a')), len(5, text('b')), len(5, []), len(5, text('c'))),
  ],
  ['an explicit zero', sample(varint(1, 0), varint(3, 0), packed(4, 1)), sample(packed(4, 1))],
  ['an explicit zero of a fixed64', profile(fixed(3, 0)), profile()],
  ['an explicit empty text', dictionary(len(4, [len(2, []), len(1, [])])), dictionary(len(4, []))],
  ['a padded tag', sample(varint(1, 5, { tagWidth: 10 })), sample(varint(1, 5))],
  [
    'a padded length',
    dictionary(len(5, text('abc'), 5), len(5, text('d'), 5)),
    dictionary(len(5, text('abc')), len(5, text('d'))),
  ],
  [
    'a padded value',
    sample(varint(1, 5, { width: 10 }), varint(3, 300, { width: 3 })),
    sample(varint(1, 5), varint(3, 300)),
  ],
  ['a padded zero', sample(varint(1, 0, { width: 4 })), sample()],
  [
    'padded lengths of all widths',
    dictionary(...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((w) => len(5, text('x'), w))),
    dictionary(...Array.from({ length: 10 }, () => len(5, text('x')))),
  ],
  ['a 64-bit int32', sample(varint(1, -1n)), sample(varint(1, -1n))],
  ['a padded 64-bit value', profile(varint(6, 1n << 40n, { width: 9 })), profile(varint(6, 1n << 40n))],
  ['unpacked numbers', sample(varint(4, 1), varint(4, 0), varint(4, 300)), sample(packed(4, 1, 0, 300))],
  [
    'unpacked fixed64',
    sample(fixed(5, 1), fixed(5, 2)),
    sample(len(5, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0))),
  ],
  ['packed in chunks', sample(packed(4, 1, 2), packed(4, 3), packed(4, 4)), sample(packed(4, 1, 2, 3, 4))],
  [
    'packed and unpacked',
    sample(varint(4, 1), packed(4, 2, 3), varint(4, 4), varint(4, 5)),
    sample(packed(4, 1, 2, 3, 4, 5)),
  ],
  [
    'padded values in a packed record',
    sample({ ...packed(4, 1, 2, 300), width: 2 } as WireField),
    sample(packed(4, 1, 2, 300)),
  ],
  [
    'values of several widths in a packed record',
    sample(len(4, Uint8Array.of(1, 0x82, 0, 0x83, 0x80, 0, 4))),
    sample(packed(4, 1, 2, 3, 4)),
  ],
  ['an empty packed field', sample(packed(2), packed(4, 1)), sample(packed(4, 1))],
  [
    'empty packed records beside others',
    sample(packed(2), packed(2), packed(4), packed(4, 1), packed(4)),
    sample(packed(4, 1)),
  ],
  [
    'a scalar several times',
    sample(varint(1, 5), varint(1, 6), varint(3, 1), varint(1, 7)),
    sample(varint(1, 7), varint(3, 1)),
  ],
  ['a scalar that ends as zero', sample(varint(1, 5), varint(1, 0)), sample()],
  [
    'a text several times',
    dictionary(len(4, [len(1, text('a')), len(1, []), len(1, text('b'))])),
    dictionary(len(4, [len(1, text('b'))])),
  ],
  ['zeros of a oneof', anyValue(varint(3, 0)), anyValue(varint(3, 0))],
  [
    'several members of a oneof',
    anyValue(len(1, text('a')), varint(3, 0), len(1, text('b')), varint(2, 0)),
    anyValue(varint(2, 0)),
  ],
  ['ascending members of a oneof', anyValue(len(1, text('a')), varint(2, 0)), anyValue(varint(2, 0))],
  ['a oneof member again after another', anyValue(varint(3, 1), varint(2, 1), varint(3, 2)), anyValue(varint(3, 2))],
  [
    'messages of a oneof around another member',
    anyValue(len(5, [len(1, [varint(3, 1)])]), len(6, []), len(5, [len(1, [varint(3, 2)])])),
    anyValue(len(5, [len(1, [varint(3, 2)])])),
  ],
  ['a true that is not 1', anyValue(varint(2, 300)), anyValue(varint(2, 1))],
  ['a padded true', anyValue(varint(2, 1, { width: 3 })), anyValue(varint(2, 1))],
  [
    'unknown fields of each wire type',
    sample(
      varint(9, 1),
      varint(1, 5),
      { field: 100, wire: 'fixed32', value: 1n },
      fixed(16, 3),
      len(2047, text('x')),
      { field: 12, wire: 'group', body: [varint(1, 1), { field: 2, wire: 'group', body: [] }] },
      packed(4, 1),
    ),
    sample(varint(1, 5), packed(4, 1)),
  ],
  ['an unknown field on top', writeWire([varint(3, 1), len(2, [])]), writeWire([len(2, [])])],
  [
    'a singular message in two pieces',
    profile(len(1, [varint(1, 1)]), varint(6, 9), len(1, [varint(2, 2)])),
    profile(len(1, [varint(1, 1), varint(2, 2)]), varint(6, 9)),
  ],
  [
    'pieces that override each other',
    profile(len(1, [varint(1, 1)]), len(1, []), len(1, [varint(2, 2), varint(1, 3)], 4)),
    profile(len(1, [varint(1, 3), varint(2, 2)])),
  ],
  [
    'dictionaries in pieces',
    writeWire([len(2, [len(5, text('a')), len(7, [])]), len(1, []), len(2, [len(5, text('b'))])]),
    writeWire([len(1, []), len(2, [len(5, text('a')), len(5, text('b')), len(7, [])])]),
  ],
  [
    'pieces within pieces',
    dictionary(
      len(6, [
        len(2, [len(5, [len(1, [varint(3, 1)])])]),
        varint(1, 4),
        len(2, [varint(9, 9), len(5, [len(1, [])])]),
        len(2, []),
      ]),
    ),
    dictionary(len(6, [varint(1, 4), len(2, [len(5, [len(1, [varint(3, 1)]), len(1, [])])])])),
  ],
];

describe('layout', () => {
  test.each(ODDITIES)('keeps %s', (_, bytes, canonical) => {
    expectSplit(bytes, canonical);
    const { layout } = normalise(canonical);
    expect(layout).toHaveLength(0);
  });

  test('of canonical bytes is empty', () => {
    for (const bytes of [new Uint8Array(0), sample(...oneOfEach), encodeOtlp(decodeOtlp(foreignPayload()))]) {
      const { canonical, layout } = normalise(bytes);
      expect(canonical).toBe(bytes);
      expect(layout).toHaveLength(0);
      expect(relayout(bytes, layout)).toBe(bytes);
    }
  });

  test('takes what one message does once for all that do alike', () => {
    const payload = (count: number, ...odd: WireField[]) =>
      profile(
        ...Array.from({ length: count }, (_, i) => len(2, [packed(4, i), ...odd, packed(2, i % 9), varint(1, i + 1)])),
      );
    const few = normalise(payload(2, varint(3, 0))).layout.length;
    expect(few).toBeLessThan(40);
    expect(normalise(payload(10_000, varint(3, 0))).layout.length).toBe(few);
  });

  test('predicts what a message with other fields does', () => {
    const payload = (...fields: WireField[][]) => profile(...fields.map((inner) => len(2, inner)));
    const one = normalise(payload([packed(4, 1), varint(1, 1)])).layout;
    const more = payload(
      [packed(4, 1), varint(1, 1)],
      [packed(4, 1), varint(3, 1)],
      [packed(4, 1), packed(2, 1), varint(1, 2)],
    );
    expect(normalise(more).layout).toEqual(one);
  });

  test('is small for an encoder that writes all fields descending and ids though empty', () => {
    const bytes = writeOtlp(decodeOtlp(foreignPayload()), DESCENDING);
    const { canonical, layout } = normalise(bytes);
    expectSameBytes(relayout(canonical, layout), bytes);
    expect(layout.length).toBeLessThan(80);
  });

  test('goes on in a long length that fits by chance', () => {
    // 200 bytes need two for their length anyhow.
    const lengths = [3, 200, 3, 200, 3, 200];
    const bytes = dictionary(...lengths.map((length) => len(4, [len(1, new Uint8Array(length), 2)], 2)));
    const plain = dictionary(...lengths.map((length) => len(4, [len(1, new Uint8Array(length))])));
    expect(expectSplit(bytes, plain).length).toBeLessThan(20);
  });

  test('holds a payload whole that is far longer than its canonical form', () => {
    const zeros = [1, 2, 3].map((field) => varint(field, 0, { width: 10, tagWidth: 10 }));
    const bytes = dictionary(
      ...Array.from({ length: 1000 }, () =>
        len(1, [...zeros, { ...packed(5), tagWidth: 10, lengthWidth: 10 } as WireField]),
      ),
    );
    const layout = expectSplit(bytes, dictionary(...Array.from({ length: 1000 }, () => len(1, []))));
    expect(layout.length).toBeGreaterThan(bytes.length);
  });
});

describe.each([...otlpFiles, { name: 'payload made by hand', read: foreignPayload }])('$name', ({ read }) => {
  const bytes = read();
  const { canonical, layout } = normalise(bytes);

  test('comes back from its layout', () => {
    expectSameBytes(relayout(canonical, layout), bytes);
    expect(layout.length).toBeLessThan(100);
  });

  test('says the same in canonical form, which is what protobufjs writes', () => {
    expect(decodeOtlp(canonical)).toEqual(decodeOtlp(bytes));
    expectSameBytes(canonical, encodeOtlp(decodeOtlp(bytes)));
  });
});

describe('normalise refuses', () => {
  const nested = (levels: number): WireField[] => (levels === 0 ? [] : [len(5, [len(1, nested(levels - 1))])]);

  test.each<[string, Uint8Array, string]>([
    ['a truncated length', Uint8Array.of(0x12, 5, 0), 'a length points past the end'],
    ['a truncated varint', sample(len(4, Uint8Array.of(0x80))), 'truncated inside a varint'],
    ['a truncated fixed64', sample(len(5, new Uint8Array(9))), 'truncated inside a fixed64'],
    ['a wrong wire type', sample(fixed(1, 1)), 'field 1 of Sample cannot have wire type 1'],
    ['a group in place of a message', writeWire([{ field: 2, wire: 'group', body: [] }]), 'field 2 of ProfilesData'],
    ['a packed scalar', sample(packed(1, 1)), 'field 1 of Sample cannot have wire type 2'],
    [
      'a piece that ends within a record',
      writeWire([len(2, Uint8Array.of(0x2a)), len(2, Uint8Array.of(1, 0x61))]),
      'truncated',
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => normalise(bytes)).toThrow(message);
    expect(() => normalise(bytes)).toThrow(PprofOtlpError);
  });

  test('attribute values nested more than 64 deep', () => {
    expect(hex(normalise(anyValue(...nested(63))).layout)).toBe('');
    expect(() => normalise(anyValue(...nested(64)))).toThrow('attribute values are nested more than 64 deep');
  });
});

describe('relayout refuses', () => {
  const canonical = sample(varint(1, 5), packed(4, 1, 2));
  /** The fifth message, the sample, has this shape. */
  const withShape = (...shape: number[]) => writeWire([packed(1, 4, 0), packed(2, shape.length, ...shape)]);
  const relayoutWith = (...shape: number[]) => relayout(canonical, withShape(...shape));

  test('no shape that fits', () => {
    expect(hex(relayoutWith(32, 8))).toBe(hex(sample(varint(4, 1), varint(4, 2), varint(1, 5))));
    expect(hex(relayoutWith(4, 2, 35, 1, 4, 1, 36, 8, 30))).toBe(
      hex(sample(len(4, Uint8Array.of(0x81, 0, 2)), varint(1, 5), varint(3, 0))),
    );
  });

  test.each<[string, Uint8Array]>([
    ['bytes that are no layout', Uint8Array.of(0xff)],
    ['a shape that is not there', writeWire([packed(1, 4, 1), packed(2, 1, 8)])],
    ['a surprise without its shape', writeWire([packed(1, 4)])],
    ['a surprise after the last message', writeWire([packed(1, 9, 0), packed(2, 1, 8)])],
    ['raw records that nothing asks for', writeWire([len(3, Uint8Array.of(8, 1))])],
    ['a shape longer than the table', writeWire([packed(1, 4, 0), packed(2, 9, 8)])],
    ['a shape that ends before its operand', withShape(8, 35)],
    ['a shape that leaves out a field', withShape(8)],
    ['a shape that leaves out a value', withShape(8, 35, 1)],
    ['a field that is not there', withShape(8, 34, 24)],
    ['a field that does not exist', withShape(8, 34, 80)],
    ['an element that does not exist', withShape(8, 34, 5, 1)],
    ['an element far too large', withShape(8, 34, 2 ** 40)],
    ['a field twice', withShape(8, 8, 34)],
    ['more values than there are', withShape(8, 35, 3)],
    ['no values', withShape(8, 35, 0, 34)],
    ['a second run where none is left', withShape(8, 34, 34)],
    ['a zero for a value', withShape(8, 34, 14)],
    ['a zero twice', withShape(8, 34, 30, 30)],
    ['a packed scalar', withShape(10, 34)],
    ['packed values that go on with nothing', withShape(8, 36)],
    ['packed values that go on with another record', withShape(35, 1, 8, 36)],
    ['a width of 11', withShape(2, 11, 8, 34)],
    ['a width of 0', withShape(2, 0, 8, 34)],
    ['a raw record that is not there', withShape(0, 8, 34)],
    ['a replaced value that is no bool', withShape(15, 34)],
    ['pieces of a repeated message', withShape(8, 1, 34)],
  ])('%s', (_, layout) => {
    expect(() => relayout(canonical, layout)).toThrow(Misfit);
  });

  test.each<[string, Uint8Array]>([
    ['descending fields', sample(packed(4, 1), varint(1, 1))],
    ['unpacked numbers', sample(varint(4, 1))],
    ['an empty packed field', sample(packed(4))],
    ['an unknown field', sample(varint(9, 1))],
    [
      'nesting without end',
      anyValue(
        ...(function nested(n: number): WireField[] {
          return n === 0 ? [] : [len(5, [len(1, nested(n - 1))])];
        })(300),
      ),
    ],
    ['truncation', Uint8Array.of(0x12, 5, 0)],
  ])('a payload with %s', (_, bytes) => {
    expect(() => relayout(bytes, writeWire([packed(1, 0, 0), packed(2, 1, 16), len(3, [])]))).toThrow(Misfit);
  });

  test('more than a payload can be', () => {
    // Shapes that pad all they can, for more messages than the layout is long.
    const zeros = [2, 10, 3, 10, 4, 10, 14, 22, 30, 38, 46];
    const many = dictionary(...Array.from({ length: 5000 }, () => len(1, [])));
    const layout = writeWire([packed(1, 2, 0), packed(2, zeros.length, ...zeros)]);
    expect(() => relayout(many, layout)).toThrow('a layout asks for more than its payload can be');
    const idle = Array.from({ length: 20_000 }, () => [2, 1]).flat();
    const work = writeWire([packed(1, 2, 0), packed(2, idle.length, ...idle)]);
    expect(() => relayout(dictionary(...Array.from({ length: 50_000 }, () => len(1, []))), work)).toThrow(Misfit);
  });
});
