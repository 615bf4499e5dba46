import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';
import { Reader, varintSize } from '../../src/wire/reader.ts';
import { type WireField, writeWire } from '../support/pprofWire.ts';
import { int64 } from '../support/texts.ts';

const read = (...bytes: number[]): Reader => new Reader(Uint8Array.from(bytes));
const value = (r: Reader): bigint => (BigInt(r.hi >>> 0) << 32n) | BigInt(r.lo >>> 0);

function failure(call: () => void): PprofOtlpError {
  try {
    call();
  } catch (error) {
    if (error instanceof PprofOtlpError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('varint', () => {
  test.each<[string, number[], bigint]>([
    ['0', [0], 0n],
    ['127', [0x7f], 127n],
    ['128', [0x80, 0x01], 128n],
    ['2^28 - 1', [0xff, 0xff, 0xff, 0x7f], (1n << 28n) - 1n],
    ['2^28', [0x80, 0x80, 0x80, 0x80, 0x01], 1n << 28n],
    ['2^32 - 1', [0xff, 0xff, 0xff, 0xff, 0x0f], (1n << 32n) - 1n],
    ['2^32', [0x80, 0x80, 0x80, 0x80, 0x10], 1n << 32n],
    ['2^35 - 1', [0xff, 0xff, 0xff, 0xff, 0x7f], (1n << 35n) - 1n],
    ['2^63', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], 1n << 63n],
    ['-1', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], (1n << 64n) - 1n],
  ])('reads %s', (_, bytes, expected) => {
    const r = read(...bytes);
    r.varint();
    expect(value(r)).toBe(expected);
    expect(r.pos).toBe(bytes.length);
    expect(r.overlong).toBe(false);
  });

  test('reads any 64 bits in any width', () => {
    fc.assert(
      fc.property(int64, fc.nat({ max: 10 }), (number, width) => {
        const r = new Reader(writeWire([{ field: 1, wire: 'varint', value: number, width }]));
        r.tag();
        r.varint();
        expect(BigInt.asIntN(64, value(r))).toBe(number);
        expect(r.pos).toBe(r.end);
      }),
    );
  });

  test('notes a form that is longer than it needs to be', () => {
    const r = read(0x81, 0x80, 0x00);
    r.varint();
    expect(value(r)).toBe(1n);
    expect(r.overlong).toBe(true);
  });

  test.each<[string, number[], string, number]>([
    ['nothing', [], 'truncated: a varint is missing', 0],
    ['an open end', [0x80], 'truncated inside a varint', 0],
    ['65 bits', [...new Array<number>(9).fill(0xff), 0x02], 'longer than 64 bits', 0],
    ['eleven bytes', [...new Array<number>(10).fill(0x80), 0x00], 'longer than 64 bits', 0],
  ])('refuses %s', (_, bytes, message, offset) => {
    const error = failure(() => read(...bytes).varint());
    expect(error).toMatchObject({ code: 'bad-input', stage: 'decode', offset });
    expect(error.message).toContain(message);
  });

  test('does not read past its end', () => {
    const r = new Reader(Uint8Array.of(0x80, 0x01), 0, 1);
    expect(failure(() => r.varint()).message).toContain('truncated');
  });
});

describe('tag', () => {
  test.each<[number[], number]>([
    [[0x08], 0x08],
    [[0x7a], 0x7a],
    [[0x88, 0x00], 0x08],
    [[0x82, 0x01], 0x82],
    [[0xff, 0xff, 0xff, 0xff, 0x0f], 0xffffffff],
  ])('%j is %i', (bytes, tag) => {
    expect(read(...bytes).tag()).toBe(tag);
  });

  test.each<[string, number[]]>([
    ['field 0', [0x05]],
    ['field 0, overlong', [0x80, 0x00]],
    ['field 2^29', [0x80, 0x80, 0x80, 0x80, 0x10]],
  ])('refuses %s', (_, bytes) => {
    expect(failure(() => read(...bytes).tag())).toMatchObject({ message: 'no field has this number', offset: 0 });
  });

  test('at the end is an error, though the buffer goes on', () => {
    expect(failure(() => new Reader(Uint8Array.of(8, 8), 1, 1).tag()).offset).toBe(1);
  });
});

describe('limit', () => {
  test('gives where the field ends', () => {
    const r = read(0x02, 7, 8);
    expect(r.limit()).toBe(3);
    expect(r.pos).toBe(1);
  });

  test.each<[string, number[]]>([
    ['one byte too far', [0x02, 7]],
    ['far', [0xff, 0xff, 0xff, 0xff, 0x0f, 7]],
    ['beyond 32 bits', [0x80, 0x80, 0x80, 0x80, 0x10, 7]],
  ])('refuses a length %s', (_, bytes) => {
    const error = failure(() => read(...bytes).limit());
    expect(error.message).toContain('points past the end');
    expect(error.offset).toBe(0);
  });
});

describe('fixed64', () => {
  test('reads little endian', () => {
    const r = read(1, 2, 3, 4, 5, 6, 7, 0xf8);
    r.fixed64();
    expect(value(r)).toBe(0xf807060504030201n);
    expect(r.pos).toBe(8);
  });

  test('refuses seven bytes', () => {
    expect(failure(() => read(1, 2, 3, 4, 5, 6, 7).fixed64()).message).toContain('truncated inside a fixed64');
  });
});

describe('skip', () => {
  const fields: WireField[] = [
    { field: 1, wire: 'varint', value: -1n },
    { field: 2, wire: 'fixed64', value: 5n },
    { field: 3, wire: 'fixed32', value: 5n },
    { field: 4, wire: 'len', body: Uint8Array.of(1, 2, 3), lengthWidth: 4 },
    { field: 5, wire: 'group', body: [{ field: 6, wire: 'group', body: [{ field: 7, wire: 'varint', value: 1n }] }] },
  ];

  test.each(fields)('steps over $wire', (field) => {
    const r = new Reader(writeWire([field, { field: 9, wire: 'varint', value: 4n }]));
    r.skip(r.tag());
    expect(r.tag()).toBe(9 << 3);
  });

  test.each<[string, number[], string, number]>([
    ['a cut fixed64', [0x09, 1, 2], 'truncated inside a fixed-width field', 1],
    ['a cut fixed32', [0x0d, 1, 2], 'truncated inside a fixed-width field', 1],
    ['a group without end', [0x0b, 0x10, 0x01], 'a group has no end', 3],
    ['a group closed by another', [0x0b, 0x14], 'does not match its start', 1],
    ['an end without group', [0x0c], 'never began', 1],
    ['wire type 6', [0x0e], 'wire type 6 does not exist', 1],
    ['wire type 7', [0x0f], 'wire type 7 does not exist', 1],
  ])('refuses %s', (_, bytes, message, offset) => {
    const r = read(...bytes);
    const error = failure(() => r.skip(r.tag()));
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ code: 'bad-input', offset });
  });

  const nested = (depth: number): Uint8Array =>
    Uint8Array.from([...new Array<number>(depth).fill(0x0b), ...new Array<number>(depth).fill(0x0c)]);

  test('takes groups 100 deep and no deeper', () => {
    const r = new Reader(nested(100));
    r.skip(r.tag());
    expect(r.pos).toBe(200);
    const deeper = new Reader(nested(101));
    expect(failure(() => deeper.skip(deeper.tag()))).toMatchObject({ code: 'limit' });
    const deepest = new Reader(new Uint8Array(1_000_000).fill(0x0b));
    expect(failure(() => deepest.skip(deepest.tag()))).toMatchObject({ code: 'limit' });
  });
});

test('an error carries a path when it is told one', () => {
  expect(read(1).fail('is odd', 7, 'sample[0]')).toMatchObject({ path: 'sample[0]', offset: 7 });
  expect(read(1).fail('is odd', 7, 'sample[0]').describe()).toBe('@7 sample[0]: is odd');
  expect(read(1).fail('is odd').describe()).toBe('@0: is odd');
});

test.each([
  [0, 1],
  [0x7f, 1],
  [0x80, 2],
  [0x3fff, 2],
  [0x4000, 3],
  [0x1fffff, 3],
  [0x200000, 4],
  [0xfffffff, 4],
  [0x10000000, 5],
  [-1, 5],
])('varintSize(%i) is %i', (number, size) => {
  expect(varintSize(number)).toBe(size);
});
