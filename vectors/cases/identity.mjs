// What a pprof has beside its meaning: ids, orders, doubled and unused entries, the way of writing. The expected OTLP is
// that of an ordinary pprof; what differs is only that a lossless translator gives these bytes back.
import { otlp, str } from '../lib/buildOtlp.mjs';
import { pprof, pprofObject } from '../lib/buildPprof.mjs';
import { encode, lengthDelimited, record, varint } from '../lib/protobuf.mjs';
import { PPROF } from '../lib/schema.mjs';
import { CPU, MAIN, MAIN_FN, SPECIFICATION, WORK } from './frames.mjs';

const PLAIN = { types: [CPU], samples: [{ stack: [WORK, MAIN], values: [5] }] };
const plainOtlp = () => otlp({ profiles: [{ type: CPU, samples: [{ stack: [WORK, MAIN], values: [5] }] }] });
const NO_LOSS = 'specification, profiles/pprof: into OTLP and back into pprof without data loss';

const exact = ({ name, shows, follows = NO_LOSS, ...rest }) => ({
  name,
  shows,
  follows,
  basis: SPECIFICATION,
  level: 'exact',
  otlp: plainOtlp(),
  ...rest,
});

const edited = (name, shows, edit, rest = {}) => exact({ name, shows, pprof: { ...PLAIN, edit }, ...rest });

/** The ordinary pprof, record by record. */
const bytes = (rewrite) => rewrite(pprof(PLAIN));
const strings = (profile) => profile.stringTable;

/** The sample of PLAIN by hand. */
const sampleBytes = (...parts) => lengthDelimited(2, Buffer.concat(parts));
const withoutSample = () => encode(PPROF, 'Profile', { ...pprofObject(PLAIN), sample: [] });
const varints = (...values) => Buffer.concat(values.map(varint));

export default [
  edited('exact-ids', 'Ids that are not 1, 2, 3.', (profile) => {
    for (const location of profile.location) location.id = location.id * 10 + 7;
    profile.sample[0].locationId = profile.sample[0].locationId.map((id) => id * 10 + 7);
    return profile;
  }),
  edited('exact-ids-64-bit', 'Ids above 2^53, such as addresses or hashes.', (profile) => {
    const far = (id) => `${18446744073709551000n + BigInt(id)}`;
    for (const location of profile.location) location.id = far(location.id);
    profile.sample[0].locationId = profile.sample[0].locationId.map(far);
    return profile;
  }),
  edited('exact-table-order', 'Locations and functions in another order than that of their use.', (profile) => {
    profile.location.reverse();
    profile.function.reverse();
    return profile;
  }),
  edited('exact-location-unused', 'A location that no sample names.', (profile) => {
    profile.location.push({ id: 9, address: 1234, line: [{ functionId: 1, line: 5 }] });
    return profile;
  }),
  edited('exact-function-unused', 'A function that no line names.', (profile) => {
    strings(profile).push('unused', 'unused.go');
    profile.function.push({ id: 9, name: strings(profile).length - 2, filename: strings(profile).length - 1 });
    return profile;
  }),
  edited('exact-string-unused', 'A string that nothing refers to.', (profile) => {
    strings(profile).push('nobody');
    return profile;
  }),
  edited('exact-string-order', 'The string table in another order.', (profile) => {
    const count = strings(profile).length;
    const moved = (index) => (index === 0 ? 0 : count - index);
    profile.stringTable = strings(profile).map((_, i) => strings(profile)[moved(i)]);
    for (const type of profile.sampleType) Object.assign(type, { type: moved(type.type), unit: moved(type.unit) });
    for (const fn of profile.function) Object.assign(fn, { name: moved(fn.name), filename: moved(fn.filename) });
    return profile;
  }),
  edited('exact-string-twice', 'One string twice in the table, and both in use.', (profile) => {
    const [fn] = profile.function;
    strings(profile).push(strings(profile)[fn.filename]);
    fn.filename = strings(profile).length - 1;
    return profile;
  }),
  edited('exact-string-empty-twice', 'The empty string a second time, and in use.', (profile) => {
    strings(profile).push('');
    profile.function[0].systemName = strings(profile).length - 1;
    return profile;
  }),
  edited(
    'exact-location-twice',
    'Two locations with the same content, of which samples use both.',
    (profile) => {
      const [first] = profile.location;
      profile.location.push({ ...first, id: 3 });
      profile.sample.push({ locationId: [3, 2], value: [6] });
      return profile;
    },
    {
      otlp: otlp({
        profiles: [
          {
            type: CPU,
            samples: [
              { stack: [WORK, MAIN], values: [5] },
              { stack: [WORK, MAIN], values: [6] },
            ],
          },
        ],
      }),
    },
  ),
  edited(
    'exact-function-twice',
    'Two functions with the same content.',
    (profile) => {
      const [first] = profile.function;
      profile.function.push({ ...first, id: 3 });
      profile.location[0].line.push({ functionId: 3, line: 2 });
      return profile;
    },
    {
      otlp: otlp({
        profiles: [
          {
            type: CPU,
            samples: [{ stack: [{ lines: [...WORK.lines, { fn: WORK.lines[0].fn, line: 2 }] }, MAIN], values: [5] }],
          },
        ],
      }),
    },
  ),
  edited(
    'exact-mapping-twice',
    'Two mappings with the same content.',
    (profile) => {
      strings(profile).push('/srv/app');
      const filename = strings(profile).length - 1;
      profile.mapping = [1, 2].map((id) => ({ id, filename }));
      for (const [i, location] of profile.location.entries()) location.mappingId = i + 1;
      return profile;
    },
    {
      otlp: otlp({
        profiles: [
          {
            type: CPU,
            samples: [
              { stack: [WORK, MAIN].map((location) => ({ ...location, mapping: { file: '/srv/app' } })), values: [5] },
            ],
          },
        ],
      }),
    },
  ),
  exact({
    name: 'exact-mapping-empty',
    shows: 'A mapping that says nothing: OTLP cannot tell it from none.',
    pprof: {
      ...PLAIN,
      edit: (profile) => {
        profile.mapping = [{ id: 1 }];
        profile.location[0].mappingId = 1;
        return profile;
      },
    },
  }),
  exact({
    name: 'exact-label-order',
    shows: 'Labels of different keys in another order in each sample.',
    pprof: {
      types: [CPU],
      samples: [
        {
          stack: [MAIN],
          values: [1],
          labels: [
            { key: 'a', str: 'x' },
            { key: 'b', str: 'y' },
          ],
        },
        {
          stack: [MAIN],
          values: [1],
          labels: [
            { key: 'b', str: 'y' },
            { key: 'a', str: 'x' },
          ],
        },
      ],
    },
    otlp: otlp({
      profiles: [
        {
          type: CPU,
          samples: [
            { stack: [MAIN], values: [1], attributes: { a: str('x'), b: str('y') } },
            { stack: [MAIN], values: [1], attributes: { a: str('x'), b: str('y') } },
          ],
        },
      ],
    }),
  }),
  edited(
    'exact-period-type-empty',
    'A period_type that is there and says nothing, as google/pprof writes.',
    (profile) => ({
      ...profile,
      periodType: {},
    }),
  ),
  exact({
    name: 'exact-unknown-field',
    shows: 'A field that profile.proto does not know.',
    follows: 'protobuf encoding, unknown fields',
    pprof: () => bytes((plain) => Buffer.concat([plain, lengthDelimited(1000, Buffer.from('later'))])),
  }),
  exact({
    name: 'exact-zeros-written',
    shows: 'Zeros that are written out, as hand-made encoders do: time and period.',
    follows: 'proto3: a field with its default value need not be written',
    pprof: () => bytes((plain) => Buffer.concat([plain, record(9, 0, varint(0)), record(12, 0, varint(0))])),
  }),
  exact({
    name: 'exact-not-packed',
    shows: 'Repeated numbers that are not packed.',
    follows: 'protobuf encoding, packed repeated fields: parsers must accept both',
    pprof: () =>
      Buffer.concat([
        withoutSample(),
        sampleBytes(record(1, 0, varint(1)), record(1, 0, varint(2)), record(2, 0, varint(5))),
      ]),
  }),
  exact({
    name: 'exact-packed-in-pieces',
    shows: 'Repeated numbers in two packed pieces.',
    follows: 'protobuf encoding: a packed field may be there several times, the pieces are joined',
    pprof: () =>
      Buffer.concat([
        withoutSample(),
        sampleBytes(lengthDelimited(1, varints(1)), lengthDelimited(1, varints(2)), lengthDelimited(2, varints(5))),
      ]),
  }),
  exact({
    name: 'exact-fields-reversed',
    shows: 'The fields of a message in descending order.',
    follows: 'protobuf encoding, field order: parsers must accept any',
    pprof: () =>
      Buffer.concat([withoutSample(), sampleBytes(lengthDelimited(2, varints(5)), lengthDelimited(1, varints(1, 2)))]),
  }),
  exact({
    name: 'exact-varint-long',
    shows: 'A varint that takes more bytes than it needs.',
    follows: 'protobuf encoding, varints',
    pprof: () =>
      Buffer.concat([
        withoutSample(),
        sampleBytes(lengthDelimited(1, varints(1, 2)), lengthDelimited(2, Buffer.of(0x85, 0x80, 0x00))),
      ]),
  }),
  exact({
    name: 'exact-strings-first',
    shows: 'The string table before everything else.',
    follows: 'protobuf encoding, field order',
    pprof: () => {
      const whole = pprofObject(PLAIN);
      return Buffer.concat([
        encode(PPROF, 'Profile', { stringTable: whole.stringTable }),
        encode(PPROF, 'Profile', { ...whole, stringTable: [] }),
      ]);
    },
  }),
  exact({
    name: 'exact-interleaved',
    shows: "Locations and functions between the samples, as Go's runtime writes them.",
    follows: 'protobuf encoding: records of a repeated field need not stand together',
    pprof: () => {
      const { location, function: functions, ...rest } = pprofObject(PLAIN);
      const pairs = location.map((one, i) => encode(PPROF, 'Profile', { location: [one], function: [functions[i]] }));
      return Buffer.concat([...pairs, encode(PPROF, 'Profile', rest)]);
    },
  }),
  exact({
    name: 'exact-gzip-members',
    shows: 'A file of two gzip members: what counts is the uncompressed content.',
    follows: 'RFC 1952: a gzip file is a series of members',
    extension: 'pb.gz',
    pprof: () => bytes((plain) => Buffer.concat([plain.subarray(0, 40), plain.subarray(40)].map(gzipMember))),
  }),
  exact({
    name: 'exact-period-given-twice',
    shows: 'A scalar that is there twice: the last one counts.',
    follows: 'protobuf encoding, last one wins',
    pprof: () => bytes((plain) => Buffer.concat([record(12, 0, varint(3)), plain, record(12, 0, varint(7))])),
    otlp: otlp({ profiles: [{ type: CPU, samples: [{ stack: [WORK, MAIN], values: [5] }], period: 7 }] }),
  }),
  exact({
    name: 'exact-system-name-same',
    shows: 'The system name is the name, as Go writes it: one string, two references.',
    pprof: {
      types: [CPU],
      samples: [{ stack: [{ lines: [{ fn: { ...MAIN_FN, system: MAIN_FN.name }, line: 10 }] }], values: [5] }],
    },
    otlp: otlp({
      profiles: [
        {
          type: CPU,
          samples: [{ stack: [{ lines: [{ fn: { ...MAIN_FN, system: MAIN_FN.name }, line: 10 }] }], values: [5] }],
        },
      ],
    }),
  }),
];

/** Without compression, so that each zlib gives the same. */
function gzipMember(content) {
  const head = Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
  const block = Buffer.alloc(5);
  block.writeUInt8(1);
  block.writeUInt16LE(content.length, 1);
  block.writeUInt16LE(content.length ^ 0xffff, 3);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(content));
  tail.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, block, content, tail]);
}

function crc32(content) {
  let crc = 0xffffffff;
  for (const byte of content) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
