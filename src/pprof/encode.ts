import { Misfit } from '../errors.ts';
import { equalBytes, equalRange, viewOf } from '../wire/bytes.ts';
import { high, type Int64Column, low } from '../wire/columns.ts';
import { digest } from '../wire/digest.ts';
import { Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';
import type { Written } from '../wire/written.ts';
import type { PprofData } from './data.ts';
import type { Layout, Patch, Style, Styles } from './layout.ts';
import { coverContent, defaultRuns, walkRecords } from './records.ts';
import { PROFILE } from './schema.ts';

/** Bytes after which it is told again. */
const TOLD_EACH = 256 * 1024;

/** Encodes a pprof in the given layout, uncompressed. Throws Misfit when the layout is of another profile. */
export function encode(data: PprofData, layout: Layout, sizeHint = 1024, written?: Written): Uint8Array {
  const runs = layout.runs ?? defaultRuns(data);
  if (!coverContent(data, runs)) throw new Misfit('the profile has a field that the original did not have');
  const writer = new Writer(sizeHint);
  const records = new RecordWriter(data, layout.styles, writer, () => writer.written());
  const { patches } = layout;
  const patched = new Writer(64);
  let record = 0;
  let next = 0;
  let told = 0;
  walkRecords(data, runs, (field, index) => {
    const start = writer.pos;
    if (start - told >= TOLD_EACH) {
      told = start;
      written?.(writer.buf, start);
    }
    records.write(field, index);
    if (next < patches.length && patches[next].record === record) {
      patched.bytes(writer.buf, start, writer.pos);
      applyPatch(writer, start, patches[next++]);
      records.forget(field, index, start);
    }
    record++;
  });
  if (next < patches.length) throw new Misfit('a patch names a record that is not there');
  if (next > 0 && !equalBytes(digest(patched.finish()), layout.patchedDigest))
    throw new Misfit('a record that has a patch was edited');
  return writer.finish();
}

/** Bytes after which what was written is compared. */
const COMPARED_AT_ONCE = 64 * 1024;

/** Whether `encode` gives these bytes: compared as they are written, so that they are never held twice. Throws as `encode` does. */
export function encodesTo(data: PprofData, layout: Layout, expected: Uint8Array): boolean {
  if (layout.patches.length > 0) return equalBytes(encode(data, layout, expected.length), expected);
  const runs = layout.runs ?? defaultRuns(data);
  if (!coverContent(data, runs)) throw new Misfit('the profile has a field that the original did not have');
  const writer = new Writer(2 * COMPARED_AT_ONCE);
  const whole = viewOf(expected);
  const records = new RecordWriter(data, layout.styles, writer, () => whole);
  let same = true;
  const compare = () => {
    same &&= equalRange(writer.buf, 0, writer.pos, expected, records.base);
    records.base += writer.pos;
    writer.pos = 0;
  };
  walkRecords(data, runs, (field, index) => {
    if (!same) return;
    records.write(field, index);
    if (writer.pos >= COMPARED_AT_ONCE) compare();
  });
  compare();
  return same && records.base === expected.length;
}

function applyPatch(writer: Writer, start: number, { at, remove, insert }: Patch): void {
  if (at + remove > writer.pos - start) throw new Misfit('a patch reaches past its record');
  const tail = writer.buf.slice(start + at + remove, writer.pos);
  writer.pos = start + at;
  writer.bytes(insert);
  writer.bytes(tail);
}

/** Completes a layout by the patches that turn what its rules give into `bytes`. Throws Misfit when the records are not the same ones. */
export function addPatches(data: PprofData, layout: Layout, bytes: Uint8Array): void {
  const writer = new Writer();
  const records = new RecordWriter(data, layout.styles, writer);
  const reader = new Reader(bytes);
  const patched = new Writer(64);
  let record = 0;
  walkRecords(data, layout.runs ?? defaultRuns(data), (field, index) => {
    const start = reader.pos;
    do reader.skip(reader.tag());
    while (field === PROFILE.comment && nextField(reader) === field);
    writer.pos = 0;
    records.write(field, index);
    const rule = writer.finish();
    const patch = difference(rule, bytes.subarray(start, reader.pos), record++);
    if (patch === undefined) return;
    layout.patches.push(patch);
    patched.bytes(rule);
  });
  if (reader.pos !== bytes.length) throw new Misfit('the layout ends before the file does');
  if (layout.patches.length > 0) layout.patchedDigest = digest(patched.finish());
}

function nextField(reader: Reader): number {
  if (reader.pos >= reader.end) return 0;
  const at = reader.pos;
  const field = reader.tag() >>> 3;
  reader.pos = at;
  return field;
}

function difference(rule: Uint8Array, actual: Uint8Array, record: number): Patch | undefined {
  const shorter = Math.min(rule.length, actual.length);
  let at = 0;
  while (at < shorter && rule[at] === actual[at]) at++;
  if (at === rule.length && at === actual.length) return undefined;
  let tail = 0;
  while (tail < shorter - at && rule[rule.length - 1 - tail] === actual[actual.length - 1 - tail]) tail++;
  return { record, at, remove: rule.length - at - tail, insert: actual.subarray(at, actual.length - tail) };
}

/** Writes one top-level field at a time, by the rules of the styles. */
class RecordWriter {
  /** Where the writer's first byte stands in the whole. */
  base = 0;
  /** Where the location_id of each stack were written first, plus one, and how many bytes they are: they are alike in all samples. */
  private readonly stackAt: Int32Array;
  private readonly stackSize: Int32Array;
  /** The same of each label. */
  private readonly labelAt: Int32Array;
  private readonly labelSize: Uint8Array;
  private readonly widths = { sample: 1, locationIds: 1, values: 1, label: 1, location: 1, line: 1, other: 1 };

  constructor(
    private readonly data: PprofData,
    private readonly styles: Styles,
    private readonly w: Writer,
    /** The whole as far as it is written; without it nothing is copied. */
    private readonly whole: (() => DataView) | undefined = undefined,
  ) {
    this.stackAt = new Int32Array(data.sample.stacks.length);
    this.stackSize = new Int32Array(data.sample.stacks.length);
    this.labelAt = new Int32Array(data.sample.label.length);
    this.labelSize = new Uint8Array(data.sample.label.length);
  }

  /** To be told when the record that begins here was changed: it is no place to copy from. */
  forget(field: number, index: number, start: number): void {
    if (field !== PROFILE.sample) return;
    const stack = this.data.sample.stack.array[index];
    if (this.stackAt[stack] > start) this.stackAt[stack] = 0;
    this.forgetLabels(index, start);
  }

  private forgetLabels(index: number, start: number): void {
    const { labels } = this.data.sample;
    const end = labels.end(index);
    for (let i = labels.start(index); i < end; i++) {
      const label = labels.values.array[i];
      if (this.labelAt[label] > start) this.labelAt[label] = 0;
    }
  }

  write(field: number, index: number): void {
    const { data, w } = this;
    const width = this.styles.Profile.lengthWidth[field];
    switch (field) {
      case PROFILE.sampleType:
        this.valueType(field, data.sampleType.type.array[index], data.sampleType.unit.array[index], width);
        return;
      case PROFILE.sample:
        this.sample(index, width);
        return;
      case PROFILE.mapping:
        this.mapping(index, width);
        return;
      case PROFILE.location:
        this.location(index, width);
        return;
      case PROFILE.function:
        this.function(index, width);
        return;
      case PROFILE.stringTable: {
        w.uint32((field << 3) | 2);
        const start = w.open(width);
        w.bytes(data.strings.buffer(index), data.strings.start.array[index], data.strings.end.array[index]);
        w.close(start, width, width);
        return;
      }
      case PROFILE.dropFrames:
        this.scalar(field, data.dropFrames, 0);
        return;
      case PROFILE.keepFrames:
        this.scalar(field, data.keepFrames, 0);
        return;
      case PROFILE.timeNanos:
        this.scalar(field, low(data.timeNanos), high(data.timeNanos));
        return;
      case PROFILE.durationNanos:
        this.scalar(field, low(data.durationNanos), high(data.durationNanos));
        return;
      case PROFILE.periodType:
        this.valueType(field, data.periodType?.type ?? 0, data.periodType?.unit ?? 0, width);
        return;
      case PROFILE.period:
        this.scalar(field, low(data.period), high(data.period));
        return;
      case PROFILE.comment:
        if (index === 0) this.comments(width);
        return;
      case PROFILE.defaultSampleType:
        this.scalar(field, data.defaultSampleType, 0);
        return;
      case PROFILE.docUrl:
        this.scalar(field, data.docUrl, 0);
        return;
      default: // FOREIGN: its bytes are in a patch.
    }
  }

  private scalar(field: number, lo: number, hi: number): void {
    this.w.byte(field << 3);
    this.w.varint(lo, hi);
  }

  /** A scalar of a nested message, which is written when it is not zero or the style says so. */
  private optional(style: Style, field: number, lo: number, hi: number): void {
    if (lo !== 0 || hi !== 0 || (style.zeros & (1 << field)) !== 0) this.scalar(field, lo, hi);
  }

  private int64(style: Style, field: number, column: Int64Column, row: number): void {
    this.optional(style, field, column.lo[row], column.hiAt(row));
  }

  private valueType(field: number, type: number, unit: number, least: number): void {
    const { w } = this;
    const style = this.styles.ValueType;
    w.byte((field << 3) | 2);
    const start = w.open(least);
    for (const inner of style.order) this.optional(style, inner, inner === 1 ? type : unit, 0);
    w.close(start, least, least);
  }

  private sample(row: number, least: number): void {
    const { w, data, widths } = this;
    const { sample } = data;
    const style = this.styles.Sample;
    w.byte((PROFILE.sample << 3) | 2);
    const stack = sample.stack.array[row];
    const start = w.open(widths.sample);
    let idsAt = 0;
    let idsSize = 0;
    for (const field of style.order) {
      if (field === 1) {
        idsAt = w.pos - start;
        idsSize = this.locationIds(stack, style);
      } else if (field === 2) {
        const types = data.sampleType.length;
        const { value } = sample;
        if (types > style.packedAbove[2]) {
          w.byte(0x12);
          const inner = w.open(widths.values);
          for (let i = row * types; i < (row + 1) * types; i++) w.varint(value.lo[i], value.hiAt(i));
          widths.values = w.close(inner, widths.values, style.lengthWidth[2]);
        } else {
          for (let i = row * types; i < (row + 1) * types; i++) this.scalar(2, value.lo[i], value.hiAt(i));
        }
      } else {
        const end = sample.labels.end(row);
        for (let i = sample.labels.start(row); i < end; i++)
          this.label(sample.labels.values.array[i], style.lengthWidth[3]);
      }
    }
    const width = widths.sample;
    widths.sample = w.close(start, width, least);
    // A length of another width than was guessed moves what is behind it.
    const moved = widths.sample - width;
    if (moved !== 0) this.forgetLabels(row, this.base + start);
    if (this.stackAt[stack] === 0) {
      this.stackAt[stack] = this.base + start + moved + idsAt + 1;
      this.stackSize[stack] = idsSize;
    }
  }

  /** Writes the location_id of a stack; those that were written before are copied. Returns how many bytes it wrote. */
  private locationIds(stack: number, style: Style): number {
    const { w, data, widths, whole } = this;
    const start = w.pos;
    const at = this.stackAt[stack] - 1;
    if (at >= 0 && whole !== undefined) {
      w.copy(whole(), at, at + this.stackSize[stack]);
      return w.pos - start;
    }
    const { stacks } = data.sample;
    const { id } = data.location;
    const refs = stacks.values.array;
    const from = stacks.start(stack);
    const to = stacks.end(stack);
    if (to - from > style.packedAbove[1]) {
      w.byte(0x0a);
      const inner = w.open(widths.locationIds);
      w.varintsOf(id, refs, from, to);
      widths.locationIds = w.close(inner, widths.locationIds, style.lengthWidth[1]);
    } else for (let i = from; i < to; i++) this.scalar(1, id.lo[refs[i] - 1], id.hiAt(refs[i] - 1));
    return w.pos - start;
  }

  /** Writes a label; one that was written before is copied. */
  private label(row: number, least: number): void {
    const { w, widths, whole } = this;
    const at = this.labelAt[row] - 1;
    if (at >= 0 && whole !== undefined) {
      w.copy(whole(), at, at + this.labelSize[row]);
      return;
    }
    const { label } = this.data.sample;
    const style = this.styles.Label;
    const before = w.pos;
    w.byte(0x1a);
    const start = w.open(widths.label);
    for (const field of style.order) {
      if (field === 1) this.optional(style, 1, label.key.array[row], 0);
      else if (field === 2) this.optional(style, 2, label.str.array[row], 0);
      else if (field === 3) this.int64(style, 3, label.num, row);
      else this.optional(style, 4, label.numUnit.array[row], 0);
    }
    widths.label = w.close(start, widths.label, least);
    this.labelAt[row] = this.base + before + 1;
    this.labelSize[row] = w.pos - before;
  }

  private mapping(row: number, least: number): void {
    const { w } = this;
    const { mapping } = this.data;
    const style = this.styles.Mapping;
    w.byte((PROFILE.mapping << 3) | 2);
    const start = w.open(1);
    for (const field of style.order) {
      if (field === 1) this.int64(style, 1, mapping.id, row);
      else if (field === 2) this.int64(style, 2, mapping.memoryStart, row);
      else if (field === 3) this.int64(style, 3, mapping.memoryLimit, row);
      else if (field === 4) this.int64(style, 4, mapping.fileOffset, row);
      else if (field === 5) this.optional(style, 5, mapping.filename.array[row], 0);
      else if (field === 6) this.optional(style, 6, mapping.buildId.array[row], 0);
      else this.optional(style, field, (mapping.has.array[row] >>> (field - 7)) & 1, 0);
    }
    w.close(start, 1, least);
  }

  private location(row: number, least: number): void {
    const { w, widths, data } = this;
    const { location, mapping } = data;
    const style = this.styles.Location;
    w.byte((PROFILE.location << 3) | 2);
    const start = w.open(widths.location);
    for (const field of style.order) {
      if (field === 1) this.int64(style, 1, location.id, row);
      else if (field === 2) {
        const ref = location.mapping.array[row];
        if (ref === 0) this.optional(style, 2, 0, 0);
        else this.int64(style, 2, mapping.id, ref - 1);
      } else if (field === 3) this.int64(style, 3, location.address, row);
      else if (field === 4) {
        const end = location.lineStart.array[row + 1];
        for (let i = location.lineStart.array[row]; i < end; i++) this.line(i, style.lengthWidth[4]);
      } else this.optional(style, 5, location.isFolded.array[row], 0);
    }
    widths.location = w.close(start, widths.location, least);
  }

  private line(row: number, least: number): void {
    const { w, widths, data } = this;
    const { line } = data.location;
    const style = this.styles.Line;
    w.byte(0x22);
    const start = w.open(widths.line);
    for (const field of style.order) {
      if (field === 1) {
        const ref = line.function.array[row];
        if (ref === 0) this.optional(style, 1, 0, 0);
        else this.int64(style, 1, data.function.id, ref - 1);
      } else if (field === 2) this.int64(style, 2, line.line, row);
      else this.int64(style, 3, line.column, row);
    }
    widths.line = w.close(start, widths.line, least);
  }

  private function(row: number, least: number): void {
    const { w } = this;
    const fn = this.data.function;
    const style = this.styles.Function;
    w.byte((PROFILE.function << 3) | 2);
    const start = w.open(1);
    for (const field of style.order) {
      if (field === 1) this.int64(style, 1, fn.id, row);
      else if (field === 2) this.optional(style, 2, fn.name.array[row], 0);
      else if (field === 3) this.optional(style, 3, fn.systemName.array[row], 0);
      else if (field === 4) this.optional(style, 4, fn.filename.array[row], 0);
      else this.int64(style, 5, fn.startLine, row);
    }
    w.close(start, 1, least);
  }

  private comments(least: number): void {
    const { w, data, styles } = this;
    const { comment } = data;
    if (comment.length > styles.Profile.packedAbove[PROFILE.comment]) {
      w.byte((PROFILE.comment << 3) | 2);
      const start = w.open(1);
      for (let i = 0; i < comment.length; i++) w.uint32(comment.array[i]);
      w.close(start, 1, least);
    } else {
      for (let i = 0; i < comment.length; i++) this.scalar(PROFILE.comment, comment.array[i], 0);
    }
  }
}
