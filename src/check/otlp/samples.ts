import { Int32Column } from '../../wire/columns.ts';
import { RowInterner } from '../../wire/rows.ts';
import type { Find } from '../rule.ts';
import { at, type Otlp } from './otlp.ts';

/** Rules about samples. */

export function sampleEmpty(payload: Otlp, find: Find): void {
  each(payload, (row, values, times) => {
    if (values === 0 && times === 0) find(at(payload.samples, row), () => 'has neither values nor timestamps');
  });
}

export function sampleLengths(payload: Otlp, find: Find): void {
  each(payload, (row, values, times) => {
    if (values > 0 && times > 0 && values !== times)
      find(at(payload.samples, row, 'values'), () => `are ${values} for ${times} timestamps`);
  });
}

export function sampleValues(payload: Otlp, find: Find): void {
  each(payload, (row, values, times) => {
    if (values > 1 && times === 0) find(at(payload.samples, row, 'values'), () => `are ${values} without timestamps`);
  });
}

const SHAPES = ['neither values nor timestamps', 'values only', 'timestamps only', 'values and timestamps'];

/** Samples differ from the first of their profile that has a shape; one without is another rule's business. */
export function sampleShape(payload: Otlp, find: Find): void {
  const { samples } = payload;
  let profile = -1;
  let common = 0;
  each(payload, (row, values, times) => {
    if (samples.parent.array[row] !== profile) {
      profile = samples.parent.array[row];
      common = 0;
    }
    const shape = (values > 0 ? 1 : 0) + (times > 0 ? 2 : 0);
    if (common === 0) common = shape;
    const expected = common;
    if (shape !== 0 && shape !== expected)
      find(at(samples, row), () => `has ${SHAPES[shape]}, samples before it have ${SHAPES[expected]}`);
  });
}

function each(payload: Otlp, visit: (row: number, values: number, times: number) => void): void {
  const { samples } = payload;
  const values = samples.longLists('values');
  const times = samples.longLists('timestamps_unix_nano');
  for (let row = 0; row < samples.length; row++) visit(row, values.count(row), times.count(row));
}

export function sampleIdentity(payload: Otlp, find: Find): void {
  const { samples } = payload;
  const stack = samples.ints('stack_index').array;
  const link = samples.ints('link_index').array;
  const attributes = samples.intLists('attribute_indices');
  const { array } = attributes.values;
  const identity: number[] = [];
  let profile = -1;
  let interner = new RowInterner();
  let firsts = new Int32Column();
  for (let row = 0; row < samples.length; row++) {
    if (samples.parent.array[row] !== profile) {
      profile = samples.parent.array[row];
      interner = new RowInterner();
      firsts = new Int32Column();
    }
    identity.length = 0;
    for (let i = attributes.start(row); i < attributes.end(row); i++) identity.push(array[i]);
    if (identity.length > 1) identity.sort((a, b) => a - b);
    identity.push(stack[row], link[row]);
    const known = interner.intern(identity);
    if (known === firsts.length) firsts.push(samples.ordinal.array[row]);
    else {
      const first = firsts.array[known];
      find(at(samples, row), () => `has the stack, the attributes and the link of samples[${first}]`);
    }
  }
}

export function timestampRange(payload: Otlp, find: Find): void {
  const { samples, profiles } = payload;
  const times = samples.longLists('timestamps_unix_nano');
  const { values } = times;
  const begin = profiles.longs('time_unix_nano');
  const duration = profiles.longs('duration_nano');
  let profile = -1;
  let start = 0n;
  let end = 0n;
  for (let row = 0; row < samples.length; row++) {
    if (samples.parent.array[row] !== profile) {
      profile = samples.parent.array[row];
      start = begin.unsigned(profile);
      end = start + duration.unsigned(profile);
    }
    const first = times.start(row);
    for (let i = first; i < times.end(row); i++) {
      const time = values.unsigned(i);
      if (time >= start && time < end) continue;
      const [from, to] = [start, end];
      find(at(samples, row, 'timestamps_unix_nano', i - first), () => `${time} is not in [${from}, ${to})`);
    }
  }
}

export function negativeValue(payload: Otlp, find: Find): void {
  const { samples } = payload;
  const lists = samples.longLists('values');
  const { values } = lists;
  if (values.hi.length === 0) return;
  for (let row = 0; row < samples.length; row++) {
    const first = lists.start(row);
    for (let i = first; i < lists.end(row); i++)
      if (values.isNegative(i)) find(at(samples, row, 'values', i - first), () => `is ${values.signed(i)}`);
  }
}
