import { Misfit } from '../../errors.ts';
import { type Dictionary, type Model, SampleIdentity, type Samples } from '../../model/model.ts';
import { Int32Column } from '../../wire/columns.ts';
import type { Rows } from '../../wire/rows.ts';
import type { StringTable } from '../../wire/strings.ts';
import type { Writer } from '../../wire/writer.ts';
import { decodeDictionary } from '../decode.ts';
import { Encoder } from '../encode.ts';
import { ObservationReader, type Shape } from './observations.ts';
import { type AttributeRuns, identityOf, noLocation, type PayloadFacts, type TableLengths } from './payloadFacts.ts';
import { IndexReader } from './runs.ts';
import { SampleWalk } from './sampleWalk.ts';
import { assemble, profilesIn } from './skeleton.ts';
import { EntryCollector } from './toldEntries.ts';

/**
 * The payload in canonical wire form, of `size` bytes or so. Throws Misfit when the facts are of another pprof, and when
 * what they ask for exceeds the size by far.
 */
export function restorePayload(facts: PayloadFacts, pprof: Model, size: number): Uint8Array {
  checkLengths(facts, pprof);
  checkSize(facts, size);
  return new Restorer(facts, pprof).run();
}

function checkLengths({ lengths }: PayloadFacts, { dictionary }: Model): void {
  const { mappings, locations, functions, strings } = dictionary;
  const fits =
    lengths.mapping <= mappings.length &&
    lengths.location <= locations.length &&
    lengths.function <= functions.length &&
    lengths.string <= strings.length;
  if (!fits) throw new Misfit('the pprof has shorter tables than the payload had');
}

/** A sample takes two bytes at the least, an attribute of a list one. */
function checkSize({ skeleton, groups, columns, sampleCounts, ...facts }: PayloadFacts, size: number): void {
  if (profilesIn(skeleton) !== groups.length || groups.length !== columns.length)
    throw new Misfit('there are other profiles than the payload had');
  // The canonical form packs numbers, which may take a byte more.
  let left = 2 * size + 1024;
  for (const group of groups) left -= 2 * (sampleCounts[group] ?? 0);
  for (const [{ rows, runs }, length] of [
    [facts.mappingAttributes, facts.lengths.mapping],
    [facts.locationAttributes, facts.lengths.location],
  ] as const) {
    const longest = rows.reduce((most, row) => Math.max(most, row.length), 0);
    if (longest * length > left) left -= listedAttributes(rows, runs, length);
  }
  if (!(left >= 0)) throw new Misfit('the payload would be larger than it was');
}

function listedAttributes(rows: readonly number[][], runs: readonly number[], length: number): number {
  let total = 0;
  eachList(runs, length, (list) => {
    total += rows[list]?.length ?? 0;
  });
  return total;
}

class Restorer {
  private readonly w: Writer;
  private readonly encoder: Encoder;
  constructor(
    private readonly facts: PayloadFacts,
    private readonly pprof: Model,
  ) {
    this.encoder = new Encoder(facts.skeleton.length);
    this.w = this.encoder.w;
  }

  run(): Uint8Array {
    const { facts, w } = this;
    const { stack, attribute, link } = facts.streams;
    const observations = new ObservationReader(facts);
    const collector = this.collector();
    const coders = {
      stack: new IndexReader(stack),
      attributeCount: new IndexReader(facts.streams.attributeCount),
      attribute: new IndexReader(attribute),
      link: new IndexReader(link),
    };
    const breaks = attribute.length / 2;
    const walk = new SampleWalk(this.pprof.dictionary, identityOf(this.pprof), coders, collector, breaks);
    const profiles = this.samples(walk, observations);
    if (!Object.values(coders).every((coder) => coder.isDone)) throw new Misfit('there are more indexes than samples');

    let next = 0;
    assemble(facts.skeleton, w, () => {
      const profile = profiles[next];
      const column = facts.columns[next++];
      if (profile === undefined) throw new Misfit('there are more profiles than samples');
      if (profile.identity.length === 0) return;
      const { values, timestamps } = observations.restore(profile.shape, profile.rows, this.values(column));
      this.encoder.samples({ identity: profile.identity, values, timestamps });
    });
    if (next !== profiles.length) throw new Misfit('there are fewer profiles than samples');
    if (facts.hasDictionary) this.dictionary(collector);
    return w.finish();
  }

  private collector(): EntryCollector {
    const { listed, lengths } = this.facts;
    const identity = identityOf(this.pprof);
    const rows = identity.length;
    const tooMany =
      lengths.stack > listed.stack.length + rows ||
      lengths.attribute > listed.attribute.length + identity.attributes.values.length ||
      lengths.link > listed.link.length + rows;
    if (tooMany) throw new Misfit('tables have more entries than are told');
    return new EntryCollector(this.pprof.dictionary, noLocation(lengths.location), lengths, listed);
  }

  private samples(walk: SampleWalk, observations: ObservationReader): RestoredSamples[] {
    const { facts } = this;
    const { groups, sampleCounts } = facts;
    const rowsInPprof = identityOf(this.pprof).length;
    const profiles: RestoredSamples[] = groups.map((group) => {
      const count = sampleCounts[group];
      if (!(count <= rowsInPprof)) throw new Misfit('there are fewer samples than the payload had');
      return { identity: new SampleIdentity(), rows: new Int32Column(), shape: observations.shape(count) };
    });
    const membersOf: RestoredSamples[][] = sampleCounts.map(() => []);
    profiles.forEach((profile, i) => {
      membersOf[groups[i]].push(profile);
    });
    let row = 0;
    sampleCounts.forEach((count, g) => {
      const [first, ...others] = membersOf[g];
      if (first === undefined) throw new Misfit('a group has no profiles');
      for (let at = 0; at < count; at++) {
        first.rows.push(row);
        row += facts.sampleAnObservation ? Math.max(first.shape.timestamps[at], 1) : 1;
      }
      first.rows.push(row);
      if (row > rowsInPprof) throw new Misfit('there are fewer samples than the payload had');
      for (let at = 0; at < count; at++) walk.sample(first.rows.array[at], first.identity);
      for (const other of others) {
        other.rows = first.rows;
        for (let at = 0; at < count; at++) walk.shared(first.identity, at, other.identity);
      }
    });
    return profiles;
  }

  /** The values of a sample type. */
  private values(column: number): Samples['values'] {
    const profile = this.pprof.resources[0].scopes[0].profiles[column];
    if (profile === undefined) throw new Misfit('a sample type is not there');
    return profile.samples.values;
  }

  private dictionary(collector: EntryCollector): void {
    const { facts, encoder, w } = this;
    w.byte(0x12);
    const start = w.open(4);
    const { lengths } = facts;
    const first = decodeDictionary(facts.firstEntries);
    const { mappings, functions, strings } = this.pprof.dictionary;
    const own = { ...first, strings };
    listMappings(own, mappings, lengths.mapping, facts.mappingAttributes);
    listLocations(own, this.pprof.dictionary, lengths, facts.locationAttributes);
    listFunctions(own, functions, lengths.function);
    encoder.mappings(own);
    encoder.locations(own);
    encoder.functions(own);
    entries(w, 0x22, collector.table('link'));
    for (let i = 0; i < lengths.string; i++)
      w.field(0x2a, strings.buffer(i), strings.start.array[i], strings.end.array[i]);
    entries(w, 0x32, collector.table('attribute'));
    entries(w, 0x3a, collector.table('stack'));
    w.close(start, 4);
  }
}

interface RestoredSamples {
  identity: SampleIdentity;
  /** The first pprof sample of each sample, as in Group. */
  rows: Int32Column;
  shape: Shape;
}

/** Appends the attributes of entries 1 to `length`. */
function listAttributes(attributes: Rows, length: number, { rows, runs }: AttributeRuns): void {
  eachList(runs, length, (list) => {
    const row = rows[list];
    if (row === undefined) throw new Misfit('an attribute list is not there');
    for (const attribute of row) attributes.values.push(attribute);
    attributes.close();
  });
}

function eachList(runs: readonly number[], length: number, visit: (list: number) => void): void {
  const reader = new IndexReader(runs);
  let last = 0;
  let seen = 0;
  for (let i = 1; i < length; i++) {
    last = reader.code(last, seen);
    if (last === seen) seen++;
    visit(last);
  }
  if (!reader.isDone) throw new Misfit('there are more attribute lists than entries');
}

function listMappings(
  { mappings }: Dictionary,
  from: Dictionary['mappings'],
  length: number,
  attributes: AttributeRuns,
): void {
  if (mappings.length !== Math.min(length, 1)) throw new Misfit('there is no entry 0 of mapping_table');
  for (let i = 1; i < length; i++) {
    mappings.memoryStart.push(from.memoryStart.lo[i], from.memoryStart.hiAt(i));
    mappings.memoryLimit.push(from.memoryLimit.lo[i], from.memoryLimit.hiAt(i));
    mappings.fileOffset.push(from.fileOffset.lo[i], from.fileOffset.hiAt(i));
    mappings.filename.push(from.filename.array[i]);
  }
  listAttributes(mappings.attributes, length, attributes);
}

function listLocations(
  { locations }: Dictionary,
  { locations: from }: Dictionary,
  lengths: TableLengths,
  attributes: AttributeRuns,
): void {
  const { location: length } = lengths;
  if (locations.length !== Math.min(length, 1)) throw new Misfit('there is no entry 0 of location_table');
  const noFunction = Math.max(lengths.function, 1);
  const { line } = locations;
  for (let i = 1; i < length; i++) {
    locations.mapping.push(from.mapping.array[i]);
    locations.address.push(from.address.lo[i], from.address.hiAt(i));
    for (let at = from.lineStart.array[i]; at < from.lineStart.array[i + 1]; at++) {
      const fn = from.line.function.array[at];
      line.function.push(fn === noFunction ? 0 : fn);
      line.line.push(from.line.line.lo[at], from.line.line.hiAt(at));
      line.column.push(from.line.column.lo[at], from.line.column.hiAt(at));
    }
    locations.lineStart.push(line.function.length);
  }
  listAttributes(locations.attributes, length, attributes);
}

function listFunctions({ functions }: Dictionary, from: Dictionary['functions'], length: number): void {
  if (functions.length !== Math.min(length, 1)) throw new Misfit('there is no entry 0 of function_table');
  for (let i = 1; i < length; i++) {
    functions.name.push(from.name.array[i]);
    functions.systemName.push(from.systemName.array[i]);
    functions.filename.push(from.filename.array[i]);
    functions.startLine.push(from.startLine.lo[i], from.startLine.hiAt(i));
  }
}

function entries(w: Writer, tag: number, table: StringTable): void {
  for (let i = 0; i < table.length; i++) w.field(tag, table.buffer(i), table.start.array[i], table.end.array[i]);
}
