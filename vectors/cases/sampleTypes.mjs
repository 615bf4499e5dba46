import { array, int, otlp, str } from '../lib/buildOtlp.mjs';
import { CHOICE, CPU, MAIN, SAMPLES, SPECIFICATION, WORK } from './frames.mjs';

const WALL = ['wall', 'nanoseconds'];
const FIRST =
  'profiles.proto, ProfilesData.resource_profiles: tools should show profiles[0] of the first scope by default';
const ORDER = 'pprof.scope.sample_type_order';
const DEFAULT = 'pprof.scope.default_sample_type';

const samples = (...values) => [{ stack: [MAIN], values }];
const profile = (type, value) => ({ type, samples: [{ stack: [MAIN], values: [value] }] });

export default [
  {
    name: 'sample-type-one',
    shows: 'A pprof with one sample type is one Profile, and nothing tells an order.',
    follows: 'profiles.proto, Profile.sample_type; semantic conventions, pprof.scope.*',
    basis: SPECIFICATION,
    pprof: { types: [CPU], samples: samples(7) },
    otlp: otlp({ profiles: [profile(CPU, 7)] }),
  },
  {
    name: 'sample-types-two',
    shows:
      'Each sample type is a Profile with one value a sample. Without default_sample_type the last is the default, so it comes first.',
    follows: `profile.proto, Profile.default_sample_type: the last type when unset; ${FIRST}; semantic conventions, ${ORDER}`,
    basis: SPECIFICATION,
    pprof: { types: [SAMPLES, CPU], samples: samples(1, 10) },
    otlp: otlp({ attributes: { [ORDER]: array(int(1), int(0)) }, profiles: [profile(CPU, 10), profile(SAMPLES, 1)] }),
  },
  {
    name: 'sample-types-default-first',
    shows: 'The first type is named as the default: Profiles stay in order, and the name is kept.',
    follows: `profile.proto, Profile.default_sample_type; ${FIRST}; semantic conventions, ${DEFAULT}`,
    basis: SPECIFICATION,
    pprof: { types: [SAMPLES, CPU], defaultType: 'samples', samples: samples(1, 10) },
    otlp: otlp({
      attributes: { [DEFAULT]: str('samples'), [ORDER]: array(int(0), int(1)) },
      profiles: [profile(SAMPLES, 1), profile(CPU, 10)],
    }),
  },
  {
    name: 'sample-types-default-middle',
    shows:
      'The default is the second of three: it comes first, the others keep their order, and the attribute has for each Profile its index in the pprof.',
    follows: `${FIRST}; semantic conventions, ${ORDER}, whose example is 3, 0, 1, 2`,
    basis: SPECIFICATION,
    pprof: { types: [SAMPLES, CPU, WALL], defaultType: 'cpu', samples: samples(1, 10, 100) },
    otlp: otlp({
      attributes: { [DEFAULT]: str('cpu'), [ORDER]: array(int(1), int(0), int(2)) },
      profiles: [profile(CPU, 10), profile(SAMPLES, 1), profile(WALL, 100)],
    }),
  },
  {
    name: 'sample-types-default-last-named',
    shows: 'The last type is named although it is the default anyway: the name makes the difference, and comes back.',
    follows: `semantic conventions, ${DEFAULT}: not set if the default sample type was missing`,
    basis: SPECIFICATION,
    pprof: { types: [SAMPLES, CPU], defaultType: 'cpu', samples: samples(1, 10) },
    otlp: otlp({
      attributes: { [DEFAULT]: str('cpu'), [ORDER]: array(int(1), int(0)) },
      profiles: [profile(CPU, 10), profile(SAMPLES, 1)],
    }),
  },
  {
    name: 'sample-types-default-unknown',
    shows: 'default_sample_type names no type: the last one comes first, as when it is unset; the name is kept.',
    follows: `semantic conventions, ${DEFAULT}: records what the original profile had`,
    basis: CHOICE,
    pprof: { types: [SAMPLES, CPU], defaultType: 'heap', samples: samples(1, 10) },
    otlp: otlp({
      attributes: { [DEFAULT]: str('heap'), [ORDER]: array(int(1), int(0)) },
      profiles: [profile(CPU, 10), profile(SAMPLES, 1)],
    }),
  },
  {
    name: 'sample-types-same-twice',
    shows: 'Two sample types with one name and unit stay two Profiles.',
    follows: 'profile.proto, Sample.value: values belong to sample types by position',
    basis: SPECIFICATION,
    pprof: { types: [CPU, CPU], samples: samples(1, 2) },
    otlp: otlp({ attributes: { [ORDER]: array(int(1), int(0)) }, profiles: [profile(CPU, 2), profile(CPU, 1)] }),
  },
  {
    name: 'sample-types-none',
    shows:
      'A pprof without sample types has time and period all the same: one Profile without samples, and an empty order says that it stands for no type.',
    follows: `semantic conventions, ${ORDER}`,
    basis: CHOICE,
    refusedBy: [],
    pprof: { types: [], time: '1700000000000000000', period: 100, periodType: CPU },
    otlp: otlp({
      attributes: { [ORDER]: array() },
      profiles: [{ time: '1700000000000000000', period: 100, periodType: CPU }],
    }),
  },
  {
    name: 'sample-type-without-unit',
    shows: 'A sample type with an empty unit: the unit is string 0.',
    follows: 'profiles.proto, ValueType.unit_strindex; ProfilesDictionary.string_table[0] is empty',
    basis: SPECIFICATION,
    pprof: { types: [['objects', '']], samples: samples(3) },
    otlp: otlp({ profiles: [profile(['objects', ''], 3)] }),
  },
  {
    name: 'samples-none',
    shows: 'Sample types without any sample: Profiles without samples.',
    follows: 'profiles.proto, Profile.samples',
    basis: SPECIFICATION,
    pprof: { types: [CPU] },
    otlp: otlp({ profiles: [{ type: CPU }] }),
  },
  {
    name: 'values-zero',
    shows:
      'A sample whose value is 0 for one type is there in the Profile of that type, too: all Profiles list all samples, in one order.',
    follows: 'specification, profiles/pprof: pprof comes back without data loss',
    basis: CHOICE,
    pprof: {
      types: [SAMPLES, CPU],
      samples: [
        { stack: [MAIN], values: [0, 5] },
        { stack: [WORK], values: [2, 0] },
      ],
    },
    otlp: otlp({
      attributes: { [ORDER]: array(int(1), int(0)) },
      profiles: [
        {
          type: CPU,
          samples: [
            { stack: [MAIN], values: [5] },
            { stack: [WORK], values: [0] },
          ],
        },
        {
          type: SAMPLES,
          samples: [
            { stack: [MAIN], values: [0] },
            { stack: [WORK], values: [2] },
          ],
        },
      ],
    }),
  },
  {
    name: 'values-all-zero',
    shows: 'A sample whose only value is 0 is no reason to drop it.',
    follows: 'profiles.proto, Sample: at least one entry in values or timestamps_unix_nano',
    basis: SPECIFICATION,
    pprof: { types: [CPU], samples: samples(0) },
    otlp: otlp({ profiles: [profile(CPU, 0)] }),
  },
  {
    name: 'values-negative',
    shows: 'Negative values, which differences of profiles have, stay negative.',
    follows: 'profile.proto and profiles.proto: values are int64',
    basis: SPECIFICATION,
    pprof: { types: [CPU], samples: samples(-5) },
    otlp: otlp({ profiles: [profile(CPU, -5)] }),
  },
  {
    name: 'values-int64',
    shows: 'The least and the greatest int64, and a number above 2^53, keep each digit.',
    follows: 'proto3, JSON mapping: int64 is a string',
    basis: SPECIFICATION,
    pprof: {
      types: [CPU],
      samples: ['-9223372036854775808', '9223372036854775807', '9007199254740993'].map((value) => ({
        stack: [MAIN],
        values: [value],
      })),
    },
    otlp: otlp({
      profiles: [
        {
          type: CPU,
          samples: [
            { stack: [MAIN], values: ['-9223372036854775808'] },
            { stack: [MAIN], values: ['9223372036854775807'] },
            { stack: [MAIN], values: ['9007199254740993'] },
          ],
        },
      ],
    }),
  },
  {
    name: 'samples-same-twice',
    shows: 'Two samples with the same stack and labels stay two, in their order: adding them up could not be undone.',
    follows:
      'specification, profiles/pprof: pprof comes back without data loss. profiles.proto, Sample, has samples of one identity combined (SHOULD); a translator that does so differs here',
    basis: CHOICE,
    pprof: {
      types: [CPU],
      samples: [
        { stack: [MAIN], values: [3] },
        { stack: [MAIN], values: [4] },
      ],
    },
    otlp: otlp({
      profiles: [
        {
          type: CPU,
          samples: [
            { stack: [MAIN], values: [3] },
            { stack: [MAIN], values: [4] },
          ],
        },
      ],
    }),
  },
  {
    name: 'samples-order',
    shows: 'Samples keep the order of the pprof.',
    follows: 'specification, profiles/pprof: pprof comes back without data loss',
    basis: CHOICE,
    pprof: {
      types: [CPU],
      samples: [
        { stack: [WORK], values: [1] },
        { stack: [MAIN], values: [9] },
        { stack: [WORK, MAIN], values: [5] },
      ],
    },
    otlp: otlp({
      profiles: [
        {
          type: CPU,
          samples: [
            { stack: [WORK], values: [1] },
            { stack: [MAIN], values: [9] },
            { stack: [WORK, MAIN], values: [5] },
          ],
        },
      ],
    }),
  },
];
