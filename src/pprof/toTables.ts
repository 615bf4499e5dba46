import {
  AttributeTable,
  type Dictionary,
  FunctionTable,
  INT,
  LocationTable,
  MappingTable,
  type Model,
  newProfile,
  newResource,
  newScope,
  type Profile,
  SampleIdentity,
  STRING,
} from '../model/model.ts';
import type { Int32Column, Int64Column } from '../wire/columns.ts';
import { RowInterner } from '../wire/rows.ts';
import { StringTable } from '../wire/strings.ts';
import type { PprofData } from './data.ts';

/**
 * The tables of a pprof as a dictionary, entry for entry, behind the zero value that stands first in each; labels become
 * attributes one by one, in their order. The way back of `fromTables`: what that made from a dictionary comes back
 * without what pprof has no field for.
 */
export function toTables(data: PprofData): Model {
  const stacks = new RowInterner();
  stacks.intern([]);
  const labels = new LabelAttributes(data);
  const identity = new SampleIdentity();
  const { sample } = data;
  const rows = new Int32Array(sample.stacks.length).fill(-1);
  for (let i = 0; i < sample.length; i++) {
    const row = sample.stack.array[i];
    if (rows[row] < 0) {
      rows[row] = stacks.intern(sample.stacks.values.array, sample.stacks.start(row), sample.stacks.end(row));
    }
    identity.stack.push(rows[row]);
    labels.append(i, identity);
    identity.link.push(0);
  }
  const dictionary: Dictionary = {
    strings: data.strings,
    texts: data.strings,
    mappings: mappings(data),
    locations: locations(data),
    functions: functions(data),
    links: new StringTable(),
    attributes: labels.table,
    stacks: stacks.rows,
  };
  const { type, unit } = data.sampleType;
  const profile = (k: number): Profile => ({
    ...newProfile({
      identity,
      values: { column: data.sample.value, first: k, stride: type.length, start: undefined },
      timestamps: undefined,
    }),
    sampleType: { type: type.array[k], unit: unit.array[k] },
  });
  const profiles = Array.from({ length: type.length }, (_, k) => profile(k));
  return { dictionary, resources: [newResource([newScope(profiles)])] };
}

/** Each distinct label as one attribute: a string, or a number with its unit. */
class LabelAttributes {
  readonly table = new AttributeTable();
  private readonly rows = new RowInterner();
  /** The attribute of each row of the labels, -1 while no sample had it. */
  private readonly attributes: Int32Array;

  constructor(private readonly data: PprofData) {
    this.attribute(0, 0, 0, 0, 0);
    this.attributes = new Int32Array(data.sample.label.length).fill(-1);
  }

  append(sample: number, { attributes }: SampleIdentity): void {
    const { labels, label } = this.data.sample;
    const { key, str, num, numUnit } = label;
    const end = labels.end(sample);
    for (let i = labels.start(sample); i < end; i++) {
      const at = labels.values.array[i];
      if (this.attributes[at] < 0) {
        this.attributes[at] = this.attribute(key.array[at], str.array[at], num.lo[at], num.hiAt(at), numUnit.array[at]);
      }
      attributes.values.push(this.attributes[at]);
    }
    attributes.close();
  }

  private attribute(key: number, str: number, numLo: number, numHi: number, unit: number): number {
    const { table } = this;
    const index = this.rows.intern([key, str, numLo, numHi, unit]);
    return index < table.length ? index : table.push(key, unit, str === 0 ? INT : STRING, str, numLo, numHi);
  }
}

function mappings({ mapping }: PprofData): MappingTable {
  const table = new MappingTable();
  for (const [to, from] of [
    [table.memoryStart, mapping.memoryStart],
    [table.memoryLimit, mapping.memoryLimit],
    [table.fileOffset, mapping.fileOffset],
  ])
    shift64(from, to);
  shift32(mapping.filename, table.filename);
  for (let i = 0; i < table.length; i++) table.attributes.close();
  return table;
}

function functions({ function: fn }: PprofData): FunctionTable {
  const table = new FunctionTable();
  shift32(fn.name, table.name);
  shift32(fn.systemName, table.systemName);
  shift32(fn.filename, table.filename);
  shift64(fn.startLine, table.startLine);
  return table;
}

function locations({ location }: PprofData): LocationTable {
  const table = new LocationTable();
  shift32(location.mapping, table.mapping);
  shift64(location.address, table.address);
  for (let i = 0; i < location.lineStart.length; i++) table.lineStart.push(location.lineStart.array[i]);
  const { line } = location;
  table.line.function.append(line.function.array, 0, line.length);
  for (let at = 0; at < line.length; at++) {
    table.line.line.push(line.line.lo[at], line.line.hiAt(at));
    table.line.column.push(line.column.lo[at], line.column.hiAt(at));
  }
  for (let i = 0; i < table.length; i++) table.attributes.close();
  return table;
}

/** Copies a column behind the zero of entry 0. */
function shift32(from: Int32Column, to: Int32Column): void {
  to.push(0);
  to.append(from.array, 0, from.length);
}

function shift64(from: Int64Column, to: Int64Column): void {
  to.push(0, 0);
  for (let i = 0; i < from.length; i++) to.push(from.lo[i], from.hiAt(i));
}
