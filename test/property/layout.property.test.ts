// Any message of the schema, written in any way that protobuf allows, comes back exactly; a damaged layout
// gives a Misfit or some bytes.

import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { Misfit } from '../../src/errors.ts';
import { normalise, relayout } from '../../src/otlp/layout/layout.ts';
import { expectSameBytes } from '../support/bytes.ts';
import { otlpFiles } from '../support/corpus.ts';
import { mutate, mutations, sourceAmong } from '../support/mutations.ts';
import { decodeOtlp, otlpType } from '../support/oracle.ts';
import { type WireField, writeWire } from '../support/pprofWire.ts';
import { patience, runsOf } from '../support/runs.ts';

/** A damaged layout must not make anything run long. */
const SLOW = 5_000;

const VALUES = [0n, 1n, 2n, 127n, 128n, 300n, 1n << 31n, 1n << 32n, (1n << 35n) - 1n, 1n << 63n, -1n];
const FIXED = new Set(['fixed64', 'double']);
const TEXTS = ['', 'a', 'ß', 'x'.repeat(130)].map((text) => new TextEncoder().encode(text));
const UNKNOWN = [12, 15, 16, 100, 2047, 536_870_911];

/** Makes wire out of decisions; where they end, all that follows is the plainest there is. */
class Maker {
  private at = 0;

  constructor(
    private readonly decisions: ArrayLike<number>,
    /** Whether to keep away from what protobufjs refuses or does not merge as protobuf says. */
    private readonly tame: boolean,
  ) {}

  private below(bound: number): number {
    return (this.decisions[this.at++] ?? 0) % bound;
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** Mostly 1. */
  private width(most: number): number {
    return this.below(4) < 3 ? 1 : 1 + this.below(this.tame ? 5 : most);
  }

  message(type: protobuf.Type, depth = 0): WireField[] {
    const out: WireField[] = [];
    const used = new Set<string>();
    const style = { tagWidth: this.width(10), lengthWidth: this.width(10), width: this.width(10) };
    for (let left = this.below(7); left > 0; left--) {
      if (this.below(10) === 9) out.push(this.unknown(2));
      const field = this.pick(type.fieldsArray);
      const isSingularMessage = !field.repeated && field.resolvedType !== null;
      if (isSingularMessage && used.has(field.name) && this.tame) continue;
      used.add(field.name);
      const own =
        this.below(4) === 3 ? { tagWidth: this.width(10), lengthWidth: this.width(10), width: this.width(10) } : style;
      for (let times = field.repeated ? 1 + this.below(4) : 1; times > 0; times--)
        out.push({ ...this.record(field, depth), ...own, field: field.id } as WireField);
    }
    return out;
  }

  private record(field: protobuf.Field, depth: number): WireField {
    const { resolvedType, id, type } = field;
    if (resolvedType instanceof protobuf.Type)
      return { field: id, wire: 'len', body: depth < 9 ? this.message(resolvedType, depth + 1) : [] };
    if (type === 'string' || type === 'bytes') return { field: id, wire: 'len', body: this.pick(TEXTS) };
    if (!field.repeated || this.below(3) === 2) {
      const value = this.pick(VALUES);
      return { field: id, wire: FIXED.has(type) ? 'fixed64' : 'varint', value };
    }
    const values = Array.from({ length: this.below(4) }, () => this.pick(VALUES));
    if (FIXED.has(type)) return { field: id, wire: 'len', body: new Uint8Array(8 * values.length).fill(values.length) };
    if (this.below(3) < 2) return { field: id, wire: 'packed', values };
    // Each value of a width of its own.
    const parts = values.map((value) =>
      writeWire([{ field: 1, wire: 'varint', value, width: this.width(10) }]).slice(1),
    );
    return { field: id, wire: 'len', body: new Uint8Array(Buffer.concat(parts)) };
  }

  private unknown(depth: number): WireField {
    const field = this.pick(UNKNOWN);
    const tagWidth = this.width(10);
    const value = this.pick(VALUES);
    const kind = this.below(depth > 0 ? 5 : 4);
    if (kind === 0) return { field, tagWidth, wire: 'varint', value, width: this.width(10) };
    if (kind < 3) return { field, tagWidth, wire: kind === 1 ? 'fixed32' : 'fixed64', value };
    if (kind === 3) return { field, tagWidth, wire: 'len', body: this.pick(TEXTS), lengthWidth: this.width(5) };
    return {
      field,
      tagWidth,
      wire: 'group',
      body: Array.from({ length: this.below(3) }, () => this.unknown(depth - 1)),
    };
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function payload(tame = false): fc.Arbitrary<Uint8Array> {
  return fc
    .uint8Array({ maxLength: 1500, size: 'max' })
    .map((decisions) => writeWire(new Maker(decisions, tame).message(otlpType)));
}

function expectMisfitOrBytes(canonical: Uint8Array, layout: Uint8Array): void {
  const start = performance.now();
  try {
    expect(relayout(canonical, layout)).toBeInstanceOf(Uint8Array);
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
  }
  expect(performance.now() - start).toBeLessThan(SLOW);
}

describe('any payload in any layout', () => {
  test(
    'comes back exactly',
    () => {
      fc.assert(
        fc.property(payload(), (bytes) => {
          const { canonical, layout } = normalise(bytes);
          expectSameBytes(relayout(canonical, layout), bytes);
          const again = normalise(canonical);
          expect(hex(again.layout)).toBe('');
          expectSameBytes(again.canonical, canonical);
        }),
        runsOf(10),
      );
    },
    patience,
  );

  test(
    'says the same in canonical form',
    () => {
      fc.assert(
        fc.property(payload(true), (bytes) => {
          const { canonical } = normalise(bytes);
          expect(decodeOtlp(canonical)).toEqual(decodeOtlp(bytes));
        }),
        runsOf(5),
      );
    },
    patience,
  );
});

describe('a damaged layout', () => {
  test(
    'of any payload gives a misfit or some bytes',
    () => {
      fc.assert(
        fc.property(payload(), payload(), mutations, (bytes, other, list) => {
          const { canonical, layout } = normalise(bytes);
          expectMisfitOrBytes(canonical, mutate(layout, list));
          expectMisfitOrBytes(mutate(canonical, list), layout);
          expectMisfitOrBytes(normalise(other).canonical, layout);
        }),
        runsOf(5),
      );
    },
    patience,
  );

  test.skipIf(otlpFiles.length === 0)(
    'of a real payload gives a misfit or some bytes',
    () => {
      const parts = otlpFiles.map(({ name, read }) => ({ name, bytes: read() }));
      fc.assert(
        fc.property(sourceAmong(parts), mutations, ({ bytes }, list) => {
          const { canonical, layout } = normalise(bytes);
          expectMisfitOrBytes(canonical, mutate(layout, list));
        }),
        runsOf(),
      );
    },
    patience,
  );

  test(
    'of nothing gives a misfit or some bytes',
    () => {
      const numbers = fc.uint8Array({ maxLength: 40 });
      fc.assert(
        fc.property(payload(), numbers, numbers, numbers, (bytes, surprises, shapes, raw) => {
          const layout = writeWire([
            { field: 1, wire: 'packed', values: Array.from(surprises, (n) => BigInt(n % 3)) },
            { field: 2, wire: 'packed', values: Array.from(shapes, BigInt) },
            { field: 3, wire: 'len', body: raw },
          ]);
          expectMisfitOrBytes(normalise(bytes).canonical, layout);
        }),
        runsOf(5),
      );
    },
    patience,
  );
});
