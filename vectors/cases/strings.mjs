import { otlp, str } from '../lib/buildOtlp.mjs';
import { CHOICE, CPU, MAIN, SPECIFICATION } from './frames.mjs';

const STRING = 'profile.proto and profiles.proto, string_table';
const NOT_UTF8 = '\udcff';

/** One sample of one function of this name; `shown` is the name in OTLP and behind it. */
const named = ({ fn, shown = fn, ...rest }) => {
  const pprof = (own) => ({ types: [CPU], samples: [{ stack: [{ lines: [{ fn: own, line: 1 }] }], values: [1] }] });
  return {
    ...rest,
    pprof: pprof(fn),
    otlp: otlp({ profiles: [{ type: CPU, samples: [{ stack: [{ lines: [{ fn: shown, line: 1 }] }], values: [1] }] }] }),
    ...(shown === fn ? {} : { back: pprof(shown) }),
  };
};

export default [
  named({
    name: 'string-not-ascii',
    shows: 'Names of two, three and four bytes a character.',
    follows: STRING,
    basis: SPECIFICATION,
    fn: { name: 'grüße.世界.😀', file: 'grüße.go' },
  }),
  named({
    name: 'string-control-characters',
    shows: 'NUL, line feed, quote and backslash in a name are characters like any other.',
    follows: `${STRING}; JSON escapes`,
    basis: SPECIFICATION,
    fn: { name: 'a\u0000b\nc"d\\e', file: 'x' },
  }),
  named({
    name: 'string-byte-order-mark',
    shows: 'A byte order mark at the beginning of a name belongs to it: decoders that strip it change the name.',
    follows: STRING,
    basis: SPECIFICATION,
    fn: { name: '\ufeffmain', file: 'main' },
  }),
  {
    name: 'string-not-normalized',
    shows: 'Composed and decomposed é are two names: nothing is normalized.',
    follows: STRING,
    basis: SPECIFICATION,
    pprof: {
      types: [CPU],
      samples: [{ stack: [{ lines: [{ fn: { name: 'caf\u00e9' } }, { fn: { name: 'cafe\u0301' } }] }], values: [1] }],
    },
    otlp: otlp({
      profiles: [
        {
          type: CPU,
          samples: [
            { stack: [{ lines: [{ fn: { name: 'caf\u00e9' } }, { fn: { name: 'cafe\u0301' } }] }], values: [1] },
          ],
        },
      ],
    }),
  },
  named({
    name: 'string-name-not-utf8',
    shows:
      'A name of a function that is not UTF-8 has U+FFFD for the byte that is wrong. (A lossless translator returns the byte all the same.)',
    follows: 'protobuf, string: must be UTF-8; Unicode, U+FFFD',
    basis: CHOICE,
    fn: { name: `work${NOT_UTF8}er`, file: 'x' },
    shown: { name: 'work\ufffder', file: 'x' },
  }),
  named({
    name: 'string-truncated-character',
    shows: 'A name that was cut within a character of four bytes: one U+FFFD for what is left of it.',
    follows: 'Unicode, chapter 3.9, substitution of maximal subparts; WHATWG Encoding, UTF-8 decoder',
    basis: CHOICE,
    fn: { name: 'smile\udcf0\udc9f\udc98', file: 'x' },
    shown: { name: 'smile\ufffd', file: 'x' },
  }),
  named({
    name: 'string-encoded-surrogate',
    shows: 'A surrogate encoded as three bytes, as Java writes it in modified UTF-8, is not UTF-8: three U+FFFD.',
    follows: 'Unicode, chapter 3.9, table 3-7; WHATWG Encoding, UTF-8 decoder',
    basis: CHOICE,
    fn: { name: '\udced\udca0\udc80', file: 'x' },
    shown: { name: '\ufffd\ufffd\ufffd', file: 'x' },
  }),
  {
    name: 'string-long',
    shows: 'A name of 300 characters: its length takes two bytes.',
    follows: 'protobuf encoding, length-delimited records',
    basis: SPECIFICATION,
    pprof: {
      types: [CPU],
      samples: [{ stack: [MAIN], values: [1], labels: [{ key: 'query', str: 'x'.repeat(300) }] }],
    },
    otlp: otlp({
      profiles: [{ type: CPU, samples: [{ stack: [MAIN], values: [1], attributes: { query: str('x'.repeat(300)) } }] }],
    }),
  },
];
