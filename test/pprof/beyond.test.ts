import { describe, expect, test } from 'vitest';
import { pprofToOtlp } from '../../src/index.ts';
import { decode } from '../../src/otlp/decode.ts';
import { toModel } from '../../src/otlp/toModel.ts';
import { saysMore } from '../../src/pprof/beyond.ts';
import type { AnyValue, OtlpProfile, ProfilesData, ProfilesDictionary } from '../support/messages.ts';
import { decodeOtlp, encodeOtlp } from '../support/oracle.ts';
import { dictionaryOf } from '../support/references.ts';
import { bytesOfSketch, FULL, type Sketch } from './sketch.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

type Change = (dictionary: ProfilesDictionary, profiles: OtlpProfile[], data: ProfilesData) => void;

/** Whether the payload of a pprof says more than that, once it was changed. */
function more(change: Change, sketch: Sketch = FULL): boolean {
  const pprof = bytesOfSketch(sketch);
  const data = decodeOtlp(pprofToOtlp(pprof).otlp);
  change(dictionaryOf(data), data.resource_profiles[0].scope_profiles[0].profiles, data);
  return saysMore(toModel(decode(encodeOtlp(data)).data, 0, 0, false), pprof);
}

const text = (value: string): AnyValue => ({ string_value: value });

function attribute(dictionary: ProfilesDictionary, key: string, value: AnyValue, unit = ''): number {
  const { string_table, attribute_table } = dictionary;
  const key_strindex = string_table.push(key) - 1;
  const unit_strindex = unit === '' ? 0 : string_table.push(unit) - 1;
  return attribute_table.push({ key_strindex, value, unit_strindex }) - 1;
}

/** To a sample of each profile, as they share it. */
const onSample =
  (key: string, value: AnyValue, unit = ''): Change =>
  (dictionary, profiles) => {
    const index = attribute(dictionary, key, value, unit);
    for (const { samples } of profiles) samples[0].attribute_indices.push(index);
  };

const onMapping =
  (key: string, value: AnyValue, unit = ''): Change =>
  (dictionary) => {
    dictionary.mapping_table[1].attribute_indices.push(attribute(dictionary, key, value, unit));
  };

const onLocation =
  (key: string, value: AnyValue): Change =>
  (dictionary) => {
    dictionary.location_table[1].attribute_indices.push(attribute(dictionary, key, value));
  };

const onProfiles =
  (key: string, value: AnyValue): Change =>
  (dictionary, profiles) => {
    const index = attribute(dictionary, key, value);
    for (const profile of profiles) profile.attribute_indices.push(index);
  };

const LABELLED: Sketch = {
  ...FULL,
  samples: [
    {
      at: [1],
      labels: [
        { key: 'trace_id', str: TRACE },
        { key: 'span_id', str: SPAN },
        { key: 'a', str: 'x' },
        { key: 'a', num: 1n, unit: 'ms' },
      ],
    },
  ],
};

describe('says no more', () => {
  test.each<[string, Sketch]>([
    ['FULL', FULL],
    ['labels of all kinds, with a link', LABELLED],
    ['nothing', {}],
    ['a name that is not UTF-8', { samples: [{ labels: [{ key: 'k', str: Uint8Array.of(0xff) }] }] }],
  ])('the payload as it was made: %s', (_, sketch) => {
    expect(more(() => {}, sketch)).toBe(false);
  });

  test.each<[string, Change]>([
    ['a label', onSample('new', text('x'))],
    ['a number with its unit', onSample('new', { int_value: 5n }, 'bytes')],
    ['a text that is bytes', onSample('new', { bytes_value: Uint8Array.of(0xff) })],
    ['a Go build id', onMapping('process.executable.build_id.go', text('abc'))],
    ['functions of a mapping', onMapping('pprof.mapping.has_inline_frames', { bool_value: true })],
    ['a folded location', onLocation('pprof.location.is_folded', { bool_value: true })],
    ['an attribute of the profile, which is an addition', onProfiles('new', { double_value: 1 })],
  ])('what pprof has a field for: %s', (_, change) => {
    expect(more(change)).toBe(false);
  });
});

describe('says more', () => {
  test.each<[string, Change]>([
    ['a timestamp', (_, profiles) => profiles[1].samples[0].timestamps_unix_nano.push(5n)],
    ['a second value', (_, profiles) => profiles[0].samples[1].values.push(0n)],
    ['no value', (_, profiles) => profiles[0].samples[1].values.pop()],
    ['a double', onSample('new', { double_value: 5 })],
    ['a bool', onSample('new', { bool_value: true })],
    ['no value at all', onSample('new', {})],
    ['a text with a unit', onSample('new', text('x'), 'bytes')],
    ['a mapping attribute', onMapping('process.executable.build_id.htlhash', text('c0ffee'))],
    ['a build id that is a number', onMapping('process.executable.build_id.gnu', { int_value: 1n })],
    ['a build id with a unit', onMapping('process.executable.build_id.go', text('x'), 'bytes')],
    ['a mark that is not set', onMapping('pprof.mapping.has_inline_frames', { bool_value: false })],
    ['a frame type', onLocation('profile.frame.type', text('native'))],
    ['not folded', onLocation('pprof.location.is_folded', { bool_value: false })],
    ['one comment that is no list', onProfiles('pprof.profile.comment', text('x'))],
    ['a doc URL that is a number', onProfiles('pprof.profile.doc_url', { int_value: 1n })],
  ])('%s', (_, change) => {
    expect(more(change)).toBe(true);
  });

  const linked =
    (trace: string, span: string): Change =>
    ({ link_table }, profiles) => {
      const [trace_id, span_id] = [trace, span].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));
      const link_index = link_table.push({ trace_id, span_id }) - 1;
      for (const { samples } of profiles) samples[0].link_index = link_index;
    };

  test('a link without labels', () => {
    expect(more(linked(TRACE, SPAN))).toBe(true);
  });

  test('a link that is not that of the labels, or none', () => {
    expect(more(linked(TRACE, SPAN), LABELLED)).toBe(false);
    expect(more(linked(SPAN + SPAN, SPAN), LABELLED)).toBe(true);
    expect(
      more((_, profiles) => {
        for (const { samples } of profiles) samples[0].link_index = 0;
      }, LABELLED),
    ).toBe(true);
  });
});
