import type { OddKind, Payload } from './payload.ts';
import type { Find, Place } from './rule.ts';

/** The rules that protobuf itself is the reason for, the same in both formats: the reader noted what breaks them. */

export const unknownField = (payload: Payload, find: Find): void =>
  each(payload, 'unknown', find, (name, number) => `field ${number} of ${name} is none of ${payload.format.proto}`);

export const fieldTwice = (payload: Payload, find: Find): void =>
  each(
    payload,
    'twice',
    find,
    () => 'is there before, itself or another of its oneof; readers keep the last',
    (place) =>
      // Two profiles run together are another rule's business.
      place.field !== 'time_nanos',
  );

export const utf8 = (payload: Payload, find: Find): void => each(payload, 'utf8', find, () => 'is not UTF-8');

export const overflow = (payload: Payload, find: Find): void =>
  each(payload, 'overflow', find, () => 'does not fit in 32 bits; readers keep the lower half');

function each(
  payload: Payload,
  kind: OddKind,
  find: Find,
  say: (message: string, field: number) => string,
  counts: (place: Place) => boolean = () => true,
): void {
  const { tables, row, field, offset, value } = payload.oddities[kind];
  tables.forEach((table, i) => {
    const shape = table.fields[field.array[i]];
    const place: Place = { table: table.name, row: row.array[i], offset: offset.array[i] };
    const list = shape === undefined ? undefined : table.columns[shape.number];
    const index = list !== undefined && 'offsets' in list ? value.array[i] - list.start(row.array[i]) : undefined;
    const named: Place = shape === undefined ? place : { ...place, field: shape.name };
    if (!counts(named)) return;
    find(index === undefined ? named : { ...named, index }, () => say(table.name, field.array[i]));
  });
}
