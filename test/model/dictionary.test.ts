import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DictionaryAppender, DictionaryBuilder, LINK_SIZE } from '../../src/model/dictionary.ts';
import { type AnyValue, attributeValue, BOOL, BYTES, DOUBLE, INT, STRING, UNSET } from '../../src/model/model.ts';
import { StringTable } from '../../src/wire/strings.ts';
import { utf8 } from '../../src/wire/text.ts';
import { int64 } from '../support/texts.ts';

const lengths = ({ dictionary: d }: DictionaryBuilder): number[] => [
  ...[d.strings.length, d.mappings.length, d.locations.length, d.functions.length],
  ...[d.links.length, d.attributes.length, d.stacks.length],
];

const value: fc.Arbitrary<AnyValue> = fc.letrec<{ value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.string({ maxLength: 3 }),
    fc.boolean(),
    int64,
    fc.double(),
    fc.uint8Array({ maxLength: 3 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.record({ key: fc.string({ maxLength: 2 }), value: tie('value') }), { maxLength: 3 })
      .map((values) => ({ values })),
  ),
})).value;

describe('a new dictionary', () => {
  test('has the zero value as entry 0 of every table', () => {
    const builder = new DictionaryBuilder();
    expect(lengths(builder)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(builder.stringText('')).toBe(0);
    expect(builder.link(new Uint8Array(LINK_SIZE))).toBe(0);
    expect(builder.stack([])).toBe(0);
    expect(builder.function(0, 0, 0, 0, 0)).toBe(0);
    expect(builder.mapping(0, 0, 0, 0, 0, 0, 0, [])).toBe(0);
    expect(builder.location(0, 0, 0, [], [])).toBe(0);
    expect(builder.valueAttribute(0, 0, null)).toBe(0);
    expect(lengths(builder)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });
});

describe('equal entries are one, others are not', () => {
  test('functions', () => {
    const builder = new DictionaryBuilder();
    const add = (...row: [number, number, number, number, number]): number => builder.function(...row);
    expect([add(1, 2, 3, 4, 5), add(1, 2, 3, 4, 6), add(2, 1, 3, 4, 5), add(1, 2, 3, 4, 5)]).toEqual([1, 2, 3, 1]);
    expect(builder.dictionary.functions.startLine.signed(2)).toBe((6n << 32n) | 4n);
  });

  test('mappings', () => {
    const builder = new DictionaryBuilder();
    const a = builder.valueAttribute(0, 0, 'a');
    const b = builder.valueAttribute(0, 0, 'b');
    const add = (...attributes: number[]): number => builder.mapping(1, 2, 3, 4, 5, 6, 7, attributes);
    expect([add(), add(a), add(a, b), add(b, a), add(a)]).toEqual([1, 2, 3, 4, 2]);
    const { mappings } = builder.dictionary;
    expect([mappings.attributes.start(3), mappings.attributes.end(3)]).toEqual([1, 3]);
    expect(
      [mappings.memoryStart, mappings.memoryLimit, mappings.fileOffset].map((column) => column.unsigned(1)),
    ).toEqual([...[(2n << 32n) | 1n, (4n << 32n) | 3n, (6n << 32n) | 5n]]);
  });

  test('locations: attributes are not taken for lines', () => {
    const builder = new DictionaryBuilder();
    const line = [1, 1, 1, 1, 1];
    expect(builder.location(0, 0, 0, line, [])).toBe(1);
    expect(builder.location(0, 0, 0, [], line)).toBe(2);
    expect(builder.location(0, 0, 0, [...line, ...line], [])).toBe(3);
    expect(builder.location(0, 0, 0, line, [])).toBe(1);
    const { lineStart, attributes } = builder.dictionary.locations;
    expect(Array.from(lineStart.array.subarray(0, 5))).toEqual([0, 0, 1, 1, 3]);
    expect([attributes.start(2), attributes.end(2)]).toEqual([0, 5]);
  });

  test('stacks and links', () => {
    const builder = new DictionaryBuilder();
    expect([builder.stack([1, 2]), builder.stack([2, 1]), builder.stack([9, 1, 2, 9], 1, 3)]).toEqual([1, 2, 1]);
    const link = new Uint8Array(LINK_SIZE).fill(1);
    expect([builder.link(link), builder.link(link.slice()), builder.link(link.fill(2).slice())]).toEqual([1, 1, 2]);
  });

  test('strings; what is not UTF-8 becomes U+FFFD', () => {
    const builder = new DictionaryBuilder();
    expect(builder.string(utf8('xaby'), 1, 3)).toBe(builder.stringText('ab'));
    expect(builder.string(Uint8Array.of(0x61, 0xff))).toBe(builder.stringText('a\ufffd'));
    expect(builder.string(Uint8Array.of(0x61, 0xfe))).toBe(builder.stringText('a\ufffd'));
    expect(builder.dictionary.strings.bytes(2)).toEqual(utf8('a\ufffd'));
  });
});

describe('attributes', () => {
  test('any value comes back, and equal values of one key and unit are one', () => {
    fc.assert(
      fc.property(value, value, (one, other) => {
        const builder = new DictionaryBuilder();
        const first = builder.valueAttribute(1, 2, one);
        expect(attributeValue(builder.dictionary, first)).toEqual(one);
        const second = builder.valueAttribute(1, 2, other);
        expect(attributeValue(builder.dictionary, second)).toEqual(other);
        expect(builder.valueAttribute(1, 2, structuredClone(one))).toBe(first);
        expect(builder.valueAttribute(1, 3, one)).not.toBe(first);
        expect(builder.valueAttribute(2, 2, one)).not.toBe(first);
      }),
      { numRuns: 200 },
    );
  });

  test('values that look alike are not one', () => {
    const builder = new DictionaryBuilder();
    const values: AnyValue[] = [
      ...['1', 1n, 1, true, utf8('1'), ['1'], [1n], [1], [['1']], ['1', '1'], ['11'], [utf8('1')], [], null],
      ...[0n, 0, -0, false, '', new Uint8Array(0), [null], [''], [0], [-0], [0n], ['n'], ['t'], [true]],
      ...[{ values: [] }, { values: [{ key: '1', value: null }] }, { values: [{ key: '', value: '1' }] }],
      ...[[{ values: [] }], ['a,b'], ['a', 'b'], ['"'], ['","'], [utf8('ab')], [utf8('a'), utf8('b')]],
    ];
    const indexes = values.map((entry) => builder.valueAttribute(1, 0, entry));
    expect(new Set(indexes).size).toBe(values.length);
  });

  test('text and numbers go straight into columns', () => {
    const builder = new DictionaryBuilder();
    const { dictionary } = builder;
    const text = builder.text(utf8('xaby'), 1, 3);
    expect(builder.text(utf8('ab'))).toBe(text);
    expect(builder.textAttribute(1, 0, STRING, text)).toBe(builder.valueAttribute(1, 0, 'ab'));
    expect(builder.textAttribute(1, 0, BYTES, text)).toBe(builder.valueAttribute(1, 0, utf8('ab')));
    expect(builder.numberAttribute(1, 0, INT, -1, -1)).toBe(builder.valueAttribute(1, 0, -1n));
    expect(builder.numberAttribute(1, 0, BOOL, 1, 0)).toBe(builder.valueAttribute(1, 0, true));
    expect(builder.numberAttribute(1, 0, DOUBLE, 0, 0x3fe00000)).toBe(builder.valueAttribute(1, 0, 0.5));
    expect(builder.numberAttribute(1, 0, UNSET, 0, 0)).toBe(builder.valueAttribute(1, 0, null));
    expect(dictionary.attributes.length).toBe(7);
  });
});

describe('entries behind a dictionary', () => {
  test('the one that was given stays as it is', () => {
    const { dictionary: listed } = new DictionaryBuilder();
    const appender = new DictionaryAppender(listed);
    appender.attribute('key', 'unit', 'text');
    appender.attribute('nested', '', [1n, ['x']]);
    expect([listed.strings.length, listed.texts.length, listed.attributes.length]).toEqual([1, 0, 1]);
    expect(listed.attributes.nested.size).toBe(0);
    expect(appender.dictionary.attributes.length).toBe(3);
    expect(appender.dictionary.functions).toBe(listed.functions);
  });

  test('strings are found, the first of equal ones', () => {
    const builder = new DictionaryBuilder();
    builder.stringText('a');
    builder.dictionary.strings.add(utf8('b'));
    builder.dictionary.strings.add(utf8('a'));
    const appender = new DictionaryAppender(builder.dictionary);
    expect(['', 'a', 'b', 'c', 'c'].map((text) => appender.string(text))).toEqual([0, 1, 2, 4, 4]);
    expect([0, 1, 2, 3].map((index) => appender.firstString(index))).toEqual([0, 1, 2, 1]);
  });

  test('a dictionary without strings gets the empty one', () => {
    const { dictionary } = new DictionaryBuilder();
    const appender = new DictionaryAppender({ ...dictionary, strings: new StringTable() });
    expect([appender.string(''), appender.string('a')]).toEqual([0, 1]);
  });

  test('any value comes back', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), (values) => {
        const appender = new DictionaryAppender(new DictionaryBuilder().dictionary);
        const indexes = values.map((each) => appender.attribute('key', 'unit', each));
        expect(indexes).toEqual(values.map((_, i) => i + 1));
        expect(indexes.map((index) => attributeValue(appender.dictionary, index))).toEqual(values);
        const { key, unit } = appender.dictionary.attributes;
        for (const index of indexes) expect([key.array[index], unit.array[index]]).toEqual([1, 2]);
      }),
    );
  });
});
