// Damaged OTLP/JSON. What each wrong value of each kind of field says: test/otlp/json/decode.test.ts.

import { describe, expect, it } from 'vitest';
import { check, detect, otlpToOtlp, otlpToPprof, verify } from '../../src/index.ts';
import { otlp } from '../cli/profile.ts';
import { failureOf } from './failure.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const WHOLE = Buffer.from(otlpToOtlp(otlp(), { to: 'otlp-json' }).otlp).toString();
const MEGABYTE = 1_000_000;

const READERS = [
  ['convert', (input: Uint8Array) => otlpToPprof(input, { from: 'otlp-json' })],
  ['lines', (input: Uint8Array) => otlpToPprof(input, { from: 'otlp-jsonl' })],
  ['upgrade', (input: Uint8Array) => otlpToOtlp(input, { from: 'otlp-json', to: 'otlp' })],
  ['verify', (input: Uint8Array) => verify(input, { from: 'otlp-json' })],
  ['check', (input: Uint8Array) => check(input, { from: 'otlp-json' })],
] as const;

/** An attribute whose value is nested in arrays so deep. */
const nestedValue = (depth: number): string =>
  `{"resourceProfiles":[{"resource":{"attributes":[{"key":"k","value":${'{"arrayValue":{"values":['.repeat(depth)}${']}}'.repeat(depth)}}]}}]}`;

it('whole, it is read by all', () => {
  for (const [reader, read] of READERS)
    expect(
      failureOf(() => read(text(WHOLE))),
      reader,
    ).toBeUndefined();
});

it('cut off anywhere, it is refused', () => {
  for (let length = 0; length < WHOLE.length; length++) {
    for (const [reader, read] of READERS) {
      expect(
        failureOf(() => read(text(WHOLE.slice(0, length)))),
        `${reader}, ${length} bytes`,
      ).toMatch(/^bad-input /);
    }
  }
});

describe('is refused with the place', () => {
  it.each<[string, string, RegExp]>([
    [
      'arrays 1 MB deep',
      `{"resourceProfiles":${'['.repeat(MEGABYTE)}`,
      /^bad-input @21 resource_profiles.*is an array/,
    ],
    ['unknown objects 1 MB deep', `{"x":${'{"a":'.repeat(MEGABYTE / 5)}`, /^limit .*nested more than 200 deep/],
    ['unknown arrays 1 MB deep', `{"x":${'['.repeat(MEGABYTE)}`, /^limit .*nested more than 200 deep/],
    ['values 1 MB deep', nestedValue(MEGABYTE / 25), /^limit .*nested more than 64 deep/],
    [
      'a duplicate key',
      '{"resourceProfiles":[],"resourceProfiles":[]}',
      /^bad-input @23 resource_profiles: is there twice/,
    ],
    ['a duplicate key in both spellings', '{"resourceProfiles":[],"resource_profiles":[]}', /is there twice/],
    [
      'a fractional index',
      '{"dictionary":{"stackTable":[{"locationIndices":[1.5]}]}}',
      /is 1\.5, but int32 takes whole numbers/,
    ],
    [
      'a number past 2^64',
      '{"dictionary":{"mappingTable":[{"memoryStart":"18446744073709551616"}]}}',
      /no uint64 can hold/,
    ],
    [
      'a number of 1 MB',
      `{"dictionary":{"mappingTable":[{"memoryStart":${'9'.repeat(MEGABYTE)}}]}}`,
      /^limit .*more than 4096/,
    ],
    ['half a surrogate pair', '{"dictionary":{"stringTable":["\\ud800"]}}', /half a surrogate pair/],
    ['a control character', '{"dictionary":{"stringTable":["\u0001"]}}', /control character/],
    ['junk behind it', '{} x', /expected the end of the text but found x/],
  ])('%s', (_, content, said) => {
    for (const [reader, read] of READERS)
      expect(
        failureOf(() => read(text(content))),
        reader,
      ).toMatch(said);
    // Nothing of it may be looked at for long before it is decoded.
    failureOf(() => detect(text(content)));
  });
});

it('keys such as __proto__ are unknown fields and nothing else', () => {
  const crafted = WHOLE.replace('{', '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},');
  for (const [reader, read] of READERS)
    expect(
      failureOf(() => read(text(crafted))),
      reader,
    ).toBeUndefined();
  const { reports } = otlpToPprof(text(crafted));
  expect(reports[0].warnings.join()).toContain('fields that OTLP does not know: __proto__, constructor');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
