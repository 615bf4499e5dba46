import { Misfit } from '../errors.ts';
import {
  BUILD_ID_GNU,
  BUILD_ID_GO,
  BUILD_ID_HTLHASH,
  LOCATION_IS_FOLDED,
  MAPPING_HAS_FILENAMES,
  MAPPING_HAS_FUNCTIONS,
  MAPPING_HAS_INLINE_FRAMES,
  MAPPING_HAS_LINE_NUMBERS,
  PROFILE_COMMENT,
  PROFILE_DOC_URL,
  PROFILE_DROP_FRAMES,
  PROFILE_KEEP_FRAMES,
  SCOPE_DEFAULT_SAMPLE_TYPE,
  SCOPE_SAMPLE_TYPE_ORDER,
} from '../model/conventions.ts';
import {
  type AnyValue,
  attributeValue,
  type Dictionary,
  type Profile,
  type Samples,
  type Scope,
  valueText,
} from '../model/model.ts';
import { high, type Int32Column, type Int64Column, low } from '../wire/columns.ts';
import type { Rows } from '../wire/rows.ts';
import { StringInterner } from '../wire/strings.ts';
import { toUtf8, utf8 } from '../wire/text.ts';
import { PprofData } from './data.ts';
import { type Facts, LabelOrderPredictor } from './facts.ts';
import { LabelTable } from './labelTable.ts';
import { UNUSED } from './order.ts';
import { restoreIds, sortByMapping, TableRestore } from './restore.ts';

/**
 * Maps one scope of the model to a pprof (docs/mapping.md, OTLP to pprof).
 *
 * With no facts this is the canonical way back: ids 1..n, tables in order of first use. With those of a residual it
 * restores the tables of the original; throws Misfit when they are of another profile. Where the result need not be
 * exact, it is made what pprof readers accept. Strings stand in no particular order until `orderStrings`.
 */
export function fromModel(dictionary: Dictionary, scope: Scope, facts: Facts, isExact: boolean): PprofData {
  return new Restorer(dictionary, scope, facts, isExact).run();
}

class Restorer {
  private readonly data = new PprofData();
  private readonly strings = new StringInterner();
  private readonly rawNames: { shown: StringInterner; raw: Uint8Array[] };
  private readonly names: Int32Array;
  private readonly profiles: Profile[];

  constructor(
    private readonly dictionary: Dictionary,
    private readonly scope: Scope,
    private readonly facts: Facts,
    private readonly isExact: boolean,
  ) {
    this.strings.internText('');
    this.data.strings = this.strings.table;
    const shown = new StringInterner();
    for (const raw of this.facts.rawNames) shown.intern(toUtf8(raw));
    this.rawNames = { shown, raw: this.facts.rawNames };
    this.names = new Int32Array(dictionary.strings.length).fill(-1);
    this.profiles = inSampleTypeOrder(scope);
  }

  run(): PprofData {
    const { data, dictionary, facts, profiles } = this;
    for (const { sampleType } of profiles) {
      data.sampleType.type.push(this.name(sampleType.type));
      data.sampleType.unit.push(this.name(sampleType.unit));
    }
    const first = this.scope.profiles[0];
    if (first === undefined) throw new Misfit('the scope has no profiles');
    if (this.isExact && !this.scope.profiles.every((profile) => sameHead(profile, first)))
      throw new Misfit('the profiles differ in more than their values');

    const { identity } = first.samples;
    const rows = this.locationRefs(identity.stack);
    this.locations(rows.table);
    for (let i = 0; i < identity.length; i++) {
      const row = rows.perSample ? i : identity.stack.array[i];
      data.sample.location.values.append(rows.refs, rows.starts[row], rows.starts[row + 1]);
      data.sample.location.close();
    }
    this.values();

    const labels = new LabelTable(dictionary, this.strings, (index) => this.name(index));
    this.labels(labels, identity);
    restoreIds(data.location.id, data.location.mapping.length, facts.location.ids);

    data.timeNanos = BigInt.asIntN(64, first.timeUnixNano);
    data.durationNanos = BigInt.asIntN(64, first.durationNano);
    data.period = first.period;
    const { type, unit } = first.periodType;
    if (type !== 0 || unit !== 0) data.periodType = { type: this.name(type), unit: this.name(unit) };
    this.profileAttributes(first.attributes);
    const defaultType = this.scope.attributes.find(({ key }) => key === SCOPE_DEFAULT_SAMPLE_TYPE)?.value;
    if (defaultType !== undefined) data.defaultSampleType = this.intern(defaultType);
    return data;
  }

  /** For each row of `starts` its locations as table index plus one: a row a stack, or a row a sample when copies differ by sample. */
  private locationRefs(stack: Int32Column): {
    perSample: boolean;
    starts: Int32Array;
    refs: Int32Array;
    table: TableRestore;
  } {
    const { stacks, locations } = this.dictionary;
    const { facts } = this;
    const table = new TableRestore(facts.location, locations.length, false);
    const perSample = facts.location.copies.length > 0;
    const count = perSample ? stack.length : stacks.length;
    const starts = new Int32Array(count + 1);
    for (let i = 0; i < count; i++) {
      const row = perSample ? stack.array[i] : i;
      starts[i + 1] = starts[i] + stacks.end(row) - stacks.start(row);
    }
    const refs = new Int32Array(starts[count]);
    for (let i = 0; i < count; i++) {
      const row = perSample ? stack.array[i] : i;
      const from = stacks.start(row);
      const length = stacks.end(row) - from;
      let after = 0;
      for (let k = 0; k < length; k++) {
        const place = facts.rootFirst ? length - 1 - k : k;
        after = table.visit(stacks.values.array[from + place], after);
        refs[starts[i] + place] = after;
      }
    }
    table.finish(facts.unusedLocations.length);
    for (let at = 0; at < refs.length; at++) refs[at] = table.row(refs[at]);
    return { perSample, starts, refs, table };
  }

  /** Fills the location table, and the mapping and function tables that it leads to. */
  private locations(table: TableRestore): void {
    const { data, dictionary, facts } = this;
    const { locations } = dictionary;
    const { location } = data;
    let unused = 0;
    for (const entry of table.entries()) {
      if (entry === UNUSED) this.unusedLocation(unused++);
      else {
        location.mapping.push(locations.mapping.array[entry]);
        location.address.push(locations.address.lo[entry], locations.address.hiAt(entry));
        location.isFolded.push(this.isTrue(locations.attributes, entry, LOCATION_IS_FOLDED) ? 1 : 0);
        for (let at = locations.lineStart.array[entry]; at < locations.lineStart.array[entry + 1]; at++) {
          location.line.function.push(locations.line.function.array[at]);
          location.line.line.push(locations.line.line.lo[at], locations.line.line.hiAt(at));
          location.line.column.push(locations.line.column.lo[at], locations.line.column.hiAt(at));
        }
        location.lineStart.push(location.line.length);
      }
    }
    const used = Int32Array.from(table.entries().keys()).filter((row) => table.entries()[row] !== UNUSED);
    this.mappings(used);
    this.functions(facts.functionsByMapping ? sortByMapping(used, location.mapping.array) : used);
    for (const [row, entry] of table.entries().entries()) if (entry === UNUSED) this.checkUnused(row);
  }

  /** An unused location names table rows; the others were led there. */
  private checkUnused(row: number): void {
    const { location, mapping, function: fn } = this.data;
    let inRange = location.mapping.array[row] <= mapping.length;
    for (let at = location.lineStart.array[row]; at < location.lineStart.array[row + 1]; at++)
      inRange &&= location.line.function.array[at] <= fn.length;
    if (!inRange) throw new Misfit('an unused location names an entry that is not there');
  }

  private unusedLocation(index: number): void {
    const { location } = this.data;
    const { mapping, address, isFolded, lines } = this.facts.unusedLocations[index];
    location.mapping.push(mapping);
    location.address.push(low(address), high(address));
    location.isFolded.push(isFolded ? 1 : 0);
    for (const line of lines) {
      location.line.function.push(line.function);
      location.line.line.push(low(line.line), high(line.line));
      location.line.column.push(low(line.column), high(line.column));
    }
    location.lineStart.push(location.line.length);
  }

  /** Fills the function table; `rows` are the used locations in the order of use. */
  private functions(rows: Int32Array): void {
    const { facts } = this;
    const { functions } = this.dictionary;
    const { function: fn, location } = this.data;
    const { lineStart, line } = location;
    const table = new TableRestore(facts.function, functions.length, true);
    const eachLine = (visit: (at: number) => void) => {
      for (const row of rows) for (let at = lineStart.array[row]; at < lineStart.array[row + 1]; at++) visit(at);
    };
    let nameless = false;
    eachLine((at) => {
      line.function.array[at] = table.visit(line.function.array[at], 0);
      nameless ||= line.function.array[at] === 0;
    });
    table.finish(facts.unusedFunctions.length);
    let unused = 0;
    for (const entry of table.entries()) {
      if (entry === UNUSED) {
        const { name, systemName, filename, startLine } = facts.unusedFunctions[unused++];
        this.function(
          this.strings.intern(name),
          this.strings.intern(systemName),
          this.strings.intern(filename),
          low(startLine),
          high(startLine),
        );
      } else {
        this.function(
          this.name(functions.name.array[entry]),
          this.name(functions.systemName.array[entry]),
          this.name(functions.filename.array[entry]),
          functions.startLine.lo[entry],
          functions.startLine.hiAt(entry),
        );
      }
    }
    // pprof forbids a line without a function, so those share an empty one, behind the others.
    const none = nameless && !this.isExact ? fn.name.length + 1 : 0;
    if (none > 0) this.function(0, 0, 0, 0, 0);
    eachLine((at) => {
      const ordinal = line.function.array[at];
      line.function.array[at] = ordinal === 0 ? none : table.row(ordinal);
    });
    restoreIds(fn.id, fn.name.length, facts.function.ids);
  }

  private function(name: number, systemName: number, filename: number, startLo: number, startHi: number): void {
    const fn = this.data.function;
    fn.name.push(name);
    fn.systemName.push(systemName);
    fn.filename.push(filename);
    fn.startLine.push(startLo, startHi);
  }

  /** Fills the mapping table; `rows` are the used locations in the order of use. */
  private mappings(rows: Int32Array): void {
    const { dictionary, facts } = this;
    const { mappings } = dictionary;
    const { mapping, location } = this.data;
    const table = new TableRestore(facts.mapping, mappings.length, true);
    // Without a residual mapping_table itself tells the mappings and their order.
    if (!this.isExact) for (let i = 1; i < mappings.length; i++) table.visit(i, 0);
    for (const row of rows) location.mapping.array[row] = table.visit(location.mapping.array[row], 0);
    table.finish(facts.unusedMappings.length);
    for (const row of rows) location.mapping.array[row] = table.row(location.mapping.array[row]);
    let unused = 0;
    for (const entry of table.entries()) {
      if (entry === UNUSED) {
        const { memoryStart, memoryLimit, fileOffset, filename, buildId, has } = facts.unusedMappings[unused++];
        mapping.memoryStart.push(low(memoryStart), high(memoryStart));
        mapping.memoryLimit.push(low(memoryLimit), high(memoryLimit));
        mapping.fileOffset.push(low(fileOffset), high(fileOffset));
        mapping.filename.push(this.strings.intern(filename));
        mapping.buildId.push(this.strings.intern(buildId));
        mapping.has.push(has);
        continue;
      }
      copyRow(mappings.memoryStart, entry, mapping.memoryStart);
      copyRow(mappings.memoryLimit, entry, mapping.memoryLimit);
      copyRow(mappings.fileOffset, entry, mapping.fileOffset);
      mapping.filename.push(this.name(mappings.filename.array[entry]));
      mapping.buildId.push(this.buildId(entry));
      let has = 0;
      HAS_KEYS.forEach((key, bit) => {
        if (this.isTrue(mappings.attributes, entry, key)) has |= 1 << bit;
      });
      mapping.has.push(has);
    }
    restoreIds(mapping.id, mapping.filename.length, facts.mapping.ids);
  }

  private buildId(row: number): number {
    const { attributes } = this.dictionary.mappings;
    for (const wanted of [BUILD_ID_GNU, BUILD_ID_GO, BUILD_ID_HTLHASH]) {
      for (let at = attributes.start(row); at < attributes.end(row); at++) {
        const attribute = attributes.values.array[at];
        if (this.key(attribute) === wanted) return this.intern(attributeValue(this.dictionary, attribute));
      }
    }
    return 0;
  }

  private isTrue({ values, offsets }: Rows, row: number, key: string): boolean {
    for (let at = offsets.array[row]; at < offsets.array[row + 1]; at++) {
      if (this.key(values.array[at]) === key && attributeValue(this.dictionary, values.array[at]) === true) return true;
    }
    return false;
  }

  private key(attribute: number): string {
    return this.dictionary.strings.text(this.dictionary.attributes.key.array[attribute]);
  }

  private values(): void {
    const { value } = this.data.sample;
    const { profiles } = this;
    const count = this.data.sample.length;
    const readers = profiles.map(({ samples }) => valueReader(samples, value));
    for (let i = 0; i < count; i++) for (const read of readers) read(i);
  }

  private labels(labels: LabelTable, identity: Samples['identity']): void {
    const { sample } = this.data;
    const { labelOrder } = this.facts;
    const predictor = new LabelOrderPredictor();
    let next = 0;
    let left = labelOrder.length === 0 ? -1 : labelOrder[0].asPredicted;
    const rows: number[] = [];
    const ranks: number[] = [];
    for (let i = 0; i < identity.length; i++) {
      rows.length = 0;
      labels.rows(identity.attributes, i, rows);
      let order: readonly number[] | undefined;
      if (rows.length > 1 && labelOrder.length > 0) {
        for (let k = 0; k < rows.length; k++) ranks[k] = labels.rankOf(rows[k]);
        order = predictor.predict(ranks, rows.length);
        if (left === 0) {
          order = labelOrder[next++].order;
          if (!isPermutation(order, rows.length)) throw new Misfit('a label order is of another sample');
          predictor.take(order);
          left = next < labelOrder.length ? labelOrder[next].asPredicted + 1 : -1;
        }
      }
      if (left > 0) left--;
      for (let k = 0; k < rows.length; k++) labels.copy(rows[order === undefined ? k : order[k]], sample.label);
      sample.labelStart.push(sample.label.length);
    }
  }

  private profileAttributes(attributes: number[]): void {
    const { data, dictionary } = this;
    for (const attribute of attributes) {
      const value = attributeValue(dictionary, attribute);
      switch (this.key(attribute)) {
        case PROFILE_COMMENT:
          for (const comment of Array.isArray(value) ? value : [value]) data.comment.push(this.intern(comment));
          break;
        case PROFILE_DOC_URL:
          data.docUrl = this.intern(value);
          break;
        case PROFILE_DROP_FRAMES:
          data.dropFrames = this.intern(value);
          break;
        case PROFILE_KEEP_FRAMES:
          data.keepFrames = this.intern(value);
          break;
        default: // pprof has no place for other attributes of a profile.
      }
    }
  }

  private intern(value: AnyValue): number {
    return this.strings.intern(value instanceof Uint8Array ? value : utf8(valueText(value)));
  }

  /** The pprof string of a name in string_table. */
  private name(index: number): number {
    const known = this.names[index];
    if (known >= 0) return known;
    const { strings } = this.dictionary;
    let name: number | undefined;
    if (this.rawNames.raw.length > 0) {
      const place = this.rawNames.shown.internFrom(strings, index);
      if (place < this.rawNames.raw.length) name = this.strings.intern(this.rawNames.raw[place]);
    }
    this.names[index] = name ?? this.strings.internFrom(strings, index);
    return this.names[index];
  }
}

const HAS_KEYS = [MAPPING_HAS_FUNCTIONS, MAPPING_HAS_FILENAMES, MAPPING_HAS_LINE_NUMBERS, MAPPING_HAS_INLINE_FRAMES];

function copyRow(from: Int64Column, row: number, to: Int64Column): void {
  to.push(from.lo[row], from.hiAt(row));
}

/** The profiles in the order of the original's sample types; an empty order says that there were none. */
export function inSampleTypeOrder(scope: Scope): Profile[] {
  const { profiles } = scope;
  const order = scope.attributes.find(({ key }) => key === SCOPE_SAMPLE_TYPE_ORDER)?.value;
  if (!Array.isArray(order)) return profiles;
  const places = order.map(Number);
  if (places.length === 0 && profiles.length === 1 && profiles[0].samples.identity.length === 0) return [];
  if (!isPermutation(places, profiles.length)) return profiles;
  const inOrder = new Array<Profile>(profiles.length);
  places.forEach((place, i) => {
    inOrder[place] = profiles[i];
  });
  return inOrder;
}

/** Whether two profiles agree in everything that pprof says once for all sample types. */
function sameHead(a: Profile, b: Profile): boolean {
  return (
    a.timeUnixNano === b.timeUnixNano &&
    a.durationNano === b.durationNano &&
    a.period === b.period &&
    a.periodType.type === b.periodType.type &&
    a.periodType.unit === b.periodType.unit &&
    a.attributes.join() === b.attributes.join()
  );
}

function isPermutation(order: readonly number[], size: number): boolean {
  if (order.length !== size) return false;
  const seen = new Uint8Array(size);
  for (const place of order) {
    if (!(place >= 0 && place < size) || seen[place] === 1) return false;
    seen[place] = 1;
  }
  return true;
}

/** Appends the value of sample i: the sum of its values, or how many timestamps it has when it has no values. */
function valueReader({ values, timestamps }: Samples, into: Int64Column): (i: number) => void {
  const { column, first, stride, start } = values;
  if (start === undefined) {
    return (i) => {
      const at = first + i * stride;
      into.push(column.lo[at], column.hiAt(at));
    };
  }
  return (i) => {
    const from = start.array[i];
    const to = start.array[i + 1];
    if (to - from === 1) into.push(column.lo[from], column.hiAt(from));
    else if (to === from && timestamps !== undefined)
      into.push(timestamps.start.array[i + 1] - timestamps.start.array[i], 0);
    else {
      let sum = 0n;
      for (let at = from; at < to; at++) sum += column.signed(at);
      into.push(low(sum), high(sum));
    }
  };
}
