import { describe, expect, test } from 'vitest';
import { otlpToOtlp } from '../../src/index.ts';
import { narrow } from '../../src/otlp/layout/narrow.ts';
import { decodeOtlp } from '../support/oracle.ts';
import { type WireField, writeWire } from '../support/pprofWire.ts';

/** A payload whose scope has dropped so many attributes, and whose stack has these locations. */
function payload(dropped: bigint, locations: bigint[]): Uint8Array {
  const inside = (field: number, body: WireField[]): WireField => ({ field, wire: 'len', body });
  return writeWire([
    inside(1, [inside(2, [inside(1, [{ field: 4, wire: 'varint', value: dropped }])])]),
    inside(2, [inside(7, [{ field: 1, wire: 'packed', values: locations }])]),
  ]);
}

describe('32-bit numbers with more bits', () => {
  test('say what their lower bits say', () => {
    const wide = payload((1n << 40n) + 5n, [(1n << 32n) + 1n, 0xffffffffn, -1n, 0n]);
    expect(narrow(wide)).toEqual(payload(5n, [1n, -1n, -1n, 0n]));
    expect(decodeOtlp(narrow(wide))).toEqual(decodeOtlp(wide));
  });

  test.each([(1n << 64n) - 1n, 1n << 32n])('are written as JSON that is proven: %i', (dropped) => {
    const { otlp, report } = otlpToOtlp(payload(dropped, []), { from: 'otlp', otlpVersion: '1.11', to: 'otlp-json' });
    expect(report.proven).toBe(true);
    const count = JSON.parse(Buffer.from(otlp).toString()).resourceProfiles[0].scopeProfiles[0].scope;
    expect(count.droppedAttributesCount ?? 0).toBe(Number(BigInt.asUintN(32, dropped)));
  });
});
