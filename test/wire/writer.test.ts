import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Reader } from '../../src/wire/reader.ts';
import { Writer } from '../../src/wire/writer.ts';
import { writeWire } from '../support/pprofWire.ts';
import { int64 } from '../support/texts.ts';

const low = (value: bigint): number => Number(BigInt.asIntN(32, value));
const high = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n));
const written = (write: (w: Writer) => void): number[] => {
  const w = new Writer();
  write(w);
  return Array.from(w.finish());
};

describe('numbers', () => {
  test('a varint is what another writer writes', () => {
    fc.assert(
      fc.property(int64, (value) => {
        const expected = Array.from(writeWire([{ field: 1, wire: 'varint', value }])).slice(1);
        expect(written((w) => w.varint(low(value), high(value)))).toEqual(expected);
      }),
    );
  });

  test('uint32 takes the upper half of its range', () => {
    expect(written((w) => w.uint32(-1))).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(written((w) => w.uint32(0))).toEqual([0]);
  });

  test('fixed64 is little endian', () => {
    expect(written((w) => w.fixed64(0x04030201, 0x08070605 | 0))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(written((w) => w.fixed64(-1, -2))).toEqual([255, 255, 255, 255, 254, 255, 255, 255]);
  });
});

describe('bytes', () => {
  test.each([0, 1, 31, 32, 33, 1000])('%i bytes of a slice', (length) => {
    const source = Uint8Array.from({ length: length + 2 }, (_, i) => i);
    expect(written((w) => w.bytes(source, 1, length + 1))).toEqual(Array.from(source.subarray(1, length + 1)));
  });

  test('a field has tag and length before it', () => {
    expect(written((w) => w.field(0x32, Uint8Array.of(9, 8, 7), 1))).toEqual([0x32, 2, 8, 7]);
    expect(written((w) => w.field(0x82, new Uint8Array(200))).slice(0, 4)).toEqual([0x82, 1, 200, 1]);
  });

  test('the buffer grows under any mixture, and keeps what was written', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 40 }), (parts) => {
        const w = new Writer(0);
        for (const part of parts) w.bytes(part);
        expect(Buffer.from(w.finish()).equals(Buffer.concat(parts))).toBe(true);
      }),
    );
  });

  test('reserve makes room for more than double', () => {
    const w = new Writer(64);
    w.byte(1);
    w.reserve(1_000_000);
    expect(w.buf.length).toBeGreaterThanOrEqual(1_000_001);
    expect(w.finish()).toEqual(Uint8Array.of(1));
  });
});

describe('open and close', () => {
  test('the width that was guessed does not matter', () => {
    const sizes = fc.constantFrom(0, 1, 127, 128, 16383, 16384);
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (size, guess, least) => {
        const w = new Writer();
        w.byte(0xaa);
        const start = w.open(guess);
        w.bytes(new Uint8Array(size).fill(0x55));
        const width = w.close(start, guess, least);
        w.byte(0xbb);
        const bytes = w.finish();
        const r = new Reader(bytes, 1);
        const end = r.limit();
        expect(r.pos - 1).toBe(width);
        expect(width).toBeGreaterThanOrEqual(least);
        expect(end - r.pos).toBe(size);
        expect(bytes.subarray(r.pos, end).every((byte) => byte === 0x55)).toBe(true);
        expect([bytes[0], bytes[end], bytes.length]).toEqual([0xaa, 0xbb, end + 1]);
      }),
    );
  });

  test('padding is as a varint has it', () => {
    const bytes = written((w) => {
      const start = w.open(1);
      w.byte(7);
      w.close(start, 1, 3);
    });
    expect(bytes).toEqual([0x81, 0x80, 0x00, 7]);
  });

  test('they nest', () => {
    const bytes = written((w) => {
      const outer = w.open(1);
      const inner = w.open(4);
      w.bytes(new Uint8Array(128));
      w.close(inner, 4);
      w.close(outer, 1);
    });
    expect(bytes.slice(0, 4)).toEqual([130, 1, 128, 1]);
    expect(bytes).toHaveLength(132);
  });
});
