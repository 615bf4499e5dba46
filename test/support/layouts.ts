// fast-check arbitrary of wire layouts. Most encoders write all messages of a type in
// one way; some cases let each message be written in its own.

import fc from 'fast-check';
import {
  ENCODERS,
  FIELDS,
  type Layout,
  MESSAGE_TYPES,
  type MessageType,
  type Packing,
  PLAIN_STYLE,
  type Style,
} from './layout.ts';
import type { WireField } from './pprofWire.ts';
import { int64 } from './texts.ts';

const often = <T>(usual: T, rarely: fc.Arbitrary<T>, weight = 5): fc.Arbitrary<T> =>
  fc.oneof({ withCrossShrink: true }, { weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: rarely });

/** Numbers that pprof does not use, near and far, also ones whose tag takes five bytes. */
const unknownNumber = fc.constantFrom(16, 17, 31, 99, 1000, 2047, 2048, 100_000, 536_870_911);

const unknownField: fc.Arbitrary<WireField> = fc.letrec<{ field: WireField }>((tie) => ({
  field: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ wire: fc.constant('varint' as const), field: unknownNumber, value: int64 }),
    fc.record({ wire: fc.constantFrom('fixed64' as const, 'fixed32' as const), field: unknownNumber, value: int64 }),
    fc.record({ wire: fc.constant('len' as const), field: unknownNumber, body: fc.uint8Array({ maxLength: 5 }) }),
    fc.record({
      wire: fc.constant('group' as const),
      field: unknownNumber,
      body: fc.array(tie('field'), { maxLength: 2 }),
    }),
  ),
})).field;

const packing: fc.Arbitrary<Packing> = fc.oneof(
  { withCrossShrink: true },
  { weight: 4, arbitrary: fc.constant<Packing>('packed') },
  { weight: 2, arbitrary: fc.constantFrom<Packing>('unpacked', 2, 3) },
  { weight: 1, arbitrary: fc.constant<Packing>('split') },
);

/** Not time_nanos: a second one marks two profiles run together, which is refused. */
function doubled(type: MessageType): fc.Arbitrary<Style['doubled']> {
  const fields = FIELDS[type].scalars.filter((field) => !(type === 'Profile' && field === 9));
  if (fields.length === 0) return fc.constant([]);
  const value = fc.constantFrom(0n, 1n, 7n, (1n << 63n) - 1n);
  return often(
    [],
    fc.array(fc.record({ field: fc.constantFrom(...fields), value }), { minLength: 1, maxLength: 2 }),
    25,
  );
}

function style(type: MessageType): fc.Arbitrary<Style> {
  const { count, scalars } = FIELDS[type];
  const fields = Array.from({ length: count }, (_, i) => i + 1);
  const mixed = type === 'Profile' || type === 'Sample' || type === 'Location';
  return fc.record({
    order: often([], fc.shuffledSubarray(fields, { minLength: count }), 1),
    mix: mixed ? often([], fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 12 })) : fc.constant([]),
    zeros: scalars.length === 0 ? fc.constant([]) : often([], fc.subarray(scalars), 1),
    packing,
    emptyRuns: often(false, fc.constant(true)),
    width: often(1, fc.integer({ min: 2, max: 10 }), 15),
    tagWidth: often(1, fc.integer({ min: 2, max: 5 }), 25),
    lengthWidth: often(1, fc.integer({ min: 2, max: 5 }), 8),
    truth: often(1n, fc.constantFrom(2n, 300n, 1n << 32n, (1n << 64n) - 1n)),
    doubled: doubled(type),
    unknown: often(
      [],
      fc.array(fc.record({ at: fc.nat({ max: 20 }), field: unknownField }), { minLength: 1, maxLength: 2 }),
      10,
    ),
  });
}

function layoutOf(stylesPerType: number, picks: fc.Arbitrary<number[]>): fc.Arbitrary<Layout> {
  const styles = Object.fromEntries(
    MESSAGE_TYPES.map((type) => [
      type,
      fc.array(often(PLAIN_STYLE, style(type), 1), { minLength: stylesPerType, maxLength: stylesPerType }),
    ]),
  ) as Record<MessageType, fc.Arbitrary<Style[]>>;
  return fc.record({
    styles: fc.record(styles),
    picks,
    interleaved: often(false, fc.constant(true), 3),
    splitPeriodType: often(false, fc.constant(true), 25),
  });
}

export const encoderLayout: fc.Arbitrary<Layout> = fc.constantFrom(...Object.values(ENCODERS));
export const uniformLayout: fc.Arbitrary<Layout> = layoutOf(1, fc.constant([]));
export const chaoticLayout: fc.Arbitrary<Layout> = layoutOf(
  3,
  fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 12 }),
);

export const layout: fc.Arbitrary<Layout> = fc.oneof(
  { withCrossShrink: true },
  { weight: 4, arbitrary: encoderLayout },
  { weight: 3, arbitrary: uniformLayout },
  { weight: 2, arbitrary: chaoticLayout },
);
