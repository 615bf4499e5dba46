import { describe, expect, test } from 'vitest';
import { toModel } from '../../src/pprof/toModel.ts';
import { decoded, type LabelSketch, type Sketch } from './sketch.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

/** The link of each sample, as hex; '' for none. */
function links(samples: NonNullable<Sketch['samples']>): string[] {
  const { model } = toModel(decoded({ samples }).data, false);
  const { link } = model.resources[0].scopes[0].profiles[0].samples.identity;
  const { links } = model.dictionary;
  expect(links.bytes(0)).toEqual(new Uint8Array(24));
  return samples.map((_, i) => (link.array[i] === 0 ? '' : Buffer.from(links.bytes(link.array[i])).toString('hex')));
}

const link = (...labels: LabelSketch[]): string => links([{ labels }])[0] as string;
const label = (key: string, str: string): LabelSketch => ({ key, str });

describe('a sample with a trace id and a span id has a link', () => {
  test.each([
    ['trace_id', 'span_id'],
    ['traceId', 'spanId'],
    ['traceID', 'spanID'],
    ['trace.id', 'span.id'],
    ['trace_id', 'profile_id'],
  ])('%s and %s in hex', (trace, span) => {
    expect(link(label(span, SPAN), label('other', 'x'), label(trace, TRACE))).toBe(TRACE + SPAN);
  });

  test('upper case reads the same', () => {
    expect(link(label('trace_id', TRACE.toUpperCase()), label('span_id', SPAN))).toBe(TRACE + SPAN);
  });

  test('Datadog: keys with a blank, decimal, as text or as number', () => {
    const trace = label('trace id', `${BigInt(`0x${TRACE}`)}`);
    expect(link(trace, label('span id', `${BigInt(`0x${SPAN}`)}`))).toBe(TRACE + SPAN);
    expect(link({ key: 'trace id', num: 255n }, { key: 'span id', num: BigInt.asIntN(64, BigInt(`0x${SPAN}`)) })).toBe(
      `${'ff'.padStart(32, '0')}${SPAN}`,
    );
  });

  test('equal ids are one link', () => {
    const labels = [label('trace_id', TRACE), label('span_id', SPAN)];
    const { model } = toModel(decoded({ samples: [{ labels }, {}, { labels: labels.toReversed() }] }).data, false);
    expect(model.dictionary.links.length).toBe(2);
    expect(Array.from(model.resources[0].scopes[0].profiles[0].samples.identity.link.array.subarray(0, 3))).toEqual([
      1, 0, 1,
    ]);
  });

  test('the first valid one counts, in the order of the spellings', () => {
    const other = '1'.repeat(32);
    expect(link(label('traceId', other), label('trace_id', TRACE), label('span_id', SPAN))).toBe(TRACE + SPAN);
    expect(link(label('trace_id', 'bad'), label('trace_id', TRACE), label('span_id', SPAN))).toBe(TRACE + SPAN);
    expect(link(label('trace_id', 'bad'), label('traceId', other), label('span_id', SPAN))).toBe(other + SPAN);
  });

  test('the labels stay', () => {
    const { model } = toModel(
      decoded({ samples: [{ labels: [label('trace_id', TRACE), label('span_id', SPAN)] }] }).data,
      false,
    );
    expect(model.resources[0].scopes[0].profiles[0].samples.identity.attributes.end(0)).toBe(2);
  });
});

describe('no link', () => {
  test.each<[string, LabelSketch[]]>([
    ['without labels', []],
    ['without a span', [label('trace_id', TRACE)]],
    ['without a trace', [label('span_id', SPAN)]],
    ['for zeros', [label('trace_id', '0'.repeat(32)), label('span_id', SPAN)]],
    ['for a zero span', [label('trace_id', TRACE), label('span_id', '0'.repeat(16))]],
    ['for a short trace id', [label('trace_id', TRACE.slice(1)), label('span_id', SPAN)]],
    ['for a long span id', [label('trace_id', TRACE), label('span_id', `${SPAN}00`)]],
    ['for what is no hex', [label('trace_id', TRACE.replace('a', 'g')), label('span_id', SPAN)]],
    ['for a decimal too large', [label('trace id', '9'.repeat(39)), label('span id', '5')]],
    ['for decimal zero', [label('trace id', '0'), label('span id', '5')]],
    ['for a key in other letters', [label('Trace_Id', TRACE), label('span_id', SPAN)]],
    ['for a number under a key of hex ids', [label('trace_id', TRACE), { key: 'span_id', num: 1234567890123456n }]],
  ])('%s', (_, labels) => {
    expect(link(...labels)).toBe('');
  });

  test('across samples', () => {
    expect(links([{ labels: [label('trace_id', TRACE)] }, { labels: [label('span_id', SPAN)] }])).toEqual(['', '']);
  });
});
