import { type Model, SampleIdentity } from '../../model/model.ts';
import { RowInterner, type Rows } from '../../wire/rows.ts';
import type { StringTable } from '../../wire/strings.ts';
import { Writer } from '../../wire/writer.ts';
import type { OtlpData } from '../data.ts';
import { TABLE } from '../schema.ts';
import { profilesOf, type United } from '../unite.ts';
import { measureObservations } from './observations.ts';
import { type AttributeRuns, identityOf, noLocation, type PayloadFacts, type TableLengths } from './payloadFacts.ts';
import { IndexWriter } from './runs.ts';
import { SampleWalk } from './sampleWalk.ts';
import { dissect } from './skeleton.ts';
import { EntryLister } from './toldEntries.ts';

/**
 * Finds what the payload says beyond the pprof that was made from it.
 *
 * @param canonical the payload in canonical wire form
 * @param data the same, decoded
 * @param united which profiles share samples of the pprof, and which sample type each became
 * @param pprof the tables of the pprof
 */
export function measurePayload(
  canonical: Uint8Array,
  data: OtlpData,
  { groups, columns }: Pick<United, 'groups' | 'columns'>,
  pprof: Model,
  sampleAnObservation: boolean,
): PayloadFacts {
  const { skeleton, hasDictionary, entries } = dissect(canonical);
  const { dictionary } = data;
  const tables = { stack: entries[TABLE.stack], attribute: entries[TABLE.attribute], link: entries[TABLE.link] };
  const lister = new EntryLister(pprof.dictionary, noLocation(dictionary.locations.length), tables);
  const coders = {
    stack: new IndexWriter(),
    attributeCount: new IndexWriter(),
    attribute: new IndexWriter(),
    link: new IndexWriter(),
  };
  const walk = new SampleWalk(pprof.dictionary, identityOf(pprof), coders, lister, 0);
  const profiles = profilesOf(data);
  const groupOf: number[] = [];
  groups.forEach(({ members, rows }, g) => {
    const [first] = members.map((member) => profiles[member].samples.identity);
    for (const member of members) {
      groupOf[member] = g;
      const { identity } = profiles[member].samples;
      const scratch = new SampleIdentity();
      for (let at = 0; at < identity.length; at++) {
        if (member === members[0]) walk.sample(rows.array[at], scratch, { identity, at });
        else walk.shared(first, at, scratch, { identity, at });
      }
    }
  });
  const observations = measureObservations(profiles);
  return {
    skeleton,
    hasDictionary,
    lengths: lengthsOf(entries),
    firstEntries: firstEntries(entries),
    mappingAttributes: attributeRuns(dictionary.mappings.attributes),
    locationAttributes: attributeRuns(dictionary.locations.attributes),
    listed: lister.listed(),
    sampleAnObservation,
    groups: groupOf,
    columns,
    sampleCounts: groups.map(({ rows }) => rows.length - 1),
    streams: {
      stack: coders.stack.runs,
      attributeCount: coders.attributeCount.runs,
      attribute: coders.attribute.runs,
      link: coders.link.runs,
    },
    ...observations,
  };
}

function lengthsOf(tables: readonly StringTable[]): TableLengths {
  return Object.fromEntries(
    Object.entries(TABLE).map(([name, field]) => [name, tables[field].length]),
  ) as unknown as TableLengths;
}

/** Entry 0 of the tables that the pprof holds from entry 1 on. */
function firstEntries(tables: readonly StringTable[]): Uint8Array {
  const w = new Writer(64);
  for (const field of [TABLE.mapping, TABLE.location, TABLE.function]) {
    const table = tables[field];
    if (table.length > 0) w.field((field << 3) | 2, table.buffer(0), table.start.array[0], table.end.array[0]);
  }
  return w.finish();
}

function attributeRuns(attributes: Rows): AttributeRuns {
  const distinct = new RowInterner();
  const writer = new IndexWriter();
  const rows: number[][] = [];
  let last = 0;
  for (let i = 1; i < attributes.length; i++) {
    const index = distinct.intern(attributes.values.array, attributes.start(i), attributes.end(i));
    last = writer.code(last, rows.length, index);
    if (index === rows.length) rows.push([...attributes.values.array.subarray(attributes.start(i), attributes.end(i))]);
  }
  return { rows, runs: writer.runs };
}
