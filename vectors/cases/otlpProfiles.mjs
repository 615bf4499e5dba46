import { array, bytes, int, otlp, payload, str } from '../lib/buildOtlp.mjs';
import { CHOICE, CPU, MAIN, SAMPLES, SPECIFICATION, WORK } from './frames.mjs';

const SAMPLE = 'profiles.proto, Sample';
const NO_FIELD = 'no field of profile.proto says it; a lossless translator carries it beside';
const T0 = 1700000000000000000n;

const one = (sample, rest = {}) =>
  otlp({ profiles: [{ type: CPU, samples: [{ stack: [MAIN], ...sample }], ...rest }] });
const pprofOf = (values, labels = []) => ({ types: [CPU], samples: [{ stack: [MAIN], values, labels }] });

export default [
  {
    name: 'profile-one',
    shows: 'One Profile is a pprof with one sample type, and names no default.',
    follows: 'profiles.proto, Profile.sample_type; profile.proto, sample_type',
    basis: SPECIFICATION,
    otlp: one({ values: [5] }),
    pprof: pprofOf([5]),
  },
  {
    name: 'profiles-same-samples',
    shows:
      'Profiles of one scope whose samples agree one for one are sample types of the same samples. The first is the default.',
    follows:
      'profile.proto, Sample.value: one for each sample type; profiles.proto, ProfilesData.resource_profiles: tools should show profiles[0] of the first scope by default',
    basis: CHOICE,
    otlp: otlp({
      profiles: [
        {
          type: CPU,
          samples: [
            { stack: [MAIN], values: [50] },
            { stack: [WORK], values: [20] },
          ],
        },
        {
          type: SAMPLES,
          samples: [
            { stack: [MAIN], values: [5] },
            { stack: [WORK], values: [2] },
          ],
        },
      ],
    }),
    pprof: {
      types: [CPU, SAMPLES],
      defaultType: 'cpu',
      samples: [
        { stack: [MAIN], values: [50, 5] },
        { stack: [WORK], values: [20, 2] },
      ],
    },
  },
  {
    name: 'profiles-other-samples',
    shows:
      'Profiles whose samples do not agree: the samples follow each other, with 0 for the type that they are not of. Sums per type stay what they are.',
    follows: 'profile.proto, Sample.value: as many as sample types',
    basis: CHOICE,
    otlp: otlp({
      profiles: [
        { type: CPU, samples: [{ stack: [MAIN], values: [50] }] },
        { type: SAMPLES, samples: [{ stack: [WORK], values: [2] }] },
      ],
    }),
    pprof: {
      types: [CPU, SAMPLES],
      defaultType: 'cpu',
      samples: [
        { stack: [MAIN], values: [50, 0] },
        { stack: [WORK], values: [0, 2] },
      ],
    },
  },
  {
    name: 'profiles-same-type',
    shows: 'Two Profiles of one type in one scope: one sample type, the samples of both.',
    follows: 'profile.proto, sample_type',
    basis: CHOICE,
    otlp: otlp({
      profiles: [
        { type: CPU, samples: [{ stack: [MAIN], values: [50] }] },
        { type: CPU, samples: [{ stack: [MAIN], values: [7] }] },
      ],
    }),
    pprof: {
      types: [CPU],
      samples: [
        { stack: [MAIN], values: [50] },
        { stack: [MAIN], values: [7] },
      ],
    },
  },
  {
    name: 'sample-type-order',
    shows:
      'pprof.scope.sample_type_order restores the order of a pprof, whose default is the last type when none is named.',
    follows: 'semantic conventions, pprof.scope.sample_type_order',
    basis: SPECIFICATION,
    otlp: otlp({
      attributes: { 'pprof.scope.sample_type_order': array(int(1), int(0)) },
      profiles: [
        { type: CPU, samples: [{ stack: [MAIN], values: [50] }] },
        { type: SAMPLES, samples: [{ stack: [MAIN], values: [5] }] },
      ],
    }),
    pprof: { types: [SAMPLES, CPU], samples: [{ stack: [MAIN], values: [5, 50] }] },
  },
  {
    name: 'default-sample-type',
    shows: 'pprof.scope.default_sample_type is the default_sample_type of the pprof.',
    follows: 'semantic conventions, pprof.scope.default_sample_type',
    basis: SPECIFICATION,
    otlp: otlp({
      attributes: {
        'pprof.scope.default_sample_type': str('cpu'),
        'pprof.scope.sample_type_order': array(int(1), int(0)),
      },
      profiles: [
        { type: CPU, samples: [{ stack: [MAIN], values: [50] }] },
        { type: SAMPLES, samples: [{ stack: [MAIN], values: [5] }] },
      ],
    }),
    pprof: { types: [SAMPLES, CPU], defaultType: 'cpu', samples: [{ stack: [MAIN], values: [5, 50] }] },
  },
  {
    name: 'timestamps-only',
    shows: 'A sample with timestamps and no values: each timestamp stands for 1.',
    follows: `${SAMPLE}: timestamps only, consumers must assume the value is 1 for each`,
    basis: SPECIFICATION,
    otlp: one({ timestamps: [T0, T0 + 5n, T0 + 9n] }),
    pprof: pprofOf([3]),
  },
  {
    name: 'timestamps-and-values',
    shows: 'A value at each timestamp: the pprof has the sum.',
    follows: `${SAMPLE}: per-timestamp value`,
    basis: SPECIFICATION,
    otlp: one({ values: [2, 3, 5], timestamps: [T0, T0 + 5n, T0 + 9n] }),
    pprof: pprofOf([10]),
  },
  {
    name: 'values-several',
    shows: 'Several values without timestamps, which OTLP does not foresee: their sum.',
    follows: `${SAMPLE}: a single aggregated value without timestamps`,
    basis: CHOICE,
    otlp: one({ values: [2, 3, 5] }),
    pprof: pprofOf([10]),
  },
  {
    name: 'timestamps-as-labels',
    shows: 'On demand a sample for each timestamp, with its time as the number timestamp_ns.',
    follows: 'docs/mapping.md, --timestamps labels',
    basis: CHOICE,
    options: { timestamps: 'labels' },
    otlp: one({ values: [2, 3], timestamps: [T0, T0 + 5n] }),
    pprof: {
      types: [CPU],
      samples: [
        { stack: [MAIN], values: [2], labels: [{ key: 'timestamp_ns', num: `${T0}` }] },
        { stack: [MAIN], values: [3], labels: [{ key: 'timestamp_ns', num: `${T0 + 5n}` }] },
      ],
    },
  },
  {
    name: 'timestamps-only-as-labels',
    shows: 'The same without values: each has 1.',
    follows: 'docs/mapping.md, --timestamps labels',
    basis: CHOICE,
    options: { timestamps: 'labels' },
    otlp: one({ timestamps: [T0, T0 + 5n] }),
    pprof: {
      types: [CPU],
      samples: [
        { stack: [MAIN], values: [1], labels: [{ key: 'timestamp_ns', num: `${T0}` }] },
        { stack: [MAIN], values: [1], labels: [{ key: 'timestamp_ns', num: `${T0 + 5n}` }] },
      ],
    },
  },
  {
    name: 'resources-several',
    shows: 'Several resources in one pprof: their attributes are labels, which say whose a sample is.',
    follows: 'profile.proto has no resource; docs/mapping.md',
    basis: CHOICE,
    otlp: payload(
      ['shop', 'cart'].map((name, i) => ({
        attributes: { 'service.name': str(name) },
        scopes: [{ profiles: [{ type: CPU, samples: [{ stack: [MAIN], values: [i + 1] }] }] }],
      })),
    ),
    pprof: {
      types: [CPU],
      samples: ['shop', 'cart'].map((name, i) => ({
        stack: [MAIN],
        values: [i + 1],
        labels: [{ key: 'service.name', str: name }],
      })),
    },
  },
  {
    name: 'resource-one',
    shows: 'The only resource adds no labels.',
    follows: NO_FIELD,
    basis: CHOICE,
    otlp: payload([
      {
        attributes: { 'service.name': str('shop') },
        schemaUrl: 'https://opentelemetry.io/schemas/1.37.0',
        scopes: [
          { name: 'profiler', version: '1', profiles: [{ type: CPU, samples: [{ stack: [MAIN], values: [1] }] }] },
        ],
      },
    ]),
    pprof: pprofOf([1]),
  },
  {
    name: 'resource-key-of-sample',
    shows: 'A key that a sample has itself is not added from its resource.',
    follows: 'docs/mapping.md',
    basis: CHOICE,
    otlp: payload([
      {
        attributes: { 'process.pid': int(1) },
        scopes: [
          {
            profiles: [{ type: CPU, samples: [{ stack: [MAIN], values: [1], attributes: { 'process.pid': int(7) } }] }],
          },
        ],
      },
      {
        attributes: { 'process.pid': int(2) },
        scopes: [{ profiles: [{ type: CPU, samples: [{ stack: [MAIN], values: [2] }] }] }],
      },
    ]),
    pprof: {
      types: [CPU],
      samples: [
        { stack: [MAIN], values: [1], labels: [{ key: 'process.pid', num: 7 }] },
        { stack: [MAIN], values: [2], labels: [{ key: 'process.pid', num: 2 }] },
      ],
    },
  },
  {
    name: 'scopes-several',
    shows: 'Several scopes of one resource become one pprof; types are united over all.',
    follows: 'docs/mapping.md',
    basis: CHOICE,
    otlp: payload([
      {
        scopes: [
          { name: 'a', profiles: [{ type: CPU, samples: [{ stack: [MAIN], values: [1] }] }] },
          { name: 'b', profiles: [{ type: SAMPLES, samples: [{ stack: [WORK], values: [2] }] }] },
        ],
      },
    ]),
    pprof: {
      types: [CPU, SAMPLES],
      defaultType: 'cpu',
      samples: [
        { stack: [MAIN], values: [1, 0] },
        { stack: [WORK], values: [0, 2] },
      ],
    },
  },
  {
    name: 'profile-attributes',
    shows:
      'Comments, drop and keep frames and the documentation link have fields; other attributes of a Profile have none.',
    follows: 'semantic conventions, pprof.profile.*',
    basis: SPECIFICATION,
    otlp: one(
      { values: [1] },
      {
        attributes: {
          'pprof.profile.comment': array(str('a'), str('b')),
          'pprof.profile.doc_url': str('https://example.com'),
          'pprof.profile.drop_frames': str('runtime\\..*'),
          'pprof.profile.keep_frames': str('runtime\\.panic'),
          'deployment.environment.name': str('production'),
        },
      },
    ),
    pprof: {
      ...pprofOf([1]),
      comments: ['a', 'b'],
      docUrl: 'https://example.com',
      dropFrames: 'runtime\\..*',
      keepFrames: 'runtime\\.panic',
    },
  },
  {
    name: 'profile-identity',
    shows: 'Profile id, dropped count and original payload: the pprof shows nothing of them.',
    follows: NO_FIELD,
    basis: CHOICE,
    otlp: one(
      { values: [1] },
      {
        profileId: '0102030405060708090a0b0c0d0e0f10',
        droppedAttributesCount: 2,
        originalPayloadFormat: 'jfr',
        originalPayload: bytes(0x46, 0x4c, 0x52, 0).bytesValue,
      },
    ),
    pprof: pprofOf([1]),
  },
  {
    name: 'profile-times',
    shows: 'Time, duration and period of one Profile.',
    follows: 'profile.proto, time_nanos, duration_nanos, period_type, period',
    basis: SPECIFICATION,
    otlp: one({ values: [1] }, { time: `${T0}`, duration: 500, periodType: CPU, period: 10 }),
    pprof: { ...pprofOf([1]), time: `${T0}`, duration: 500, periodType: CPU, period: 10 },
  },
  {
    name: 'profiles-times',
    shows: 'Profiles of several times: from the earliest time that is not 0 to the latest end.',
    follows: 'profile.proto has one time_nanos; docs/mapping.md',
    basis: CHOICE,
    otlp: otlp({
      profiles: [
        { type: CPU, samples: [{ stack: [MAIN], values: [1] }], time: `${T0 + 100n}`, duration: 500 },
        { type: SAMPLES, samples: [{ stack: [WORK], values: [1] }], time: `${T0}`, duration: 200 },
        { type: ['wall', 'ns'], samples: [{ stack: [], values: [1] }] },
      ],
    }),
    pprof: {
      types: [CPU, SAMPLES, ['wall', 'ns']],
      defaultType: 'cpu',
      time: `${T0}`,
      duration: 600,
      samples: [
        { stack: [MAIN], values: [1, 0, 0] },
        { stack: [WORK], values: [0, 1, 0] },
        { stack: [], values: [0, 0, 1] },
      ],
    },
  },
  {
    name: 'profiles-periods',
    shows: 'The period is that of the first Profile that has a period type.',
    follows: 'profile.proto has one period; docs/mapping.md',
    basis: CHOICE,
    otlp: otlp({
      profiles: [
        { type: CPU, samples: [{ stack: [MAIN], values: [1] }], period: 3 },
        { type: SAMPLES, samples: [{ stack: [WORK], values: [1] }], periodType: CPU, period: 10 },
      ],
    }),
    pprof: {
      types: [CPU, SAMPLES],
      defaultType: 'cpu',
      periodType: CPU,
      period: 10,
      samples: [
        { stack: [MAIN], values: [1, 0] },
        { stack: [WORK], values: [0, 1] },
      ],
    },
  },
  {
    name: 'dictionary-none',
    shows: 'A payload without a dictionary: index 0 leads to nothing everywhere.',
    follows:
      'profiles.proto, ProfilesDictionary: entry 0 must be present. It is not here; what it means is plain all the same',
    basis: CHOICE,
    otlp: { resourceProfiles: [{ scopeProfiles: [{ profiles: [{ samples: [{ values: ['4'] }] }] }] }] },
    pprof: { types: [['', '']], samples: [{ values: [4] }] },
  },
];
