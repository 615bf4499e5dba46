import { describe, expect, test } from 'vitest';
import { encodeJson } from '../../../src/otlp/json/encode.ts';
import { Writer } from '../../../src/wire/writer.ts';
import { concat } from '../../support/bytes.ts';
import { inLink, inProfile, inValue, profileWire, refusal, textOf, there, utf8, valueWire, wire } from './text.ts';

const json = (payload: Uint8Array): string => textOf(encodeJson(payload).json);
const EMPTY = new Uint8Array(0);

test('nothing in the payload, nothing in the JSON', () => {
  expect(encodeJson(EMPTY)).toEqual({ json: utf8('{}'), unknown: false });
});

test('goes behind what the writer holds', () => {
  const w = new Writer();
  encodeJson(EMPTY, w);
  w.byte(0x0a);
  expect(textOf(encodeJson(wire([2, 2, EMPTY]), w).json)).toBe('{"dictionary":{}}');
  expect(textOf(w.finish())).toBe('{}\n{"dictionary":{}}');
});

describe('comes back from decodeJson as it was', () => {
  test.each([
    [
      'presence and order',
      '{"dictionary":{"stackTable":[{},{"locationIndices":[]}]},"resourceProfiles":[{"schemaUrl":"","resource":{}}]}',
    ],
    [
      'zeros',
      inProfile('"timeUnixNano":"0","period":"0","durationNano":"0","droppedAttributesCount":0,"originalPayload":""'),
    ],
    [
      'int64',
      inProfile(
        '"samples":[{"values":["0","-1","9007199254740993","9223372036854775807","-9223372036854775808","-4294967296","1000000000"]}]',
      ),
    ],
    [
      'fixed64',
      inProfile('"samples":[{"timestampsUnixNano":["0","4294967296","18446744073709551615","1000000000000000000"]}]'),
    ],
    ['uint64', inProfile('"durationNano":"18446744073709551615"')],
    ['int32', inProfile('"attributeIndices":[0,-1,2147483647,-2147483648]')],
    ['uint32', inProfile('"droppedAttributesCount":4294967295')],
    ['ids', inLink('"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7"')],
    ['an id of another length', inProfile('"profileId":"0123456789abcdef012345"')],
    ['bytes', inValue('{"bytesValue":"+/8="}')],
    ['true', inValue('{"boolValue":true}')],
    ['false', inValue('{"boolValue":false}')],
    ['no value', inValue('{}')],
    ['a double', inValue('{"doubleValue":0.1}')],
    ['a large double', inValue('{"doubleValue":1e+21}')],
    ['minus zero', inValue('{"doubleValue":-0}')],
    ['NaN', inValue('{"doubleValue":"NaN"}')],
    ['infinity', inValue('{"arrayValue":{"values":[{"doubleValue":"Infinity"},{"doubleValue":"-Infinity"}]}}')],
    ['text', inValue('{"stringValue":"é€😀\u007f\u2028/"}')],
    ['escapes', inValue('{"stringValue":"\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f"}')],
  ])('%s', (_, text) => {
    expect(there(text)).toBe(text);
  });

  test('in its canonical form', () => {
    expect(there(' {"resource_profiles" : [ {"schema_url":"\\u0041\\/"} ] } ')).toBe(
      '{"resourceProfiles":[{"schemaUrl":"A/"}]}',
    );
    expect(there(inProfile('"period":1e3,"profileId":"S/kvNXezTaajzpKdDg5HNg=="'))).toBe(
      inProfile('"period":"1000","profileId":"4bf92f3577b34da6a3ce929d0e0e4736"'),
    );
    expect(there(inValue('{"bytesValue":"-_8"}'))).toBe(inValue('{"bytesValue":"+/8="}'));
    expect(there('{"resourceProfiles":null,"x":1,"dictionary":{"stringTable":[]}}')).toBe('{"dictionary":{}}');
  });
});

describe('fields that stand anywhere', () => {
  const sample = (stack: number): Uint8Array => wire([1, 0, stack]);

  test('unpacked numbers and packed pieces are one array', () => {
    const content = wire([4, 0, 1n], [4, 2, Uint8Array.of(2, 3)], [4, 2, EMPTY], [4, 0, -4n], [1, 0, 9]);
    expect(json(profileWire(wire([2, 2, content])))).toBe(
      inProfile('"samples":[{"values":["1","2","3","-4"],"stackIndex":9}]'),
    );
    expect(json(profileWire(wire([2, 2, wire([5, 1, 7n], [5, 1, 8n])])))).toBe(
      inProfile('"samples":[{"timestampsUnixNano":["7","8"]}]'),
    );
  });

  test('arrays in pieces are collected where they began', () => {
    const content = wire([2, 2, sample(1)], [6, 0, 5], [2, 2, sample(2)], [11, 0, 1], [2, 2, sample(3)]);
    expect(json(profileWire(content))).toBe(
      inProfile('"samples":[{"stackIndex":1},{"stackIndex":2},{"stackIndex":3}],"period":"5","attributeIndices":[1]'),
    );
  });

  test('the last of several scalars holds', () => {
    expect(json(profileWire(wire([6, 0, 1], [9, 2, 'a'], [6, 0, 2], [9, 2, 'b'])))).toBe(
      inProfile('"period":"2","originalPayloadFormat":"b"'),
    );
  });

  test('messages merge', () => {
    const type = (...fields: Parameters<typeof wire>): Parameters<typeof wire>[0] => [1, 2, wire(...fields)];
    expect(json(profileWire(wire(type([1, 0, 1]), [6, 0, 5], type([2, 0, 2], [1, 0, 3]), type())))).toBe(
      inProfile('"sampleType":{"typeStrindex":3,"unitStrindex":2},"period":"5"'),
    );
    const dictionary = (text: string): Uint8Array => wire([2, 2, wire([5, 2, text])]);
    expect(json(concat(dictionary(''), wire([1, 2, EMPTY]), dictionary('x')))).toBe(
      '{"dictionary":{"stringTable":["","x"]},"resourceProfiles":[{}]}',
    );
  });

  test('the last member of a oneof holds', () => {
    expect(json(valueWire(wire([1, 2, 'a'], [3, 0, 1])))).toBe(inValue('{"intValue":"1"}'));
    const array = (value: number): Uint8Array => wire([1, 2, wire([3, 0, value])]);
    expect(json(valueWire(wire([5, 2, array(1)], [5, 2, array(2)])))).toBe(
      inValue('{"arrayValue":{"values":[{"intValue":"1"},{"intValue":"2"}]}}'),
    );
    expect(json(valueWire(wire([5, 2, array(1)], [1, 2, 'a'], [5, 2, array(2)])))).toBe(
      inValue('{"arrayValue":{"values":[{"intValue":"2"}]}}'),
    );
  });

  test('deep merging takes no longer for its depth', () => {
    let content = wire([3, 0, 1]);
    for (let depth = 0; depth < 60; depth++) content = wire([5, 2, EMPTY], [5, 2, wire([1, 2, content])]);
    expect(json(valueWire(content))).toContain('{"intValue":"1"}');
  });
});

describe('what JSON cannot carry', () => {
  test('unknown fields and wrong wire types are left out, and told', () => {
    const content = wire([6, 0, 5], [15, 2, 'x'], [2, 2, EMPTY], [6, 1, 7], [2, 2, EMPTY], [99, 0, 1]);
    const { json, unknown } = encodeJson(profileWire(content));
    expect(textOf(json)).toBe(inProfile('"period":"5","samples":[{},{}]'));
    expect(unknown).toBe(true);
    expect(encodeJson(profileWire(wire([6, 0, 5], [15, 2, 'x'], [6, 0, 5]))).unknown).toBe(true);
    expect(encodeJson(profileWire(wire([6, 0, 5]))).unknown).toBe(false);
  });

  test('a string that is not UTF-8 is refused', () => {
    const bad = wire([2, 2, wire([5, 2, 'ok'], [5, 2, Uint8Array.of(0x61, 0xff)])]);
    expect(refusal(() => encodeJson(bad)).describe()).toBe(
      '@8 dictionary.string_table[1]: a string is not UTF-8, and JSON has no other',
    );
  });

  test('numbers beyond 32 bits are cut, as protobuf does', () => {
    expect(json(profileWire(wire([8, 0, (1n << 32n) + 5n], [11, 0, (1n << 33n) + 2n])))).toBe(
      inProfile('"droppedAttributesCount":5,"attributeIndices":[2]'),
    );
  });

  test('values more than 64 deep are refused', () => {
    const nested = (depth: number): Uint8Array => {
      let content: Uint8Array = EMPTY;
      for (let i = 1; i < depth; i++) content = wire([5, 2, wire([1, 2, content])]);
      return valueWire(content);
    };
    expect(json(nested(64))).toContain('arrayValue');
    expect(refusal(() => json(nested(65)))).toMatchObject({ code: 'limit' });
    expect(refusal(() => json(nested(2000)))).toMatchObject({ code: 'limit' });
  });

  test('a broken payload is refused, with its place', () => {
    for (const [bytes, offset, path] of [
      [[0x0a, 0x05, 0x00], 1, undefined],
      [[0x0a, 0x02, 0x12, 0x05], 3, 'resource_profiles[0]'],
      [[0x0a, 0x80], 1, undefined],
      [[0x00], 0, undefined],
    ] as const) {
      expect(refusal(() => encodeJson(Uint8Array.from(bytes)))).toMatchObject({
        code: 'bad-input',
        stage: 'decode',
        offset,
        path,
      });
    }
  });
});
