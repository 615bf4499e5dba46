// How the bytes are written.

import { bytesOf, string } from '../valid.ts';
import { adding, len, varint, within } from '../wire.ts';
import { FIRST_PROFILE, type OtlpDefect, SAMPLE, spoilText } from './spoil.ts';

export const WIRE: readonly OtlpDefect[] = [
  { name: 'cut off', rule: 'bad-input', wire: (bytes) => bytes.slice(0, -1) },
  {
    name: 'a field of another wire type',
    rule: 'bad-input',
    wire: adding(FIRST_PROFILE, { field: 3, wire: 'fixed32', value: 1n }),
    reason: 'as in the translation; protobuf libraries take it for an unknown field',
  },
  { name: 'a group without end', rule: 'bad-input', wire: (bytes) => Uint8Array.from([...bytes, 0x83, 0x01]) },
  { name: 'an unknown field of the payload', rule: 'otlp/unknown-field', wire: adding([], varint(99, 1n)) },
  {
    name: 'an unknown field of a sample',
    rule: 'otlp/unknown-field',
    path: 'resource_profiles[0].scope_profiles[0].profiles[0].samples[0]',
    wire: adding(SAMPLE, len(20, bytesOf(3))),
  },
  {
    name: 'a field twice',
    rule: 'otlp/field-twice',
    path: 'resource_profiles[0].scope_profiles[0].profiles[0].period',
    wire: adding(FIRST_PROFILE, varint(6, 10n)),
  },
  {
    name: 'a dictionary in two pieces',
    rule: 'otlp/field-twice',
    path: 'dictionary',
    wire: adding([], len(2, new Uint8Array(0))),
  },
  {
    name: 'a value of two kinds',
    rule: 'otlp/field-twice',
    path: 'resource_profiles[0].resource.attributes[0].value.string_value_strindex',
    wire: adding([1, 1, 1, 2], varint(8, BigInt(string('app')))),
  },
  {
    name: 'a string of the dictionary that is not UTF-8',
    rule: 'otlp/utf8',
    path: 'dictionary.string_table[5]',
    wire: spoilText('thread.name'),
  },
  {
    name: 'a resource attribute that is not UTF-8',
    rule: 'otlp/utf8',
    path: 'resource_profiles[0].resource.attributes[0].value.string_value',
    wire: spoilText('shop'),
  },
  { name: 'the name of a scope that is not UTF-8', rule: 'otlp/utf8', wire: spoilText('profiler') },
  {
    name: 'an index above 2^32',
    rule: 'otlp/overflow',
    path: 'resource_profiles[0].scope_profiles[0].profiles[0].samples[0].link_index',
    wire: (bytes) =>
      within(bytes, SAMPLE, (content) => {
        const at = content.lastIndexOf(0x18);
        return Uint8Array.from([...content.slice(0, at), 0x18, 0x81, 0x80, 0x80, 0x80, 0x20, ...content.slice(at + 2)]);
      }),
  },
  {
    name: 'a count of dropped attributes above 2^32',
    rule: 'otlp/overflow',
    wire: adding([1, 1], varint(2, 1n << 32n)),
  },
  {
    name: 'the layout of a draft',
    rule: 'otlp/draft',
    options: { draft: '1.9' },
    profcheck: 'reads it by the field numbers of 1.11, and finds what that makes of it',
  },
];
