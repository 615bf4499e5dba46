// The same content in every form in which OTLP comes: spellings of JSON, ways of writing protobuf. `usual` is the content
// in the usual JSON of 1.11.
import { otlp, str } from '../lib/buildOtlp.mjs';
import { encode, lengthDelimited, record, varint } from '../lib/protobuf.mjs';
import { OTLP } from '../lib/schema.mjs';
import { CHOICE, CPU, MAIN, SPECIFICATION } from './frames.mjs';

const JSON_RULES = 'OTLP specification, JSON Protobuf Encoding';
const sample = { stack: [MAIN], values: [5], attributes: { k: str('v') } };
const usual = () => otlp({ profiles: [{ type: CPU, samples: [sample], time: '1700000000000000001', period: 10 }] });
const pprof = {
  types: [CPU],
  samples: [{ stack: [MAIN], values: [5], labels: [{ key: 'k', str: 'v' }] }],
  time: '1700000000000000001',
  period: 10,
};
const text = (rewrite = (json) => json) => Buffer.from(rewrite(JSON.stringify(usual())));
const vector = (rest) => ({ pprof, usual: usual(), ...rest });
const snake = (json) =>
  json.replaceAll(/"(\w+)":/g, (_, name) => `"${name.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)}":`);

const whole = () => encode(OTLP, 'ProfilesData', usual());
const { resourceProfiles, dictionary } = usual();
const part = (data) => encode(OTLP, 'ProfilesData', data);

export default [
  vector({
    name: 'json-compact',
    shows: 'JSON on one line, as exporters write it: it comes back byte for byte.',
    follows: JSON_RULES,
    basis: SPECIFICATION,
    extension: 'otlp.json',
    bytes: text(),
  }),
  vector({
    name: 'json-snake-case',
    shows: 'Names as in the .proto files.',
    follows: 'proto3, JSON mapping: parsers accept the original field names; OTLP itself asks for lowerCamelCase',
    basis: CHOICE,
    extension: 'otlp.json',
    bytes: text(snake),
  }),
  vector({
    name: 'json-numbers',
    shows: '64-bit integers as JSON numbers, above 2^53 too: no digit is lost.',
    follows: 'proto3, JSON mapping: int64 is a string or a number',
    basis: SPECIFICATION,
    extension: 'otlp.json',
    bytes: text((json) => json.replaceAll(/"(\d+)"/g, '$1')),
  }),
  vector({
    name: 'json-byte-order-mark',
    shows: 'A byte order mark and white space before the document.',
    follows: 'RFC 8259, section 8.1: parsers may ignore a byte order mark',
    basis: CHOICE,
    extension: 'otlp.json',
    bytes: text((json) => `\ufeff\n  ${json}\n`),
  }),
  vector({
    name: 'json-unknown-field',
    shows: 'A field that OTLP does not know is left out.',
    follows: `${JSON_RULES}: receivers ignore unknown fields`,
    basis: SPECIFICATION,
    extension: 'otlp.json',
    bytes: text((json) => json.replace('{"resourceProfiles"', '{"later":[{"a":1}],"resourceProfiles"')),
  }),
  vector({
    name: 'json-escapes',
    shows: 'Escapes in strings, also those that need not be.',
    follows: 'RFC 8259, section 7',
    basis: SPECIFICATION,
    extension: 'otlp.json',
    bytes: text((json) => json.replace('"main.main"', '"\\u006dain.\\u006Dain"')),
  }),
  {
    name: 'json-lines',
    shows: 'A document a line, as the file exporter of the Collector writes: one payload with the resources in turn.',
    follows: 'OpenTelemetry Protocol File Exporter',
    basis: CHOICE,
    extension: 'otlp.jsonl',
    bytes: Buffer.concat([text(), Buffer.from('\n'), text(), Buffer.from('\n')]),
    pprof: { ...pprof, samples: [...pprof.samples, ...pprof.samples] },
  },
  vector({
    name: 'protobuf',
    shows: 'Fields ascending, numbers packed, zeros left out.',
    follows: 'profiles.proto',
    basis: SPECIFICATION,
    extension: 'otlp.pb',
    bytes: whole(),
  }),
  vector({
    name: 'protobuf-dictionary-first',
    shows: "The dictionary before the resources, as async-profiler's agent writes.",
    follows: 'protobuf encoding, field order: parsers must accept any',
    basis: SPECIFICATION,
    extension: 'otlp.pb',
    bytes: Buffer.concat([part({ dictionary }), part({ resourceProfiles })]),
  }),
  vector({
    name: 'protobuf-dictionary-in-pieces',
    shows: 'The dictionary twice: messages merge.',
    follows: 'protobuf encoding, last one wins: embedded messages are merged, repeated fields joined',
    basis: SPECIFICATION,
    extension: 'otlp.pb',
    bytes: (() => {
      const { stringTable, ...rest } = dictionary;
      return Buffer.concat([part({ dictionary: { stringTable } }), part({ resourceProfiles, dictionary: rest })]);
    })(),
  }),
  vector({
    name: 'protobuf-not-packed',
    shows: 'Values that are not packed.',
    follows: 'protobuf encoding, packed repeated fields: parsers must accept both',
    basis: SPECIFICATION,
    extension: 'otlp.pb',
    bytes: withSample(Buffer.concat([record(1, 0, varint(1)), record(2, 0, varint(1)), record(4, 0, varint(5))])),
  }),
  vector({
    name: 'protobuf-zeros-written',
    shows: 'Zeros that are written out: link_index 0.',
    follows: 'proto3: a field with its default value need not be written',
    basis: SPECIFICATION,
    extension: 'otlp.pb',
    bytes: withSample(
      Buffer.concat([
        record(1, 0, varint(1)),
        lengthDelimited(2, varint(1)),
        record(3, 0, varint(0)),
        lengthDelimited(4, varint(5)),
      ]),
    ),
  }),
  vector({
    name: 'protobuf-unknown-field',
    shows: 'A field of a later release.',
    follows: 'protobuf encoding, unknown fields',
    basis: SPECIFICATION,
    extension: 'otlp.pb',
    bytes: Buffer.concat([whole(), lengthDelimited(77, Buffer.from('later'))]),
  }),
];

/** The payload with its one sample written by hand. */
function withSample(body) {
  const [profile] = resourceProfiles[0].scopeProfiles[0].profiles;
  const { samples: _, ...rest } = profile;
  const profileBytes = Buffer.concat([encode(OTLP, 'Profile', rest), lengthDelimited(2, body)]);
  const scope = lengthDelimited(2, profileBytes);
  return Buffer.concat([lengthDelimited(1, lengthDelimited(2, scope)), part({ dictionary })]);
}
