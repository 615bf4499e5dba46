import { describe, expect, test } from 'vitest';
import { decodeJson } from '../../../src/otlp/json/decode.ts';
import { decodeOtlp } from '../../support/oracle.ts';
import { inLink, inProfile, inValue, read, readProfile, readValue, refused, textOf, utf8 } from './text.ts';

const PROFILE = 'resource_profiles[0].scope_profiles[0].profiles[0]';
const VALUE = 'resource_profiles[0].resource.attributes[0].value';
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const wireOf = (json: string): string => hex(decodeJson(utf8(json)).payload);

describe('the document', () => {
  test('nothing said, nothing written', () => {
    expect(decodeJson(utf8('{}'))).toEqual({ payload: new Uint8Array(0), unknown: [], end: 2 });
  });

  test('a byte order mark and white space around it are stepped over', () => {
    const text = '\uFEFF \r\n\t{ "resourceProfiles" : [ { } , { } ] }\n \n';
    expect(decodeJson(utf8(text))).toMatchObject({ payload: Uint8Array.of(10, 0, 10, 0), end: utf8(text).length });
  });

  test('anything else behind it is refused, unless more may follow', () => {
    const lines = utf8('{}\n{"dictionary":{}}\n\n');
    expect(refused(lines)).toMatchObject({
      offset: 3,
      message: 'is not JSON: expected the end of the text but found {',
    });
    expect(decodeJson(lines, 0, undefined, { more: true })).toMatchObject({ payload: new Uint8Array(0), end: 3 });
    expect(decodeJson(lines, 3, undefined, { more: true })).toMatchObject({ payload: Uint8Array.of(18, 0), end: 22 });
  });

  test('only the range is read', () => {
    const text = utf8('x{"dictionary":{}}x');
    expect(decodeJson(text, 1, 18)).toMatchObject({ payload: Uint8Array.of(18, 0), end: 18 });
    for (let end = 1; end < 18; end++) {
      expect(() => decodeJson(text, 1, end)).toThrow(
        /^is not JSON: (expected .* but found the end of the text|the text ends inside a string)$/,
      );
    }
  });
});

test('a string does not end behind the range', () => {
  expect(() => decodeJson(utf8('{"x":"abc"}'), 0, 8)).toThrow('is not JSON: the text ends inside a string');
});

describe('explicit in JSON is explicit in protobuf', () => {
  test('fields keep their order', () => {
    expect(wireOf('{"dictionary":{},"resourceProfiles":[{"schemaUrl":"x","resource":{}}]}')).toBe(
      '1200' + '0a05' + '1a0178' + '0a00',
    );
  });

  test('zeros, empty messages and empty arrays of numbers are written', () => {
    const { payload } = decodeJson(
      utf8(inProfile('"sampleType":{},"timeUnixNano":"0","period":0,"profileId":"","attributeIndices":[]')),
    );
    expect(hex(payload)).toContain(`0a0019${'00'.repeat(8)}30003a005a00`);
  });

  test('numbers of an array stand packed', () => {
    expect(
      hex(decodeJson(utf8(inProfile('"samples":[{"values":["1","-1"],"timestampsUnixNano":[1]}]'))).payload),
    ).toContain(`220b01${'ff'.repeat(9)}012a080100000000000000`);
  });

  test('lengths of any width fit', () => {
    for (const length of [0, 127, 128, 16383, 16384, 3_000_000]) {
      expect(
        read(`{"resourceProfiles":[{"schemaUrl":"${'x'.repeat(length)}"},{"schemaUrl":"y"}]}`).resource_profiles,
      ).toMatchObject([{ schema_url: 'x'.repeat(length) }, { schema_url: 'y' }]);
    }
  });
});

describe('names', () => {
  test('lowerCamelCase, as in the .proto file, or with escapes', () => {
    const same = wireOf('{"resourceProfiles":[{"schemaUrl":"x"}]}');
    expect(wireOf('{"resource_profiles":[{"schema_url":"x"}]}')).toBe(same);
    expect(wireOf('{"\\u0072esourceProfiles":[{"schema\\u005Furl":"x"}]}')).toBe(same);
  });

  test('a field twice is refused, in either spelling', () => {
    expect(refused(inProfile('"period":1,"period":1'))).toMatchObject({
      path: `${PROFILE}.period`,
      message: 'is there twice',
      offset: 64,
    });
    expect(refused(inProfile('"timeUnixNano":1,"time_unix_nano":1')).message).toBe('is there twice');
    expect(refused(inProfile('"period":null,"period":1')).message).toBe('is there twice');
  });

  test('unknown fields are stepped over and listed once', () => {
    const samples = '"samples":[{"x":1},{"x":{"y":[1,"a\\n",true,false,null,-1.5e3,{}]}}]';
    const { payload, unknown } = decodeJson(
      utf8(`{"__proto__":{"a":1},"constructor":null,${inProfile(`${samples},"foo":[[]],"sampletype":1`).slice(1)}`),
    );
    expect(unknown).toEqual([
      '__proto__',
      'constructor',
      'resourceProfiles[].scopeProfiles[].profiles[].samples[].x',
      'resourceProfiles[].scopeProfiles[].profiles[].foo',
      'resourceProfiles[].scopeProfiles[].profiles[].sampletype',
    ]);
    expect(decodeOtlp(payload).resource_profiles[0]?.scope_profiles[0]?.profiles[0]?.samples).toHaveLength(2);
  });

  test('twenty of them are listed, and their names are cut', () => {
    const fields = Array.from({ length: 30 }, (_, i) => `"${i}${'x'.repeat(100)}":0`);
    const { unknown } = decodeJson(utf8(`{${fields}}`));
    expect(unknown).toHaveLength(20);
    expect(unknown[19]).toBe(`19${'x'.repeat(58)}`);
  });

  test('what is in unknown fields must be JSON, but any strings', () => {
    expect(decodeJson(utf8('{"x":"\\ud800"}')).unknown).toEqual(['x']);
    expect(decodeJson(Uint8Array.from([...utf8('{"x":"'), 0xff, ...utf8('"}')])).unknown).toEqual(['x']);
    expect(refused('{"x":[1,]}')).toMatchObject({ offset: 8, message: 'is not JSON: expected a value but found ]' });
  });
});

describe('null', () => {
  test('is the same as no field', () => {
    expect(wireOf('{"resourceProfiles":null,"dictionary":null}')).toBe('');
    expect(readProfile('"samples":null,"period":null,"sampleType":null,"profileId":null').samples).toEqual([]);
    expect(readValue('{"stringValue":null,"intValue":1}')).toEqual({ int_value: 1n });
  });

  test('no item of an array can be it', () => {
    for (const members of ['"samples":[{},null]', '"attributeIndices":[1,null]']) {
      expect(refused(inProfile(members))).toMatchObject({
        path: `${PROFILE}.${members.startsWith('"s') ? 'samples' : 'attribute_indices'}[1]`,
        message: 'is null, which no item of an array can be',
      });
    }
  });
});

describe('whole numbers', () => {
  const forms: [string, bigint][] = [
    ['0', 0n],
    ['-0', 0n],
    ['"0"', 0n],
    ['999999999', 999999999n],
    ['1000000000', 1000000000n],
    ['"4294967296"', 1n << 32n],
    ['9007199254740993', (1n << 53n) + 1n],
    ['"9007199254740993"', (1n << 53n) + 1n],
    ['9223372036854775807', (1n << 63n) - 1n],
    ['"-9223372036854775808"', -(1n << 63n)],
    ['-4294967296', -(1n << 32n)],
    ['1e3', 1000n],
    ['"1E+3"', 1000n],
    ['5.0', 5n],
    ['"-5.000"', -5n],
    ['1.25e2', 125n],
    ['120e-1', 12n],
    ['0.0e-9', 0n],
    ['0e999999999999', 0n],
    ['9223372036854775.807e3', (1n << 63n) - 1n],
    ['"\\u0031\\u0032"', 12n],
  ];

  test.each(forms)('%s', (text, value) => {
    expect(readProfile(`"period":${text}`).period).toBe(value);
    expect(readProfile(`"period": ${text} `).period).toBe(value);
    expect(readProfile(`"samples":[{"values":[${text}, ${text}]}]`).samples[0]?.values).toEqual([value, value]);
  });

  test('unsigned ones have their range, fixed64 too', () => {
    expect(readProfile('"durationNano":"18446744073709551615"').duration_nano).toBe((1n << 64n) - 1n);
    expect(readProfile('"timeUnixNano":18446744073709551615').time_unix_nano).toBe((1n << 64n) - 1n);
    expect(readProfile('"droppedAttributesCount":"4294967295"').dropped_attributes_count).toBe(4294967295);
    expect(readProfile('"attributeIndices":[2147483647,"-2147483648"]').attribute_indices).toEqual([
      2147483647, -2147483648,
    ]);
  });

  test.each([
    ['period', '1.5', 'is 1.5, but int64 takes whole numbers only'],
    ['period', '"1.5"', 'is "1.5", but int64 takes whole numbers only'],
    ['period', '1e-1', 'is 1e-1, but int64 takes whole numbers only'],
    ['period', '1e-99999999999999999999', 'is 1e-99999999999999999999, but int64 takes whole numbers only'],
    ['period', '9223372036854775808', 'is 9223372036854775808, which no int64 can hold'],
    ['period', '-9223372036854775809', 'is -9223372036854775809, which no int64 can hold'],
    ['period', '1e400', 'is 1e400, which no int64 can hold'],
    ['period', '100000000000000000000', 'is 100000000000000000000, which no int64 can hold'],
    ['durationNano', '"-1"', 'is "-1", which no uint64 can hold'],
    ['durationNano', '18446744073709551616', 'is 18446744073709551616, which no uint64 can hold'],
    ['timeUnixNano', '-1', 'is -1, which no fixed64 can hold'],
    ['droppedAttributesCount', '4294967296', 'is 4294967296, which no uint32 can hold'],
    ['droppedAttributesCount', '-1', 'is -1, which no uint32 can hold'],
    ['period', 'true', 'is true, but int64 takes a whole number'],
    ['period', '{}', 'is an object, but int64 takes a whole number'],
    ['period', '""', 'is "", but int64 takes a whole number'],
    ['period', '" 1"', 'is " 1", but int64 takes a whole number'],
    ['period', '"1 "', 'is "1 ", but int64 takes a whole number'],
    ['period', '"+1"', 'is "+1", but int64 takes a whole number'],
    ['period', '"01"', 'is "01", but int64 takes a whole number'],
    ['period', '"0x1"', 'is "0x1", but int64 takes a whole number'],
    ['period', '"NaN"', 'is "NaN", but int64 takes a whole number'],
    ['period', `"${'y'.repeat(99)}"`, `is "${'y'.repeat(39)}…, but int64 takes a whole number`],
    ['period', '01', 'is not JSON: expected , or } but found 1'],
    ['period', '+1', 'is not JSON: expected a value but found +'],
    ['period', '.5', 'is not JSON: expected a value but found .'],
    ['period', '-', 'is not JSON: a number is incomplete'],
    ['period', '1.', 'is not JSON: a number is incomplete'],
    ['period', '1e', 'is not JSON: a number is incomplete'],
    ['period', 'NaN', 'is not JSON: expected a value but found N'],
    ['period', '1_000', 'is not JSON: expected , or } but found _'],
  ])('%s: %s is refused', (field, text, message) => {
    expect(refused(inProfile(`"${field}":${text}`))).toMatchObject({ code: 'bad-input', stage: 'decode', message });
  });

  test('the range of int32', () => {
    for (const text of ['2147483648', '-2147483649', '"1e10"']) {
      expect(refused(inProfile(`"sampleType":{"typeStrindex":${text}}`))).toMatchObject({
        path: `${PROFILE}.sample_type.type_strindex`,
        message: `is ${text}, which no int32 can hold`,
      });
    }
  });

  test('a number of endless digits is refused', () => {
    expect(refused(inProfile(`"period":1${'0'.repeat(5000)}`))).toMatchObject({ code: 'limit' });
    expect(refused(inProfile(`"period":1.${'0'.repeat(5000)}`))).toMatchObject({ code: 'limit' });
  });
});

describe('doubles', () => {
  test.each([
    ['1.5', 1.5],
    ['-0', -0],
    ['-0.0', -0],
    ['"1e-3"', 0.001],
    ['5e-324', 5e-324],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['"NaN"', Number.NaN],
    ['"Infinity"', Number.POSITIVE_INFINITY],
    ['"-Infinity"', Number.NEGATIVE_INFINITY],
    ['"\\u004eaN"', Number.NaN],
  ])('%s', (text, value) => {
    expect(readValue(`{"doubleValue":${text}}`)).toEqual({ double_value: value });
  });

  test.each([
    ['1e309', 'is 1e309, which no double can hold'],
    ['"-1e309"', 'is "-1e309", which no double can hold'],
    ['"inf"', 'is "inf", but double takes a number, "NaN", "Infinity" or "-Infinity"'],
    ['""', 'is "", but double takes a number, "NaN", "Infinity" or "-Infinity"'],
    ['true', 'is true, but double takes a number, "NaN", "Infinity" or "-Infinity"'],
  ])('%s is refused', (text, message) => {
    expect(refused(inValue(`{"doubleValue":${text}}`))).toMatchObject({ path: `${VALUE}.double_value`, message });
  });
});

describe('bytes', () => {
  const value = (text: string) => readValue(`{"bytesValue":"${text}"}`) as { bytes_value: Uint8Array };

  test.each([
    ['', ''],
    ['+/8=', 'fbff'],
    ['-_8=', 'fbff'],
    ['-_8', 'fbff'],
    ['+\\/8', 'fbff'],
    ['AA==', '00'],
    ['AA', '00'],
    ['AAEC', '000102'],
    ['AAECAw', '00010203'],
  ])('base64 "%s"', (text, bytes) => {
    expect(hex(value(text).bytes_value)).toBe(bytes);
  });

  test.each(['A', 'AAAAA', 'AA=', 'A===', '====', 'AA==AA==', 'AA AA', 'ÄÄÄÄ', 'AA.A'])('"%s" is refused', (text) => {
    expect(refused(inValue(`{"bytesValue":"${text}"}`))).toMatchObject({
      path: `${VALUE}.bytes_value`,
      message: `is "${text}", but bytes takes base64`,
    });
  });

  test('trace and span ids are hex in any case', () => {
    const link = read(inLink('"traceId":"4BF92f3577b34da6a3ce929d0e0e4736","span_id":"00F067AA0BA902b7"')).dictionary
      ?.link_table[0];
    expect(hex(link?.trace_id as Uint8Array)).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(hex(link?.span_id as Uint8Array)).toBe('00f067aa0ba902b7');
    for (const text of ['"0"', '"0g"', '"S/kvNXezTaajzpKdDg5HNg=="']) {
      expect(refused(inLink(`"traceId":${text}`)).message).toBe(`is ${text}, but trace_id takes hex digits`);
    }
    expect(refused(inLink('"spanId":7')).message).toBe('is a number, but span_id takes hex digits');
  });

  test('a profile id is hex or base64', () => {
    const id = '4bf92f3577b34da6a3ce929d0e0e4736';
    for (const text of [id, id.toUpperCase(), 'S/kvNXezTaajzpKdDg5HNg==', 'S_kvNXezTaajzpKdDg5HNg']) {
      expect(hex(readProfile(`"profileId":"${text}"`).profile_id)).toBe(id);
    }
    expect(hex(readProfile('"profileId":""').profile_id)).toBe('');
    expect(hex(readProfile(`"profileId":"${'ab'.repeat(12)}"`).profile_id)).toBe('ab'.repeat(12));
    expect(refused(inProfile(`"profileId":"${id.slice(1)}g"`)).message).toBe(
      `is "${id.slice(1)}g", but profile_id takes hex digits or base64`,
    );
  });
});

describe('text', () => {
  const url = (inner: string): string | undefined =>
    read(`{"resourceProfiles":[{"schemaUrl":"${inner}"}]}`).resource_profiles[0]?.schema_url;

  test('all escapes', () => {
    expect(url('\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00e9\\u20AC\\ud83d\\ude00x')).toBe('"\\/\b\f\n\r\t\0é€😀x');
  });

  test('UTF-8 stays as it is', () => {
    expect(url('é€😀\u007f\u2028')).toBe('é€😀\u007f\u2028');
  });

  test('what is not UTF-8 or half a surrogate pair is refused', () => {
    const message = 'is no valid text: some of it is not UTF-8 or half a surrogate pair';
    for (const half of [
      '\\ud83d',
      '\\ude00',
      '\\ude00\\ud83d',
      '\\ud83d\\ud83d',
      '\\ud83dx',
      '\\ud83d\\n',
      '\\udfff',
    ]) {
      expect(() => url(half)).toThrow(message);
    }
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
      const text = Uint8Array.from([...utf8('{"resourceProfiles":[{"schemaUrl":"a'), ...bytes, ...utf8('"}]}')]);
      expect(refused(text)).toMatchObject({ message, offset: 34, path: 'resource_profiles[0].schema_url' });
    }
  });

  test.each([
    ['\\x', 'is not JSON: a backslash begins no escape'],
    ['\\é', 'is not JSON: a backslash begins no escape'],
    ['\\u12', 'is not JSON: \\u takes four hex digits'],
    ['\\u123g', 'is not JSON: \\u takes four hex digits'],
    ['\\ud83d\\u12', 'is not JSON: \\u takes four hex digits'],
    ['a\nb', 'is not JSON: a control character in a string must be escaped'],
    ['\u001f', 'is not JSON: a control character in a string must be escaped'],
    ['\\', 'is not JSON: the text ends inside a string'],
  ])('"%s" is refused', (inner, message) => {
    const cut = inner === '\\' ? '{"resourceProfiles":[{"schemaUrl":"\\"}]}' : undefined;
    if (cut !== undefined) expect(refused(cut)).toMatchObject({ message, offset: cut.length });
    else expect(() => url(inner)).toThrow(message);
    expect(refused(`{"unknown":"${inner}"}`).message).toBe(message);
  });
});

describe('bool', () => {
  test('true and false, nothing else', () => {
    expect(readValue('{"boolValue":true}')).toEqual({ bool_value: true });
    expect(readValue('{"boolValue":false}')).toEqual({ bool_value: false });
    expect(refused(inValue('{"boolValue":"true"}')).message).toBe('is text, but bool takes true or false');
    expect(refused(inValue('{"boolValue":1}')).message).toBe('is a number, but bool takes true or false');
    expect(refused(inValue('{"boolValue":tru}')).message).toBe('is not JSON: expected true but found }');
  });
});

describe('AnyValue', () => {
  test('has one value', () => {
    expect(refused(inValue('{"intValue":"1","stringValue":"x"}'))).toMatchObject({
      path: `${VALUE}.string_value`,
      message: 'is set, but AnyValue has another value already',
    });
  });

  test('nests', () => {
    const json =
      '{"kvlistValue":{"values":[{"key":"k","value":{"arrayValue":{"values":[{},{"bytesValue":"AA=="}]}}}]}}';
    expect(readValue(json)).toMatchObject({
      kvlist_value: {
        values: [{ key: 'k', value: { array_value: { values: [{}, { bytes_value: Uint8Array.of(0) }] } } }],
      },
    });
  });

  const nested = (depth: number): string =>
    inValue(`${'{"arrayValue":{"values":['.repeat(depth - 1)}{}${']}}'.repeat(depth - 1)}`);

  test('64 deep at most', () => {
    expect(decodeJson(utf8(nested(64))).unknown).toEqual([]);
    expect(refused(nested(65))).toMatchObject({
      code: 'limit',
      message: 'attribute values are nested more than 64 deep',
    });
    expect(refused(`{"x":1,${nested(100_000).slice(1)}`)).toMatchObject({ code: 'limit' });
  });

  test('beside each other any number', () => {
    expect(decodeJson(utf8(inValue(`{"arrayValue":{"values":[${Array(100).fill('{}')}]}}`))).unknown).toEqual([]);
  });
});

describe('nesting of unknown fields', () => {
  test('200 deep at most', () => {
    const nested = (depth: number): string => `{"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(decodeJson(utf8(nested(200))).unknown).toEqual(['x']);
    expect(refused(nested(201))).toMatchObject({
      code: 'limit',
      message: 'an unknown field is nested more than 200 deep',
    });
    expect(refused(`{"x":${'[{"a":'.repeat(101)}1${'}]'.repeat(101)}}`)).toMatchObject({ code: 'limit' });
  });

  test('megabytes of brackets do not exhaust the stack', () => {
    expect(refused(`{"x":${'['.repeat(1 << 20)}`)).toMatchObject({ code: 'limit' });
    expect(refused(`{"x":${'{"x":'.repeat(1 << 20)}`)).toMatchObject({ code: 'limit' });
    expect(refused('['.repeat(1 << 20))).toMatchObject({ code: 'bad-input' });
    expect(refused('{"resourceProfiles":'.repeat(1 << 16))).toMatchObject({ code: 'bad-input' });
  });
});

describe('what is not JSON or not OTLP is refused, with its place', () => {
  test.each([
    ['', 0, undefined, 'is not JSON: expected a value but found the end of the text'],
    [' \n', 2, undefined, 'is not JSON: expected a value but found the end of the text'],
    ['x', 0, undefined, 'is not JSON: expected a value but found x'],
    ['\0', 0, undefined, 'is not JSON: expected a value but found byte 0x00'],
    ['ß', 0, undefined, 'is not JSON: expected a value but found byte 0xc3'],
    ['[]', 0, undefined, 'is an array, but ProfilesData takes an object'],
    ['1', 0, undefined, 'is a number, but ProfilesData takes an object'],
    ['null', 0, undefined, 'is null, but ProfilesData takes an object'],
    ['{', 1, undefined, 'is not JSON: expected a name in quotes but found the end of the text'],
    ['{x', 1, undefined, 'is not JSON: expected a name in quotes but found x'],
    ['{"x"}', 4, undefined, 'is not JSON: expected : but found }'],
    ['{"x":1,}', 7, undefined, 'is not JSON: expected a name in quotes but found }'],
    ['{"x":1x}', 6, undefined, 'is not JSON: expected , or } but found x'],
    ['{"x":nul}', 8, undefined, 'is not JSON: expected null but found }'],
    ['{"x":[1}', 7, undefined, 'is not JSON: expected , or ] but found }'],
    ["{'x':1}", 1, undefined, "is not JSON: expected a name in quotes but found '"],
    ['{}}', 2, undefined, 'is not JSON: expected the end of the text but found }'],
    ['{"dictionary":[]}', 14, 'dictionary', 'is an array, but ProfilesDictionary takes an object'],
    ['{"dictionary":{"stringTable":""}}', 29, 'dictionary.string_table', 'is text, but stringTable takes an array'],
    ['{"dictionary":{"stringTable":["", 5]}}', 34, 'dictionary.string_table[1]', 'is a number, but string takes text'],
    [
      '{"resourceProfiles":[{},{}',
      26,
      'resource_profiles[1]',
      'is not JSON: expected , or ] but found the end of the text',
    ],
    ['{"resourceProfiles":[{},7]}', 24, 'resource_profiles[1]', 'is a number, but ResourceProfiles takes an object'],
  ])('%s', (text, offset, path, message) => {
    expect(refused(text)).toMatchObject({ code: 'bad-input', stage: 'decode', offset, path, message });
  });

  test('the path leads through arrays', () => {
    const error = refused(
      '{"resourceProfiles":[{"scopeProfiles":[{},{"profiles":[{"samples":[{},{},{},{"values":["1.5"]}]}]}]}]}',
    );
    expect(error.describe()).toBe(
      '@87 resource_profiles[0].scope_profiles[1].profiles[0].samples[3].values[0]: is "1.5", but int64 takes whole numbers only',
    );
  });

  test('every cut of a document', () => {
    const text = inProfile('"samples":[{"values":["1",2.0,3]}],"profileId":"00","foo":[true,null,"\\n"],"period":-5');
    for (let end = 0; end < text.length; end++) expect(refused(text.slice(0, end)).code).toBe('bad-input');
    expect(textOf(utf8(text))).toBe(text);
    expect(decodeJson(utf8(text)).unknown).toHaveLength(1);
  });
});
