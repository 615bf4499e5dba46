import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pprofCase } from './arbitraries.ts';
import { ENCODERS, layOut } from './layout.ts';
import { decodePprof, encodePprof } from './oracle.ts';
import { writeWire } from './pprofWire.ts';
import { pprofProfile } from './profiles.ts';
import { tidy } from './tidy.ts';

describe('the wire writer', () => {
  test('writes each kind of field', () => {
    const bytes = writeWire([
      { field: 1, wire: 'varint', value: 300n },
      { field: 1, wire: 'varint', value: 1n, width: 3 },
      { field: 2, wire: 'len', body: Uint8Array.of(7), lengthWidth: 2 },
      { field: 3, wire: 'packed', values: [1n, 128n] },
      { field: 4, wire: 'group', body: [{ field: 5, wire: 'fixed32', value: 2n }] },
      { field: 16, wire: 'fixed64', value: -1n, tagWidth: 3 },
    ]);
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '08ac02' + '08818000' + '12810007' + '1a03018001' + '232d0200000024' + '818100ffffffffffffffff',
    );
  });

  test('writes a negative number in ten bytes', () => {
    expect(writeWire([{ field: 1, wire: 'varint', value: -1n }])).toHaveLength(11);
  });
});

describe('the arbitraries', () => {
  test('any layout says what the profile says', () => {
    fc.assert(
      fc.property(pprofCase, ({ profile, bytes }) => {
        expect(decodePprof(bytes)).toEqual(profile);
      }),
      { numRuns: 300 },
    );
  });

  test('the plain layout is what protobufjs writes', () => {
    fc.assert(
      fc.property(pprofProfile, (profile) => {
        expect(layOut(profile, ENCODERS.protobuf as never)).toEqual(encodePprof(profile));
      }),
      { numRuns: 300 },
    );
  });

  test('tidying twice is tidying once', () => {
    fc.assert(
      fc.property(pprofProfile, (profile) => {
        const once = tidy(profile);
        expect(tidy(once)).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });
});
