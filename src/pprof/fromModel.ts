import { Misfit } from '../errors.ts';
import type { Dictionary, Profile, Samples, Scope } from '../model/model.ts';
import { high, Int32Column, low } from '../wire/columns.ts';
import { Rows } from '../wire/rows.ts';
import { StringInterner } from '../wire/strings.ts';
import { toUtf8 } from '../wire/text.ts';
import type { PprofData } from './data.ts';
import { type Facts, LabelOrderPredictor } from './facts.ts';
import { LabelTable } from './labelTable.ts';
import { UNUSED } from './order.ts';
import { restoreIds, sortByMapping, TableRestore } from './restore.ts';
import { isPermutation, ScopeMapper } from './scopeMapper.ts';

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

class Restorer extends ScopeMapper {
  private readonly rawNames: { shown: StringInterner; raw: Uint8Array[] };
  private readonly names: Int32Array;

  constructor(
    dictionary: Dictionary,
    scope: Scope,
    private readonly facts: Facts,
    private readonly isExact: boolean,
  ) {
    super(dictionary, scope, new StringInterner(dictionary.strings.length + dictionary.texts.length));
    this.strings.internText('');
    const shown = new StringInterner();
    for (const raw of this.facts.rawNames) shown.intern(toUtf8(raw));
    this.rawNames = { shown, raw: this.facts.rawNames };
    this.names = new Int32Array(dictionary.strings.length).fill(-1);
  }

  run(): PprofData {
    const { data, facts, scope } = this;
    this.sampleTypes();
    const [first] = scope.profiles;
    if (first === undefined) throw new Misfit('the scope has no profiles');
    if (this.isExact && !scope.profiles.every((profile) => this.sameHead(profile, first)))
      throw new Misfit('the profiles differ in more than their values');

    const { identity } = first.samples;
    this.locations(this.stacks(identity.stack));
    this.values();
    this.labels(identity);
    restoreIds(data.location.id, data.location.mapping.length, facts.location.ids);
    this.head(first);
    return data;
  }

  /** Whether two profiles agree in everything that pprof says once for all sample types. */
  private sameHead(a: Profile, b: Profile): boolean {
    const said = ({ attributes }: Profile) => attributes.filter((index) => this.isOfProfile(index)).join();
    return (
      a.timeUnixNano === b.timeUnixNano &&
      a.durationNano === b.durationNano &&
      a.period === b.period &&
      a.periodType.type === b.periodType.type &&
      a.periodType.unit === b.periodType.unit &&
      said(a) === said(b)
    );
  }

  /** Fills the stacks: the model's, or one a sample when copies differ by sample. Returns the table that they lead to. */
  private stacks(stack: Int32Column): TableRestore {
    const { stacks, locations } = this.dictionary;
    const { facts, data } = this;
    const table = new TableRestore(facts.location, locations.length, false);
    const perSample = facts.location.copies.length > 0;
    const count = perSample ? stack.length : stacks.length;
    const offsets = new Int32Column(count + 1);
    offsets.push(0);
    for (let i = 0; i < count; i++) {
      const row = perSample ? stack.array[i] : i;
      offsets.push(offsets.array[i] + stacks.end(row) - stacks.start(row));
    }
    const values = new Int32Column();
    const refs = new Int32Array(offsets.array[count]);
    for (let i = 0; i < count; i++) {
      const row = perSample ? stack.array[i] : i;
      const from = stacks.start(row);
      const length = stacks.end(row) - from;
      const to = offsets.array[i];
      let after = 0;
      for (let k = 0; k < length; k++) {
        const place = facts.rootFirst ? length - 1 - k : k;
        after = table.visit(stacks.values.array[from + place], after);
        refs[to + place] = after;
      }
    }
    table.finish(facts.unusedLocations.length);
    for (let at = 0; at < refs.length; at++) refs[at] = table.row(refs[at]);
    values.adopt(refs, refs.length);
    data.sample.stacks = new Rows(offsets, values);
    data.sample.stack = perSample ? countingColumn(stack.length) : stack;
    return table;
  }

  /** Fills the location table, and the mapping and function tables that it leads to. */
  private locations(table: TableRestore): void {
    const { data, facts } = this;
    const { location } = data;
    let unused = 0;
    for (const entry of table.entries()) {
      if (entry === UNUSED) this.unusedLocation(unused++);
      else this.location(entry);
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
      if (entry === UNUSED) this.unusedFunction(unused++);
      else this.function(entry);
    }
    // pprof forbids a line without a function, so those share an empty one, behind the others.
    const none = nameless && !this.isExact ? fn.name.length + 1 : 0;
    if (none > 0) this.function(0);
    eachLine((at) => {
      const ordinal = line.function.array[at];
      line.function.array[at] = ordinal === 0 ? none : table.row(ordinal);
    });
    restoreIds(fn.id, fn.name.length, facts.function.ids);
  }

  private unusedFunction(index: number): void {
    const { name, systemName, filename, startLine } = this.facts.unusedFunctions[index];
    const fn = this.data.function;
    fn.name.push(this.strings.intern(name));
    fn.systemName.push(this.strings.intern(systemName));
    fn.filename.push(this.strings.intern(filename));
    fn.startLine.push(low(startLine), high(startLine));
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
      if (entry === UNUSED) this.unusedMapping(unused++);
      else this.mapping(entry);
    }
    restoreIds(mapping.id, mapping.filename.length, facts.mapping.ids);
  }

  private unusedMapping(index: number): void {
    const { memoryStart, memoryLimit, fileOffset, filename, buildId, has } = this.facts.unusedMappings[index];
    const { mapping } = this.data;
    mapping.memoryStart.push(low(memoryStart), high(memoryStart));
    mapping.memoryLimit.push(low(memoryLimit), high(memoryLimit));
    mapping.fileOffset.push(low(fileOffset), high(fileOffset));
    mapping.filename.push(this.strings.intern(filename));
    mapping.buildId.push(this.strings.intern(buildId));
    mapping.has.push(has);
  }

  private labels(identity: Samples['identity']): void {
    const labels = new LabelTable(this.dictionary, this.strings, (index) => this.name(index));
    const { sample } = this.data;
    const { labelOrder } = this.facts;
    sample.labels = labels.all(identity.attributes);
    sample.label = labels.labels;
    if (labelOrder.length === 0) return;
    const rows = sample.labels.values.array;
    const predictor = new LabelOrderPredictor();
    let next = 0;
    let left = labelOrder[0].asPredicted;
    let ranks = new Int32Array(16);
    let inKeyOrder = new Int32Array(16);
    for (let i = 0; i < identity.length; i++) {
      const start = sample.labels.start(i);
      const count = sample.labels.end(i) - start;
      let order: readonly number[] | undefined;
      if (count > 1) {
        if (count > ranks.length) {
          ranks = new Int32Array(2 * count);
          inKeyOrder = new Int32Array(2 * count);
        }
        for (let k = 0; k < count; k++) {
          inKeyOrder[k] = rows[start + k];
          ranks[k] = labels.rankOf(inKeyOrder[k]);
        }
        order = predictor.predict(ranks, count);
        if (left === 0) {
          order = labelOrder[next++].order;
          if (!isPermutation(order, count)) throw new Misfit('a label order is of another sample');
          predictor.take(order);
          left = next < labelOrder.length ? labelOrder[next].asPredicted + 1 : -1;
        }
      }
      if (left > 0) left--;
      if (order !== undefined) for (let k = 0; k < count; k++) rows[start + k] = inKeyOrder[order[k]];
    }
  }

  /** The pprof string of a name in string_table. */
  protected override name(index: number): number {
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

function countingColumn(length: number): Int32Column {
  const column = new Int32Column();
  column.adopt(
    Int32Array.from({ length }, (_, i) => i),
    length,
  );
  return column;
}
