import { describe, expect, test } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';
import { decode } from '../../src/pprof/decode.ts';
import type { PprofProfile } from '../support/messages.ts';
import { encodePprof } from '../support/oracle.ts';
import { type WireField, writeWire } from '../support/pprofWire.ts';
import { decoded, FULL, profileOf } from './sketch.ts';

const COUNT = BigInt(profileOf(FULL).string_table.length);

function refusal(bytes: Uint8Array): PprofOtlpError {
  try {
    decode(bytes);
  } catch (error) {
    if (error instanceof PprofOtlpError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Where top-level field `field` begins the nth time; read here, not by src/. */
function offsetOf(bytes: Uint8Array, field: number, nth: number): number {
  let seen = 0;
  for (let at = 0; at < bytes.length; ) {
    const start = at;
    const varint = (): number => {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++];
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return value;
      }
    };
    const tag = varint();
    const value = varint();
    if ((tag & 7) === 2) at += value;
    if (tag >>> 3 === field && seen++ === nth) return start;
  }
  throw new Error(`there is no field ${field}`);
}

type Break = (profile: PprofProfile) => void;

const strings: [path: string, field: number, nth: number, put: (p: PprofProfile, index: bigint) => void][] = [
  ['sample_type[1].type', 1, 1, (p, i) => Object.assign(p.sample_type[1], { type: i })],
  ['sample_type[0].unit', 1, 0, (p, i) => Object.assign(p.sample_type[0], { unit: i })],
  ['sample[1].label[0].key', 2, 1, (p, i) => Object.assign(p.sample[1].label[0], { key: i })],
  ['sample[0].label[0].str', 2, 0, (p, i) => Object.assign(p.sample[0].label[0], { str: i })],
  ['sample[1].label[0].num_unit', 2, 1, (p, i) => Object.assign(p.sample[1].label[0], { num_unit: i })],
  ['mapping[1].filename', 3, 1, (p, i) => Object.assign(p.mapping[1], { filename: i })],
  ['mapping[0].build_id', 3, 0, (p, i) => Object.assign(p.mapping[0], { build_id: i })],
  ['function[2].name', 5, 2, (p, i) => Object.assign(p.function[2], { name: i })],
  ['function[0].system_name', 5, 0, (p, i) => Object.assign(p.function[0], { system_name: i })],
  ['function[1].filename', 5, 1, (p, i) => Object.assign(p.function[1], { filename: i })],
  ['drop_frames', 7, 0, (p, i) => Object.assign(p, { drop_frames: i })],
  ['keep_frames', 8, 0, (p, i) => Object.assign(p, { keep_frames: i })],
  ['period_type.type', 11, 0, (p, i) => Object.assign(p.period_type as object, { type: i })],
  ['period_type.unit', 11, 0, (p, i) => Object.assign(p.period_type as object, { unit: i })],
  ['comment[0]', 13, 0, (p, i) => p.comment.splice(0, 1, i)],
  ['default_sample_type', 14, 0, (p, i) => Object.assign(p, { default_sample_type: i })],
  ['doc_url', 15, 0, (p, i) => Object.assign(p, { doc_url: i })],
];

const NO_INDEX = 'a string by a negative or too large index';

describe('a string index that points nowhere is refused', () => {
  describe.each(strings)('%s', (path, field, nth, put) => {
    test.each<[string, bigint, string]>([
      ['one past the table', COUNT, `string ${COUNT}`],
      ['negative', -1n, NO_INDEX],
      ['beyond 31 bits', 1n << 31n, NO_INDEX],
      ['beyond 32 bits', 1n << 32n, NO_INDEX],
    ])('%s', (_, index, what) => {
      const profile = profileOf(FULL);
      put(profile, index);
      const bytes = encodePprof(profile);
      const error = refusal(bytes);
      expect(error).toMatchObject({ code: 'bad-input', stage: 'decode', path, offset: offsetOf(bytes, field, nth) });
      expect(error.message).toBe(`names ${what}, but string_table has ${COUNT} entries`);
    });

    test('the last string of the table is taken', () => {
      const profile = profileOf(FULL);
      put(profile, COUNT - 1n);
      expect(() => decode(encodePprof(profile))).not.toThrow();
    });
  });

  test('the offset of a packed comment is that of its record', () => {
    const profile = profileOf(FULL);
    profile.comment[1] = COUNT;
    const bytes = encodePprof(profile);
    expect(refusal(bytes)).toMatchObject({ path: 'comment[1]', offset: offsetOf(bytes, 13, 0) });
  });
});

describe('what has no meaning is refused', () => {
  test.each<[string, Break, { path: string; message: string; field: number; nth: number }]>([
    [
      'a location that is not there',
      (p) => p.sample[1].location_id.push(4n),
      { path: 'sample[1].location_id[2]', message: 'no location has id 4', field: 2, nth: 1 },
    ],
    [
      'location 0',
      (p) => p.sample[2].location_id.push(0n),
      { path: 'sample[2].location_id[0]', message: 'no location has id 0', field: 2, nth: 2 },
    ],
    [
      'a location whose id has the same low half',
      (p) => p.sample[0].location_id.splice(0, 1, (1n << 32n) + 1n),
      { path: 'sample[0].location_id[0]', message: `no location has id ${(1n << 32n) + 1n}`, field: 2, nth: 0 },
    ],
    [
      'a function that is not there',
      (p) => Object.assign(p.location[1].line[0], { function_id: 9n }),
      { path: 'location[1].line[0].function_id', message: 'no function has id 9', field: 4, nth: 1 },
    ],
    [
      'a mapping id twice',
      (p) => Object.assign(p.mapping[1], { id: 1n }),
      { path: 'mapping[1].id', message: 'id 1 is taken by mapping[0]', field: 3, nth: 1 },
    ],
    [
      'a location id twice',
      (p) => Object.assign(p.location[2], { id: 2n }),
      { path: 'location[2].id', message: 'id 2 is taken by location[1]', field: 4, nth: 2 },
    ],
    [
      'a function id twice, beyond 53 bits',
      (p) => {
        for (const fn of p.function.slice(1)) fn.id = (1n << 64n) - 1n;
        for (const location of p.location) location.line = [];
      },
      { path: 'function[2].id', message: `id ${(1n << 64n) - 1n} is taken by function[1]`, field: 5, nth: 2 },
    ],
    [
      'a value too many',
      (p) => p.sample[1].value.push(1n),
      { path: 'sample[1].value', message: 'has 3 values, but there are 2 sample types', field: 2, nth: 1 },
    ],
    [
      'no values',
      (p) => p.sample[2].value.splice(0),
      { path: 'sample[2].value', message: 'has 0 values, but there are 2 sample types', field: 2, nth: 2 },
    ],
    [
      'values that only add up over two samples',
      (p) => {
        p.sample[0].value.push(1n);
        p.sample[1].value.pop();
      },
      { path: 'sample[0].value', message: 'has 3 values, but there are 2 sample types', field: 2, nth: 0 },
    ],
    [
      'samples without sample types',
      (p) => {
        p.sample_type = [];
        for (const sample of p.sample) sample.value = [];
      },
      { path: 'sample[0].value', message: 'there are samples but no sample_type', field: 2, nth: 0 },
    ],
    [
      'string_table[0] not empty',
      (p) => p.string_table.splice(0, 1, Uint8Array.of(0x78)),
      {
        path: 'string_table[0]',
        message: 'is not the empty string, so no string can be told from none',
        field: 6,
        nth: 0,
      },
    ],
  ])('%s', (_, damage, { path, message, field, nth }) => {
    const profile = profileOf(FULL);
    damage(profile);
    const bytes = encodePprof(profile);
    const error = refusal(bytes);
    expect(error).toMatchObject({ code: 'bad-input', stage: 'decode', path, message });
    expect(error.offset).toBe(offsetOf(bytes, field, nth));
  });

  test('no string_table', () => {
    expect(refusal(new Uint8Array(0))).toMatchObject({ code: 'bad-input', path: 'string_table' });
    expect(refusal(encodePprof({ ...profileOf({}), string_table: [] })).message).toContain('string_table is missing');
  });
});

describe('references', () => {
  test('are resolved though their tables come later, whatever the ids', () => {
    const ids = [7n, 1n << 53n, (1n << 64n) - 1n, (1n << 53n) + 1n];
    const fields: WireField[] = [
      { field: 1, wire: 'len', body: [] },
      ...ids.map(
        (id): WireField => ({
          field: 2,
          wire: 'len',
          body: [
            { field: 1, wire: 'varint', value: id },
            { field: 2, wire: 'varint', value: 1n },
          ],
        }),
      ),
      ...ids
        .toReversed()
        .map((id): WireField => ({ field: 4, wire: 'len', body: [{ field: 1, wire: 'varint', value: id }] })),
      { field: 6, wire: 'len', body: [] },
    ];
    const { data, warnings } = decode(writeWire(fields));
    expect(Array.from(data.sample.stacks.values.array.subarray(0, 4))).toEqual([4, 3, 2, 1]);
    expect(warnings).toEqual([]);
  });

  test('mapping 0 is none, also where a mapping has the id 0', () => {
    const { data, warnings } = decoded({
      mappings: [{ id: 0, filename: 'zero' }],
      locations: [{ mapping: 0 }],
      samples: [{ at: [1] }],
    });
    expect(data.location.mapping.array[0]).toBe(0);
    expect(warnings).toEqual([{ what: 'mapping[0] has the reserved id 0', inOtlp: false }]);
  });

  test('function 0 is the function with id 0 where there is one, as .NET writes it, else none', () => {
    const zero = decoded({
      functions: [{ id: 0, name: 'zero' }],
      locations: [{ lines: [[0]] }],
      samples: [{ at: [1] }],
    });
    expect(zero.data.location.line.function.array[0]).toBe(1);
    expect(zero.warnings).toEqual([{ what: 'function[0] has the reserved id 0', inOtlp: false }]);
    const none = decoded({ functions: [{ name: 'one' }], locations: [{ lines: [[0]] }], samples: [{ at: [1] }] });
    expect(none.data.location.line.function.array[0]).toBe(0);
    expect(none.warnings).toEqual([]);
  });

  test('location 0 may be used where a location has the id 0', () => {
    const { data, warnings } = decoded({ locations: [{ id: 5 }, { id: 0 }], samples: [{ at: [0] }] });
    expect(data.sample.stacks.values.array[0]).toBe(2);
    expect(warnings).toEqual([{ what: 'location[1] has the reserved id 0', inOtlp: false }]);
  });

  test('a dangling mapping id is warned about once', () => {
    const { data, warnings } = decoded({
      mappings: [{}],
      locations: [{ mapping: 2 }, { mapping: 1 }, { mapping: 77 }],
      samples: [{ at: [1, 2, 3] }],
    });
    expect(Array.from(data.location.mapping.array.subarray(0, 3))).toEqual([0, 1, 0]);
    expect(warnings).toEqual([{ what: 'locations with a mapping id that no mapping has (2)', inOtlp: false }]);
  });
});
