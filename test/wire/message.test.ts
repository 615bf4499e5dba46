import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';
import { MessageReader, MessageWriter } from '../../src/wire/message.ts';
import { int64, uint64 } from '../support/texts.ts';
import '../support/oracle.ts';

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Inner { uint64 number = 1; }
  message Sample {
    uint64 number = 1;
    bytes blob = 2;
    repeated bytes list = 3;
    repeated uint64 packed = 4;
    repeated sint64 signed = 5;
    Inner inner = 6;
    uint64 far = 100;
  }
`);
const Sample = root.lookupType('Sample');

const blob = fc.uint8Array({ maxLength: 20 });
const content = fc.record({
  number: uint64,
  blob,
  list: fc.array(blob, { maxLength: 4 }),
  packed: fc.array(uint64, { maxLength: 10 }),
  signed: fc.array(int64, { maxLength: 10 }),
  inner: uint64,
  far: uint64,
});

function write(message: typeof content extends fc.Arbitrary<infer T> ? T : never): Uint8Array {
  return new MessageWriter()
    .uint(1, message.number)
    .bytes(2, message.blob)
    .list(3, message.list)
    .packed(4, message.packed)
    .packedSigned(5, message.signed)
    .message(6, new MessageWriter().uint(1, message.inner))
    .uint(100, message.far)
    .finish();
}

test('what is written comes back', () => {
  fc.assert(
    fc.property(content, (message) => {
      const reader = new MessageReader(write(message));
      expect(reader.bytes(2)).toEqual(message.blob);
      expect(reader.list(3)).toEqual(message.list);
      expect(reader.packed(4)).toEqual(message.packed);
      expect(reader.packedNumbers(4)).toEqual(message.packed.map(Number));
      expect(reader.packedSigned(5)).toEqual(message.signed);
      expect(reader.message(6).uint(1)).toBe(Number(message.inner));
      expect([reader.uint(1), reader.uint(100)]).toEqual([Number(message.number), Number(message.far)]);
    }),
  );
});

test('it is what protobufjs writes, to the byte', () => {
  fc.assert(
    fc.property(content, (message) => {
      const bytes = write(message);
      expect(Buffer.from(Sample.encode(Sample.decode(bytes)).finish()).equals(Buffer.from(bytes))).toBe(true);
    }),
  );
});

describe('MessageWriter', () => {
  test('leaves out zero, no bytes, no numbers and no fields', () => {
    const bytes = new MessageWriter()
      .uint(1, 0)
      .uint(1, 0n)
      .bytes(2, new Uint8Array(0))
      .list(3, [])
      .packed(4, [])
      .message(6, new MessageWriter().uint(1, 0))
      .finish();
    expect(bytes).toHaveLength(0);
  });

  test('keeps empty entries of a list', () => {
    expect(new MessageWriter().list(3, [new Uint8Array(0)]).finish()).toEqual(Uint8Array.of(0x1a, 0));
  });
});

describe('MessageReader', () => {
  test('gives zero and nothing for what is not there', () => {
    const reader = new MessageReader(new Uint8Array(0));
    expect([reader.uint(1), reader.bytes(2).length, reader.list(3), reader.packed(4)]).toEqual([0, 0, [], []]);
    expect(reader.message(6).uint(1)).toBe(0);
  });

  test('takes the last of several, and steps over other wire types', () => {
    const reader = new MessageReader(Uint8Array.of(0x08, 1, 0x0d, 9, 9, 9, 9, 0x08, 2, 0x12, 1, 7, 0x12, 1, 8));
    expect(reader.uint(1)).toBe(2);
    expect(reader.bytes(2)).toEqual(Uint8Array.of(8));
    expect(reader.list(2)).toHaveLength(2);
  });

  test.each<[string, number[]]>([
    ['a length past the end', [0x12, 5, 1]],
    ['a cut varint', [0x08, 0x80]],
    ['field 0', [0x00]],
  ])('refuses %s', (_, bytes) => {
    expect(() => new MessageReader(Uint8Array.from(bytes))).toThrow(PprofOtlpError);
  });

  test('refuses packed numbers that are cut off, when they are asked for', () => {
    const reader = new MessageReader(Uint8Array.of(0x22, 1, 0x80));
    expect(() => reader.packed(4)).toThrow(PprofOtlpError);
  });
});
