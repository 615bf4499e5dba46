// What OTLP Profiles mean: every index followed, so that nothing of the dictionary's order, of doubled or unused entries
// is left. README.md, "What must be equal", has the same rules in words.

/** @typedef {{ fromPprof?: boolean, mappingTable?: boolean, anySampleOrder?: boolean }} Options see README.md */

/**
 * @param {object} data ProfilesData in the shape of OTLP/JSON
 * @param {Options} options
 * @throws Error for an index that leads nowhere
 */
export function otlpMeaning(data, options = {}) {
  const tables = new Dictionary(data.dictionary ?? {});
  const resources = (data.resourceProfiles ?? []).map((each) => ({
    ...(options.fromPprof ? {} : resource(each, tables)),
    scopes: (each.scopeProfiles ?? []).map((item) => ({
      scope: scope(item, tables, options),
      profiles: (item.profiles ?? []).map((profile) => profileMeaning(profile, tables, options)),
    })),
  }));
  // Whether mappings that no location names are there, and in which order, only the table can tell.
  return options.mappingTable ? { resources, mappingTable: tables.allMappings() } : { resources };
}

function resource({ resource: own = {}, schemaUrl = '' }, tables) {
  const entity = ({ schemaUrl: url = '', type = '', idKeys = [], descriptionKeys = [] }) => [
    type,
    url,
    ...[idKeys, descriptionKeys].map((keys) => keys.toSorted()),
  ];
  return {
    attributes: keyValues(own.attributes, tables),
    droppedAttributesCount: own.droppedAttributesCount ?? 0,
    entityRefs: sorted((own.entityRefs ?? []).map(entity)),
    schemaUrl,
  };
}

function scope({ scope: own = {}, schemaUrl = '' }, tables, { fromPprof }) {
  const attributes = keyValues(own.attributes, tables);
  if (fromPprof) {
    // Who translated, and what it carries for the way back, is its own affair.
    return { attributes: Object.fromEntries(Object.entries(attributes).filter(([key]) => key.startsWith('pprof.'))) };
  }
  const { name = '', version = '', droppedAttributesCount = 0 } = own;
  return { name, version, attributes, droppedAttributesCount, schemaUrl };
}

function profileMeaning(profile, tables, { fromPprof, anySampleOrder }) {
  const samples = (profile.samples ?? []).map((sample) => ({
    stack: tables.stack(sample.stackIndex ?? 0),
    attributes: tables.attributes(sample.attributeIndices),
    link: tables.link(sample.linkIndex ?? 0),
    values: (sample.values ?? []).map(String),
    timestamps: (sample.timestampsUnixNano ?? []).map(String),
  }));
  const valueType = (type = {}) => [tables.string(type.typeStrindex ?? 0), tables.string(type.unitStrindex ?? 0)];
  return {
    sampleType: valueType(profile.sampleType),
    timeUnixNano: number(profile.timeUnixNano),
    durationNano: number(profile.durationNano),
    period: number(profile.period),
    periodType: valueType(profile.periodType),
    attributes: tables.attributes(profile.attributeIndices),
    ...(fromPprof
      ? {}
      : {
          profileId: id(profile.profileId),
          droppedAttributesCount: profile.droppedAttributesCount ?? 0,
          originalPayloadFormat: profile.originalPayloadFormat ?? '',
          originalPayload: profile.originalPayload ?? '',
        }),
    samples: anySampleOrder ? sorted(samples) : samples,
  };
}

class Dictionary {
  constructor(tables) {
    this.tables = tables;
    this.known = new Map();
  }

  /** The meaning of an entry; index 0 of a table that is not there is the zero value. */
  at(table, index, describe, zero) {
    const entries = this.tables[table] ?? [];
    if (index === 0 && entries.length === 0) return describe(zero);
    const key = `${table} ${index}`;
    if (!this.known.has(key)) {
      if (!Number.isInteger(index) || index < 0 || index >= entries.length)
        throw new Error(`${table}[${index}]: the table has ${entries.length} entries`);
      this.known.set(key, describe(entries[index]));
    }
    return this.known.get(key);
  }

  string(index = 0) {
    return this.at('stringTable', index, (text) => text, '');
  }

  stack(index) {
    return this.at(
      'stackTable',
      index,
      ({ locationIndices = [] }) => locationIndices.map((at) => this.location(at)),
      {},
    );
  }

  location(index) {
    const describe = ({ mappingIndex = 0, address, lines = [], attributeIndices }) => ({
      mapping: this.mapping(mappingIndex),
      address: number(address),
      lines: lines.map(({ functionIndex = 0, line, column }) => ({
        function: this.function(functionIndex),
        line: number(line),
        column: number(column),
      })),
      attributes: this.attributes(attributeIndices),
    });
    return this.at('locationTable', index, describe, {});
  }

  function(index) {
    const describe = ({ nameStrindex, systemNameStrindex, filenameStrindex, startLine }) => ({
      name: this.string(nameStrindex),
      systemName: this.string(systemNameStrindex),
      filename: this.string(filenameStrindex),
      startLine: number(startLine),
    });
    return this.at('functionTable', index, describe, {});
  }

  mapping(index) {
    const describe = ({ memoryStart, memoryLimit, fileOffset, filenameStrindex, attributeIndices }) => ({
      memoryStart: number(memoryStart),
      memoryLimit: number(memoryLimit),
      fileOffset: number(fileOffset),
      filename: this.string(filenameStrindex),
      attributes: this.attributes(attributeIndices),
    });
    return this.at('mappingTable', index, describe, {});
  }

  /** All but entry 0, in order, each once. */
  allMappings() {
    const all = (this.tables.mappingTable ?? []).slice(1).map((_, i) => JSON.stringify(this.mapping(i + 1)));
    return [...new Set(all)].map((text) => JSON.parse(text));
  }

  link(index) {
    const describe = ({ traceId, spanId }) => [id(traceId), id(spanId)].join(' ');
    return this.at('linkTable', index, describe, {});
  }

  /** By key, so that their order does not matter. A key that is there twice gets both values. */
  attributes(indices = []) {
    const set = new Map();
    for (const index of indices) {
      const [key, value] = this.at(
        'attributeTable',
        index,
        ({ keyStrindex, value: own, unitStrindex }) => [
          this.string(keyStrindex),
          { value: anyValue(own, this), unit: this.string(unitStrindex) },
        ],
        {},
      );
      set.set(key, set.has(key) ? { twice: sorted([set.get(key), value]) } : value);
    }
    return Object.fromEntries([...set].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function keyValues(list = [], tables) {
  const entries = list.map(({ key, keyStrindex = 0, value }) => [
    keyStrindex === 0 ? (key ?? '') : tables.string(keyStrindex),
    anyValue(value, tables),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function anyValue(value = {}, tables) {
  const [[kind, own] = []] = Object.entries(value ?? {});
  switch (kind) {
    case undefined:
      return null;
    case 'stringValueStrindex':
      return { string: tables.string(own) };
    case 'stringValue':
      return { string: own };
    case 'intValue':
      return { int: `${own}` };
    case 'doubleValue':
      return { double: `${own}` };
    case 'boolValue':
      return { bool: own };
    case 'bytesValue':
      return { bytes: own };
    case 'arrayValue':
      return { array: (own.values ?? []).map((item) => anyValue(item, tables)) };
    case 'kvlistValue':
      return { list: keyValues(own.values, tables) };
    default:
      throw new Error(`an attribute value of the kind ${kind}`);
  }
}

const number = (value) => `${value ?? 0}`;
/** No id and one of zeros both say that there is none. */
const id = (hex = '') => (/^0*$/.test(hex) ? '' : hex.toLowerCase());
const sorted = (items) => items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
