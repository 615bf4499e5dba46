// Damaged protobuf, in every layout that is read and by everything that reads it.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check, dump, inspect, otlpToOtlp, otlpToPprof, pprofToOtlp, verify } from '../../src/index.ts';
import { field, message, otlp, pprof, varint } from '../cli/profile.ts';
import { failureOf } from './failure.ts';

const fixture = (release: string): Uint8Array =>
  readFileSync(new URL(`../../fixtures/drafts/${release}.otlp.pb`, import.meta.url));

/** Each layout with the field numbers of the messages that it begins with. */
const LAYOUTS: readonly [name: string, bytes: Uint8Array, inside: readonly number[]][] = [
  ['pprof', pprof(), [1, 2, 3, 4, 5, 11]],
  ['OTLP 1.11', otlp(), [1, 2]],
  ['OTLP 1.9', fixture('1.9'), [1, 2]],
  ['OTLP 1.8', fixture('1.8'), [1, 2]],
  ['OTLP 1.7', fixture('1.7'), [1]],
  ['OTLP 1.5', fixture('1.5'), [1]],
  ['OTLP 1.3', fixture('1.3'), [1]],
];

const bytes = (...content: number[]): Uint8Array => Uint8Array.from(content);
const START = [0xfb, 0x7f];
const END = [0xfc, 0x7f];
/** A length as a varint of ten bytes can say it: no number can. */
const HUGE_LENGTH = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];

/** What no message may end with. Field 2047, where one is needed, is in no layout. */
const FAULTS: readonly [name: string, fault: Uint8Array, said: RegExp][] = [
  ['a truncated tag', bytes(0x80), /truncated/],
  ['a truncated varint', bytes(0xf8, 0x7f, 0x80), /truncated/],
  ['a missing varint', bytes(0xf8, 0x7f), /truncated/],
  ['a varint of eleven bytes', bytes(0xf8, 0x7f, ...Array(10).fill(0x80), 1), /longer than 64 bits/],
  ['a varint of 70 bits', bytes(0xf8, 0x7f, ...Array(9).fill(0xff), 2), /longer than 64 bits/],
  ['a length past the end', bytes(0xfa, 0x7f, 2, 0), /length points past the end/],
  ['a length past 2^32', bytes(0xfa, 0x7f, ...varint(2 ** 32 + 1), 0), /length points past the end/],
  ['a length past 2^63', bytes(0xfa, 0x7f, ...HUGE_LENGTH, 0), /length points past the end/],
  ['a truncated fixed64', bytes(0xf9, 0x7f, 1, 2, 3), /truncated inside a fixed/],
  ['a truncated fixed32', bytes(0xfd, 0x7f, 1, 2, 3), /truncated inside a fixed/],
  ['field number 0', bytes(0, 1), /no field has this number/],
  ['field number 0 with a length', bytes(2, 0), /no field has this number/],
  ['a field number past 2^29', bytes(0x80, 0x80, 0x80, 0x80, 0x10, 0), /no field has this number/],
  ['wire type 6', bytes(0xfe, 0x7f, 1), /wire type 6 does not exist/],
  ['wire type 7', bytes(0xff, 0x7f, 1), /wire type 7 does not exist/],
  ['the end of a group that never began', bytes(...END), /never began/],
  ['a group without end', bytes(...START), /no end/],
  ['a group that ends as another', bytes(...START, 0xf4, 0x7f), /does not match its start/],
  ['groups 5000 deep', bytes(...Array(5000).fill(START).flat(), ...Array(5000).fill(END).flat()), /nested too deep/],
];

type Reader = readonly [name: string, read: (input: Uint8Array) => unknown];
const READERS: Record<'pprof' | 'otlp', readonly Reader[]> = {
  pprof: [
    ['convert', (input) => pprofToOtlp(input)],
    ['verify', (input) => verify(input)],
    ['check', (input) => check(input)],
    ['inspect', (input) => inspect(input, 'pprof', {})],
    ['dump', (input) => [...dump(input, 'pprof')]],
  ],
  otlp: [
    ['convert', (input) => otlpToPprof(input)],
    ['upgrade', (input) => otlpToOtlp(input, { to: 'otlp' })],
    ['convert to JSON', (input) => otlpToOtlp(input, { to: 'otlp-json' })],
    ['verify', (input) => verify(input)],
    ['check', (input) => check(input)],
  ],
};

describe.each(LAYOUTS)('%s with', (layout, whole, inside) => {
  const readers = READERS[layout === 'pprof' ? 'pprof' : 'otlp'];

  it('nothing wrong is read by all', () => {
    for (const [, read] of readers) expect(failureOf(() => read(whole))).toBeUndefined();
  });

  it.each(FAULTS)('%s', (_, fault, said) => {
    for (const [reader, read] of readers) {
      expect(
        failureOf(() => read(message(whole, fault))),
        reader,
      ).toMatch(said);
      // Inside of a message it must not take what follows for its own.
      for (const number of inside) {
        const child = message(whole, field(number, fault), field(number, ''));
        expect(
          failureOf(() => read(child)),
          `${reader}, in field ${number}`,
        ).toMatch(/^(bad-input|limit) /);
      }
    }
  });

  it('a known field of another wire type', () => {
    const [first] = inside;
    // A dump shows such a field by its number.
    for (const [reader, read] of readers.filter(([name]) => name !== 'dump')) {
      expect(
        failureOf(() => read(message(whole, field(first, 1)))),
        reader,
      ).toMatch(/wire type 0/);
      expect(
        failureOf(() => read(message(whole, bytes(first * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8)))),
        reader,
      ).toMatch(/wire type 1/);
    }
  });

  it('its end cut off, anywhere', () => {
    const cuts = Math.min(whole.length, 400);
    for (let cut = 1; cut < cuts; cut++) {
      const part = whole.subarray(0, -cut);
      // A cut between two fields can leave a shorter profile that is whole.
      for (const [, read] of readers) failureOf(() => read(part));
    }
  });
});

describe('a pprof whose references have no meaning', () => {
  const valueType = field(1, message(field(1, 1), field(2, 2)));
  const strings = ['', 'cpu', 'nanoseconds', 'main'].map((text) => field(6, text));
  const fn = (id: number, ...more: Uint8Array[]) => field(5, message(field(1, id), field(2, 3), ...more));
  const location = (id: number, functionId = 1) =>
    field(4, message(field(1, id), field(4, message(field(1, functionId)))));
  const sample = (locationId: number, ...more: Uint8Array[]) =>
    field(2, message(field(1, locationId), field(2, 7), ...more));
  const minusOne = (number: number) => bytes(number * 8, ...Array(9).fill(0xff), 1);

  it('is whole here', () => {
    expect(failureOf(() => pprofToOtlp(message(valueType, sample(1), location(1), fn(1), ...strings)))).toBeUndefined();
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'a string past the table',
      message(valueType, sample(1), location(1), fn(1, field(4, 9)), ...strings),
      /function\[0\]\.filename: names string 9, but string_table has 4 entries/,
    ],
    [
      'a negative string',
      message(valueType, sample(1), location(1), fn(1, minusOne(4)), ...strings),
      /function\[0\]\.filename/,
    ],
    ['a location that is not there', message(valueType, sample(5), location(1), fn(1), ...strings), /location_id.*5/],
    [
      'a function that is not there',
      message(valueType, sample(1), location(1, 8), fn(1), ...strings),
      /function_id.*8/,
    ],
    ['two locations of one id', message(valueType, sample(1), location(1), location(1), fn(1), ...strings), /location/],
    ['two functions of one id', message(valueType, sample(1), location(1), fn(1), fn(1), ...strings), /function/],
    [
      'more values than sample types',
      message(valueType, sample(1, field(2, 8)), location(1), fn(1), ...strings),
      /sample\[0\].*2.*1/,
    ],
    [
      'string_table[0] not empty',
      message(valueType, sample(1), location(1), fn(1), ...strings.slice(1), ...strings),
      /string_table\[0\]/,
    ],
    ['no string table', message(valueType, sample(1), location(1), fn(1)), /string_table/],
  ])('%s', (_, input, said) => {
    expect(failureOf(() => pprofToOtlp(input))).toMatch(said);
    expect(failureOf(() => verify(input))).toMatch(said);
  });
});

describe('OTLP whose indexes lead nowhere', () => {
  // The tables of `otlp`: two mappings would be one too many, and so on.
  const profile = (...content: Uint8Array[]) =>
    field(1, message(field(2, message(field(2, message(field(1, message(field(1, 1), field(2, 2))), ...content))))));

  it.each<[string, Uint8Array, RegExp]>([
    ['a stack past the table', profile(field(2, message(field(1, 7), field(4, 1)))), /stack.*7.*2/],
    ['a link past the table', profile(field(2, message(field(1, 1), field(3, 7), field(4, 1)))), /link.*7.*1/],
    [
      'an attribute past the table',
      profile(field(2, message(field(1, 1), field(2, 7), field(4, 1)))),
      /attribute.*7.*1/,
    ],
    ['a negative stack', profile(field(2, bytes(8, ...Array(9).fill(0xff), 1))), /negative or too large/],
    ['a string past the table', profile(field(5, message(field(1, 99)))), /99.*4 entries/],
    ['a location past the table', field(2, field(7, field(1, bytes(9)))), /location.*9.*2/],
    ['a function past the table', field(2, field(2, field(3, field(1, 9)))), /function.*9.*2/],
    ['a mapping past the table', field(2, field(2, field(1, 9))), /mapping.*9.*1/],
  ])('%s', (_, addition, said) => {
    const input = message(otlp(), addition);
    expect(failureOf(() => otlpToPprof(input))).toMatch(said);
  });
});
