import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';
import type { PprofData } from '../../src/pprof/data.ts';
import { decode } from '../../src/pprof/decode.ts';
import { FOREIGN } from '../../src/pprof/layout.ts';
import type { Int64Column } from '../../src/wire/columns.ts';
import { pprofCase } from '../support/arbitraries.ts';
import type { PprofProfile } from '../support/messages.ts';
import { decodePprof } from '../support/oracle.ts';
import { type WireField, writeWire } from '../support/pprofWire.ts';
import { bytesOfSketch, FULL } from './sketch.ts';

/** What the columns say, in the oracle's words. */
function plain(data: PprofData): PprofProfile {
  const { sample, location, mapping, function: fn, sampleType } = data;
  const { label } = sample;
  const rows = <T>(length: number, row: (i: number) => T): T[] => Array.from({ length }, (_, i) => row(i));
  const range = <T>(from: number, to: number, row: (i: number) => T): T[] => rows(to - from, (i) => row(from + i));
  const text = (column: { array: Int32Array }, i: number): bigint => BigInt(column.array[i]);
  const idOf = (ids: Int64Column, ref: number): bigint => (ref === 0 ? 0n : ids.unsigned(ref - 1));
  const types = sampleType.length;
  return {
    sample_type: rows(types, (i) => ({ type: text(sampleType.type, i), unit: text(sampleType.unit, i) })),
    sample: rows(sample.length, (i) => ({
      location_id: range(sample.stacks.start(sample.stack.array[i]), sample.stacks.end(sample.stack.array[i]), (at) =>
        idOf(location.id, sample.stacks.values.array[at]),
      ),
      value: range(i * types, (i + 1) * types, (at) => sample.value.signed(at)),
      label: range(sample.labels.start(i), sample.labels.end(i), (at) => {
        const row = sample.labels.values.array[at];
        return {
          ...{ key: text(label.key, row), str: text(label.str, row) },
          ...{ num: label.num.signed(row), num_unit: text(label.numUnit, row) },
        };
      }),
    })),
    mapping: rows(mapping.length, (i) => ({
      ...{ id: mapping.id.unsigned(i), memory_start: mapping.memoryStart.unsigned(i) },
      ...{ memory_limit: mapping.memoryLimit.unsigned(i), file_offset: mapping.fileOffset.unsigned(i) },
      ...{ filename: text(mapping.filename, i), build_id: text(mapping.buildId, i) },
      ...{ has_functions: (mapping.has.array[i] & 1) !== 0, has_filenames: (mapping.has.array[i] & 2) !== 0 },
      ...{ has_line_numbers: (mapping.has.array[i] & 4) !== 0, has_inline_frames: (mapping.has.array[i] & 8) !== 0 },
    })),
    location: rows(location.length, (i) => ({
      ...{ id: location.id.unsigned(i), mapping_id: idOf(mapping.id, location.mapping.array[i]) },
      ...{ address: location.address.unsigned(i), is_folded: location.isFolded.array[i] === 1 },
      line: range(location.lineStart.array[i], location.lineStart.array[i + 1], (at) => ({
        ...{ function_id: idOf(fn.id, location.line.function.array[at]) },
        ...{ line: location.line.line.signed(at), column: location.line.column.signed(at) },
      })),
    })),
    function: rows(fn.length, (i) => ({
      ...{ id: fn.id.unsigned(i), name: text(fn.name, i), system_name: text(fn.systemName, i) },
      ...{ filename: text(fn.filename, i), start_line: fn.startLine.signed(i) },
    })),
    string_table: rows(data.strings.length, (i) => data.strings.bytes(i)),
    ...{ drop_frames: BigInt(data.dropFrames), keep_frames: BigInt(data.keepFrames) },
    ...{ time_nanos: data.timeNanos, duration_nanos: data.durationNanos, period: data.period },
    period_type: data.periodType && { type: BigInt(data.periodType.type), unit: BigInt(data.periodType.unit) },
    comment: range(0, data.comment.length, (i) => text(data.comment, i)),
    ...{ default_sample_type: BigInt(data.defaultSampleType), doc_url: BigInt(data.docUrl) },
  };
}

describe('decode', () => {
  test('reads every field', () => {
    const bytes = bytesOfSketch(FULL);
    expect(plain(decode(bytes).data)).toEqual(decodePprof(bytes));
  });

  test('reads any pprof, in any layout, as protobufjs does', () => {
    fc.assert(
      fc.property(pprofCase, ({ profile, bytes }) => {
        const mappings = new Set(profile.mapping.map(({ id }) => id));
        const expected = decodePprof(bytes);
        // A dangling mapping id is no reference: warned about, and kept by the layout.
        for (const location of expected.location) if (!mappings.has(location.mapping_id)) location.mapping_id = 0n;
        expect(plain(decode(bytes).data)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  test('keeps the bytes, and the order of the top-level fields as runs', () => {
    const bytes = writeWire([
      { field: 6, wire: 'len', body: [] },
      { field: 1, wire: 'len', body: [] },
      { field: 1, wire: 'len', body: [] },
      { field: 17, wire: 'fixed32', value: 1n },
      { field: 99, wire: 'varint', value: 1n },
      { field: 6, wire: 'len', body: Uint8Array.of(0x61) },
      { field: 13, wire: 'varint', value: 1n },
      { field: 13, wire: 'packed', values: [1n, 1n] },
    ]);
    const result = decode(bytes);
    expect(result.bytes).toBe(bytes);
    expect(result.runs).toEqual([
      { field: 6, count: 1 },
      { field: 1, count: 2 },
      { field: FOREIGN, count: 2 },
      { field: 6, count: 1 },
      { field: 13, count: 2 },
    ]);
    expect(result.data.comment.length).toBe(3);
  });

  test('the last of a repeated scalar counts, of a repeated message the union', () => {
    const { data } = decode(
      writeWire([
        { field: 6, wire: 'len', body: [] },
        { field: 6, wire: 'len', body: Uint8Array.of(0x61) },
        { field: 12, wire: 'varint', value: 1n },
        { field: 12, wire: 'varint', value: 2n },
        { field: 11, wire: 'len', body: [{ field: 1, wire: 'varint', value: 1n }] },
        { field: 11, wire: 'len', body: [{ field: 2, wire: 'varint', value: 1n }] },
        {
          ...{ field: 3, wire: 'len' },
          body: [
            { field: 1, wire: 'varint', value: 1n },
            { field: 7, wire: 'varint', value: 1n },
            { field: 7, wire: 'varint', value: 0n },
            { field: 8, wire: 'varint', value: 1n << 40n },
          ],
        },
      ]),
    );
    expect(data.period).toBe(2n);
    expect(data.periodType).toEqual({ type: 1, unit: 1 });
    expect(data.mapping.has.array[0]).toBe(2);
  });

  test('a field of a message that profile.proto does not know is stepped over', () => {
    const strange: WireField = { field: 31, wire: 'group', body: [{ field: 1, wire: 'varint', value: 1n }] };
    const label: WireField = { field: 3, wire: 'len', body: [strange] };
    const line: WireField = { field: 4, wire: 'len', body: [strange] };
    const value: WireField = { field: 2, wire: 'varint', value: 5n };
    const { data } = decode(
      writeWire([
        { field: 6, wire: 'len', body: [] },
        { field: 1, wire: 'len', body: [strange] },
        { field: 2, wire: 'len', body: [strange, label, value] },
        { field: 3, wire: 'len', body: [strange] },
        { field: 4, wire: 'len', body: [strange, line] },
        { field: 5, wire: 'len', body: [strange, { field: 1, wire: 'varint', value: 1n }] },
      ]),
    );
    expect([data.sample.length, data.sample.label.length, data.location.line.length]).toEqual([1, 1, 1]);
    expect(data.sample.value.signed(0)).toBe(5n);
  });
});

function refusal(fields: WireField[] | Uint8Array): PprofOtlpError {
  try {
    decode(fields instanceof Uint8Array ? fields : writeWire(fields));
  } catch (error) {
    if (error instanceof PprofOtlpError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const empty: WireField = { field: 6, wire: 'len', body: [] };
const varint = (field: number, value = 1n): WireField => ({ field, wire: 'varint', value });
const message = (field: number, ...body: WireField[]): WireField => ({ field, wire: 'len', body });

describe('broken wire is refused with where it breaks', () => {
  test.each<[string, WireField[] | Uint8Array, { message: string; path: string; offset: number }]>([
    [
      'a cut length',
      Uint8Array.of(0x32, 0, 0x0a, 9, 1),
      { message: 'past the end', path: 'sample_type[0]', offset: 3 },
    ],
    [
      'a cut string',
      Uint8Array.of(0x32, 0, 0x32, 9, 1),
      { message: 'past the end', path: 'string_table[1]', offset: 3 },
    ],
    [
      'a wrong wire type',
      [empty, { field: 9, wire: 'fixed64', value: 1n }],
      { message: 'field 9 of Profile has wire type 1', path: 'profile', offset: 2 },
    ],
    ['field 0', Uint8Array.of(0x32, 0, 0x00), { message: 'no field has this number', path: 'profile', offset: 2 }],
    [
      'a cut varint in a sample',
      [empty, { field: 2, wire: 'len', body: Uint8Array.of(0x08, 0x80) }],
      { message: 'truncated inside a varint', path: 'sample[0].location_id', offset: 5 },
    ],
    [
      'a cut value',
      [empty, message(2), { field: 2, wire: 'len', body: Uint8Array.of(0x10) }],
      { message: 'truncated', path: 'sample[1].value', offset: 7 },
    ],
    [
      'a wrong wire type in a label',
      [empty, message(2, message(3, message(1)))],
      { message: 'field 1 of Label has wire type 2', path: 'sample[0].label', offset: 6 },
    ],
    [
      'a wrong wire type in a mapping',
      [empty, message(3), message(3, message(5))],
      { message: 'field 5 of Mapping has wire type 2', path: 'mapping[1]', offset: 6 },
    ],
    [
      'a wrong wire type in a location',
      [empty, message(4, varint(4))],
      { message: 'field 4 of Location has wire type 0', path: 'location[0]', offset: 4 },
    ],
    [
      'a wrong wire type in a line',
      [empty, message(4, message(4, message(1)))],
      { message: 'field 1 of Line has wire type 2', path: 'location[0].line', offset: 6 },
    ],
    [
      'a wrong wire type in a function',
      [empty, message(5, message(2))],
      { message: 'field 2 of Function has wire type 2', path: 'function[0]', offset: 4 },
    ],
    [
      'a wrong wire type in a value type',
      [empty, message(11, message(2))],
      { message: 'field 2 of ValueType has wire type 2', path: 'period_type', offset: 4 },
    ],
    [
      'a cut comment',
      [empty, { field: 13, wire: 'len', body: Uint8Array.of(0x80) }],
      { message: 'truncated inside a varint', path: 'comment', offset: 4 },
    ],
    [
      'two profiles run together',
      [empty, varint(9), empty, varint(9, 0n)],
      { message: 'two profiles were run together', path: 'time_nanos', offset: 6 },
    ],
  ])('%s', (_, fields, { message: text, path, offset }) => {
    const error = refusal(fields);
    expect(error).toMatchObject({ code: 'bad-input', stage: 'decode', path, offset });
    expect(error.message).toContain(text);
  });

  test('nested groups are a limit', () => {
    expect(refusal(Uint8Array.from([0x32, 0, ...new Array<number>(200).fill(0x83), 1]))).toMatchObject({
      path: 'profile',
    });
    const groups = new Uint8Array(2002).fill(0x8b);
    for (let i = 1; i < groups.length; i += 2) groups[i] = 0x01;
    expect(refusal(groups)).toMatchObject({ code: 'limit', path: 'profile' });
  });

  test('a path names the place, also behind a nested message', () => {
    const location = message(4, message(4), { field: 3, wire: 'fixed64', value: 1n });
    expect(refusal([empty, location])).toMatchObject({ path: 'location[0]' });
    const sample = refusal([empty, { field: 2, wire: 'len', body: Uint8Array.of(0x1a, 5) }]);
    expect(sample.path).toMatch(/^sample\[0\]/);
    expect(sample.offset).toBe(5);
  });
});
