import { FEW, type Int64Column } from '../wire/columns.ts';
import { StringInterner } from '../wire/strings.ts';
import { toUtf8 } from '../wire/text.ts';
import type { PprofData } from './data.ts';
import { CopyPredictor, type Facts, type LabelOrder, LabelOrderPredictor, noFacts, type TableFacts } from './facts.ts';
import { encodeOrder, UNUSED } from './order.ts';
import { sortByMapping } from './restore.ts';
import type { Classes, Mapped } from './toModel.ts';

/** The facts about a pprof's tables that its model does not tell, but for the order of strings: see `measureStrings`. */
export function measure(data: PprofData, mapped: Mapped): Facts {
  const facts = noFacts();
  const { location, mapping } = data;
  const { classes } = mapped;

  const leafFirst = locationFacts(data, mapped, false);
  if (leafFirst.order.length > 0) {
    const rootFirst = locationFacts(data, mapped, true);
    facts.rootFirst = cost(rootFirst) < cost(leafFirst);
    facts.location = facts.rootFirst ? rootFirst : leafFirst;
  } else facts.location = leafFirst;

  const rows = usedRows(classes.location);
  const mappings = new TableMeasure(classes.mapping, mapping.id, true);
  for (const row of rows) mappings.visit(location.mapping.array[row], 0);
  facts.mapping = mappings.facts();

  facts.function = functionFacts(data, classes, rows);
  if (facts.function.order.length > 0) {
    const byMapping = functionFacts(data, classes, sortByMapping(rows, location.mapping.array));
    if (cost(byMapping) < cost(facts.function)) {
      facts.functionsByMapping = true;
      facts.function = byMapping;
    }
  }

  for (const row of unusedRows(classes.mapping)) facts.unusedMappings.push(unusedMapping(data, row));
  for (const row of unusedRows(classes.function)) facts.unusedFunctions.push(unusedFunction(data, row));
  for (const row of unusedRows(classes.location)) facts.unusedLocations.push(unusedLocation(data, row));

  facts.rawNames = rawNames(data);
  facts.labelOrder = labelOrder(data, mapped.keyRank);
  return facts;
}

function functionFacts({ location, function: fn }: PprofData, classes: Classes, rows: Int32Array): TableFacts {
  const functions = new TableMeasure(classes.function, fn.id, true);
  const { lineStart, line } = location;
  for (const row of rows) {
    for (let at = lineStart.array[row]; at < lineStart.array[row + 1]; at++)
      functions.visit(line.function.array[at], 0);
  }
  return functions.facts();
}

const cost = ({ order, choices }: TableFacts): number => order.length + choices.length;

/** The rows of a table that samples lead to, and those that they don't. */
const usedRows = (classes: Int32Array): Int32Array =>
  Int32Array.from(classes.keys()).filter((row) => classes[row] >= 0);
const unusedRows = (classes: Int32Array): Int32Array =>
  Int32Array.from(classes.keys()).filter((row) => classes[row] < 0);

/** Of one table: which entries are copies of each other, in which order they are first used, which ids they have. */
class TableMeasure {
  readonly copies: TableFacts['copies'];
  private readonly predictor: CopyPredictor;
  private readonly choices: TableFacts['choices'] = [];
  private asPredicted = 0;
  private readonly copyOf: Int32Array;
  private readonly taken = new Map<number, number>();
  private readonly ordinals: Int32Array;
  private used = 0;

  /** `entryOf`: the model entry that each row became, -1 where no sample leads to it. */
  constructor(
    private readonly entryOf: Int32Array,
    private readonly ids: Int64Column,
    private readonly withNone: boolean,
  ) {
    this.copies = copiesOf(entryOf, withNone);
    this.predictor = new CopyPredictor(this.copies, withNone);
    this.copyOf = new Int32Array(entryOf.length).fill(-1);
    this.ordinals = new Int32Array(entryOf.length).fill(UNUSED);
  }

  /** Follows a reference, as table index plus one, in the order of use; returns its first-use ordinal plus one. */
  visit(ref: number, after: number): number {
    const entry = ref === 0 ? 0 : this.entryOf[ref - 1];
    if (this.predictor.has(entry)) this.choose(ref, entry, after);
    if (ref === 0) return 0;
    if (this.ordinals[ref - 1] === UNUSED) this.ordinals[ref - 1] = this.used++;
    return this.ordinals[ref - 1] + 1;
  }

  private choose(ref: number, entry: number, after: number): void {
    const none = this.withNone && entry === 0 ? 1 : 0;
    let copy = 0;
    if (ref > 0) {
      if (this.copyOf[ref - 1] < 0) {
        const taken = this.taken.get(entry) ?? none;
        this.copyOf[ref - 1] = taken;
        this.taken.set(entry, taken + 1);
      }
      copy = this.copyOf[ref - 1];
    }
    if (this.predictor.predict(entry, after) === copy) this.asPredicted++;
    else {
      this.choices.push({ asPredicted: this.asPredicted, copy });
      this.asPredicted = 0;
    }
    this.predictor.take(entry, after, copy);
  }

  facts(): TableFacts {
    return {
      copies: this.copies,
      choices: this.choices,
      order: encodeOrder(this.ordinals, this.used),
      ids: idSteps(this.ids),
    };
  }
}

/** The model entries that several rows became. The zero entry counts once more where references may name nothing. */
function copiesOf(entryOf: Int32Array, withNone: boolean): TableFacts['copies'] {
  const counts = new Int32Array(entryOf.reduce((most, entry) => Math.max(most, entry), -1) + 1);
  for (const entry of entryOf) if (entry >= 0) counts[entry]++;
  if (withNone && counts[0] > 0) counts[0]++;
  return Array.from(counts, (count, entry) => ({ entry, count })).filter(({ count }) => count > 1);
}

function locationFacts(data: PprofData, { classes }: Mapped, rootFirst: boolean): TableFacts {
  const { stack, stacks } = data.sample;
  const refs = stacks.values.array;
  const table = new TableMeasure(classes.location, data.location.id, false);
  // Without copies a stack leads to the same rows each time; the stacks are in the order of first use.
  const perSample = table.copies.length > 0;
  const count = perSample ? data.sample.length : stacks.length;
  for (let i = 0; i < count; i++) {
    const row = perSample ? stack.array[i] : i;
    const start = stacks.start(row);
    const end = stacks.end(row);
    let after = 0;
    if (rootFirst) for (let at = end - 1; at >= start; at--) after = table.visit(refs[at], after);
    else for (let at = start; at < end; at++) after = table.visit(refs[at], after);
  }
  return table.facts();
}

function idSteps(ids: Int64Column): TableFacts['ids'] {
  const steps: TableFacts['ids'] = [];
  let asPredicted = 0;
  let previous = 0n;
  let sequential = ids.hi.length === 0;
  for (let i = 0; i < ids.length && sequential; i++) sequential = ids.lo[i] === i + 1;
  if (sequential) return steps;
  for (let i = 0; i < ids.length; i++) {
    const id = ids.unsigned(i);
    if (id === BigInt.asUintN(64, previous + 1n)) asPredicted++;
    else {
      steps.push({ asPredicted, step: BigInt.asIntN(64, id - previous) });
      asPredicted = 0;
    }
    previous = id;
  }
  return steps;
}

function unusedMapping({ mapping, strings }: PprofData, row: number): Facts['unusedMappings'][number] {
  return {
    memoryStart: mapping.memoryStart.unsigned(row),
    memoryLimit: mapping.memoryLimit.unsigned(row),
    fileOffset: mapping.fileOffset.unsigned(row),
    filename: strings.bytes(mapping.filename.array[row]),
    buildId: strings.bytes(mapping.buildId.array[row]),
    has: mapping.has.array[row],
  };
}

function unusedFunction({ function: fn, strings }: PprofData, row: number): Facts['unusedFunctions'][number] {
  return {
    name: strings.bytes(fn.name.array[row]),
    systemName: strings.bytes(fn.systemName.array[row]),
    filename: strings.bytes(fn.filename.array[row]),
    startLine: fn.startLine.signed(row),
  };
}

function unusedLocation({ location }: PprofData, row: number): Facts['unusedLocations'][number] {
  const lines: Facts['unusedLocations'][number]['lines'] = [];
  for (let at = location.lineStart.array[row]; at < location.lineStart.array[row + 1]; at++) {
    const { function: fn, line, column } = location.line;
    lines.push({ function: fn.array[at], line: line.signed(at), column: column.signed(at) });
  }
  return {
    mapping: location.mapping.array[row],
    address: location.address.unsigned(row),
    isFolded: location.isFolded.array[row] !== 0,
    lines,
  };
}

/** The strings that are not UTF-8, one for each text that OTLP shows; what else reads the same is left to patches. */
function rawNames({ strings }: PprofData): Uint8Array[] {
  const seen = new StringInterner();
  const raw: Uint8Array[] = [];
  for (let i = 0; i < strings.length; i++) {
    if (strings.isUtf8(i)) continue;
    const bytes = strings.bytes(i);
    const known = seen.table.length;
    if (seen.intern(toUtf8(bytes)) === known) raw.push(bytes);
  }
  return raw;
}

function labelOrder(data: PprofData, keyRank: Int32Array): LabelOrder[] {
  const { labels } = data.sample;
  const rows = labels.values.array;
  const predictor = new LabelOrderPredictor();
  const orders: LabelOrder[] = [];
  let asPredicted = 0;
  // The labels of one sample in key order: their places in the sample, and the ranks of their keys.
  const places: number[] = [];
  const ranks: number[] = [];
  for (let i = 0; i < data.sample.length; i++) {
    const start = labels.start(i);
    const size = labels.end(i) - start;
    if (size < 2 || (predictor.knowsNone && isSorted(keyRank, rows, start, start + size))) {
      asPredicted++;
      continue;
    }
    if (size > FEW) {
      places.length = size;
      for (let place = 0; place < size; place++) places[place] = place;
      places.sort((a, b) => keyRank[rows[start + a]] - keyRank[rows[start + b]]);
      for (let slot = 0; slot < size; slot++) ranks[slot] = keyRank[rows[start + places[slot]]];
    } else {
      for (let place = 0; place < size; place++) {
        const rank = keyRank[rows[start + place]];
        let slot = place;
        for (; slot > 0 && ranks[slot - 1] > rank; slot--) {
          places[slot] = places[slot - 1];
          ranks[slot] = ranks[slot - 1];
        }
        places[slot] = place;
        ranks[slot] = rank;
      }
    }
    const predicted = predictor.predict(ranks, size);
    let isPredicted = true;
    for (let rank = 0; rank < size && isPredicted; rank++) {
      isPredicted = predicted === undefined ? places[rank] === rank : predicted[places[rank]] === rank;
    }
    if (isPredicted) {
      asPredicted++;
      continue;
    }
    const order = new Array<number>(size);
    for (let rank = 0; rank < size; rank++) order[places[rank]] = rank;
    orders.push({ asPredicted, order });
    asPredicted = 0;
    predictor.take(order);
  }
  return orders;
}

function isSorted(ranks: Int32Array, rows: Int32Array, start: number, end: number): boolean {
  for (let i = start + 1; i < end; i++) if (ranks[rows[i]] < ranks[rows[i - 1]]) return false;
  return true;
}
