import type { Dictionary } from '../model/model.ts';
import type { Int32Column } from '../wire/columns.ts';
import { deflate, inflate } from '../wire/deflate.ts';
import { MessageReader, MessageWriter } from '../wire/message.ts';
import type { StringTable } from '../wire/strings.ts';
import { type Facts, Misfit, noFacts, type StringWalk, type TableFacts } from './facts.ts';
import {
  ALL,
  defaultStyle,
  defaultStyles,
  INTERLEAVED,
  type Layout,
  NEVER_PACKED,
  type Patch,
  REPEATED_RECORDS,
  type Run,
  type Style,
} from './layout.ts';
import { LAST_FIELD, MESSAGES, type MessageName } from './schema.ts';

/** What a residual says: proto/residual.proto, docs/format.md. */
export interface Residual {
  /** Of the original's uncompressed bytes. */
  length: number;
  digest: Uint8Array;
  /** Undefined when the original rides whole in original_payload. */
  structure: { facts: Facts; layout: Layout } | undefined;
}

const VERSION = 1;
/** What inflates to more than this, and to more than so many times its size, was made to harm. */
const INFLATED_LIMIT = 1024 * 1024;
const INFLATED_RATIO = 100;

const inflatedLimit = (deflated: Uint8Array): number => Math.max(INFLATED_LIMIT, INFLATED_RATIO * deflated.length);

/** `dictionary` is the model's, in canonical order: its strings are the text that deflate may refer to. */
export function encodeResidual({ length, digest, structure }: Residual, dictionary: Dictionary): Uint8Array {
  const residual = new MessageWriter().uint(1, VERSION).uint(2, length).bytes(3, digest);
  if (structure === undefined) return residual.uint(4, 1).finish();
  const { facts, layout } = structure;
  deflated(residual, 5, encodeMappings(facts), mappingNames(dictionary));
  deflated(residual, 7, encodeBody(facts, layout), allNames(dictionary));
  return residual.bytes(9, facts.scatteredStrings).finish();
}

/** Throws Misfit for a residual that is damaged or of a later version; any other wrong one the digest finds out. */
export function decodeResidual(bytes: Uint8Array, dictionary: Dictionary): Residual {
  return orMisfit(() => {
    const residual = readResidual(bytes);
    const head = { length: residual.uint(2), digest: residual.bytes(3) };
    if (residual.uint(4) === 1) return { ...head, structure: undefined };
    const structure = decodeBody(inflated(residual, 7, allNames(dictionary)));
    decodeMappings(inflated(residual, 5, mappingNames(dictionary)), structure.facts);
    structure.facts.scatteredStrings = residual.bytes(9);
    return { ...head, structure };
  });
}

/**
 * The facts of a residual that stand alone, whatever became of the rest: the mappings that no location names, and
 * their place. Throws Misfit for a residual that is damaged or of a later version.
 */
export function decodeMappingFacts(bytes: Uint8Array, dictionary: Dictionary): Facts {
  return orMisfit(() => {
    const facts = noFacts();
    decodeMappings(inflated(readResidual(bytes), 5, mappingNames(dictionary)), facts);
    return facts;
  });
}

function readResidual(bytes: Uint8Array): MessageReader {
  const residual = new MessageReader(bytes);
  if (residual.uint(1) !== VERSION)
    throw new Misfit(`the residual has version ${residual.uint(1)}, which this release does not know`);
  return residual;
}

/** Writes bytes as field `field`, or deflated as the field after it where that is shorter. */
function deflated(message: MessageWriter, field: number, bytes: Uint8Array, preset?: Uint8Array): void {
  const short = deflate(bytes, preset);
  if (short.length < bytes.length && bytes.length <= inflatedLimit(short)) message.bytes(field + 1, short);
  else message.bytes(field, bytes);
}

function inflated(message: MessageReader, field: number, preset?: Uint8Array): MessageReader {
  const short = message.bytes(field + 1);
  const bytes = short.length > 0 ? inflate(short, inflatedLimit(short), preset) : message.bytes(field);
  if (bytes === undefined) throw new Misfit('the residual does not inflate');
  return new MessageReader(bytes);
}

/** What deflate can look back at. */
const WINDOW = 32 * 1024;

const mappingNames = ({ strings, mappings }: Dictionary): Uint8Array => namesIn(strings, [mappings.filename]);

/** The names that unused entries are likely to share. */
const allNames = ({ strings, mappings, functions }: Dictionary): Uint8Array =>
  namesIn(strings, [functions.filename, mappings.filename, functions.name]);

/** Each name once, in table order, as far as deflate can look back. */
function namesIn(strings: StringTable, columns: readonly Int32Column[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const seen = new Set<number>();
  let length = 0;
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      const index = column.array[i];
      if (seen.has(index) || length + strings.size(index) > WINDOW) continue;
      seen.add(index);
      length += strings.size(index);
      parts.push(strings.bytes(index));
    }
  }
  return concat(parts);
}

function orMisfit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Misfit ? error : new Misfit('the residual is damaged', { cause: error });
  }
}

function encodeBody(facts: Facts, layout: Layout): Uint8Array {
  const pool = new StringPool();
  const body = new MessageWriter()
    .uint(1, facts.rootFirst ? 1 : 0)
    .uint(2, facts.stringWalk)
    .uint(3, facts.functionsByMapping ? 1 : 0)
    .message(4, encodeTable(facts.location))
    .message(5, encodeTable(facts.function))
    .message(7, encodeUnusedLocations(facts))
    .message(8, encodeUnusedFunctions(facts, pool))
    .packed(
      9,
      facts.labelOrder.flatMap(({ asPredicted, order }) => [asPredicted, order.length, ...order]),
    )
    .packed(10, facts.stringOrder)
    .list(11, facts.rawNames)
    .list(12, facts.unusedStrings)
    .list(13, pool.strings);
  const styles = MESSAGES.map((name) => encodeStyle(name, layout.styles[name])).filter((style) => style !== undefined);
  body.list(14, styles);
  body.packed(
    15,
    (layout.runs ?? []).flatMap(({ field, count }) =>
      count === ALL || field === INTERLEAVED || (count === 1 && !REPEATED_RECORDS.has(field))
        ? [field * 2]
        : [field * 2 + 1, count],
    ),
  );
  let record = 0;
  const steps = layout.patches.flatMap((patch) => {
    const step = [patch.record - record, patch.at, patch.remove, patch.insert.length];
    record = patch.record;
    return step;
  });
  body.packed(16, steps);
  body.bytes(17, concat(layout.patches.map(({ insert }) => insert)));
  return body.bytes(18, layout.patchedDigest).finish();
}

function decodeBody(body: MessageReader): { facts: Facts; layout: Layout } {
  const facts = noFacts();
  const pool = body.list(13);
  facts.rootFirst = body.uint(1) !== 0;
  facts.stringWalk = Math.min(body.uint(2), 1) as StringWalk;
  facts.functionsByMapping = body.uint(3) !== 0;
  facts.location = decodeTable(body.message(4));
  facts.function = decodeTable(body.message(5));
  facts.unusedLocations = decodeUnusedLocations(body.message(7));
  facts.unusedFunctions = decodeUnusedFunctions(body.message(8), pool);
  facts.labelOrder = decodeLabelOrder(body.packedNumbers(9));
  facts.stringOrder = body.packedNumbers(10);
  facts.rawNames = body.list(11);
  facts.unusedStrings = body.list(12);
  const styles = defaultStyles();
  for (const bytes of body.list(14)) {
    const style = new MessageReader(bytes);
    const name = MESSAGES[style.uint(1)];
    if (name === undefined) throw new Misfit('a style is of an unknown message');
    styles[name] = decodeStyle(name, style);
  }
  const patches = decodePatches(body.packedNumbers(16), body.bytes(17));
  const runs = decodeRuns(body.packedNumbers(15));
  return {
    facts,
    layout: { styles, runs: runs.length === 0 ? undefined : runs, patches, patchedDigest: body.bytes(18) },
  };
}

function encodeTable({ copies, choices, order, ids }: TableFacts): MessageWriter {
  let entry = 0;
  const steps = copies.flatMap((copy) => {
    const step = [copy.entry - entry, copy.count];
    entry = copy.entry;
    return step;
  });
  return new MessageWriter()
    .packed(1, steps)
    .packed(
      2,
      choices.flatMap(({ asPredicted, copy }) => [asPredicted, copy]),
    )
    .packed(3, order)
    .packed(
      4,
      ids.map(({ asPredicted }) => asPredicted),
    )
    .packedSigned(
      5,
      ids.map(({ step }) => step),
    );
}

function decodeTable(table: MessageReader): TableFacts {
  let entry = 0;
  const copies = pairs(table.packedNumbers(1)).map(([step, count]) => {
    entry += step;
    return { entry, count };
  });
  const steps = table.packedSigned(5);
  return {
    copies,
    choices: pairs(table.packedNumbers(2)).map(([asPredicted, copy]) => ({ asPredicted, copy })),
    order: table.packedNumbers(3),
    ids: table.packedNumbers(4).map((asPredicted, i) => ({ asPredicted, step: present(steps[i]) })),
  };
}

/** Addresses of mappings are whole pages nearly always. */
const PAGE_BITS = 12n;

function encodeMappings({ mapping, unusedMappings: rows }: Facts): Uint8Array {
  const pool = new StringPool();
  const inPages = rows.every(
    (row) => ((row.memoryStart | row.memoryLimit | row.fileOffset) & ((1n << PAGE_BITS) - 1n)) === 0n,
  );
  const shift = inPages ? PAGE_BITS : 0n;
  let previous = 0n;
  const step = (to: bigint) => {
    const by = BigInt.asIntN(64, (to >> shift) - previous);
    previous = to >> shift;
    return by;
  };
  return new MessageWriter()
    .message(1, encodeTable(mapping))
    .uint(2, shift)
    .packedSigned(
      3,
      rows.flatMap((row) => [step(row.memoryStart), step(row.memoryLimit)]),
    )
    .packed(
      4,
      rows.map((row) => row.fileOffset >> shift),
    )
    .packed(
      5,
      rows.map((row) => pool.index(row.filename)),
    )
    .packed(
      6,
      rows.map((row) => pool.index(row.buildId)),
    )
    .packed(
      7,
      rows.map((row) => row.has),
    )
    .list(8, pool.strings)
    .finish();
}

function decodeMappings(message: MessageReader, facts: Facts): void {
  facts.mapping = decodeTable(message.message(1));
  const shift = BigInt(message.uint(2) % 64);
  const steps = message.packedSigned(3);
  const [filename, buildId, has] = [5, 6, 7].map((field) => message.packedNumbers(field));
  const offsets = message.packed(4);
  const pool = message.list(8);
  let previous = 0n;
  const next = (step: bigint | undefined) => {
    previous = BigInt.asUintN(64, previous + present(step));
    return BigInt.asUintN(64, previous << shift);
  };
  facts.unusedMappings = offsets.map((offset, i) => ({
    memoryStart: next(steps[2 * i]),
    memoryLimit: next(steps[2 * i + 1]),
    fileOffset: BigInt.asUintN(64, offset << shift),
    filename: pooled(pool, filename[i]),
    buildId: pooled(pool, buildId[i]),
    has: present(has[i]) & 15,
  }));
}

function encodeUnusedFunctions({ unusedFunctions: rows }: Facts, pool: StringPool): MessageWriter {
  return new MessageWriter()
    .packed(
      1,
      rows.map((row) => pool.index(row.name)),
    )
    .packed(
      2,
      rows.map((row) => pool.index(row.systemName)),
    )
    .packed(
      3,
      rows.map((row) => pool.index(row.filename)),
    )
    .packedSigned(
      4,
      rows.map((row) => row.startLine),
    );
}

function decodeUnusedFunctions(rows: MessageReader, pool: Uint8Array[]): Facts['unusedFunctions'] {
  const [name, systemName, filename] = [1, 2, 3].map((field) => rows.packedNumbers(field));
  const startLine = rows.packedSigned(4);
  return name.map((index, i) => ({
    name: pooled(pool, index),
    systemName: pooled(pool, systemName[i]),
    filename: pooled(pool, filename[i]),
    startLine: present(startLine[i]),
  }));
}

function encodeUnusedLocations({ unusedLocations: rows }: Facts): MessageWriter {
  const lines = rows.flatMap((row) => row.lines);
  let address = 0n;
  let fn = 0;
  return new MessageWriter()
    .packed(
      1,
      rows.map((row) => row.mapping),
    )
    .packedSigned(
      2,
      rows.map((row) => {
        const step = BigInt.asIntN(64, row.address - address);
        address = row.address;
        return step;
      }),
    )
    .packed(
      3,
      rows.map((row) => row.lines.length * 2 + (row.isFolded ? 1 : 0)),
    )
    .packedSigned(
      4,
      lines.map((line) => {
        const step = BigInt(line.function - fn);
        fn = line.function;
        return step;
      }),
    )
    .packedSigned(
      5,
      lines.map((line) => line.line),
    )
    .packedSigned(
      6,
      lines.map((line) => line.column),
    );
}

function decodeUnusedLocations(rows: MessageReader): Facts['unusedLocations'] {
  const addresses = rows.packedSigned(2);
  const shapes = rows.packedNumbers(3);
  const [functions, lines, columns] = [4, 5, 6].map((field) => rows.packedSigned(field));
  let address = 0n;
  let fn = 0;
  let line = 0;
  return rows.packedNumbers(1).map((mapping, i) => {
    address = BigInt.asUintN(64, address + present(addresses[i]));
    const shape = present(shapes[i]);
    const ownLines: Facts['unusedLocations'][number]['lines'] = [];
    for (let k = Math.floor(shape / 2); k > 0; k--, line++) {
      fn += Number(present(functions[line]));
      if (!(fn >= 0)) throw new Misfit('a function is out of range');
      ownLines.push({ function: fn, line: present(lines[line]), column: present(columns[line]) });
    }
    return { mapping, address, isFolded: shape % 2 === 1, lines: ownLines };
  });
}

function decodeLabelOrder(numbers: number[]): Facts['labelOrder'] {
  const orders: Facts['labelOrder'] = [];
  for (let at = 0; at < numbers.length; ) {
    const asPredicted = numbers[at];
    const size = present(numbers[at + 1]);
    if (size > numbers.length - at - 2) throw new Misfit('a label order is cut off');
    orders.push({ asPredicted, order: numbers.slice(at + 2, at + 2 + size) });
    at += 2 + size;
  }
  return orders;
}

function encodeStyle(name: MessageName, style: Style): Uint8Array | undefined {
  const rule = defaultStyle(name);
  const fields = rule.order;
  const changed = new MessageWriter();
  if (style.order.some((field, i) => field !== rule.order[i])) changed.packed(2, style.order);
  changed.uint(3, style.zeros);
  changed.packed(
    4,
    fields.flatMap((field) => (style.packedAbove[field] === 0 ? [] : [field, Math.min(style.packedAbove[field], 3)])),
  );
  changed.packed(
    5,
    fields.flatMap((field) => (style.lengthWidth[field] === 1 ? [] : [field, style.lengthWidth[field]])),
  );
  const bytes = changed.finish();
  if (bytes.length === 0) return undefined;
  const index = new MessageWriter().uint(1, MESSAGES.indexOf(name)).finish();
  return concat([index, bytes]);
}

function decodeStyle(name: MessageName, message: MessageReader): Style {
  const style = defaultStyle(name);
  const order = message.packedNumbers(2);
  if (order.length > 0) {
    if (
      order.length !== style.order.length ||
      new Set(order).size !== order.length ||
      !order.every((field) => style.order.includes(field))
    ) {
      throw new Misfit('a style does not order the fields of its message');
    }
    style.order = order;
  }
  style.zeros = message.uint(3);
  for (const [field, above] of pairs(message.packedNumbers(4))) {
    if (field > LAST_FIELD[name]) throw new Misfit('a style is of an unknown field');
    style.packedAbove[field] = above === 3 ? NEVER_PACKED : above;
  }
  for (const [field, width] of pairs(message.packedNumbers(5))) {
    if (field > LAST_FIELD[name] || width < 1 || width > 10)
      throw new Misfit('a style gives a length no possible width');
    style.lengthWidth[field] = width;
  }
  return style;
}

function decodeRuns(numbers: number[]): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < numbers.length; at++) {
    const field = Math.floor(numbers[at] / 2);
    const hasCount = numbers[at] % 2 === 1;
    const count = hasCount ? present(numbers[++at]) : REPEATED_RECORDS.has(field) || field === INTERLEAVED ? ALL : 1;
    runs.push({ field, count });
  }
  return runs;
}

function decodePatches(numbers: number[], inserts: Uint8Array): Patch[] {
  const patches: Patch[] = [];
  let record = 0;
  let used = 0;
  for (let i = 0; i < numbers.length; i += 4) {
    record += numbers[i];
    const length = present(numbers[i + 3]);
    if (length > inserts.length - used) throw new Misfit('a patch is cut off');
    patches.push({ record, at: numbers[i + 1], remove: numbers[i + 2], insert: inserts.subarray(used, used + length) });
    used += length;
  }
  return patches;
}

/** The distinct strings of unused entries, by index in order of first use. */
class StringPool {
  readonly strings: Uint8Array[] = [];
  private readonly indexes = new Map<string, number>();

  index(bytes: Uint8Array): number {
    const key = String.fromCharCode(...bytes.subarray(0, 4096)) + bytes.length;
    if (bytes.length > 4096) return this.strings.push(bytes) - 1;
    const known = this.indexes.get(key);
    if (known !== undefined) return known;
    this.indexes.set(key, this.strings.length);
    return this.strings.push(bytes) - 1;
  }
}

function pooled(pool: Uint8Array[], index: number | undefined): Uint8Array {
  return present(pool[present(index)]);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Misfit('the residual lacks a value');
  return value;
}

function pairs(numbers: number[]): [number, number][] {
  const result: [number, number][] = [];
  for (let i = 0; i < numbers.length; i += 2) result.push([numbers[i], present(numbers[i + 1])]);
  return result;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
