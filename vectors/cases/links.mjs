import { int, otlp, str } from '../lib/buildOtlp.mjs';
import { CHOICE, CPU, MAIN, SPECIFICATION } from './frames.mjs';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const LINK = 'profiles.proto, Sample.link_index, Link';

/** One sample with these labels; `link` is undefined where none is expected. */
const vector = ({ labels, attributes, link, ...rest }) => ({
  ...rest,
  pprof: { types: [CPU], samples: [{ stack: [MAIN], values: [1], labels }] },
  otlp: otlp({ profiles: [{ type: CPU, samples: [{ stack: [MAIN], values: [1], attributes, link }] }] }),
});

const spelled = (name, shows, traceKey, spanKey, basis = CHOICE) =>
  vector({
    name,
    shows,
    follows: LINK,
    basis,
    labels: [
      { key: traceKey, str: TRACE },
      { key: spanKey, str: SPAN },
    ],
    attributes: Object.fromEntries([
      [traceKey, str(TRACE)],
      [spanKey, str(SPAN)],
    ]),
    link: [TRACE, SPAN],
  });

export default [
  spelled(
    'link-trace_id',
    'Labels trace_id and span_id in hex name a span: the sample has a link, and the labels stay.',
    'trace_id',
    'span_id',
  ),
  spelled('link-traceId', 'The same in camel case.', 'traceId', 'spanId'),
  spelled('link-traceID', 'The same with capitals.', 'traceID', 'spanID'),
  spelled('link-dotted', 'The same with dots.', 'trace.id', 'span.id'),
  spelled(
    'link-profile_id',
    "The span under profile_id, as Pyroscope's older clients write it.",
    'trace_id',
    'profile_id',
  ),
  vector({
    name: 'link-datadog-text',
    shows: 'Under keys with a blank, Datadog writes decimal text: the span 5000000000 is 000000012a05f200.',
    follows: LINK,
    basis: CHOICE,
    labels: [
      { key: 'trace id', str: '123456789012345678901234567890' },
      { key: 'span id', str: '5000000000' },
    ],
    attributes: { 'span id': str('5000000000'), 'trace id': str('123456789012345678901234567890') },
    link: ['000000018ee90ff6c373e0ee4e3f0ad2', '000000012a05f200'],
  }),
  vector({
    name: 'link-datadog-numbers',
    shows: 'The same as numbers: a negative one is an unsigned one of 64 bits.',
    follows: LINK,
    basis: CHOICE,
    labels: [
      { key: 'trace id', num: -1 },
      { key: 'span id', num: 255 },
    ],
    attributes: { 'span id': int(255), 'trace id': int(-1) },
    link: ['0000000000000000ffffffffffffffff', '00000000000000ff'],
  }),
  vector({
    name: 'link-upper-case',
    shows: 'Hex in upper case is the same id; the label stays as it was written.',
    follows: `${LINK}; Trace Context, trace-id: lower case`,
    basis: CHOICE,
    labels: [
      { key: 'trace_id', str: TRACE.toUpperCase() },
      { key: 'span_id', str: SPAN.toUpperCase() },
    ],
    attributes: { span_id: str(SPAN.toUpperCase()), trace_id: str(TRACE.toUpperCase()) },
    link: [TRACE, SPAN],
  }),
  vector({
    name: 'link-trace-only',
    shows: 'A trace without a span is no link.',
    follows: 'profiles.proto, Link.span_id: an 8-byte array',
    basis: SPECIFICATION,
    labels: [{ key: 'trace_id', str: TRACE }],
    attributes: { trace_id: str(TRACE) },
  }),
  vector({
    name: 'link-zeros',
    shows: 'Ids of zeros are invalid: no link.',
    follows: 'Trace Context, trace-id and parent-id: all zeros are invalid; profiles.proto, link_table[0]',
    basis: SPECIFICATION,
    labels: [
      { key: 'trace_id', str: '0'.repeat(32) },
      { key: 'span_id', str: '0'.repeat(16) },
    ],
    attributes: { span_id: str('0'.repeat(16)), trace_id: str('0'.repeat(32)) },
  }),
  vector({
    name: 'link-wrong-length',
    shows: 'A trace id of 8 bytes is none: no link.',
    follows: 'profiles.proto, Link.trace_id: a 16-byte array',
    basis: SPECIFICATION,
    labels: [
      { key: 'trace_id', str: SPAN },
      { key: 'span_id', str: SPAN },
    ],
    attributes: { span_id: str(SPAN), trace_id: str(SPAN) },
  }),
  vector({
    name: 'link-no-hex',
    shows: 'Text of the right length that is no hex: no link.',
    follows: LINK,
    basis: SPECIFICATION,
    labels: [
      { key: 'trace_id', str: 'g'.repeat(32) },
      { key: 'span_id', str: SPAN },
    ],
    attributes: { span_id: str(SPAN), trace_id: str('g'.repeat(32)) },
  }),
];
