import type { Find } from '../rule.ts';
import type { Pprof } from './pprof.ts';

/** Rules about labels. */

export function labelKeyMissing(payload: Pprof, find: Find): void {
  each(payload, ({ row, key }) => {
    if (key === 0) find({ table: 'Label', row }, () => 'has no key');
  });
}

export function labelBoth(payload: Pprof, find: Find): void {
  each(payload, ({ row, hasString, hasNumber }) => {
    if (hasString && hasNumber) find({ table: 'Label', row }, () => `${name(payload, row)} has str and num`);
  });
}

export function labelEmpty(payload: Pprof, find: Find): void {
  each(payload, ({ row, hasString, hasNumber, hasUnit }) => {
    if (!hasString && !hasNumber && !hasUnit)
      find({ table: 'Label', row }, () => `${name(payload, row)} has neither str nor num`);
  });
}

export function labelUnit(payload: Pprof, find: Find): void {
  each(payload, ({ row, hasString, hasNumber, hasUnit }) => {
    if (hasUnit && hasString && !hasNumber)
      find({ table: 'Label', row, field: 'num_unit' }, () => `of ${name(payload, row)} is there without num`);
  });
}

export function labelReserved(payload: Pprof, find: Find): void {
  // One look a key, not one a label.
  const reserved = new Map<number, boolean>();
  each(payload, ({ row, key }) => {
    if (!reserved.has(key)) reserved.set(key, payload.text('Label', 'key', row).startsWith('pprof::'));
    if (reserved.get(key)) find({ table: 'Label', row, field: 'key' }, () => `${name(payload, row)} is reserved`);
  });
}

export function labelKeyTwice(payload: Pprof, find: Find): void {
  again(payload, (row, mixed) => {
    if (!mixed) find({ table: 'Label', row }, () => `the sample has the key ${name(payload, row)} before`);
  });
}

export function labelKinds(payload: Pprof, find: Find): void {
  again(payload, (row, mixed) => {
    if (mixed) find({ table: 'Label', row }, () => `the sample has ${name(payload, row)} as a string and as a number`);
  });
}

interface Label {
  row: number;
  key: number;
  hasString: boolean;
  hasNumber: boolean;
  hasUnit: boolean;
}

function each({ labels }: Pprof, visit: (label: Label) => void): void {
  const [key, str, num, unit] = ['key', 'str', 'num', 'num_unit'].map((field) => labels.longs(field));
  const label: Label = { row: 0, key: 0, hasString: false, hasNumber: false, hasUnit: false };
  for (let row = 0; row < labels.length; row++) {
    label.row = row;
    label.key = key.lo[row];
    label.hasString = !str.isZero(row);
    label.hasNumber = !num.isZero(row);
    label.hasUnit = !unit.isZero(row);
    visit(label);
  }
}

/** Labels whose key their sample has before; `mixed` when one is a string and the other a number. */
function again(payload: Pprof, visit: (row: number, mixed: boolean) => void): void {
  const { labels } = payload;
  const sample = labels.parent.array;
  const known = new Map<number, { sample: number; isString: boolean }>();
  each(payload, ({ row, key, hasString }) => {
    const before = known.get(key);
    if (before === undefined) known.set(key, { sample: sample[row], isString: hasString });
    else {
      if (before.sample === sample[row]) visit(row, before.isString !== hasString);
      before.sample = sample[row];
      before.isString = hasString;
    }
  });
}

const name = (payload: Pprof, row: number): string => JSON.stringify(payload.text('Label', 'key', row));
