// Builds a pprof from nested objects: tables in order of first use, ids 1..n. Two objects are two entries, equal or not.
import { encode } from './protobuf.mjs';
import { PPROF } from './schema.mjs';

/**
 * @typedef {{ name?: string, system?: string, file?: string, start?: number }} Fn
 * @typedef {{ fn?: Fn, line?: number, column?: number }} Line
 * @typedef {{ start?: string, limit?: string, offset?: string, file?: string, buildId?: string, has?: string[] }} Mapping
 * @typedef {{ mapping?: Mapping, address?: string, lines?: Line[], folded?: boolean }} Location
 * @typedef {{ key: string, str?: string, num?: string | number, unit?: string }} Label
 */

/** @returns {object} the Profile of profile.proto in the shape of the protobuf JSON mapping */
export function pprofObject({ types = [], samples = [], mappings = [], edit = (profile) => profile, ...head }) {
  const strings = [''];
  const string = (text = '') => {
    if (!strings.includes(text)) strings.push(text);
    return strings.indexOf(text);
  };
  const tables = { mapping: new Map(), location: new Map(), function: new Map() };
  const profile = { mapping: [], location: [], function: [] };
  const idOf = (table, entry, describe) => {
    if (entry === undefined) return 0;
    const known = tables[table].get(entry);
    if (known !== undefined) return known;
    const id = tables[table].size + 1;
    tables[table].set(entry, id);
    const row = { id };
    profile[table].push(row);
    Object.assign(row, describe(entry));
    return id;
  };
  const mapping = (entry) =>
    idOf('mapping', entry, ({ start = 0, limit = 0, offset = 0, file, buildId, has = [] }) => ({
      memoryStart: start,
      memoryLimit: limit,
      fileOffset: offset,
      filename: string(file),
      buildId: string(buildId),
      ...Object.fromEntries(has.map((what) => [`has${what}`, true])),
    }));
  const fn = (entry) =>
    idOf('function', entry, ({ name, system, file, start = 0 }) => ({
      name: string(name),
      systemName: string(system),
      filename: string(file),
      startLine: start,
    }));
  const location = (entry) =>
    idOf('location', entry, ({ mapping: own, address = 0, lines = [], folded = false }) => ({
      mappingId: mapping(own),
      address,
      line: lines.map((each) => ({ functionId: fn(each.fn), line: each.line ?? 0, column: each.column ?? 0 })),
      isFolded: folded,
    }));
  const valueType = ([type, unit]) => ({ type: string(type), unit: string(unit) });

  profile.sampleType = types.map(valueType);
  for (const entry of mappings) mapping(entry);
  profile.sample = samples.map(({ stack = [], values, labels = [] }) => ({
    locationId: stack.map(location),
    value: values,
    label: labels.map(({ key, str, num = 0, unit }) => ({
      key: string(key),
      str: string(str),
      num,
      numUnit: string(unit),
    })),
  }));
  const { time = 0, duration = 0, periodType, period = 0, comments = [], dropFrames, keepFrames } = head;
  return edit({
    ...profile,
    dropFrames: string(dropFrames),
    keepFrames: string(keepFrames),
    timeNanos: time,
    durationNanos: duration,
    ...(periodType === undefined ? {} : { periodType: valueType(periodType) }),
    period,
    comment: comments.map(string),
    defaultSampleType: string(head.defaultType),
    docUrl: string(head.docUrl),
    stringTable: strings,
  });
}

/** @returns {Buffer} */
export const pprof = (description) => encode(PPROF, 'Profile', pprofObject(description));
