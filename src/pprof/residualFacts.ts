import { Misfit } from '../errors.ts';
import { type MessageReader, MessageWriter } from '../wire/message.ts';
import { StringInterner } from '../wire/strings.ts';
import type { Facts, StringWalk, TableFacts } from './facts.ts';
import { pairs, present } from './residualValues.ts';

/** Writes the facts into a residual's Body: fields 1 to 13 of proto/residual.proto. */
export function encodeFacts(body: MessageWriter, facts: Facts): void {
  const pool = new StringInterner();
  const labelOrder = facts.labelOrder.flatMap(({ asPredicted, order }) => [asPredicted, order.length, ...order]);
  body
    .uint(1, facts.rootFirst ? 1 : 0)
    .uint(2, facts.stringWalk)
    .uint(3, facts.functionsByMapping ? 1 : 0)
    .message(4, encodeTable(facts.location))
    .message(5, encodeTable(facts.function))
    .message(7, encodeUnusedLocations(facts))
    .message(8, encodeUnusedFunctions(facts, pool))
    .packed(9, labelOrder)
    .packed(10, facts.stringOrder)
    .list(11, facts.rawNames)
    .list(12, facts.unusedStrings)
    .list(13, strings(pool));
}

export function decodeFacts(body: MessageReader, facts: Facts): void {
  facts.rootFirst = body.uint(1) !== 0;
  facts.stringWalk = Math.min(body.uint(2), 1) as StringWalk;
  facts.functionsByMapping = body.uint(3) !== 0;
  facts.location = decodeTable(body.message(4));
  facts.function = decodeTable(body.message(5));
  facts.unusedLocations = decodeUnusedLocations(body.message(7));
  facts.unusedFunctions = decodeUnusedFunctions(body.message(8), body.list(13));
  facts.labelOrder = decodeLabelOrder(body.packedNumbers(9));
  facts.stringOrder = body.packedNumbers(10);
  facts.rawNames = body.list(11);
  facts.unusedStrings = body.list(12);
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

export function encodeMappings({ mapping, unusedMappings: rows }: Facts): Uint8Array {
  const pool = new StringInterner();
  const inPages = rows.every(
    (row) => ((row.memoryStart | row.memoryLimit | row.fileOffset) & ((1n << PAGE_BITS) - 1n)) === 0n,
  );
  const shift = inPages && rows.length > 0 ? PAGE_BITS : 0n;
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
      rows.map((row) => pool.intern(row.filename)),
    )
    .packed(
      6,
      rows.map((row) => pool.intern(row.buildId)),
    )
    .packed(
      7,
      rows.map((row) => row.has),
    )
    .list(8, strings(pool))
    .finish();
}

export function decodeMappings(message: MessageReader, facts: Facts): void {
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

function encodeUnusedFunctions({ unusedFunctions: rows }: Facts, pool: StringInterner): MessageWriter {
  return new MessageWriter()
    .packed(
      1,
      rows.map((row) => pool.intern(row.name)),
    )
    .packed(
      2,
      rows.map((row) => pool.intern(row.systemName)),
    )
    .packed(
      3,
      rows.map((row) => pool.intern(row.filename)),
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

/** The strings of unused entries, each once, in order of first use. */
const strings = (pool: StringInterner): Uint8Array[] =>
  Array.from({ length: pool.table.length }, (_, i) => pool.table.bytes(i));

function pooled(pool: Uint8Array[], index: number | undefined): Uint8Array {
  return present(pool[present(index)]);
}
