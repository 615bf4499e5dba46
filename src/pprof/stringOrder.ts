import { Misfit } from '../errors.ts';
import type { Int32Column } from '../wire/columns.ts';
import { StringInterner, StringTable } from '../wire/strings.ts';
import type { PprofData } from './data.ts';
import { BYTE_ORDER, type Facts, SAMPLE_ORDER, type StringWalk } from './facts.ts';
import { ALL, INTERLEAVED, type Layout, type Run, type Style } from './layout.ts';
import { decodeOrder, decodeScattered, encodeOrder, encodeScattered, UNUSED } from './order.ts';
import { defaultRuns, walkRecords } from './records.ts';
import { PROFILE } from './schema.ts';

/**
 * Measures the order of the string table of `original` against the walks over `restored`, which has the same content
 * but may have its strings in another order, and writes the better into the facts.
 */
export function measureStrings(original: PprofData, restored: PprofData, layout: Layout, facts: Facts): void {
  let best = {
    walk: BYTE_ORDER as StringWalk,
    ...measureWalk(original, restored, walkStrings(restored, layout, BYTE_ORDER)),
  };
  if (best.steps.length > 0) {
    const other = measureWalk(original, restored, walkStrings(restored, layout, SAMPLE_ORDER));
    if (other.steps.length < best.steps.length) best = { walk: SAMPLE_ORDER, ...other };
  }
  facts.stringWalk = best.walk;
  facts.unusedStrings = best.unused;
  // A step is two numbers of one or two bytes each; a rank is one to two bytes.
  if (best.steps.length > best.entries.length)
    facts.scatteredStrings = encodeScattered(best.entries, best.entries.length - best.unused.length);
  else facts.stringOrder = best.steps;
}

interface WalkMeasure {
  entries: Int32Array;
  steps: number[];
  unused: Uint8Array[];
}

function measureWalk(original: PprofData, restored: PprofData, walked: Int32Array): WalkMeasure {
  const count = walked.length;
  const places = placesOf(original, restored, walked);
  const seen = new Uint8Array(count);
  const entries = new Int32Array(original.strings.length);
  const unused: Uint8Array[] = [];
  for (let i = 0; i < entries.length; i++) {
    const place = places[i];
    if (place >= 0 && seen[place] === 0) {
      seen[place] = 1;
      entries[i] = place;
    } else {
      entries[i] = UNUSED;
      unused.push(original.strings.bytes(i));
    }
  }
  if (seen.includes(0)) throw new Misfit('the string table lacks a string that the profile uses');
  return { entries, steps: encodeOrder(entries, count), unused };
}

/** For each string of `original` its place among those walked, -1 for none. */
function placesOf(original: PprofData, restored: PprofData, walked: Int32Array): Int32Array {
  const places = new Int32Array(original.strings.length).fill(-1);
  if (original === restored) {
    // Should the same string stand twice, the proof tells.
    for (let place = 0; place < walked.length; place++) places[walked[place]] = place;
    return places;
  }
  const predicted = new StringInterner();
  for (const index of walked) predicted.internFrom(restored.strings, index);
  if (predicted.table.length !== walked.length) throw new Misfit('the same string stands in the table twice');
  for (let i = 0; i < places.length; i++) {
    const place = predicted.internFrom(original.strings, i);
    if (place < walked.length) places[i] = place;
  }
  return places;
}

/** Puts the strings of a restored pprof in the order that the facts tell and rewrites all references to them. */
export function orderStrings(data: PprofData, layout: Layout, facts: Facts): PprofData {
  const walked = walkStrings(data, layout, facts.stringWalk);
  const order =
    facts.scatteredStrings.length > 0
      ? decodeScattered(facts.scatteredStrings, walked.length, facts.unusedStrings.length)
      : decodeOrder(facts.stringOrder, walked.length, facts.unusedStrings.length);
  const indexOf = new Int32Array(data.strings.length);
  const strings = new StringTable();
  let unused = 0;
  for (let i = 0; i < order.length; i++) {
    if (order[i] === UNUSED) strings.add(facts.unusedStrings[unused++]);
    else indexOf[walked[order[i]]] = strings.addFrom(data.strings, walked[order[i]]);
  }
  if (strings.length === 0 || strings.size(0) !== 0)
    throw new Misfit('the string table does not begin with the empty string');
  const remap = (column: Int32Column) => {
    for (let i = 0; i < column.length; i++) column.array[i] = indexOf[column.array[i]];
  };
  for (const column of stringColumns(data)) remap(column);
  for (const field of ['dropFrames', 'keepFrames', 'defaultSampleType', 'docUrl'] as const)
    data[field] = indexOf[data[field]];
  if (data.periodType !== undefined) {
    data.periodType = { type: indexOf[data.periodType.type], unit: indexOf[data.periodType.unit] };
  }
  data.strings = strings;
  return data;
}

function stringColumns(data: PprofData): Int32Column[] {
  const { sampleType, sample, mapping, function: fn, comment } = data;
  return [
    sampleType.type,
    sampleType.unit,
    sample.label.key,
    sample.label.str,
    sample.label.numUnit,
    mapping.filename,
    mapping.buildId,
    fn.name,
    fn.systemName,
    fn.filename,
    comment,
  ];
}

/** The strings in order of first reference, the empty string first. */
function walkStrings(data: PprofData, layout: Layout, walk: StringWalk): Int32Array {
  const seen = new Uint8Array(data.strings.length);
  const walked = new Int32Array(data.strings.length);
  let count = 0;
  const see = (index: number) => {
    if (seen[index] === 1) return;
    seen[index] = 1;
    walked[count++] = index;
  };
  see(0);
  const walker = new StringWalker(data, layout.styles, see);
  const visit = (field: number, index: number) => walker.record(field, index);
  // The string table refers to no strings, and may not be whole yet.
  const runs = (layout.runs ?? defaultRuns(data)).filter(({ field }) => field !== PROFILE.stringTable);
  if (walk === BYTE_ORDER) walkRecords(data, runs, visit);
  else walker.samplesFirst();
  // A layout need not name every field; what it leaves out follows.
  const isWalked = ({ field }: Run) =>
    walk === BYTE_ORDER
      ? runs.some(
          (run) =>
            (run.field === field && run.count === ALL) || (run.field === INTERLEAVED && field === PROFILE.sample),
        )
      : field === PROFILE.sample;
  const left = defaultRuns(data).filter((run) => !isWalked(run));
  walkRecords(data, left, visit);
  return walked.subarray(0, count);
}

class StringWalker {
  /** The string columns of each message, in the order in which its style writes them. */
  private readonly columns: Record<'sampleType' | 'label' | 'mapping' | 'function', Int32Column[]>;
  private readonly seenLabels: Uint8Array;

  constructor(
    private readonly data: PprofData,
    private readonly styles: Layout['styles'],
    private readonly see: (index: number) => void,
  ) {
    const { sampleType, sample, mapping, function: fn } = data;
    this.seenLabels = new Uint8Array(sample.label.length);
    this.columns = {
      sampleType: inOrder(styles.ValueType, { 1: sampleType.type, 2: sampleType.unit }),
      label: inOrder(styles.Label, { 1: sample.label.key, 2: sample.label.str, 4: sample.label.numUnit }),
      mapping: inOrder(styles.Mapping, { 5: mapping.filename, 6: mapping.buildId }),
      function: inOrder(styles.Function, { 2: fn.name, 3: fn.systemName, 4: fn.filename }),
    };
  }

  record(field: number, index: number): void {
    const { data, see, columns } = this;
    switch (field) {
      case PROFILE.sampleType:
        this.row(columns.sampleType, index);
        return;
      case PROFILE.sample:
        this.labels(index);
        return;
      case PROFILE.mapping:
        this.row(columns.mapping, index);
        return;
      case PROFILE.function:
        this.row(columns.function, index);
        return;
      case PROFILE.dropFrames:
        see(data.dropFrames);
        return;
      case PROFILE.keepFrames:
        see(data.keepFrames);
        return;
      case PROFILE.periodType:
        if (data.periodType !== undefined) {
          for (const own of this.styles.ValueType.order) see(own === 1 ? data.periodType.type : data.periodType.unit);
        }
        return;
      case PROFILE.comment:
        if (index === 0) for (let i = 0; i < data.comment.length; i++) see(data.comment.array[i]);
        return;
      case PROFILE.defaultSampleType:
        see(data.defaultSampleType);
        return;
      case PROFILE.docUrl:
        see(data.docUrl);
        return;
      default: // No strings.
    }
  }

  /** SAMPLE_ORDER: sample types, then each sample's locations root first with their functions, then its labels. */
  samplesFirst(): void {
    const { sample, location, sampleType } = this.data;
    for (let i = 0; i < sampleType.length; i++) this.row(this.columns.sampleType, i);
    const { stack, stacks } = sample;
    const refs = stacks.values.array;
    const seen = new Uint8Array(location.length);
    const seenStacks = new Uint8Array(stacks.length);
    for (let i = 0; i < sample.length; i++) {
      const own = stack.array[i];
      const start = stacks.start(own);
      for (let at = seenStacks[own] === 1 ? start : stacks.end(own); at > start; at--) {
        const row = refs[at - 1] - 1;
        if (seen[row] === 1) continue;
        seen[row] = 1;
        for (let line = location.lineStart.array[row]; line < location.lineStart.array[row + 1]; line++) {
          const fn = location.line.function.array[line];
          if (fn !== 0) this.row(this.columns.function, fn - 1);
        }
      }
      seenStacks[own] = 1;
      this.labels(i);
    }
  }

  private labels(row: number): void {
    const { labels } = this.data.sample;
    const { seenLabels } = this;
    const end = labels.end(row);
    for (let at = labels.start(row); at < end; at++) {
      const label = labels.values.array[at];
      if (seenLabels[label] === 1) continue;
      seenLabels[label] = 1;
      this.row(this.columns.label, label);
    }
  }

  private row(columns: Int32Column[], row: number): void {
    for (const column of columns) this.see(column.array[row]);
  }
}

function inOrder(style: Style, columns: Record<number, Int32Column>): Int32Column[] {
  return style.order.flatMap((field) => columns[field] ?? []);
}
