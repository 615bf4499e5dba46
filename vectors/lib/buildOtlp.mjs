// Builds ProfilesData 1.11 from nested objects: each table begins with its zero value and holds what is referred to,
// equal entries once, in order of first use.

/** Values of attributes. */
export const str = (stringValue) => ({ stringValue });
export const int = (value) => ({ intValue: `${value}` });
export const double = (doubleValue) => ({ doubleValue });
export const bool = (boolValue) => ({ boolValue });
export const bytes = (...items) => ({ bytesValue: Buffer.from(items).toString('base64') });
export const array = (...values) => ({ arrayValue: { values } });
export const list = (entries) => ({ kvlistValue: { values: keyValues(entries) } });

const keyValues = (entries) => Object.entries(entries).map(([key, value]) => ({ key, value }));

/**
 * Attributes are objects of values by key; one with a unit is a pair of value and unit.
 *
 * @returns {object} ProfilesData in the shape of OTLP/JSON
 */
export function payload(resources) {
  const builder = new Builder();
  const resourceProfiles = resources.map(({ attributes, schemaUrl, scopes, ...resource }) => ({
    ...optional('resource', { ...optional('attributes', keyValues(attributes ?? {})), ...resource }),
    scopeProfiles: scopes.map((scope) => builder.scope(scope)),
    ...optional('schemaUrl', schemaUrl),
  }));
  return { resourceProfiles, dictionary: builder.dictionary() };
}

/** What most vectors need: one resource and one scope. */
export const otlp = ({ profiles, ...scope }) => payload([{ scopes: [{ ...scope, profiles }] }]);

class Builder {
  constructor() {
    this.tables = {
      mapping: [{}],
      location: [{}],
      function: [{}],
      link: [{}],
      string: [''],
      attribute: [{}],
      stack: [{}],
    };
  }

  dictionary() {
    const entries = ['mapping', 'location', 'function', 'link', 'string', 'attribute', 'stack'];
    return Object.fromEntries(entries.map((table) => [`${table}Table`, this.tables[table]]));
  }

  index(table, entry) {
    const entries = this.tables[table];
    const text = JSON.stringify(entry);
    const found = entries.findIndex((known) => JSON.stringify(known) === text);
    return found >= 0 ? found : entries.push(entry) - 1;
  }

  scope({ name, version, attributes = {}, droppedAttributesCount, schemaUrl, profiles, allMappings = [] }) {
    for (const mapping of allMappings) this.mapping(mapping);
    const scope = {
      ...optional('name', name),
      ...optional('version', version),
      ...optional('attributes', keyValues(attributes)),
      ...optional('droppedAttributesCount', droppedAttributesCount),
    };
    return {
      ...optional('scope', scope),
      profiles: profiles.map((profile) => this.profile(profile)),
      ...optional('schemaUrl', schemaUrl),
    };
  }

  profile({ type, samples = [], time, duration, periodType, period, attributes, ...rest }) {
    return {
      ...(type === undefined ? {} : { sampleType: this.valueType(type) }),
      ...optional(
        'samples',
        samples.map((sample) => this.sample(sample)),
      ),
      ...optional('timeUnixNano', time),
      ...optional('durationNano', duration),
      ...(periodType === undefined ? {} : { periodType: this.valueType(periodType) }),
      ...optional('period', period),
      ...optional('attributeIndices', this.attributes(attributes)),
      ...rest,
    };
  }

  sample({ stack = [], attributes, link, values = [], timestamps = [] }) {
    const locationIndices = stack.map((location) => this.location(location));
    return {
      ...optional('stackIndex', this.index('stack', optional('locationIndices', locationIndices))),
      ...optional('attributeIndices', this.attributes(attributes)),
      ...optional('linkIndex', link === undefined ? 0 : this.index('link', { traceId: link[0], spanId: link[1] })),
      ...optional('values', values.map(String)),
      ...optional('timestampsUnixNano', timestamps.map(String)),
    };
  }

  /** `null` is entry 0. */
  location(location) {
    if (location === null) return 0;
    const { mapping, address, lines = [], attributes } = location;
    return this.index('location', {
      ...optional('mappingIndex', mapping === undefined ? 0 : this.mapping(mapping)),
      ...optional('address', address),
      ...optional(
        'lines',
        lines.map(({ fn, line, column }) => ({
          ...optional('functionIndex', fn === undefined ? 0 : this.function(fn)),
          ...optional('line', line),
          ...optional('column', column),
        })),
      ),
      ...optional('attributeIndices', this.attributes(attributes)),
    });
  }

  function({ name, system, file, start }) {
    return this.index('function', {
      ...optional('nameStrindex', this.string(name)),
      ...optional('systemNameStrindex', this.string(system)),
      ...optional('filenameStrindex', this.string(file)),
      ...optional('startLine', start),
    });
  }

  mapping({ start, limit, offset, file, attributes }) {
    return this.index('mapping', {
      ...optional('memoryStart', start),
      ...optional('memoryLimit', limit),
      ...optional('fileOffset', offset),
      ...optional('filenameStrindex', this.string(file)),
      ...optional('attributeIndices', this.attributes(attributes)),
    });
  }

  attributes(attributes = {}) {
    return Object.entries(attributes).map(([key, own]) => {
      const [value, unit] = Array.isArray(own) ? own : [own];
      return this.index('attribute', {
        ...optional('keyStrindex', this.string(key)),
        ...optional('value', value),
        ...optional('unitStrindex', this.string(unit)),
      });
    });
  }

  valueType([type, unit]) {
    return { ...optional('typeStrindex', this.string(type)), ...optional('unitStrindex', this.string(unit)) };
  }

  string(text = '') {
    return this.index('string', text);
  }
}

/** 64-bit integers are strings in OTLP/JSON. */
const WIDE = [
  ...['address', 'line', 'column', 'startLine', 'memoryStart', 'memoryLimit', 'fileOffset'],
  ...['timeUnixNano', 'durationNano', 'period'],
];

/** The field, unless it is zero or empty. */
function optional(name, value) {
  const isZero = [undefined, 0, 0n, '0', ''].includes(value);
  const isEmpty = typeof value === 'object' && Object.keys(value).length === 0;
  if (isZero || (isEmpty && name !== 'value')) return {};
  return { [name]: WIDE.includes(name) ? `${value}` : value };
}
