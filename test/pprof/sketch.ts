// A pprof as a test says it: texts instead of string indexes, ids only where they matter.

import { type Decoded, decode } from '../../src/pprof/decode.ts';
import type { PprofProfile } from '../support/messages.ts';
import { encodePprof } from '../support/oracle.ts';
import { bytesOf } from '../support/texts.ts';

type Text = string | Uint8Array;

export interface LabelSketch {
  key: Text;
  str?: Text;
  num?: bigint;
  unit?: Text;
}

export interface Sketch {
  types?: [type: Text, unit: Text][];
  /** Location ids, leaf first; one value for each type, 1 for each when left out. */
  samples?: { at?: number[]; values?: bigint[]; labels?: LabelSketch[] }[];
  mappings?: {
    id?: number;
    start?: bigint;
    limit?: bigint;
    offset?: bigint;
    filename?: Text;
    buildId?: Text;
    has?: ('functions' | 'filenames' | 'line_numbers' | 'inline_frames')[];
  }[];
  /** A line is a function id, a line and a column. */
  locations?: {
    id?: number;
    mapping?: number;
    address?: bigint;
    lines?: [number, bigint?, bigint?][];
    folded?: boolean;
  }[];
  functions?: { id?: number; name?: Text; systemName?: Text; filename?: Text; startLine?: bigint }[];
  /** Behind the strings that are referred to. */
  unusedStrings?: Text[];
  dropFrames?: Text;
  keepFrames?: Text;
  time?: bigint;
  duration?: bigint;
  periodType?: [type: Text, unit: Text];
  period?: bigint;
  comments?: Text[];
  defaultType?: Text;
  docUrl?: Text;
}

/** Ids 1..n where none are told, strings in the order in which the bytes refer to them. */
export function profileOf(sketch: Sketch): PprofProfile {
  const strings: Uint8Array[] = [new Uint8Array(0)];
  const s = (text: Text = ''): bigint => {
    const bytes = typeof text === 'string' ? bytesOf(text) : text;
    const known = strings.findIndex((other) => Buffer.compare(other, bytes) === 0);
    return BigInt(known >= 0 ? known : strings.push(bytes) - 1);
  };
  const types = sketch.types ?? [['cpu', 'nanoseconds']];
  const { mappings = [], locations = [], functions = [], samples = [], periodType } = sketch;
  const profile = {
    sample_type: types.map(([type, unit]) => ({ type: s(type), unit: s(unit) })),
    sample: samples.map(({ at = [], values, labels = [] }) => ({
      location_id: at.map(BigInt),
      value: values?.slice() ?? types.map(() => 1n),
      label: labels.map(({ key, str, num = 0n, unit }) => ({ key: s(key), str: s(str), num, num_unit: s(unit) })),
    })),
    mapping: mappings.map(({ id, start = 0n, limit = 0n, offset = 0n, filename, buildId, has = [] }, i) => ({
      ...{ id: BigInt(id ?? i + 1), memory_start: start, memory_limit: limit, file_offset: offset },
      ...{ filename: s(filename), build_id: s(buildId) },
      ...{ has_functions: has.includes('functions'), has_filenames: has.includes('filenames') },
      ...{ has_line_numbers: has.includes('line_numbers'), has_inline_frames: has.includes('inline_frames') },
    })),
    location: locations.map(({ id, mapping = 0, address = 0n, lines = [], folded = false }, i) => ({
      ...{ id: BigInt(id ?? i + 1), mapping_id: BigInt(mapping), address, is_folded: folded },
      line: lines.map(([fn, line = 0n, column = 0n]) => ({ function_id: BigInt(fn), line, column })),
    })),
    function: functions.map(({ id, name, systemName, filename, startLine = 0n }, i) => ({
      ...{ id: BigInt(id ?? i + 1), name: s(name), system_name: s(systemName), filename: s(filename) },
      start_line: startLine,
    })),
    drop_frames: s(sketch.dropFrames),
    keep_frames: s(sketch.keepFrames),
    time_nanos: sketch.time ?? 0n,
    duration_nanos: sketch.duration ?? 0n,
    period_type: periodType && { type: s(periodType[0]), unit: s(periodType[1]) },
    period: sketch.period ?? 0n,
    comment: (sketch.comments ?? []).map(s),
    default_sample_type: s(sketch.defaultType),
    doc_url: s(sketch.docUrl),
  };
  for (const text of sketch.unusedStrings ?? []) strings.push(typeof text === 'string' ? bytesOf(text) : text);
  return { ...profile, string_table: strings };
}

/** As protobuf libraries write it. */
export const bytesOfSketch = (sketch: Sketch): Uint8Array => encodePprof(profileOf(sketch));

export const decoded = (sketch: Sketch): Decoded => decode(bytesOfSketch(sketch));

/** A profile with something in every table and field. */
export const FULL: Sketch = {
  types: [
    ['samples', 'count'],
    ['cpu', 'nanoseconds'],
  ],
  samples: [
    { at: [1, 2], values: [1n, 10n], labels: [{ key: 'thread', str: 'main' }] },
    { at: [3, 2], values: [2n, -20n], labels: [{ key: 'bytes', num: 512n, unit: 'bytes' }] },
    { at: [], values: [0n, 1n << 40n] },
  ],
  mappings: [
    {
      start: 0x400000n,
      limit: 0x500000n,
      offset: 0x1000n,
      filename: '/bin/app',
      buildId: 'abc123',
      has: ['functions'],
    },
    { start: 1n << 63n, limit: (1n << 64n) - 1n, filename: '[vdso]', has: ['filenames', 'line_numbers'] },
  ],
  locations: [
    {
      mapping: 1,
      address: 0x400100n,
      lines: [
        [1, 10n, 3n],
        [2, 20n],
      ],
    },
    { mapping: 2, address: (1n << 64n) - 2n, lines: [[2, 21n]], folded: true },
    { lines: [[3, 7n]] },
  ],
  functions: [
    { name: 'leaf', systemName: '_leaf', filename: 'leaf.c', startLine: 5n },
    { name: 'main', filename: 'main.c' },
    { name: 'other' },
  ],
  dropFrames: 'drop.*',
  keepFrames: 'keep.*',
  time: 1_700_000_000_000_000_000n,
  duration: 5_000_000_000n,
  periodType: ['cpu', 'nanoseconds'],
  period: 10_000_000n,
  comments: ['first', 'second'],
  defaultType: 'samples',
  docUrl: 'https://example.com/doc',
};
