// A pprof's wire layout: everything about its bytes that says nothing. A Layout
// and a profile give bytes; layouts of real encoders stand at the end.

import type { PprofProfile } from './messages.ts';
import { type WireField, writeWire } from './pprofWire.ts';

export type Packing =
  | 'packed'
  | 'unpacked'
  /** Packed from this many on. */
  | number
  /** In several pieces: one value unpacked, then runs of two. */
  | 'split';

/** How the messages of one type are written. */
export interface Style {
  /** Field numbers in the order written; those not named follow ascending. */
  order: number[];
  /** Non-empty: the fields take turns as these numbers say, instead of one after the other. */
  mix: number[];
  /** Scalars written although zero. */
  zeros: number[];
  packing: Packing;
  /** Whether a repeated number without values is written as an empty run. */
  emptyRuns: boolean;
  /** Least bytes of a varint, of a tag and of a length inside these messages. */
  width: number;
  tagWidth: number;
  lengthWidth: number;
  /** What a true bool is written as. */
  truth: bigint;
  /** Scalars written once more before the value that counts. */
  doubled: { field: number; value: bigint }[];
  /** Fields that no schema knows, and where they go. */
  unknown: { at: number; field: WireField }[];
}

export const MESSAGE_TYPES = [
  'Profile',
  'ValueType',
  'Sample',
  'Label',
  'Mapping',
  'Location',
  'Line',
  'Function',
] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

export interface Layout {
  /** The first style of a type is the usual one. */
  styles: Record<MessageType, Style[]>;
  /** Which style the next message takes, in turn; empty: always the first. */
  picks: number[];
  /** Locations and functions before the first sample that uses them, as the Go runtime writes. */
  interleaved: boolean;
  /** period_type in two pieces, which a reader has to merge. */
  splitPeriodType: boolean;
}

export const PLAIN_STYLE: Style = {
  order: [],
  mix: [],
  zeros: [],
  packing: 'packed',
  emptyRuns: false,
  width: 1,
  tagWidth: 1,
  lengthWidth: 1,
  truth: 1n,
  doubled: [],
  unknown: [],
};

/** The fields of each message type with their kinds. */
export const FIELDS: Record<MessageType, { count: number; scalars: number[]; numberLists: number[] }> = {
  Profile: { count: 15, scalars: [7, 8, 9, 10, 12, 14, 15], numberLists: [13] },
  ValueType: { count: 2, scalars: [1, 2], numberLists: [] },
  Sample: { count: 3, scalars: [], numberLists: [1, 2] },
  Label: { count: 4, scalars: [1, 2, 3, 4], numberLists: [] },
  Mapping: { count: 10, scalars: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], numberLists: [] },
  Location: { count: 5, scalars: [1, 2, 3, 5], numberLists: [] },
  Line: { count: 3, scalars: [1, 2, 3], numberLists: [] },
  Function: { count: 5, scalars: [1, 2, 3, 4, 5], numberLists: [] },
};

type Value = bigint | boolean | bigint[] | Uint8Array[] | WireField[][];

function packed(field: number, values: bigint[], style: Style): WireField[] {
  const { tagWidth, lengthWidth, width, packing } = style;
  const run = (part: bigint[]): WireField => ({ field, wire: 'packed', values: part, width, tagWidth, lengthWidth });
  const single = (value: bigint): WireField => ({ field, wire: 'varint', value, width, tagWidth });
  if (values.length === 0) return style.emptyRuns ? [run([])] : [];
  if (packing === 'packed' || (typeof packing === 'number' && values.length >= packing)) return [run(values)];
  if (packing !== 'split') return values.map(single);
  const pieces = [single(values[0] as bigint)];
  for (let i = 1; i < values.length; i += 2) pieces.push(run(values.slice(i, i + 2)));
  return pieces;
}

function arrange(queues: Map<number, WireField[]>, style: Style): WireField[] {
  const rank = (field: number): number => (style.order.includes(field) ? style.order.indexOf(field) : 100 + field);
  const lists = [...queues.entries()].sort((a, b) => rank(a[0]) - rank(b[0])).map(([, list]) => list);
  if (style.mix.length === 0) return lists.flat();
  const out: WireField[] = [];
  let left = lists.filter((list) => list.length > 0).map((list) => ({ list, next: 0 }));
  for (let turn = 0; left.length > 0; turn++) {
    const queue = left[(style.mix[turn % style.mix.length] as number) % left.length] as {
      list: WireField[];
      next: number;
    };
    out.push(queue.list[queue.next++] as WireField);
    if (queue.next === queue.list.length) left = left.filter((other) => other !== queue);
  }
  return out;
}

class Writer {
  private turn = 0;
  private readonly layout: Layout;

  constructor(layout: Layout) {
    this.layout = layout;
  }

  style(type: MessageType): Style {
    const styles = this.layout.styles[type];
    const { picks } = this.layout;
    const pick = picks.length === 0 ? 0 : (picks[this.turn++ % picks.length] as number);
    return styles[pick % styles.length] as Style;
  }

  /** values[i] is field i + 1. */
  message(type: MessageType, values: Value[]): WireField[] {
    const style = this.style(type);
    return this.finish(arrange(this.queues(type, style, values), style), style);
  }

  queues(type: MessageType, style: Style, values: Value[]): Map<number, WireField[]> {
    const { tagWidth, lengthWidth, width } = style;
    const queues = new Map<number, WireField[]>();
    values.forEach((value, i) => {
      const field = i + 1;
      const fields: WireField[] = [];
      if (Array.isArray(value)) {
        if (FIELDS[type].numberLists.includes(field)) fields.push(...packed(field, value as bigint[], style));
        else
          for (const body of value as (Uint8Array | WireField[])[])
            fields.push({ field, wire: 'len', body, tagWidth, lengthWidth });
      } else {
        const scalar = typeof value === 'bigint' ? value : value ? style.truth : 0n;
        const doubled = style.doubled.filter((extra) => extra.field === field);
        for (const extra of doubled) fields.push({ field, wire: 'varint', value: extra.value, width, tagWidth });
        if (scalar !== 0n || doubled.length > 0 || style.zeros.includes(field))
          fields.push({ field, wire: 'varint', value: scalar, width, tagWidth });
      }
      queues.set(field, fields);
    });
    return queues;
  }

  finish(fields: WireField[], style: Style): WireField[] {
    for (const { at, field } of style.unknown) fields.splice(at % (fields.length + 1), 0, field);
    return fields;
  }
}

function interleave(profile: PprofProfile, sections: Map<number, WireField[]>): WireField[] {
  const samples = sections.get(2) as WireField[];
  const locations = sections.get(4) as WireField[];
  const functions = sections.get(5) as WireField[];
  const locationOf = new Map(profile.location.map((location, i) => [location.id, i]));
  const functionOf = new Map(profile.function.map((fn, i) => [fn.id, i]));
  const out: WireField[] = [];
  let nextLocation = 0;
  let nextFunction = 0;
  profile.sample.forEach((sample, s) => {
    const last = Math.max(-1, ...sample.location_id.map((id) => locationOf.get(id) as number));
    for (; nextLocation <= last; nextLocation++) {
      out.push(locations[nextLocation] as WireField);
      const lines = (profile.location[nextLocation] as { line: { function_id: bigint }[] }).line;
      const lastFunction = Math.max(-1, ...lines.map((line) => functionOf.get(line.function_id) ?? -1));
      for (; nextFunction <= lastFunction; nextFunction++) out.push(functions[nextFunction] as WireField);
    }
    out.push(samples[s] as WireField);
  });
  return [...out, ...locations.slice(nextLocation), ...functions.slice(nextFunction)];
}

export function layOut(profile: PprofProfile, layout: Layout): Uint8Array {
  const writer = new Writer(layout);
  const valueType = (value: { type: bigint; unit: bigint }): WireField[] =>
    writer.message('ValueType', [value.type, value.unit]);
  const periodType: WireField[][] = [];
  if (profile.period_type !== undefined) {
    const { type, unit } = profile.period_type;
    // The last piece says both: a zero that it wrote explicitly would count.
    if (layout.splitPeriodType) periodType.push(valueType({ type, unit: 0n }), valueType({ type, unit }));
    else periodType.push(valueType({ type, unit }));
  }
  const style = writer.style('Profile');
  const queues = writer.queues('Profile', style, [
    profile.sample_type.map(valueType),
    profile.sample.map((sample) =>
      writer.message('Sample', [
        sample.location_id,
        sample.value,
        sample.label.map((label) => writer.message('Label', [label.key, label.str, label.num, label.num_unit])),
      ]),
    ),
    profile.mapping.map((m) =>
      writer.message('Mapping', [
        ...[m.id, m.memory_start, m.memory_limit, m.file_offset, m.filename, m.build_id],
        ...[m.has_functions, m.has_filenames, m.has_line_numbers, m.has_inline_frames],
      ]),
    ),
    profile.location.map((l) =>
      writer.message('Location', [
        l.id,
        l.mapping_id,
        l.address,
        l.line.map((line) => writer.message('Line', [line.function_id, line.line, line.column])),
        l.is_folded,
      ]),
    ),
    profile.function.map((f) => writer.message('Function', [f.id, f.name, f.system_name, f.filename, f.start_line])),
    profile.string_table,
    profile.drop_frames,
    profile.keep_frames,
    profile.time_nanos,
    profile.duration_nanos,
    periodType,
    profile.period,
    profile.comment,
    profile.default_sample_type,
    profile.doc_url,
  ]);
  if (layout.interleaved) {
    queues.set(2, interleave(profile, queues));
    queues.set(4, []);
    queues.set(5, []);
  }
  return writeWire(writer.finish(arrange(queues, style), style));
}

function layoutOf(
  styles: Partial<Record<MessageType, Partial<Style>>>,
  usual: Partial<Style> = {},
  interleaved = false,
): Layout {
  const all = Object.fromEntries(MESSAGE_TYPES.map((type) => [type, [{ ...PLAIN_STYLE, ...usual, ...styles[type] }]]));
  return { styles: all as Record<MessageType, Style[]>, picks: [], interleaved, splitPeriodType: false };
}

/** Rules of real encoders, as far as they differ in kind. */
export const ENCODERS: Readonly<Record<string, Layout>> = {
  protobuf: layoutOf({}),
  google: layoutOf({ Profile: { zeros: [14] } }, { packing: 3 }),
  goRuntime: layoutOf(
    {
      Profile: { order: [9, 1, 10, 11, 12, 2, 4, 5, 3, 6] },
      Sample: { order: [2, 1, 3] },
      Location: { order: [1, 3, 4, 2] },
    },
    { packing: 3 },
    true,
  ),
  npm: layoutOf({ Line: { zeros: [1, 2] }, Function: { zeros: [4] } }),
  jfr: layoutOf({
    Profile: { order: [1, 13, 2, 3, 4, 5, 6, 9, 10] },
    Sample: { packing: 2, lengthWidth: 3 },
    Line: { zeros: [2] },
    Mapping: { zeros: [2] },
  }),
  libdatadog: layoutOf({ Profile: { order: [2, 1, 4, 5, 6, 9, 10, 11, 12] }, Sample: { emptyRuns: true } }),
};
