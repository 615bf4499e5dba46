import { array, bytes, int, list, otlp, str } from '../lib/buildOtlp.mjs';
import { CHOICE, CPU, MAIN, SPECIFICATION } from './frames.mjs';

const LABEL = 'profile.proto, Label; profiles.proto, KeyValueAndUnit';
const UNIQUE = 'profiles.proto, ProfilesDictionary.attribute_table: attribute_indices must keep keys unique';
const NOT_UTF8 = '\udcff'; // A byte 0xff, see lib/protobuf.mjs.

/** Samples with these labels, and what attributes they become. */
const vector = ({ samples, ...rest }) => ({
  ...rest,
  pprof: { types: [CPU], samples: samples.map(([labels]) => ({ stack: [MAIN], values: [1], labels })) },
  otlp: otlp({
    profiles: [{ type: CPU, samples: samples.map(([, attributes]) => ({ stack: [MAIN], values: [1], attributes })) }],
  }),
});

export default [
  vector({
    name: 'label-string',
    shows: 'A label with a string is an attribute of the sample with a string.',
    follows: LABEL,
    basis: SPECIFICATION,
    samples: [[[{ key: 'endpoint', str: '/checkout' }], { endpoint: str('/checkout') }]],
  }),
  vector({
    name: 'label-number',
    shows: 'A label with a number is an integer.',
    follows: LABEL,
    basis: SPECIFICATION,
    samples: [[[{ key: 'thread', num: 17 }], { thread: int(17) }]],
  }),
  vector({
    name: 'label-number-unit',
    shows: 'num_unit is the unit of the attribute, as it is written, UCUM or not.',
    follows: 'profile.proto, Label.num_unit; profiles.proto, KeyValueAndUnit.unit_strindex (SHOULD be UCUM)',
    basis: SPECIFICATION,
    samples: [[[{ key: 'allocation', num: 4096, unit: 'bytes' }], { allocation: [int(4096), 'bytes'] }]],
  }),
  vector({
    name: 'label-number-int64',
    shows: 'The least and the greatest number of a label.',
    follows: 'profile.proto, Label.num is int64',
    basis: SPECIFICATION,
    samples: [
      [[{ key: 'n', num: '-9223372036854775808' }], { n: int('-9223372036854775808') }],
      [[{ key: 'n', num: '9223372036854775807' }], { n: int('9223372036854775807') }],
    ],
  }),
  vector({
    name: 'labels-several',
    shows: 'Several labels of one sample. Attributes are a set: their order says nothing.',
    follows: `${LABEL}; ${UNIQUE}`,
    basis: SPECIFICATION,
    samples: [
      [
        [
          { key: 'zone', str: 'b' },
          { key: 'endpoint', str: '/' },
          { key: 'thread', num: 3 },
        ],
        { endpoint: str('/'), thread: int(3), zone: str('b') },
      ],
    ],
  }),
  vector({
    name: 'label-units-differ-between-samples',
    shows: 'One key with another unit in each sample: the unit belongs to the attribute, not to its key.',
    follows: 'profiles.proto, KeyValueAndUnit: several entries with the same key may be there',
    basis: SPECIFICATION,
    samples: [
      [[{ key: 'size', num: 1, unit: 'bytes' }], { size: [int(1), 'bytes'] }],
      [[{ key: 'size', num: 1, unit: 'kilobytes' }], { size: [int(1), 'kilobytes'] }],
    ],
  }),
  vector({
    name: 'label-kinds-differ-between-samples',
    shows: 'One key with a string in one sample and a number in the other.',
    follows: LABEL,
    basis: SPECIFICATION,
    samples: [
      [[{ key: 'id', str: '7' }], { id: str('7') }],
      [[{ key: 'id', num: 7 }], { id: int(7) }],
    ],
  }),
  vector({
    name: 'label-repeated-strings',
    shows: 'A key that a sample has twice is one attribute with an array, in the order of the labels.',
    follows: `${UNIQUE}; profile.proto, Sample.label: repeated keys are discouraged, and there`,
    basis: CHOICE,
    samples: [
      [
        [
          { key: 'tag', str: 'b' },
          { key: 'tag', str: 'a' },
        ],
        { tag: array(str('b'), str('a')) },
      ],
    ],
  }),
  vector({
    name: 'label-repeated-same',
    shows: 'The same label twice is an array with the same value twice.',
    follows: UNIQUE,
    basis: CHOICE,
    samples: [
      [
        [
          { key: 'tag', str: 'a' },
          { key: 'tag', str: 'a' },
        ],
        { tag: array(str('a'), str('a')) },
      ],
    ],
  }),
  vector({
    name: 'label-repeated-numbers',
    shows: 'Numbers of one unit under one key: an array of integers with that unit.',
    follows: UNIQUE,
    basis: CHOICE,
    samples: [
      [
        [
          { key: 'bytes', num: 16, unit: 'bytes' },
          { key: 'bytes', num: 32, unit: 'bytes' },
        ],
        { bytes: [array(int(16), int(32)), 'bytes'] },
      ],
    ],
  }),
  vector({
    name: 'label-repeated-several-units',
    shows: 'Numbers of several units under one key: each value says its own, as a list of num and num_unit.',
    follows: `${UNIQUE}; an attribute has one unit`,
    basis: CHOICE,
    samples: [
      [
        [
          { key: 'size', num: 1, unit: 'kilobytes' },
          { key: 'size', num: 1024, unit: 'bytes' },
        ],
        {
          size: array(
            list({ num: int(1), num_unit: str('kilobytes') }),
            list({ num: int(1024), num_unit: str('bytes') }),
          ),
        },
      ],
    ],
  }),
  vector({
    name: 'label-repeated-both-kinds',
    shows: 'A string and a number without a unit under one key: an array of both.',
    follows: UNIQUE,
    basis: CHOICE,
    samples: [
      [
        [
          { key: 'id', str: 'x' },
          { key: 'id', num: 5 },
        ],
        { id: array(str('x'), int(5)) },
      ],
    ],
  }),
  vector({
    name: 'label-repeated-string-and-unit',
    shows: 'A string and a number with a unit under one key: the number says its unit as a list.',
    follows: UNIQUE,
    basis: CHOICE,
    samples: [
      [
        [
          { key: 'id', str: 'x' },
          { key: 'id', num: 5, unit: 'ms' },
        ],
        { id: array(str('x'), list({ num: int(5), num_unit: str('ms') })) },
      ],
    ],
  }),
  vector({
    name: 'label-string-and-number-at-once',
    shows: 'A label that has a string and a number, which profile.proto forbids: a list of the fields that it has.',
    follows: 'profile.proto, Label: at most one of str and num',
    basis: CHOICE,
    samples: [
      [[{ key: 'k', str: 'x', num: 5, unit: 'ms' }], { k: list({ str: str('x'), num: int(5), num_unit: str('ms') }) }],
    ],
  }),
  vector({
    name: 'label-empty-string',
    shows:
      'A label with neither string nor number is the empty string: Go programs write pprof.Labels("k", "") so. google/pprof drops it.',
    follows: 'profile.proto, Label: unset and empty look the same on the wire',
    basis: CHOICE,
    samples: [[[{ key: 'tenant', str: '' }], { tenant: str('') }]],
  }),
  vector({
    name: 'label-number-zero',
    shows: 'A label with neither is the number 0 where its key is a number elsewhere and nowhere a string.',
    follows: 'profile.proto, Label: unset and 0 look the same on the wire',
    basis: CHOICE,
    samples: [
      [[{ key: 'worker', num: 0 }], { worker: int(0) }],
      [[{ key: 'worker', num: 2 }], { worker: int(2) }],
    ],
  }),
  vector({
    name: 'label-number-zero-with-unit',
    shows: 'Only a unit: the number 0 of that unit.',
    follows: 'profile.proto, Label.num_unit: only with a number',
    basis: SPECIFICATION,
    samples: [[[{ key: 'allocation', num: 0, unit: 'bytes' }], { allocation: [int(0), 'bytes'] }]],
  }),
  vector({
    name: 'label-empty-among-strings-and-numbers',
    shows: 'A label with neither whose key is a string and a number elsewhere: the empty string.',
    follows: 'profile.proto, Label: unset, empty and 0 look the same on the wire',
    basis: CHOICE,
    samples: [
      [[{ key: 'id', str: 'x' }], { id: str('x') }],
      [[{ key: 'id', num: 2 }], { id: int(2) }],
      [[{ key: 'id' }], { id: str('') }],
    ],
  }),
  vector({
    name: 'label-value-not-utf8',
    shows: 'A value that is not UTF-8 is bytes: it is data, and no string of OTLP can hold it.',
    follows: 'protobuf, string: must be UTF-8; common.proto, AnyValue.bytes_value',
    basis: CHOICE,
    samples: [[[{ key: 'user', str: `a${NOT_UTF8}` }], { user: bytes(0x61, 0xff) }]],
  }),
  {
    ...vector({
      name: 'label-key-not-utf8',
      shows:
        'A key that is not UTF-8 has U+FFFD for what is wrong with it: keys have no bytes. (A lossless translator returns the key all the same.)',
      follows: 'protobuf, string: must be UTF-8; Unicode, U+FFFD',
      basis: CHOICE,
      samples: [[[{ key: `user${NOT_UTF8}`, str: 'a' }], { 'user\ufffd': str('a') }]],
    }),
    back: {
      types: [CPU],
      samples: [{ stack: [MAIN], values: [1], labels: [{ key: 'user\ufffd', str: 'a' }] }],
    },
  },
  vector({
    name: 'label-key-of-opentelemetry',
    shows: 'A key that the semantic conventions know is an attribute like any other.',
    follows: LABEL,
    basis: SPECIFICATION,
    samples: [[[{ key: 'thread.name', str: 'main' }], { 'thread.name': str('main') }]],
  }),
];
