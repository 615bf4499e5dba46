// Rewrites a profile's tables as real encoders leave them: entries in order of first
// use, none twice by content, none unused, ids 1..n, strings in google/pprof's order.

import type {
  PprofFunction,
  PprofLabel,
  PprofLocation,
  PprofMapping,
  PprofProfile,
  PprofValueType,
} from './messages.ts';

class Table<T> {
  readonly entries: T[] = [];
  private readonly known = new Map<string, bigint>();

  id(key: string, make: (id: bigint) => T): bigint {
    let id = this.known.get(key);
    if (id === undefined) {
      id = BigInt(this.entries.length + 1);
      this.known.set(key, id);
      this.entries.push(make(id));
    }
    return id;
  }
}

export function tidy(profile: PprofProfile, rootFirst = false): PprofProfile {
  const strings: Uint8Array[] = [new Uint8Array(0)];
  const stringIndex = new Map<string, bigint>([['', 0n]]);
  const string = (index: bigint): bigint => {
    const bytes = profile.string_table[Number(index)] as Uint8Array;
    const key = Buffer.from(bytes).toString('latin1');
    let found = stringIndex.get(key);
    if (found === undefined) {
      found = BigInt(strings.push(bytes) - 1);
      stringIndex.set(key, found);
    }
    return found;
  };
  const byId = <T extends { id: bigint }>(table: T[]): Map<bigint, T> =>
    new Map(table.map((entry) => [entry.id, entry]));
  const oldFunctions = byId(profile.function);
  const oldMappings = byId(profile.mapping);
  const oldLocations = byId(profile.location);
  const functions = new Table<PprofFunction>();
  const mappings = new Table<PprofMapping>();
  const locations = new Table<PprofLocation>();
  const sorted = (...values: (bigint | boolean)[]): string => values.join();

  const functionId = (old: bigint): bigint => {
    const fn = oldFunctions.get(old);
    if (fn === undefined) return 0n;
    const text = { name: string(fn.name), system_name: string(fn.system_name), filename: string(fn.filename) };
    return functions.id(sorted(text.name, text.system_name, text.filename, fn.start_line), (id) => ({
      ...fn,
      ...text,
      id,
    }));
  };
  const mappingId = (old: bigint): bigint => {
    const mapping = oldMappings.get(old);
    if (mapping === undefined || old === 0n) return 0n;
    const text = { filename: string(mapping.filename), build_id: string(mapping.build_id) };
    const { id: _, ...content } = { ...mapping, ...text };
    return mappings.id(sorted(...Object.values(content)), (id) => ({ ...content, id }));
  };
  const locationId = (old: bigint): bigint => {
    const location = oldLocations.get(old) as PprofLocation;
    const mapping_id = mappingId(location.mapping_id);
    const line = location.line.map((entry) => ({ ...entry, function_id: functionId(entry.function_id) }));
    const key = sorted(
      mapping_id,
      location.address,
      location.is_folded,
      ...line.flatMap((entry) => [entry.function_id, entry.line, entry.column]),
    );
    return locations.id(key, (id) => ({ ...location, id, mapping_id, line }));
  };
  const valueType = (value: PprofValueType): PprofValueType => ({ type: string(value.type), unit: string(value.unit) });

  const sample_type = profile.sample_type.map(valueType);
  const sample = profile.sample.map((old) => {
    const label = old.label.map(
      (l): PprofLabel => ({ key: string(l.key), str: string(l.str), num: l.num, num_unit: string(l.num_unit) }),
    );
    const walk = rootFirst ? [...old.location_id].reverse() : old.location_id;
    const ids = walk.map(locationId);
    return { location_id: rootFirst ? ids.reverse() : ids, value: old.value, label };
  });
  return {
    sample_type,
    sample,
    mapping: mappings.entries,
    location: locations.entries,
    function: functions.entries,
    string_table: strings,
    drop_frames: string(profile.drop_frames),
    keep_frames: string(profile.keep_frames),
    time_nanos: profile.time_nanos,
    duration_nanos: profile.duration_nanos,
    period_type: profile.period_type && valueType(profile.period_type),
    period: profile.period,
    comment: profile.comment.map(string),
    default_sample_type: string(profile.default_sample_type),
    doc_url: string(profile.doc_url),
  };
}
