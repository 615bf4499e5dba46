import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Misfit } from '../../src/errors.ts';
import { decode } from '../../src/pprof/decode.ts';
import { addPatches, encode } from '../../src/pprof/encode.ts';
import { ALL, defaultLayout, type Layout, type Patch } from '../../src/pprof/layout.ts';
import { digest } from '../../src/wire/digest.ts';
import { expectSameBytes } from '../support/bytes.ts';
import { encodePprof } from '../support/oracle.ts';
import { pprofProfile } from '../support/profiles.ts';
import { bytesOfSketch, decoded, FULL, profileOf } from './sketch.ts';

const layoutWith = (changes: Partial<Layout>): Layout => ({ ...defaultLayout(), ...changes });

describe('encode', () => {
  test('by default writes what protobufjs writes', () => {
    expectSameBytes(encode(decoded(FULL).data, defaultLayout()), bytesOfSketch(FULL));
    fc.assert(
      fc.property(pprofProfile, (profile) => {
        // A dangling mapping id is no part of the columns.
        const ids = profile.mapping.map(({ id }) => id);
        for (const location of profile.location) if (!ids.includes(location.mapping_id)) location.mapping_id = 0n;
        const bytes = encodePprof(profile);
        expectSameBytes(encode(decode(bytes).data, defaultLayout()), bytes);
      }),
      { numRuns: 100 },
    );
  });

  test('follows a style', () => {
    const { styles } = defaultLayout();
    styles.Sample.order = [2, 1, 3];
    styles.Sample.packedAbove[2] = 2;
    styles.Sample.lengthWidth[1] = 3;
    styles.ValueType.zeros = 1 << 2;
    styles.Profile.lengthWidth[6] = 2;
    const { data } = decoded({ types: [['cpu', '']], samples: [{ at: [1], values: [7n] }], locations: [{}] });
    const bytes = encode(data, layoutWith({ styles }));
    expect(Array.from(bytes)).toEqual([
      ...[0x0a, 4, 0x08, 1, 0x10, 0],
      ...[0x12, 7, 0x10, 7, 0x0a, 0x81, 0x80, 0x00, 1],
      ...[0x22, 2, 0x08, 1],
      ...[0x32, 0x80, 0x00, 0x32, 0x83, 0x00, 0x63, 0x70, 0x75],
    ]);
  });

  test('follows runs, and does not fit when they leave out content', () => {
    const { data } = decoded({ period: 5n });
    const runs = [6, 12, 1].map((field) => ({ field, count: field === 12 ? 1 : ALL }));
    expect(Array.from(encode(data, layoutWith({ runs })).subarray(0, 2))).toEqual([0x32, 0]);
    expect(() => encode(data, layoutWith({ runs: runs.slice(0, 2) }))).toThrow(Misfit);
  });
});

describe('patches', () => {
  const { data } = decoded(FULL);
  const plain = bytesOfSketch(FULL);
  // Record 1 is the second sample type: 0x0a, 4, 0x08, type, 0x10, unit.
  const rule = plain.subarray(6, 12);
  const patched = (patch: Partial<Patch>, of: Uint8Array = rule): Uint8Array =>
    encode(
      data,
      layoutWith({
        patches: [{ record: 1, at: 2, remove: 1, insert: Uint8Array.of(1, 2, 3), ...patch }],
        patchedDigest: digest(of),
      }),
    );

  test('replace bytes of one record', () => {
    expect(Array.from(rule.subarray(0, 2))).toEqual([0x0a, 4]);
    const expected = Buffer.concat([plain.subarray(0, 8), Uint8Array.of(1, 2, 3), plain.subarray(9)]);
    expectSameBytes(patched({}), new Uint8Array(expected));
    const removed = Buffer.concat([plain.subarray(0, 6), plain.subarray(12)]);
    expectSameBytes(patched({ at: 0, remove: 6, insert: new Uint8Array(0) }), new Uint8Array(removed));
  });

  test('at the very end of a record insert behind it', () => {
    expect(patched({ at: 6, remove: 0 })).toHaveLength(plain.length + 3);
  });

  test.each<[string, Partial<Patch>]>([
    ['past the end of its record', { at: 2, remove: 5 }],
    ['far past the end of its record', { at: 2 ** 50, remove: 0 }],
    ['of a record that is not there', { record: 10_000 }],
  ])('%s do not fit', (_, patch) => {
    expect(() => patched(patch)).toThrow(Misfit);
  });

  test('do not hide that their record was edited', () => {
    expect(() => patched({}, plain.subarray(0, 6))).toThrow(Misfit);
  });

  test('two of one record do not fit, nor do two out of order', () => {
    const patch = { at: 0, remove: 0, insert: Uint8Array.of(1) };
    const both = (records: number[]): Layout =>
      layoutWith({ patches: records.map((record) => ({ ...patch, record })), patchedDigest: digest(rule) });
    expect(() => encode(data, both([1, 1]))).toThrow(Misfit);
    expect(() => encode(data, both([2, 1]))).toThrow(Misfit);
  });
});

describe('addPatches', () => {
  test('finds the fewest bytes that differ', () => {
    const { data } = decoded(FULL);
    const bytes = bytesOfSketch(FULL);
    const changed = new Uint8Array(Buffer.concat([bytes.subarray(0, 9), Uint8Array.of(0x80, 0), bytes.subarray(10)]));
    const layout = defaultLayout();
    // The unit of the second sample type overlong: only its bytes are in the patch.
    changed[7] = (changed[7] as number) + 1;
    changed[9] = (bytes[9] as number) | 0x80;
    addPatches(data, layout, changed);
    expect(layout.patches).toHaveLength(1);
    expect(layout.patches[0]).toMatchObject({ record: 1, at: 1 });
    expectSameBytes(encode(data, layout), changed);
  });

  test('any other profile with the same records comes out of it', () => {
    const other = profileOf(FULL);
    other.sample[1].value = [-1n, 1n << 50n];
    other.string_table[3] = Uint8Array.of(1, 2, 3);
    other.period = 1n;
    const bytes = encodePprof(other);
    const layout = defaultLayout();
    addPatches(decoded(FULL).data, layout, bytes);
    expect(layout.patches).toHaveLength(3);
    expectSameBytes(encode(decoded(FULL).data, layout), bytes);
  });

  test('does not fit when the file goes on', () => {
    const longer = new Uint8Array([...bytesOfSketch(FULL), 0x60, 1]);
    expect(() => addPatches(decoded(FULL).data, defaultLayout(), longer)).toThrow(Misfit);
  });

  test('nothing to patch leaves no digest', () => {
    const layout = defaultLayout();
    addPatches(decoded(FULL).data, layout, bytesOfSketch(FULL));
    expect([layout.patches, layout.patchedDigest.length]).toEqual([[], 0]);
  });
});
