import { array, bool, bytes, double, int, list, otlp, payload, str } from '../lib/buildOtlp.mjs';
import { CHOICE, CPU, MAIN, MAIN_FN, SPECIFICATION } from './frames.mjs';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const LABEL = 'profile.proto, Label; profiles.proto, KeyValueAndUnit';
const AS_TEXT = 'profile.proto, Label has strings and integers; the text is that of OTLP/JSON';
const GNU = 'process.executable.build_id.gnu';
const GO = 'process.executable.build_id.go';
const HTLHASH = 'process.executable.build_id.htlhash';

const vector = ({ sample = {}, labels = [], stack = [MAIN], pprofStack = stack, head = {}, ...rest }) => ({
  ...rest,
  otlp: otlp({ profiles: [{ type: CPU, samples: [{ stack, values: [1], ...sample }] }] }),
  pprof: { types: [CPU], samples: [{ stack: pprofStack, values: [1], labels }], ...head },
});
const attribute = (name, shows, value, label, basis = SPECIFICATION, follows = LABEL) =>
  vector({
    name,
    shows,
    follows,
    basis,
    sample: { attributes: { k: value } },
    labels: [label].flat().map((one) => ({ key: 'k', ...one })),
  });

const RANGE = { start: '4194304', limit: '5242880', file: '/srv/app' };
const mapped = (name, shows, attributes, own, basis) =>
  vector({
    name,
    shows,
    follows: 'semantic conventions, process.executable.build_id.*, pprof.mapping.has_*',
    basis,
    stack: [{ address: '4198400', mapping: { ...RANGE, attributes } }],
    pprofStack: [{ address: '4198400', mapping: { ...RANGE, ...own } }],
  });

export default [
  attribute('attribute-string', 'A string is str.', str('v'), { str: 'v' }),
  attribute('attribute-int', 'An integer is num.', int(-7), { num: -7 }),
  attribute('attribute-int-unit', 'The unit of an integer is num_unit.', [int(7), 'By'], { num: 7, unit: 'By' }),
  attribute(
    'attribute-int-zero',
    'The integer 0 without a unit: a label with nothing but its key, as 0 is not written.',
    int(0),
    { num: 0 },
  ),
  attribute('attribute-bool', 'A boolean is text.', bool(true), { str: 'true' }, CHOICE, AS_TEXT),
  attribute('attribute-double', 'A double is text.', double(1.5), { str: '1.5' }, CHOICE, AS_TEXT),
  attribute(
    'attribute-bytes',
    'Bytes are the bytes of str: any pprof reader takes them.',
    bytes(0x61, 0xff),
    { str: 'a\udcff' },
    CHOICE,
    'profile.proto, string_table',
  ),
  attribute(
    'attribute-array',
    'An array is a label for each element.',
    array(str('b'), int(1), str('a')),
    [{ str: 'b' }, { num: 1 }, { str: 'a' }],
    CHOICE,
    'profile.proto, Sample.label: keys may be there several times',
  ),
  attribute('attribute-array-empty', 'An empty array is no label.', array(), [], CHOICE, 'profile.proto, Sample.label'),
  attribute(
    'attribute-list',
    'A key-value list is text.',
    list({ x: int(1), y: str('z') }),
    { str: '{"x":1,"y":"z"}' },
    CHOICE,
    AS_TEXT,
  ),
  attribute(
    'attribute-list-of-label',
    'A key-value list of str, num and num_unit only is the label that it was made from.',
    list({ str: str('x'), num: int(5), num_unit: str('ms') }),
    { str: 'x', num: 5, unit: 'ms' },
    CHOICE,
    'docs/mapping.md, Labels',
  ),
  attribute(
    'attribute-none',
    'An attribute without a value is an empty str.',
    {},
    { str: '' },
    CHOICE,
    'common.proto, AnyValue: nothing set is the empty value',
  ),
  attribute(
    'attribute-string-unit',
    'A string has no unit in a pprof.',
    [str('v'), 'By'],
    { str: 'v' },
    CHOICE,
    'profile.proto, Label.num_unit: only with a number',
  ),
  {
    name: 'attribute-strindex',
    shows: 'Keys and values by reference to the string table, as profilers of whole hosts write them.',
    follows: 'common.proto, KeyValue.key_strindex, AnyValue.string_value_strindex',
    basis: SPECIFICATION,
    otlp: (() => {
      const data = otlp({
        profiles: [{ type: CPU, samples: [{ stack: [MAIN], values: [1], attributes: { k: str('v') } }] }],
      });
      const { stringTable, attributeTable } = data.dictionary;
      stringTable.push('v', 'host.name', 'h1');
      attributeTable[1].value = { stringValueStrindex: stringTable.length - 3 };
      data.resourceProfiles[0].resource = {
        attributes: [{ keyStrindex: stringTable.length - 2, value: { stringValueStrindex: stringTable.length - 1 } }],
      };
      return data;
    })(),
    pprof: { types: [CPU], samples: [{ stack: [MAIN], values: [1], labels: [{ key: 'k', str: 'v' }] }] },
  },
  vector({
    name: 'link',
    shows: 'A link is the labels trace_id and span_id in hex.',
    follows: 'profiles.proto, Sample.link_index; docs/mapping.md',
    basis: CHOICE,
    sample: { link: [TRACE, SPAN] },
    labels: [
      { key: 'trace_id', str: TRACE },
      { key: 'span_id', str: SPAN },
    ],
  }),
  vector({
    name: 'link-named-by-attributes',
    shows: 'Attributes name this trace and span already, in another spelling: no more labels.',
    follows: 'docs/mapping.md, Links',
    basis: CHOICE,
    sample: { link: [TRACE, SPAN], attributes: { 'trace.id': str(TRACE), 'span.id': str(SPAN) } },
    labels: [
      { key: 'trace.id', str: TRACE },
      { key: 'span.id', str: SPAN },
    ],
  }),
  vector({
    name: 'link-beside-another-trace_id',
    shows: 'An attribute trace_id that says something else stays alone: no key becomes ambiguous.',
    follows: 'docs/mapping.md, OTLP to pprof',
    basis: CHOICE,
    sample: { link: [TRACE, SPAN], attributes: { trace_id: str('other') } },
    labels: [{ key: 'trace_id', str: 'other' }],
  }),
  {
    name: 'link-zero-bytes',
    shows: 'Entry 0 of the link table written as 16 and 8 zero bytes, as the proto recommends: no link.',
    follows: 'profiles.proto, ProfilesDictionary.link_table[0]',
    basis: SPECIFICATION,
    otlp: (() => {
      const data = otlp({ profiles: [{ type: CPU, samples: [{ stack: [MAIN], values: [1] }] }] });
      data.dictionary.linkTable[0] = { traceId: '0'.repeat(32), spanId: '0'.repeat(16) };
      return data;
    })(),
    pprof: { types: [CPU], samples: [{ stack: [MAIN], values: [1] }] },
  },
  vector({
    name: 'stack-empty',
    shows: 'Stack 0 is no location.',
    follows: 'profiles.proto, ProfilesDictionary.stack_table[0]',
    basis: SPECIFICATION,
    stack: [],
  }),
  vector({
    name: 'location-0-in-stack',
    shows:
      'A stack with location 0 in it: a frame about which nothing is known. pprof has no id 0, so it is an empty location.',
    follows: 'profile.proto, Location.id is not 0; docs/mapping.md',
    basis: CHOICE,
    stack: [null, MAIN],
    pprofStack: [{}, MAIN],
  }),
  vector({
    name: 'function-0-in-line',
    shows: 'A line without a function: pprof forbids that, so it is an empty function.',
    follows: 'profile.proto, Line.function_id; docs/mapping.md',
    basis: CHOICE,
    stack: [{ address: '4198400', lines: [{ line: 3 }] }],
    pprofStack: [{ address: '4198400', lines: [{ fn: {}, line: 3 }] }],
  }),
  vector({
    name: 'location-frame-type',
    shows: 'The type of a frame has no field in a pprof.',
    follows: 'semantic conventions, profile.frame.type; no field of profile.proto says it',
    basis: CHOICE,
    stack: [{ address: '4198400', lines: [{ fn: MAIN_FN, line: 1 }], attributes: { 'profile.frame.type': str('go') } }],
    pprofStack: [{ address: '4198400', lines: [{ fn: MAIN_FN, line: 1 }] }],
  }),
  vector({
    name: 'location-folded',
    shows: 'pprof.location.is_folded is is_folded.',
    follows: 'semantic conventions, pprof.location.is_folded',
    basis: SPECIFICATION,
    stack: [{ address: '4198400', attributes: { 'pprof.location.is_folded': bool(true) } }],
    pprofStack: [{ address: '4198400', folded: true }],
  }),
  mapped('mapping-build-id', 'A GNU build id is build_id.', { [GNU]: str('a1b2') }, { buildId: 'a1b2' }, SPECIFICATION),
  mapped(
    'mapping-build-ids-several',
    'pprof has one build id: the GNU one goes before the one of Go, that before htlhash.',
    { [HTLHASH]: str('cc'), [GO]: str('a/b/c/d'), [GNU]: str('a1b2') },
    { buildId: 'a1b2' },
    CHOICE,
  ),
  mapped('mapping-htlhash', 'Only htlhash: that is the build id.', { [HTLHASH]: str('cc') }, { buildId: 'cc' }, CHOICE),
  mapped(
    'mapping-has',
    'pprof.mapping.has_* are the flags; one that is false is no flag.',
    { 'pprof.mapping.has_functions': bool(true), 'pprof.mapping.has_filenames': bool(false) },
    { has: ['Functions'] },
    SPECIFICATION,
  ),
  {
    name: 'mapping-unreferenced',
    shows: 'A mapping of the table that no location refers to is in the pprof, in its place.',
    follows: 'profile.proto, Profile.mapping; docs/mapping.md',
    basis: CHOICE,
    otlp: otlp({
      allMappings: [{ file: 'a' }, { file: 'b' }],
      profiles: [{ type: CPU, samples: [{ stack: [{ address: '4198400', mapping: { file: 'b' } }], values: [1] }] }],
    }),
    pprof: (() => {
      const [a, b] = [{ file: 'a' }, { file: 'b' }];
      return {
        types: [CPU],
        mappings: [a, b],
        samples: [{ stack: [{ address: '4198400', mapping: b }], values: [1] }],
      };
    })(),
  },
  {
    name: 'dictionary-entries-twice',
    shows: 'Entries of the dictionary that are doubled or unused mean nothing, and come back exactly.',
    follows: 'profiles.proto, ProfilesDictionary: there should be none (SHOULD)',
    basis: SPECIFICATION,
    otlp: (() => {
      const data = otlp({ profiles: [{ type: CPU, samples: [{ stack: [MAIN], values: [1] }] }] });
      data.dictionary.stringTable.push('unused', 'unused');
      data.dictionary.functionTable.push(data.dictionary.functionTable[1]);
      data.dictionary.locationTable.push({ address: '99' });
      return data;
    })(),
    pprof: { types: [CPU], samples: [{ stack: [MAIN], values: [1] }] },
  },
  {
    name: 'resource-without-profiles',
    shows: 'A resource without profiles beside one with: it gives no sample, and its attributes make no labels.',
    follows: 'profiles.proto, relationships diagram (1-n); docs/mapping.md',
    basis: CHOICE,
    otlp: payload([
      { attributes: { 'service.name': str('idle') }, scopes: [] },
      {
        attributes: { 'service.name': str('busy') },
        scopes: [{ profiles: [{ type: CPU, samples: [{ stack: [MAIN], values: [1] }] }] }],
      },
    ]),
    pprof: { types: [CPU], samples: [{ stack: [MAIN], values: [1] }] },
  },
];
