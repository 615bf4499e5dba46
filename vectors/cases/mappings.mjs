import { bool, otlp, str } from '../lib/buildOtlp.mjs';
import { CHOICE, CPU, SPECIFICATION } from './frames.mjs';

const RANGE = { start: '4194304', limit: '5242880' };
const GNU = 'process.executable.build_id.gnu';
const GO = 'process.executable.build_id.go';
const BUILD_ID = 'specification, profiles/mappings, Attributes; semantic conventions, process.executable.build_id.*';
const HAS = 'semantic conventions, pprof.mapping.has_*';

/** One sample at an address of each mapping. */
const vector = ({ mappings, otlpMappings = mappings, head = {}, scope = {}, ...rest }) => ({
  ...rest,
  pprof: {
    types: [CPU],
    samples: [{ stack: mappings.map((mapping) => ({ mapping, address: '4198400' })), values: [1] }],
    ...head,
  },
  otlp: otlp({
    ...scope,
    profiles: [
      {
        type: CPU,
        samples: [{ stack: otlpMappings.map((mapping) => ({ mapping, address: '4198400' })), values: [1] }],
      },
    ],
  }),
});

const BINARY = { ...RANGE, file: '/srv/app' };
const LIBC = { start: '139637976727552', limit: '139637978333184', file: '/lib/libc.so.6' };
const VDSO = { start: '140737354100736', limit: '140737354108928', file: '[vdso]' };

export default [
  vector({
    name: 'mapping',
    shows: 'Range, offset and file name of a mapping.',
    follows: 'profiles.proto, Mapping',
    basis: SPECIFICATION,
    mappings: [{ ...RANGE, offset: '4096', file: '/srv/app' }],
  }),
  vector({
    name: 'mapping-file-only',
    shows: 'A mapping without a range.',
    follows: 'profiles.proto, Mapping',
    basis: SPECIFICATION,
    mappings: [{ file: '/srv/app' }],
  }),
  vector({
    name: 'mapping-64-bit',
    shows: 'A mapping of the kernel up to the last address.',
    follows: 'profiles.proto, Mapping.memory_limit is uint64',
    basis: SPECIFICATION,
    mappings: [{ start: '18446744071562067968', limit: '18446744073709551615', file: '[kernel.kallsyms]' }],
  }),
  vector({
    name: 'mapping-build-id-gnu',
    shows: 'A build id in hex is a GNU build id.',
    follows: BUILD_ID,
    basis: SPECIFICATION,
    mappings: [{ ...BINARY, buildId: 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334' }],
    otlpMappings: [{ ...BINARY, attributes: { [GNU]: str('a1b2c3d4e5f60718293a4b5c6d7e8f9001122334') } }],
  }),
  vector({
    name: 'mapping-build-id-go',
    shows: "A build id with slashes is Go's: four parts.",
    follows: BUILD_ID,
    basis: SPECIFICATION,
    mappings: [{ ...BINARY, buildId: 'aB-1/cD_2/eF3/gH4' }],
    otlpMappings: [{ ...BINARY, attributes: { [GO]: str('aB-1/cD_2/eF3/gH4') } }],
  }),
  vector({
    name: 'mapping-build-id-other',
    shows:
      'A build id that is neither hex nor has slashes, such as the GUID of a PDB, stays in the attribute for GNU: it has to be somewhere.',
    follows: BUILD_ID,
    basis: CHOICE,
    mappings: [{ ...BINARY, buildId: '{1F2E3D4C}-7' }],
    otlpMappings: [{ ...BINARY, attributes: { [GNU]: str('{1F2E3D4C}-7') } }],
  }),
  vector({
    name: 'mapping-build-id-empty',
    shows: 'No build id: no attribute, not one with an empty string.',
    follows: 'profile.proto, Mapping.build_id: unset is the empty string',
    basis: SPECIFICATION,
    mappings: [BINARY],
  }),
  vector({
    name: 'mapping-has-all',
    shows: 'The four flags of a mapping are attributes.',
    follows: HAS,
    basis: SPECIFICATION,
    mappings: [{ ...BINARY, has: ['Functions', 'Filenames', 'LineNumbers', 'InlineFrames'] }],
    otlpMappings: [
      {
        ...BINARY,
        attributes: {
          'pprof.mapping.has_filenames': bool(true),
          'pprof.mapping.has_functions': bool(true),
          'pprof.mapping.has_inline_frames': bool(true),
          'pprof.mapping.has_line_numbers': bool(true),
        },
      },
    ],
  }),
  ...['Functions', 'Filenames', 'LineNumbers', 'InlineFrames'].map((flag) => {
    const name = flag.replace(/(?!^)[A-Z]/, '_$&').toLowerCase();
    return vector({
      name: `mapping-has-${name.replace('_', '-')}`,
      shows: `has_${name} alone: the other flags are false and have no attribute.`,
      follows: HAS,
      basis: SPECIFICATION,
      mappings: [{ ...BINARY, has: [flag] }],
      otlpMappings: [{ ...BINARY, attributes: { [`pprof.mapping.has_${name}`]: bool(true) } }],
    });
  }),
  vector({
    name: 'mappings-several',
    shows: 'Each location keeps its own mapping.',
    follows: 'profiles.proto, Location.mapping_index',
    basis: SPECIFICATION,
    mappings: [LIBC, BINARY, VDSO],
  }),
  vector({
    name: 'mappings-order',
    shows: 'The order of mappings is kept, which is not that of their use: the first one is the main binary.',
    follows:
      'profile.proto, Profile.mapping: mapping[0] is the main binary. OTLP gives the order of mapping_table no meaning; it is the only standard place',
    basis: CHOICE,
    compare: ['mapping-table'],
    mappings: [LIBC, BINARY],
    head: { mappings: [BINARY, LIBC] },
    scope: { allMappings: [BINARY, LIBC] },
  }),
  vector({
    name: 'mapping-unreferenced',
    shows: 'Mappings that no location names are kept in mapping_table: a pprof lists what was mapped.',
    follows:
      'profiles.proto, ProfilesDictionary: there should be no orphaned items. There is no other standard place, so this translator breaks that SHOULD rather than lose them',
    basis: CHOICE,
    compare: ['mapping-table'],
    untidy: true,
    mappings: [BINARY],
    head: { mappings: [VDSO, BINARY, LIBC] },
    scope: { allMappings: [VDSO, BINARY, LIBC] },
  }),
  vector({
    name: 'mapping-without-location',
    shows: 'Mappings of a pprof in which no sample has a mapping.',
    follows: 'profiles.proto, ProfilesDictionary: there should be no orphaned items',
    basis: CHOICE,
    compare: ['mapping-table'],
    untidy: true,
    mappings: [],
    head: { mappings: [BINARY] },
    scope: { allMappings: [BINARY] },
  }),
  vector({
    name: 'mapping-start-behind-limit',
    shows: 'A mapping whose start is not below its limit is kept as it is.',
    follows:
      'profile.proto and profiles.proto, Mapping.memory_limit; specification, profiles/pprof: pprof comes back without data loss',
    basis: CHOICE,
    mappings: [{ start: '5242880', limit: '4194304', file: '/srv/app' }],
  }),
  {
    ...vector({
      name: 'mapping-missing',
      shows:
        'A location whose mapping_id leads nowhere has no mapping. (A lossless translator returns the id all the same.)',
      follows:
        'profile.proto, Location.mapping_id: there must be a Mapping with that id. google/pprof takes it for none',
      basis: CHOICE,
      mappings: [undefined],
    }),
    pprof: {
      types: [CPU],
      samples: [{ stack: [{ address: '4198400' }], values: [1] }],
      edit: (profile) => {
        profile.location[0].mappingId = 9;
        return profile;
      },
    },
  },
];
