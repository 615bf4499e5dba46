// What `check` makes of the rules: grouping, severities, places, several messages in one file.

import { describe, expect, test } from 'vitest';
import { type CheckOptions, type CheckResult, checkBytes, mergeResults } from '../../src/check/check.ts';
import { PprofOtlpError } from '../../src/errors.ts';
import { check } from '../../src/index.ts';
import { concat } from '../support/bytes.ts';
import type { ProfilesDictionary } from '../support/messages.ts';
import { encodeOtlp, encodePprof } from '../support/oracle.ts';
import { validOtlp, validPprof } from './valid.ts';
import { adding, len, varint } from './wire.ts';

/** A payload with as many orphans among its strings. */
function withOrphans(count: number): Uint8Array {
  const data = validOtlp();
  for (let i = 0; i < count; i++) (data.dictionary as ProfilesDictionary).string_table.push(`orphan ${i}`);
  return encodeOtlp(data);
}

const checked = (bytes: Uint8Array, options?: CheckOptions): CheckResult => checkBytes(bytes, 'otlp', options);

describe('findings', () => {
  test('of one rule are one, with a count and the first places', () => {
    const result = checked(withOrphans(40));
    expect(result).toMatchObject({ format: 'otlp', errors: 0, warnings: 40, infos: 0 });
    expect(result.findings).toHaveLength(1);
    const [finding] = result.findings;
    expect(finding).toMatchObject({ rule: 'otlp/orphan-entry', severity: 'warning', count: 40 });
    expect(finding?.places).toHaveLength(5);
    expect(finding?.places[0]).toMatchObject({
      path: 'dictionary.string_table[14]',
      index: 14,
      message: 'nothing refers to "orphan 0"',
    });
  });

  test('list all places when asked to', () => {
    const [finding] = checked(withOrphans(40), { all: true }).findings;
    expect(finding?.places.map(({ index }) => index)).toEqual(Array.from({ length: 40 }, (_, i) => 14 + i));
  });

  test('come with errors first', () => {
    const bytes = adding([], varint(99, 1n))(adding([1, 1], varint(2, 1n << 32n))(encodeOtlp(validOtlp())));
    expect(checked(bytes).findings.map(({ severity }) => severity)).toEqual(['error', 'warning']);
  });

  test('weigh what the caller says', () => {
    const bytes = withOrphans(2);
    expect(checked(bytes, { rules: { 'otlp/orphan-entry': 'off' } }).findings).toEqual([]);
    expect(checked(bytes, { rules: { 'otlp/orphan-entry': 'error' } })).toMatchObject({ errors: 2, warnings: 0 });
    expect(() => checked(bytes, { rules: { 'otlp/orphan': 'off' } })).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

describe('offsets', () => {
  test('lead to the field', () => {
    const data = validOtlp();
    const [profile] = data.resource_profiles[0]?.scope_profiles[0]?.profiles ?? [];
    Object.assign(profile?.samples[1] as object, { link_index: 77 });
    const bytes = encodeOtlp(data);
    const [place] = checked(bytes).findings[0]?.places ?? [];
    expect(place?.path).toBe('resource_profiles[0].scope_profiles[0].profiles[0].samples[1].link_index');
    expect([...bytes.subarray(place?.offset as number, (place?.offset as number) + 2)]).toEqual([0x18, 77]);
  });

  test('lead to the value in a packed field', () => {
    const data = validOtlp();
    const stack = data.dictionary?.stack_table[1];
    stack?.location_indices.push(300, 2, 301);
    const bytes = encodeOtlp(data);
    const offsets = checked(bytes).findings[0]?.places.map(({ offset }) => offset as number) ?? [];
    expect(offsets.map((at) => [bytes[at], bytes[at + 1]])).toEqual([
      [0xac, 2],
      [0xad, 2],
    ]);
  });

  test('are left out where the bytes are not those of the file', () => {
    const [finding] = checked(withOrphans(1), { offsets: false }).findings;
    expect(finding?.places[0]?.offset).toBeNull();
  });
});

describe('a file', () => {
  test('that is a pprof', () => {
    expect(check(encodePprof(validPprof()))).toMatchObject({
      from: 'pprof',
      findings: [{ rule: 'pprof/compression', count: 1 }],
    });
  });

  test('of several messages names the message', () => {
    const one = checked(encodeOtlp(validOtlp()));
    const merged = mergeResults([one, checked(withOrphans(3)), checked(withOrphans(4))]);
    expect(merged).toMatchObject({ format: 'otlp', warnings: 7 });
    expect(merged.findings[0]?.places.map(({ path }) => path)).toEqual([
      '[message 1] dictionary.string_table[14]',
      '[message 1] dictionary.string_table[15]',
      '[message 1] dictionary.string_table[16]',
      '[message 2] dictionary.string_table[14]',
      '[message 2] dictionary.string_table[15]',
    ]);
  });
});

describe('wire', () => {
  test('that breaks is an error with its place', () => {
    const bytes = adding([1, 2, 2, 2], { field: 1, wire: 'fixed32', value: 1n })(encodeOtlp(validOtlp()));
    expect(() => checked(bytes)).toThrow(
      expect.objectContaining({
        code: 'bad-input',
        path: 'resource_profiles[0].scope_profiles[0].profiles[0].samples[0]',
        message: 'field 1 of Sample has wire type 5, which profiles.proto does not give it',
      }),
    );
  });

  test('nested without end is a limit', () => {
    let body: Uint8Array = new Uint8Array(0);
    // array_value { values { array_value { ...
    for (let i = 0; i < 401; i++) body = adding([], len(i % 2 === 0 ? 1 : 5, body))(new Uint8Array(0));
    const bytes = adding([1, 1, 1, 2], len(5, body))(encodeOtlp(validOtlp()));
    expect(() => checked(bytes)).toThrow(PprofOtlpError);
    expect(() => checked(bytes)).toThrow(expect.objectContaining({ code: 'limit' }));
  });

  test('in another layout says the same', () => {
    const bytes = encodeOtlp(validOtlp());
    // The dictionary first, and the profiles behind it.
    const at = bytes.findIndex((_, i) => i > 0 && bytes[i] === 0x12 && encodesRest(bytes, i));
    expect(checked(concat(bytes.subarray(at), bytes.subarray(0, at))).findings).toEqual([]);
  });
});

/** Whether the field at this place reaches to the end. */
function encodesRest(bytes: Uint8Array, at: number): boolean {
  const length =
    (bytes[at + 1] as number) < 0x80
      ? (bytes[at + 1] as number)
      : ((bytes[at + 1] as number) & 0x7f) + ((bytes[at + 2] as number) << 7);
  return at + ((bytes[at + 1] as number) < 0x80 ? 2 : 3) + length === bytes.length;
}
