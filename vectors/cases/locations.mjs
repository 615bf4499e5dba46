import { bool, otlp } from '../lib/buildOtlp.mjs';
import { CHOICE, CPU, MAIN, MAIN_FN, SPECIFICATION, WORK, WORK_FN } from './frames.mjs';

/** One sample with this stack; the same objects stand for the same content in both formats. */
const vector = ({ stack, otlpStack = stack, ...rest }) => ({
  ...rest,
  pprof: { types: [CPU], samples: [{ stack, values: [1] }] },
  otlp: otlp({ profiles: [{ type: CPU, samples: [{ stack: otlpStack, values: [1] }] }] }),
});

const LEAF_FIRST =
  'profile.proto, Sample.location_id: the leaf is at location_id[0]; profiles.proto, Stack: the first location is the leaf';

export default [
  vector({
    name: 'stack-leaf-first',
    shows: 'Both formats have the leaf first.',
    follows: LEAF_FIRST,
    basis: SPECIFICATION,
    stack: [WORK, MAIN],
  }),
  vector({
    name: 'stack-empty',
    shows: 'A sample without locations refers to stack 0, the empty one.',
    follows: 'profiles.proto, ProfilesDictionary.stack_table[0]',
    basis: SPECIFICATION,
    stack: [],
  }),
  vector({
    name: 'stack-recursion',
    shows: 'A location that is in a stack several times stays so.',
    follows: LEAF_FIRST,
    basis: SPECIFICATION,
    stack: [WORK, WORK, MAIN, WORK],
  }),
  {
    name: 'stack-shared',
    shows: 'Samples with the same locations share one entry of stack_table.',
    follows: 'profiles.proto, ProfilesDictionary: there should be no duplicate items (compare.mjs --tidy)',
    basis: SPECIFICATION,
    pprof: {
      types: [CPU],
      samples: [
        { stack: [WORK, MAIN], values: [1], labels: [{ key: 'thread', str: 'a' }] },
        { stack: [WORK, MAIN], values: [2], labels: [{ key: 'thread', str: 'b' }] },
      ],
    },
    otlp: otlp({
      profiles: [
        {
          type: CPU,
          samples: [
            { stack: [WORK, MAIN], values: [1], attributes: { thread: { stringValue: 'a' } } },
            { stack: [WORK, MAIN], values: [2], attributes: { thread: { stringValue: 'b' } } },
          ],
        },
      ],
    }),
  },
  vector({
    name: 'location-address-only',
    shows: 'A location that is not symbolized: an address, no lines.',
    follows: 'profiles.proto, Location.address, Location.lines',
    basis: SPECIFICATION,
    stack: [{ address: '4198400' }],
  }),
  vector({
    name: 'location-address-64-bit',
    shows: 'An address of the kernel, above 2^63: addresses are unsigned.',
    follows: 'profiles.proto, Location.address is uint64',
    basis: SPECIFICATION,
    stack: [{ address: '18446744071578845184' }],
  }),
  vector({
    name: 'location-line-only',
    shows: 'A location of an interpreter: a line, no address, no mapping.',
    follows: 'profiles.proto, Location.mapping_index: 0 means unknown or not applicable',
    basis: SPECIFICATION,
    stack: [{ lines: [{ fn: { name: 'handler', file: 'app.py' }, line: 7 }] }],
  }),
  vector({
    name: 'location-empty',
    shows: 'A location that says nothing is still a frame: the stack refers to location 0.',
    follows: 'profiles.proto, ProfilesDictionary.location_table[0] is the zero value',
    basis: CHOICE,
    stack: [{}, MAIN],
    otlpStack: [null, MAIN],
  }),
  vector({
    name: 'location-inlined',
    shows: 'Inlined functions: several lines, the innermost first, the caller last.',
    follows:
      'profile.proto, Location.line; profiles.proto, Location.lines: the last entry is the caller into which the others were inlined',
    basis: SPECIFICATION,
    stack: [
      {
        address: '4198500',
        lines: [
          { fn: { name: 'memcpy', file: 'string.h' }, line: 40 },
          { fn: { name: 'copy', file: 'copy.c' }, line: 12 },
          { fn: { name: 'printf', file: 'printf.c' }, line: 99 },
        ],
      },
    ],
  }),
  vector({
    name: 'location-inlined-recursion',
    shows: 'A function inlined into itself: two lines with one function.',
    follows: 'profiles.proto, Location.lines',
    basis: SPECIFICATION,
    stack: [
      {
        address: '4198500',
        lines: [
          { fn: WORK_FN, line: 21 },
          { fn: WORK_FN, line: 23 },
        ],
      },
    ],
  }),
  vector({
    name: 'location-columns',
    shows: 'Columns, also of inlined lines.',
    follows: 'profile.proto, Line.column; profiles.proto, Line.column',
    basis: SPECIFICATION,
    stack: [
      {
        lines: [
          { fn: WORK_FN, line: 20, column: 7 },
          { fn: MAIN_FN, line: 10, column: 3 },
        ],
      },
    ],
  }),
  vector({
    name: 'location-lines-going-down',
    shows: 'Line numbers that go down from line to line, as steps of a delta coding would have it negative.',
    follows: 'profiles.proto, Line.line',
    basis: SPECIFICATION,
    stack: [
      {
        lines: [
          { fn: WORK_FN, line: 900 },
          { fn: WORK_FN, line: 20 },
          { fn: MAIN_FN, line: 3 },
        ],
      },
    ],
  }),
  vector({
    name: 'location-line-zero',
    shows: 'A line without a number.',
    follows: 'profiles.proto, Line.line: 0 means unset',
    basis: SPECIFICATION,
    stack: [{ lines: [{ fn: WORK_FN }] }],
  }),
  vector({
    name: 'location-line-negative',
    shows: 'A negative line number, which OTLP does not foresee, is kept rather than lost.',
    follows: 'profiles.proto, Line.line: 1-based; specification, profiles/pprof: pprof comes back without data loss',
    basis: CHOICE,
    stack: [{ lines: [{ fn: WORK_FN, line: -1 }] }],
  }),
  vector({
    name: 'location-line-32-bit',
    shows: 'A line number above 2^32.',
    follows: 'profiles.proto, Line.line is int64',
    basis: SPECIFICATION,
    stack: [{ lines: [{ fn: WORK_FN, line: 4294967299 }] }],
  }),
  vector({
    name: 'location-folded',
    shows: 'is_folded is an attribute of the location.',
    follows: 'semantic conventions, pprof.location.is_folded',
    basis: SPECIFICATION,
    stack: [{ address: '4198400', folded: true, lines: [{ fn: WORK_FN, line: 20 }] }],
    otlpStack: [
      {
        address: '4198400',
        lines: [{ fn: WORK_FN, line: 20 }],
        attributes: { 'pprof.location.is_folded': bool(true) },
      },
    ],
  }),
  vector({
    name: 'locations-same-address',
    shows: 'Two locations with one address and other lines are two.',
    follows: 'profiles.proto, Location',
    basis: SPECIFICATION,
    stack: [
      { address: '4198400', lines: [{ fn: WORK_FN, line: 20 }] },
      { address: '4198400', lines: [{ fn: WORK_FN, line: 21 }] },
    ],
  }),
  vector({
    name: 'function-system-name',
    shows: 'The name for people and the mangled name are two fields.',
    follows: 'profile.proto, Function.system_name; profiles.proto, Function.system_name_strindex',
    basis: SPECIFICATION,
    stack: [{ lines: [{ fn: { name: 'demo::run<int>', system: '_ZN4demo3runIiEEvv', file: 'demo.cc' }, line: 5 }] }],
  }),
  vector({
    name: 'function-start-line',
    shows: 'The start line of a function.',
    follows: 'profiles.proto, Function.start_line',
    basis: SPECIFICATION,
    stack: [{ lines: [{ fn: { name: 'work', file: 'work.go', start: 18 }, line: 20 }] }],
  }),
  vector({
    name: 'function-name-only',
    shows: 'A function without a file: index 0 is the empty string.',
    follows: 'profiles.proto, Function.filename_strindex: empty string if not available',
    basis: SPECIFICATION,
    stack: [{ lines: [{ fn: { name: '(garbage collector)' } }] }],
  }),
  vector({
    name: 'function-same-name',
    shows: 'Functions of one name in two files are two.',
    follows: 'profiles.proto, Function',
    basis: SPECIFICATION,
    stack: [
      { lines: [{ fn: { name: 'init', file: 'a.go' }, line: 1 }] },
      { lines: [{ fn: { name: 'init', file: 'b.go' }, line: 1 }] },
    ],
  }),
  {
    ...vector({
      name: 'function-id-0',
      shows: 'A function with id 0 that a line refers to, as .NET profilers write: it is that function, not none.',
      follows: 'profile.proto, Function.id: unique nonzero id. It is broken here; what it means is plain all the same',
      basis: CHOICE,
      refusedBy: ['google/pprof'],
      stack: [MAIN],
    }),
    pprof: {
      types: [CPU],
      samples: [{ stack: [MAIN], values: [1] }],
      edit: (profile) => {
        profile.function[0].id = 0;
        profile.location[0].line[0].functionId = 0;
        return profile;
      },
    },
  },
  {
    ...vector({
      name: 'function-none',
      shows:
        'A line whose function_id is 0 where no function has it: function 0. On the way back the line gets an empty function, which pprof demands.',
      follows: 'profiles.proto, Line.function_index, ProfilesDictionary.function_table[0]',
      basis: CHOICE,
      refusedBy: ['google/pprof'],
      stack: [{ address: '4198400', lines: [{ line: 3 }] }],
    }),
    back: { types: [CPU], samples: [{ stack: [{ address: '4198400', lines: [{ fn: {}, line: 3 }] }], values: [1] }] },
  },
];
