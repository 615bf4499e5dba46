import type { Find } from '../rule.ts';
import { NONE, type Spans, type Table } from '../table.ts';
import { valueText } from './attributes.ts';
import { elementsOf, typeOf } from './conventions.ts';
import { at, type Otlp } from './otlp.ts';

/** Rules about the payload as a whole, resources, scopes and profiles. */

export function draft(payload: Otlp, find: Find): void {
  if (payload.draft !== undefined)
    find({ table: 'ProfilesData', row: 0 }, () => `has the layout of OTLP ${payload.draft}`);
}

/** From the payload down to profiles, each list has an entry. */
export function emptyList(payload: Otlp, find: Find): void {
  for (const [owner, child, field] of [
    ['ProfilesData', 'ResourceProfiles', 'resource_profiles'],
    ['ResourceProfiles', 'ScopeProfiles', 'scope_profiles'],
    ['ScopeProfiles', 'Profile', 'profiles'],
  ]) {
    const table = payload.table(owner);
    const starts = payload.ranges(payload.table(child), table);
    for (let row = 0; row < table.length; row++)
      if (starts[row] === starts[row + 1]) find({ table: owner, row, field }, () => 'has no entry');
  }
}

const idLength = (table: Table, field: string, lengths: readonly number[], first: number, find: Find): void => {
  const ids = table.spans(field);
  for (let row = first; row < table.length; row++)
    if (!lengths.includes(ids.size(row)))
      find(at(table, row, field), () => `has ${ids.size(row)} bytes, not ${lengths.at(-1)}`);
};

const idZero = (table: Table, field: string, length: number, first: number, find: Find): void => {
  const ids = table.spans(field);
  for (let row = first; row < table.length; row++)
    if (isZeros(ids, row, length)) find(at(table, row, field), () => 'is all zeros, which no valid id is');
};

const isZeros = (ids: Spans, row: number, length: number): boolean =>
  ids.size(row) === length && ids.bytes(row).every((byte) => byte === 0);

export function profileIdLength({ profiles }: Otlp, find: Find): void {
  idLength(profiles, 'profile_id', [0, 16], 0, find);
}

export function profileIdZero({ profiles }: Otlp, find: Find): void {
  idZero(profiles, 'profile_id', 16, 0, find);
}

export function profileIdTwice(payload: Otlp, find: Find): void {
  const { profiles } = payload;
  const ids = profiles.spans('profile_id');
  const known = new Map<number, number>();
  for (let row = 0; row < profiles.length; row++) {
    if (ids.size(row) === 0 || isZeros(ids, row, 16)) continue;
    const id = payload.internText(ids, row);
    const first = known.get(id);
    if (first === undefined) known.set(id, row);
    else find(at(profiles, row, 'profile_id'), () => `is that of ${payload.path(at(profiles, first))}`);
  }
}

export function linkIdLength({ links }: Otlp, find: Find): void {
  idLength(links, 'trace_id', [16], 1, find);
  idLength(links, 'span_id', [8], 1, find);
}

export function linkIdZero({ links }: Otlp, find: Find): void {
  idZero(links, 'trace_id', 16, 1, find);
  idZero(links, 'span_id', 8, 1, find);
}

export function payloadFormat({ profiles }: Otlp, find: Find): void {
  const format = profiles.spans('original_payload_format');
  const original = profiles.spans('original_payload');
  for (let row = 0; row < profiles.length; row++) {
    if (format.size(row) > 0 && original.size(row) === 0)
      find(
        at(profiles, row, 'original_payload_format'),
        () => `is ${JSON.stringify(format.text(row))}, but there is no payload`,
      );
    if (format.size(row) === 0 && original.size(row) > 0)
      find(at(profiles, row, 'original_payload'), () => `has ${original.size(row)} bytes, but no format`);
  }
}

const PAYLOAD_FORMATS = ['pprof', 'jfr', 'linux_perf'];

export function payloadFormatKnown({ profiles }: Otlp, find: Find): void {
  const format = profiles.spans('original_payload_format');
  for (let row = 0; row < profiles.length; row++) {
    if (format.size(row) === 0) continue;
    const text = format.text(row);
    if (!PAYLOAD_FORMATS.includes(text))
      find(
        at(profiles, row, 'original_payload_format'),
        () => `${JSON.stringify(text)} is none of ${PAYLOAD_FORMATS.join(', ')}`,
      );
  }
}

interface ValueType {
  /** Undefined for an index that leads nowhere. */
  type: string | undefined;
  unit: string | undefined;
}

/** Type and unit of a ValueType field by profile. */
function valueTypes(payload: Otlp, field: string): (row: number) => ValueType {
  const types = payload.table('ValueType');
  const rows = payload.single(types, payload.profiles, field);
  const text = (name: string, row: number) => {
    const index = row === NONE ? 0 : types.ints(name).array[row];
    return index < 0 || index >= Math.max(1, payload.strings.length) ? undefined : payload.text(index);
  };
  return (row) => ({ type: text('type_strindex', rows[row]), unit: text('unit_strindex', rows[row]) });
}

export function sampleType(payload: Otlp, find: Find): void {
  const { profiles, samples } = payload;
  const typeAt = valueTypes(payload, 'sample_type');
  const starts = payload.ranges(samples, profiles);
  for (let row = 0; row < profiles.length; row++) {
    const { type, unit } = typeAt(row);
    if (starts[row] < starts[row + 1] && (type === '' || unit === ''))
      find(at(profiles, row, 'sample_type'), () => (type === '' ? 'names no type' : `names no unit for ${type}`));
  }
}

export function period(payload: Otlp, find: Find): void {
  const { profiles } = payload;
  const typeAt = valueTypes(payload, 'period_type');
  const column = profiles.longs('period');
  for (let row = 0; row < profiles.length; row++) {
    if (column.isNegative(row)) find(at(profiles, row, 'period'), () => `is ${column.signed(row)}`);
    else if (!column.isZero(row) && typeAt(row).type === '')
      find(at(profiles, row, 'period'), () => `is ${column.signed(row)}, but period_type does not say of what`);
  }
}

const YEAR_2000 = 946_684_800_000_000_000n;
const YEAR_2100 = 4_102_444_800_000_000_000n;

export function profileTime({ profiles }: Otlp, find: Find): void {
  const time = profiles.longs('time_unix_nano');
  for (let row = 0; row < profiles.length; row++) {
    const nanos = time.unsigned(row);
    if (nanos !== 0n && (nanos < YEAR_2000 || nanos > YEAR_2100))
      find(at(profiles, row, 'time_unix_nano'), () => `${nanos} is outside of this century; is it nanoseconds?`);
  }
}

export function schemaUrl(payload: Otlp, find: Find): void {
  for (const name of ['ResourceProfiles', 'ScopeProfiles', 'EntityRef']) {
    const table = payload.table(name);
    const urls = table.spans('schema_url');
    for (let row = 0; row < table.length; row++) {
      if (urls.size(row) === 0) continue;
      const text = urls.text(row);
      if (!/^https?:\/\/[^/]+\/(.*\/)?[^/]+$/.test(text))
        find(at(table, row, 'schema_url'), () => `${JSON.stringify(text)} is no URL that ends in a version`);
    }
  }
}

export function entityRef(payload: Otlp, find: Find): void {
  const refs = payload.table('EntityRef');
  const resources = payload.table('Resource');
  const attributes = payload.children(payload.keyValues, resources, 'attributes');
  for (let row = 0; row < refs.length; row++) {
    if (refs.spans('type').size(row) === 0) find(at(refs, row, 'type'), () => 'is empty');
    if (refs.spanLists('id_keys').count(row) === 0) find(at(refs, row, 'id_keys'), () => 'has no entry');
    const keys = new Set(attributes[refs.parent.array[row]].map((attribute) => payload.key(attribute)));
    for (const field of ['id_keys', 'description_keys']) {
      const lists = refs.spanLists(field);
      for (let i = lists.start(row); i < lists.end(row); i++) {
        const key = lists.values.text(i);
        if (!keys.has(key))
          find(
            at(refs, row, field, i - lists.start(row)),
            () => `${JSON.stringify(key)} is no attribute of the resource`,
          );
      }
    }
  }
}

export function serviceName(payload: Otlp, find: Find): void {
  const owners = payload.table('ResourceProfiles');
  const resources = payload.table('Resource');
  const attributes = payload.children(payload.keyValues, resources, 'attributes');
  const resourceOf = payload.single(resources, owners, 'resource');
  for (let row = 0; row < owners.length; row++) {
    const rows = resourceOf[row] === NONE ? [] : attributes[resourceOf[row]];
    if (!rows.some((attribute) => payload.key(attribute) === 'service.name'))
      find(at(owners, row, 'resource'), () => 'has no service.name');
  }
}

/** The scopes that have an attribute of this key, with its AnyValue and the rows of their profiles. */
function* scopesWith(payload: Otlp, key: string): Generator<{ row: number; value: number; profiles: number[] }> {
  const { keyValues, values, profiles } = payload;
  const owners = payload.table('ScopeProfiles');
  const scopes = payload.table('InstrumentationScope');
  const starts = payload.ranges(profiles, owners);
  const valueRow = payload.single(values, keyValues, 'value');
  const attributes = payload.children(keyValues, scopes, 'attributes');
  for (let scope = 0; scope < scopes.length; scope++) {
    const owner = scopes.parent.array[scope];
    for (const row of attributes[scope]) {
      if (payload.key(row) !== key || valueRow[row] === NONE) continue;
      const length = starts[owner + 1] - starts[owner];
      yield { row, value: valueRow[row], profiles: Array.from({ length }, (_, i) => starts[owner] + i) };
    }
  }
}

export function sampleTypeOrder(payload: Otlp, find: Find): void {
  const { keyValues, values } = payload;
  for (const { row, value, profiles } of scopesWith(payload, 'pprof.scope.sample_type_order')) {
    if (typeOf(payload, value) !== 'int[]') continue;
    const order = elementsOf(payload, value).map((element) => values.longs('int_value').signed(element));
    const sorted = [...order].sort((a, b) => Number(a - b));
    if (order.length !== profiles.length || sorted.some((index, i) => index !== BigInt(i)))
      find(
        at(keyValues, row, 'value'),
        () => `[${order.join(', ')}] is no order of the ${profiles.length} profiles of the scope`,
      );
  }
}

export function defaultSampleType(payload: Otlp, find: Find): void {
  const typeAt = valueTypes(payload, 'sample_type');
  for (const { row, value, profiles } of scopesWith(payload, 'pprof.scope.default_sample_type')) {
    if (typeOf(payload, value) !== 'string') continue;
    const wanted = valueText(payload, value);
    const types = profiles.map((profile) => typeAt(profile).type);
    if (!types.includes(wanted) && !types.includes(undefined))
      find(
        at(payload.keyValues, row, 'value'),
        () => `${JSON.stringify(wanted)} is the sample type of no profile of the scope`,
      );
  }
}
