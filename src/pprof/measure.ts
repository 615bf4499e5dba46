import type { Int64Column } from '../wire/columns.ts';
import { StringInterner } from '../wire/strings.ts';
import { isUtf8, toUtf8 } from '../wire/text.ts';
import type { PprofData } from './data.ts';
import { CopyPredictor, type Facts, type LabelOrder, LabelOrderPredictor, noFacts, type TableFacts } from './facts.ts';
import { encodeOrder, UNUSED } from './order.ts';
import { sortByMapping } from './restore.ts';
import type { Classes, Mapped } from './toModel.ts';

/** The facts about a pprof's tables that its model does not tell, but for the order of strings: see `measureStrings`. */
export function measure(data: PprofData, mapped: Mapped): Facts {
  const facts = noFacts();
  const { location, mapping, function: fn } = data;
  const { classes } = mapped;

  const leafFirst = locationFacts(data, mapped, false);
  if (leafFirst.order.length > 0) {
    const rootFirst = locationFacts(data, mapped, true);
    facts.rootFirst =
      rootFirst.order.length + rootFirst.choices.length < leafFirst.order.length + leafFirst.choices.length;
    facts.location = facts.rootFirst ? rootFirst : leafFirst;
  } else facts.location = leafFirst;

  const rows = usedRows(classes.location);
  const mappings = new TableMeasure(classes.mapping, mapping.id, true);
  for (const row of rows) mappings.count(location.mapping.array[row]);
  mappings.startVisits();
  for (const row of rows) mappings.visit(location.mapping.array[row], 0);
  facts.mapping = mappings.facts();

  let functions = functionMeasure(data, classes, rows);
  facts.function = functions.facts();
  if (facts.function.order.length > 0) {
    const byMapping = functionMeasure(data, classes, sortByMapping(rows, location.mapping.array));
    const measured = byMapping.facts();
    if (measured.order.length + measured.choices.length < facts.function.order.length + facts.function.choices.length) {
      facts.functionsByMapping = true;
      facts.function = measured;
      functions = byMapping;
    }
  }

  for (let i = 0; i < mapping.length; i++)
    if (classes.mapping[i] < 0 || !mappings.isUsed(i)) facts.unusedMappings.push(unusedMapping(data, i));
  for (let i = 0; i < fn.length; i++)
    if (classes.function[i] < 0 || !functions.isUsed(i)) facts.unusedFunctions.push(unusedFunction(data, i));
  for (let i = 0; i < location.length; i++)
    if (classes.location[i] < 0) facts.unusedLocations.push(unusedLocation(data, i));

  facts.rawNames = rawNames(data);
  facts.labelOrder = labelOrder(data, mapped.keyRank);
  return facts;
}

function functionMeasure({ location, function: fn }: PprofData, classes: Classes, rows: Int32Array): TableMeasure {
  const functions = new TableMeasure(classes.function, fn.id, true);
  const { lineStart, line } = location;
  for (const row of rows)
    for (let at = lineStart.array[row]; at < lineStart.array[row + 1]; at++) functions.count(line.function.array[at]);
  functions.startVisits();
  for (const row of rows)
    for (let at = lineStart.array[row]; at < lineStart.array[row + 1]; at++)
      functions.visit(line.function.array[at], 0);
  return functions;
}

/** The rows of a table that are in use. */
function usedRows(classes: Int32Array): Int32Array {
  return Int32Array.from(classes.keys()).filter((row) => classes[row] >= 0);
}

/** Table by table: which entries are copies of each other, in which order they are first used, which ids they have. */
class TableMeasure {
  private readonly perEntry = new Map<number, Set<number>>();
  private predictor!: CopyPredictor;
  private copies: TableFacts['copies'] = [];
  private readonly choices: TableFacts['choices'] = [];
  private asPredicted = 0;
  private readonly copyOf: Int32Array;
  private readonly taken = new Map<number, number>();
  private readonly ordinals: Int32Array;
  private used = 0;

  constructor(
    private readonly entryOf: Int32Array,
    private readonly ids: Int64Column,
    private readonly withNone: boolean,
  ) {
    this.copyOf = new Int32Array(entryOf.length).fill(-1);
    this.ordinals = new Int32Array(entryOf.length).fill(UNUSED);
  }

  /** First pass over the references, as table index plus one: finds the copies. */
  count(ref: number): void {
    if (ref === 0 || this.ordinals[ref - 1] === 0) return;
    this.ordinals[ref - 1] = 0;
    const entry = this.entryOf[ref - 1];
    const rows = this.perEntry.get(entry);
    if (rows === undefined) this.perEntry.set(entry, new Set([ref]));
    else rows.add(ref);
  }

  startVisits(): void {
    for (const [entry, rows] of this.perEntry) {
      const none = this.withNone && entry === 0 ? 1 : 0;
      if (rows.size + none > 1) this.copies.push({ entry, count: rows.size + none });
    }
    this.copies = this.copies.sort((a, b) => a.entry - b.entry);
    this.predictor = new CopyPredictor(this.copies, this.withNone);
    this.ordinals.fill(UNUSED);
  }

  /** Second pass, in the order of use; returns the first-use ordinal of the reference plus one. */
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

  isUsed(row: number): boolean {
    return this.ordinals[row] !== UNUSED;
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

function locationFacts(data: PprofData, mapped: Mapped, rootFirst: boolean): TableFacts {
  const { location } = data.sample;
  const refs = location.values.array;
  const table = new TableMeasure(mapped.classes.location, data.location.id, false);
  for (let at = 0; at < location.values.length; at++) table.count(refs[at]);
  table.startVisits();
  for (let i = 0; i < data.sample.length; i++) {
    const start = location.start(i);
    const end = location.end(i);
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
    const bytes = strings.bytes(i);
    if (isUtf8(bytes)) continue;
    const known = seen.table.length;
    if (seen.intern(toUtf8(bytes)) === known) raw.push(bytes);
  }
  return raw;
}

function labelOrder(data: PprofData, keyRank: Int32Array): LabelOrder[] {
  const { labelStart } = data.sample;
  const predictor = new LabelOrderPredictor();
  const orders: LabelOrder[] = [];
  let asPredicted = 0;
  for (let i = 0; i < data.sample.length; i++) {
    const start = labelStart.array[i];
    const size = labelStart.array[i + 1] - start;
    if (size < 2 || (predictor.knowsNone && isSorted(keyRank, start, start + size))) {
      asPredicted++;
      continue;
    }
    // Place k of the sorted labels was place sorted[k] in the sample.
    const sorted = Array.from({ length: size }, (_, k) => k);
    sorted.sort((a, b) => keyRank[start + a] - keyRank[start + b] || a - b);
    const keys = sorted.map((k) => keyRank[start + k]).join();
    const order = new Array<number>(size);
    sorted.forEach((place, rank) => {
      order[place] = rank;
    });
    const predicted = predictor.predict(keys);
    if (
      predicted === undefined ? order.every((rank, k) => rank === k) : order.every((rank, k) => rank === predicted[k])
    )
      asPredicted++;
    else {
      orders.push({ asPredicted, order });
      asPredicted = 0;
      predictor.take(keys, order);
    }
  }
  return orders;
}

function isSorted(ranks: Int32Array, start: number, end: number): boolean {
  for (let i = start + 1; i < end; i++) if (ranks[i] < ranks[i - 1]) return false;
  return true;
}
