// Payloads of older releases, each in the layout of its profiles.proto; `usual` is the same as OTLP 1.11.
import { array, bool, int, otlp, str } from '../lib/buildOtlp.mjs';
import { encode } from '../lib/protobuf.mjs';
import { loadSchema } from '../lib/schema.mjs';
import { CHOICE, CPU, MAIN, SAMPLES, WORK } from './frames.mjs';

const TIME = '1700000000000000001';
/** 7 and behind it are for each vector's own. */
const STRINGS = ['', 'cpu', 'nanoseconds', 'main.main', 'main.go', 'main.work', 'work.go'];
const strings = (...own) => [...STRINGS, ...own];

/** MAIN and WORK as they were until 1.7, without an entry 0; since 1.8 with one. */
const FUNCTIONS = [
  { nameStrindex: 3, filenameStrindex: 4 },
  { nameStrindex: 5, filenameStrindex: 6 },
];
const OLD_TABLES = {
  functionTable: FUNCTIONS,
  locationTable: [{ line: [{ functionIndex: 0, line: 10 }] }, { line: [{ functionIndex: 1, line: 20 }] }],
};
const TABLES = {
  mappingTable: [{}],
  functionTable: [{}, ...FUNCTIONS],
  linkTable: [{}],
  stackTable: [{}, { locationIndices: [2, 1] }],
};
const lines = (name) => [
  {},
  { [name]: [{ functionIndex: 1, line: 10 }] },
  { [name]: [{ functionIndex: 2, line: 20 }] },
];
const CPU_TYPE = { typeStrindex: 1, unitStrindex: 2 };
const OLD_SAMPLE = { locationsStartIndex: 0, locationsLength: 2, value: [5] };

function draft({ name, release, shows, data, own = {}, pprof = {}, attributes, ...rest }) {
  const schema = loadSchema([new URL(`../../test/support/drafts/${release}.proto`, import.meta.url)]);
  return {
    name,
    shows,
    follows: `profiles.proto ${release}; docs/drafts.md`,
    basis: CHOICE,
    release,
    extension: 'otlp.pb',
    bytes: encode(schema, 'ProfilesData', data),
    usual: otlp({
      profiles: [{ type: CPU, samples: [{ stack: [WORK, MAIN], values: [5], attributes }], time: TIME, ...own }],
    }),
    pprof: { types: [CPU], samples: [{ stack: [WORK, MAIN], values: [5] }], time: TIME, ...pprof },
    ...rest,
  };
}

const inScope = (...profiles) => ({ resourceProfiles: [{ scopeProfiles: [{ profiles }] }] });
const K_LABEL = { samples: [{ stack: [WORK, MAIN], values: [5], labels: [{ key: 'k', num: 7, unit: 'By' }] }] };
const K_ATTRIBUTE = { k: [int(7), 'By'] };

/** Until 1.5 each Profile has tables of its own. */
const profile15 = (own = {}) => ({
  ...OLD_TABLES,
  sampleType: [CPU_TYPE],
  sample: [OLD_SAMPLE],
  locationIndices: [1, 0],
  stringTable: STRINGS,
  timeNanos: TIME,
  ...own,
});
const profile13 = ({ container = {}, ...own } = {}) => ({
  profileId: '0102030405060708090a0b0c0d0e0f10',
  startTimeUnixNano: TIME,
  endTimeUnixNano: `${BigInt(TIME) + 500n}`,
  ...container,
  profile: {
    sampleType: [{ type: 1, unit: 2 }],
    sample: [OLD_SAMPLE],
    locationIndices: [1, 0],
    function: [
      { id: 1, name: 3, filename: 4 },
      { id: 2, name: 5, filename: 6 },
    ],
    location: [{ line: [{ functionIndex: 0, line: 10 }] }, { line: [{ functionIndex: 1, line: 20 }] }],
    stringTable: STRINGS,
    ...own,
  },
});
const OF_13 = { duration: 500, profileId: '0102030405060708090a0b0c0d0e0f10' };
const profile17 = (own = {}) => ({
  sampleType: [CPU_TYPE],
  sample: [OLD_SAMPLE],
  locationIndices: [1, 0],
  timeNanos: TIME,
  ...own,
});
const profile18 = (own = {}) => ({
  sampleType: CPU_TYPE,
  sample: [{ stackIndex: 1, values: [5] }],
  timeUnixNano: TIME,
  ...own,
});

export default [
  draft({
    name: 'draft-1.3',
    release: '1.3',
    shows: '1.3: a container around each Profile has its id and its times; tables as in pprof.',
    data: inScope(profile13()),
    own: OF_13,
    pprof: { duration: 500 },
  }),
  draft({
    name: 'draft-1.3-label',
    release: '1.3',
    shows: '1.3: labels as in pprof become attributes.',
    data: inScope(
      profile13({
        sample: [{ ...OLD_SAMPLE, label: [{ key: 7, num: 7, numUnit: 8 }] }],
        stringTable: strings('k', 'By'),
      }),
    ),
    own: OF_13,
    attributes: K_ATTRIBUTE,
    pprof: { duration: 500, ...K_LABEL },
  }),
  draft({
    name: 'draft-1.3-build-id-hash',
    release: '1.3',
    shows:
      '1.3: a build id of the kind BINARY_HASH becomes process.executable.build_id.htlhash, the flags pprof.mapping.has_*.',
    data: inScope(
      profile13({
        mapping: [{ memoryStart: 4096, memoryLimit: 8192, buildId: 7, buildIdKind: 1, hasFunctions: true }],
        location: [
          { line: [{ functionIndex: 0, line: 10 }] },
          { mappingIndex: 0, address: 4100, line: [{ functionIndex: 1, line: 20 }] },
        ],
        // An index of 0 is not written, and there is a mapping: both locations have it.
        stringTable: strings('cafe'),
      }),
    ),
    usual: otlp({
      profiles: [
        {
          type: CPU,
          samples: [
            {
              stack: [{ ...WORK, address: '4100' }, MAIN].map((location) => ({
                ...location,
                mapping: {
                  start: '4096',
                  limit: '8192',
                  attributes: {
                    'pprof.mapping.has_functions': bool(true),
                    'process.executable.build_id.htlhash': str('cafe'),
                  },
                },
              })),
              values: [5],
            },
          ],
          time: TIME,
          ...OF_13,
        },
      ],
    }),
    pprof: (() => {
      const mapping = { start: '4096', limit: '8192', buildId: 'cafe', has: ['Functions'] };
      const stack = [
        { ...WORK, address: '4100', mapping },
        { ...MAIN, mapping },
      ];
      return { duration: 500, samples: [{ stack, values: [5] }] };
    })(),
  }),
  draft({
    name: 'draft-1.4-attributes',
    release: '1.4',
    shows: '1.4: attributes stand in the Profile itself.',
    data: inScope(profile15({ attributes: [{ key: 'host', value: str('h1') }] })),
    own: { attributes: { host: str('h1') } },
  }),
  draft({
    name: 'draft-1.5',
    release: '1.5',
    shows:
      '1.5: tables in the Profile, a range of location_indices as the stack, attributes by index with units by key.',
    data: inScope(
      profile15({
        sample: [{ ...OLD_SAMPLE, attributeIndices: [0] }],
        attributeTable: [{ key: 'k', value: int(7) }],
        attributeUnits: [{ attributeKeyStrindex: 7, unitStrindex: 8 }],
        stringTable: strings('k', 'By'),
      }),
    ),
    attributes: K_ATTRIBUTE,
    pprof: K_LABEL,
  }),
  draft({
    name: 'draft-1.5-two-sample-types',
    release: '1.5',
    shows: '1.5: several sample types become a Profile each, the default (here the last, as none is named) first.',
    data: inScope(
      profile15({
        sampleType: [{ typeStrindex: 7, unitStrindex: 8 }, CPU_TYPE],
        sample: [{ ...OLD_SAMPLE, value: [1, 5] }],
        stringTable: strings('samples', 'count'),
      }),
    ),
    usual: otlp({
      attributes: { 'pprof.scope.sample_type_order': array(int(1), int(0)) },
      profiles: [
        { type: CPU, samples: [{ stack: [WORK, MAIN], values: [5] }], time: TIME },
        { type: SAMPLES, samples: [{ stack: [WORK, MAIN], values: [1] }], time: TIME },
      ],
    }),
    pprof: { types: [SAMPLES, CPU], samples: [{ stack: [WORK, MAIN], values: [1, 5] }] },
  }),
  draft({
    name: 'draft-1.6',
    release: '1.6',
    shows: '1.6: the tables are fields of ProfilesData.',
    data: { ...inScope(profile17()), ...OLD_TABLES, stringTable: STRINGS },
  }),
  draft({
    name: 'draft-1.6-default-index',
    release: '1.6',
    shows: '1.6: the default sample type is an index, 0 when it is not written; its name says so in the scope.',
    data: {
      ...inScope(
        profile17({
          sampleType: [CPU_TYPE, { typeStrindex: 7, unitStrindex: 8 }],
          sample: [{ ...OLD_SAMPLE, value: [5, 1] }],
        }),
      ),
      ...OLD_TABLES,
      stringTable: strings('samples', 'count'),
    },
    usual: otlp({
      attributes: {
        'pprof.scope.default_sample_type': str('cpu'),
        'pprof.scope.sample_type_order': array(int(0), int(1)),
      },
      profiles: [
        { type: CPU, samples: [{ stack: [WORK, MAIN], values: [5] }], time: TIME },
        { type: SAMPLES, samples: [{ stack: [WORK, MAIN], values: [1] }], time: TIME },
      ],
    }),
    pprof: { types: [CPU, SAMPLES], defaultType: 'cpu', samples: [{ stack: [WORK, MAIN], values: [5, 1] }] },
  }),
  draft({
    name: 'draft-1.6-default-last',
    release: '1.6',
    shows: '1.6: the index names the last type, which is what pprof takes without a name.',
    data: {
      ...inScope(
        profile17({
          sampleType: [{ typeStrindex: 7, unitStrindex: 8 }, CPU_TYPE],
          sample: [{ ...OLD_SAMPLE, value: [1, 5] }],
          defaultSampleTypeIndex: 1,
        }),
      ),
      ...OLD_TABLES,
      stringTable: strings('samples', 'count'),
    },
    usual: otlp({
      attributes: { 'pprof.scope.sample_type_order': array(int(1), int(0)) },
      profiles: [
        { type: CPU, samples: [{ stack: [WORK, MAIN], values: [5] }], time: TIME },
        { type: SAMPLES, samples: [{ stack: [WORK, MAIN], values: [1] }], time: TIME },
      ],
    }),
    pprof: { types: [SAMPLES, CPU], samples: [{ stack: [WORK, MAIN], values: [1, 5] }] },
  }),
  draft({
    name: 'draft-1.7',
    release: '1.7',
    shows: '1.7: the tables are in a ProfilesDictionary; link_index is optional, and 0 is an entry.',
    data: {
      ...inScope(profile17({ sample: [{ ...OLD_SAMPLE, linkIndex: 0 }] })),
      dictionary: {
        ...OLD_TABLES,
        linkTable: [{ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }],
        stringTable: STRINGS,
      },
    },
    usual: otlp({
      profiles: [
        {
          type: CPU,
          samples: [
            { stack: [WORK, MAIN], values: [5], link: ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'] },
          ],
          time: TIME,
        },
      ],
    }),
    pprof: {
      samples: [
        {
          stack: [WORK, MAIN],
          values: [5],
          labels: [
            { key: 'trace_id', str: '4bf92f3577b34da6a3ce929d0e0e4736' },
            { key: 'span_id', str: '00f067aa0ba902b7' },
          ],
        },
      ],
    },
  }),
  draft({
    name: 'draft-1.7-folded',
    release: '1.7',
    shows: '1.7: is_folded of a location becomes an attribute.',
    data: {
      ...inScope(profile17()),
      dictionary: {
        ...OLD_TABLES,
        locationTable: [OLD_TABLES.locationTable[0], { ...OLD_TABLES.locationTable[1], isFolded: true }],
        stringTable: STRINGS,
      },
    },
    usual: otlp({
      profiles: [
        {
          type: CPU,
          samples: [
            { stack: [{ ...WORK, attributes: { 'pprof.location.is_folded': bool(true) } }, MAIN], values: [5] },
          ],
          time: TIME,
        },
      ],
    }),
    pprof: { samples: [{ stack: [{ ...WORK, folded: true }, MAIN], values: [5] }] },
  }),
  draft({
    name: 'draft-1.8-comment',
    release: '1.8',
    shows: '1.8: comment_strindices becomes pprof.profile.comment; values are field 2 of a sample.',
    data: {
      ...inScope(profile18({ commentStrindices: [7] })),
      dictionary: { ...TABLES, attributeTable: [{}], locationTable: lines('line'), stringTable: strings('by hand') },
    },
    own: { attributes: { 'pprof.profile.comment': array(str('by hand')) } },
    pprof: { comments: ['by hand'] },
  }),
  draft({
    name: 'draft-1.8-temporality',
    release: '1.8',
    shows: '1.8: aggregation_temporality, which later releases lack, is kept as an attribute of this project.',
    data: {
      ...inScope(profile18({ sampleType: { ...CPU_TYPE, aggregationTemporality: 2 } })),
      dictionary: { ...TABLES, attributeTable: [{}], locationTable: lines('line'), stringTable: STRINGS },
    },
    own: { attributes: { 'pprof_otlp.draft.aggregation_temporality': str('cumulative') } },
  }),
  draft({
    name: 'draft-1.9',
    release: '1.9',
    shows: '1.9: as 1.11, but in a sample values are field 2, attributes 3, the link 4.',
    data: {
      ...inScope({
        sampleType: CPU_TYPE,
        samples: [{ stackIndex: 1, values: [5], attributeIndices: [1] }],
        timeUnixNano: TIME,
      }),
      dictionary: {
        ...TABLES,
        attributeTable: [{}, { keyStrindex: 7, value: int(7), unitStrindex: 8 }],
        locationTable: lines('lines'),
        stringTable: strings('k', 'By'),
      },
    },
    attributes: K_ATTRIBUTE,
    pprof: K_LABEL,
  }),
];
