// What a pprof means: every id and string index followed, so that nothing of ids, table order, doubled or unused entries
// and layout is left. README.md, "What must be equal", has the same rules in words.

/**
 * @param {object} profile the Profile of profile.proto in the shape of the protobuf JSON mapping
 * @throws Error for an id or index that leads nowhere
 */
export function pprofMeaning(profile) {
  const { stringTable = [], sampleType = [], sample = [] } = profile;
  const string = (index = 0) => {
    const text = stringTable[Number(index)];
    if (text === undefined) throw new Error(`string_table[${index}]: there are ${stringTable.length} strings`);
    return text;
  };
  const functions = byId(profile.function, (fn) => ({
    name: string(fn.name),
    systemName: string(fn.systemName),
    filename: string(fn.filename),
    startLine: number(fn.startLine),
  }));
  const mapping = (entry) => ({
    memoryStart: number(entry.memoryStart),
    memoryLimit: number(entry.memoryLimit),
    fileOffset: number(entry.fileOffset),
    filename: string(entry.filename),
    buildId: string(entry.buildId),
    has: ['Functions', 'Filenames', 'LineNumbers', 'InlineFrames'].filter((what) => entry[`has${what}`] === true),
  });
  // One that says nothing is none: OTLP cannot tell them apart.
  const nothing = JSON.stringify(mapping({}));
  const mappings = byId(profile.mapping, (entry) => {
    const own = mapping(entry);
    return JSON.stringify(own) === nothing ? null : own;
  });
  const locations = byId(profile.location, ({ mappingId, address, line = [], isFolded }) => ({
    // An id that leads nowhere is none, as google/pprof has it.
    mapping: mappings.get(number(mappingId)) ?? null,
    address: number(address),
    lines: line.map((each) => ({
      function: functionOf(functions, each.functionId),
      line: number(each.line),
      column: number(each.column),
    })),
    isFolded: isFolded === true,
  }));
  const valueType = (type = {}) => [string(type.type), string(type.unit)];
  return {
    sampleTypes: sampleType.map(valueType),
    defaultSampleType: string(profile.defaultSampleType),
    samples: sample.map(({ locationId = [], value = [], label = [] }) => ({
      stack: locationId.map((id) => locations.get(`${id}`) ?? missing('location', id)),
      values: value.map(String),
      labels: labels(label, string),
    })),
    mappings: [...new Set(Array.from(mappings.values(), (own) => JSON.stringify(own ?? {})))]
      .filter((text) => text !== '{}')
      .map((text) => JSON.parse(text)),
    timeNanos: number(profile.timeNanos),
    durationNanos: number(profile.durationNanos),
    periodType: valueType(profile.periodType),
    period: number(profile.period),
    comments: (profile.comment ?? []).map(string),
    dropFrames: string(profile.dropFrames),
    keepFrames: string(profile.keepFrames),
    docUrl: string(profile.docUrl),
  };
}

/** By key: the order among labels of different keys means nothing, that among those of one key does. */
function labels(list, string) {
  const all = new Map();
  for (const { key, str, num, numUnit } of list) {
    const name = string(key);
    all.set(name, [...(all.get(name) ?? []), { str: string(str), num: number(num), numUnit: string(numUnit) }]);
  }
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const byId = (table = [], describe) => new Map(table.map((entry) => [number(entry.id), describe(entry)]));

/** Id 0 is none, unless an entry has it: real profiles have a function with id 0. */
function functionOf(functions, id) {
  const key = number(id);
  if (functions.has(key)) return functions.get(key);
  return key === '0' ? null : missing('function', id);
}

function missing(table, id) {
  throw new Error(`no ${table} has the id ${id}`);
}

const number = (value) => `${value ?? 0}`;
