// What profiles.proto says of the dictionary itself: entry 0 is the zero value, and no entry is doubled or unused.
import { readOtlp } from './read.mjs';

const TABLES = ['mapping', 'location', 'function', 'link', 'string', 'attribute', 'stack'];
/** Which table a field refers to, wherever it stands. */
const REFERENCES = {
  stackIndex: 'stack',
  linkIndex: 'link',
  mappingIndex: 'mapping',
  functionIndex: 'function',
  locationIndices: 'location',
  attributeIndices: 'attribute',
};

/** @returns {string[]} a line each */
export function untidy(bytes) {
  const data = readOtlp(bytes);
  const dictionary = data.dictionary ?? {};
  const used = Object.fromEntries(TABLES.map((table) => [table, new Set([0])]));
  collect(data, used);
  return TABLES.flatMap((table) => {
    const entries = (dictionary[`${table}Table`] ?? []).map((entry) => JSON.stringify(entry));
    const isZero =
      entries[0] === '""' || (entries[0] ?? '').replaceAll(/"\w+":("0*"|0|\{\}|\[\]|false),?/g, '') === '{}';
    const zero = isZero ? [] : [`dictionary.${table}_table[0]: the zero value is missing`];
    const twice = entries.flatMap((entry, i) =>
      entries.indexOf(entry) < i ? [`dictionary.${table}_table[${i}]: the same as [${entries.indexOf(entry)}]`] : [],
    );
    const unused = entries.flatMap((_, i) =>
      used[table].has(i) ? [] : [`dictionary.${table}_table[${i}]: nothing refers to it`],
    );
    return [...zero, ...twice, ...unused];
  });
}

function collect(value, used) {
  if (Array.isArray(value)) for (const item of value) collect(item, used);
  else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      const table = REFERENCES[key] ?? (/[sS]trindex$/.test(key) ? 'string' : undefined);
      if (table !== undefined) for (const index of [item].flat()) used[table].add(index);
      else collect(item, used);
    }
  }
}
