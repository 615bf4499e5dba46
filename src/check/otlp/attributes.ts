import type { Find } from '../rule.ts';
import { NONE } from '../table.ts';
import { KNOWN, type Level, typeOf } from './conventions.ts';
import { ATTRIBUTE_OWNERS, at, type Otlp } from './otlp.ts';
import { suggestion } from './ucum.ts';

/** Rules about keys and values: of the dictionary's attributes, of resources and scopes, of lists in values. */

/** The messages that hold KeyValues, and the field. */
const KEY_VALUE_OWNERS = [
  ['Resource', 'attributes'],
  ['InstrumentationScope', 'attributes'],
  ['KeyValueList', 'values'],
] as const;

export function attributeKeyTwice(payload: Otlp, find: Find): void {
  const { attributes, keyValues } = payload;
  const key = attributes.ints('key_strindex').array;
  for (const name of ATTRIBUTE_OWNERS) {
    const table = payload.table(name);
    const lists = table.intLists('attribute_indices');
    const { array } = lists.values;
    // For each key the last set that had it.
    const owner = new Map<number, number>();
    for (let row = 0; row < table.length; row++) {
      const start = lists.start(row);
      if (lists.end(row) - start < 2) continue;
      for (let i = start; i < lists.end(row); i++) {
        const index = array[i];
        if (index <= 0 || index >= attributes.length) continue;
        const id = payload.textId(key[index]);
        if (owner.get(id) === row)
          find(
            at(table, row, 'attribute_indices', i - start),
            () => `has the key ${quote(payload.text(key[index]))} again`,
          );
        owner.set(id, row);
      }
    }
  }
  for (const [name, field] of KEY_VALUE_OWNERS) {
    for (const rows of payload.children(keyValues, payload.table(name), field)) {
      const seen = new Set<string>();
      for (const row of rows) {
        const text = payload.key(row);
        if (seen.has(text)) find(at(keyValues, row), () => `has the key ${quote(text)} again`);
        seen.add(text);
      }
    }
  }
}

export function attributeKeyMissing(payload: Otlp, find: Find): void {
  const { attributes, keyValues } = payload;
  const key = attributes.ints('key_strindex').array;
  for (let row = 1; row < attributes.length; row++) if (key[row] === 0) find(at(attributes, row), () => 'has no key');
  for (let row = 0; row < keyValues.length; row++)
    if (payload.key(row) === '' && !leadsNowhere(payload, row)) find(at(keyValues, row), () => 'has no key');
}

const leadsNowhere = (payload: Otlp, row: number): boolean => {
  const index = payload.keyValues.ints('key_strindex').array[row];
  return index < 0 || index >= Math.max(1, payload.strings.length);
};

export function attributeKeyBoth(payload: Otlp, find: Find): void {
  const { keyValues } = payload;
  const key = keyValues.spans('key');
  const reference = keyValues.ints('key_strindex').array;
  for (let row = 0; row < keyValues.length; row++)
    if (key.size(row) > 0 && reference[row] !== 0)
      find(at(keyValues, row), () => `has the key ${quote(key.text(row))} and key_strindex ${reference[row]}`);
}

export function attributeValueMissing(payload: Otlp, find: Find): void {
  const { attributes, keyValues, values } = payload;
  for (const [table, first] of [
    [attributes, 1],
    [keyValues, 0],
  ] as const) {
    const valueRow = payload.single(values, table, 'value');
    for (let row = first; row < table.length; row++)
      if (valueRow[row] === NONE || values.seen.array[valueRow[row]] === 0)
        find(at(table, row), () => 'has a key and no value');
  }
}

/** Every attribute, with its key and its AnyValue. */
function* keyed(
  payload: Otlp,
): Generator<{ table: 'KeyValueAndUnit' | 'KeyValue'; row: number; key: string; value: number }> {
  const { attributes, keyValues, values } = payload;
  const key = attributes.ints('key_strindex').array;
  const valueRow = payload.single(values, attributes, 'value');
  for (let row = 1; row < attributes.length; row++)
    yield { table: 'KeyValueAndUnit', row, key: payload.text(key[row]), value: valueRow[row] };
  const inline = payload.single(values, keyValues, 'value');
  // What stands in a list of a value has keys of its own kind.
  const nested = payload.edge(payload.table('KeyValueList'), 'values');
  for (let row = 0; row < keyValues.length; row++)
    if (keyValues.edge.array[row] !== nested)
      yield { table: 'KeyValue', row, key: payload.key(row), value: inline[row] };
}

export function attributeType(payload: Otlp, find: Find): void {
  for (const { table, row, key, value } of keyed(payload)) {
    const known = KNOWN.get(key);
    if (known === undefined || value === NONE) continue;
    const type = typeOf(payload, value);
    if (type !== undefined && type !== known.type && !(type === '[]' && known.type.endsWith('[]')))
      find({ table, row, field: 'value' }, () => `${key} is ${type}, not ${known.type}`);
  }
}

export function attributeDeprecated(payload: Otlp, find: Find): void {
  for (const { table, row, key } of keyed(payload)) {
    const instead = KNOWN.get(key)?.renamed;
    if (instead !== undefined) find({ table, row }, () => `${key} is called ${instead} now`);
  }
}

export function attributeLevel(payload: Otlp, find: Find): void {
  const { attributes, keyValues } = payload;
  const key = attributes.ints('key_strindex').array;
  const levels = Array.from(key.subarray(0, attributes.length), (index) => KNOWN.get(payload.text(index))?.level);
  if (levels.some((level) => level !== undefined)) {
    for (const name of ATTRIBUTE_OWNERS) {
      const table = payload.table(name);
      const lists = table.intLists('attribute_indices');
      for (let row = 0; row < table.length; row++) {
        const start = lists.start(row);
        for (let i = start; i < lists.end(row); i++) {
          const index = lists.values.array[i];
          const level = levels[index];
          if (level !== undefined && level !== name)
            find(at(table, row, 'attribute_indices', i - start), () => belongs(payload.text(key[index]), level));
        }
      }
    }
  }
  for (const [name, field] of KEY_VALUE_OWNERS.slice(0, 2)) {
    const owner = payload.table(name);
    for (const row of payload.children(keyValues, owner, field).flat()) {
      const level = KNOWN.get(payload.key(row))?.level;
      if (level !== undefined && level !== name) find(at(keyValues, row), () => belongs(payload.key(row), level));
    }
  }
}

const belongs = (key: string, level: Level): string => `${key} belongs to ${level}`;

const FRAME_TYPES = 'beam cpython dotnet go jvm kernel luajit native perl php ruby rust v8js'.split(' ');

export function frameType(payload: Otlp, find: Find): void {
  for (const { table, row, key, value } of keyed(payload)) {
    if (key !== 'profile.frame.type' || value === NONE || typeOf(payload, value) !== 'string') continue;
    const text = valueText(payload, value);
    if (!FRAME_TYPES.includes(text))
      find({ table, row, field: 'value' }, () => `${quote(text)} is none of the well-known values`);
  }
}

export function docUrl(payload: Otlp, find: Find): void {
  for (const { table, row, key, value } of keyed(payload)) {
    if (key !== 'pprof.profile.doc_url' || value === NONE || typeOf(payload, value) !== 'string') continue;
    const text = valueText(payload, value);
    if (!URL.canParse(text)) find({ table, row, field: 'value' }, () => `${quote(text)} is no absolute URL`);
  }
}

export function attributeUnit(payload: Otlp, find: Find): void {
  const { attributes } = payload;
  const unit = attributes.ints('unit_strindex').array;
  // One look a unit, not one an attribute.
  const suggestions = new Map<number, string | undefined>();
  for (let row = 1; row < attributes.length; row++) {
    const index = unit[row];
    if (!suggestions.has(index)) suggestions.set(index, suggestion(payload.text(index)));
    const instead = suggestions.get(index);
    if (instead === undefined) continue;
    find(at(attributes, row, 'unit_strindex'), () => {
      const hint = instead === '' ? '' : `; it would be ${quote(instead)}`;
      return `${quote(payload.text(index))} is not UCUM${hint}`;
    });
  }
}

/** The text of a string value, by itself or by reference. */
export function valueText(payload: Otlp, value: number): string {
  const { values } = payload;
  if (values.has(value, 'string_value_strindex'))
    return payload.text(values.ints('string_value_strindex').array[value]);
  return values.spans('string_value').text(value);
}

const quote = (text: string): string => JSON.stringify(text);
