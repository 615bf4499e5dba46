// OTLP/JSON and protobuf of the same random payload, each written here on its own, lead to one another.

import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { PprofOtlpError } from '../../src/index.ts';
import { decodeJson } from '../../src/otlp/json/decode.ts';
import { encodeJson } from '../../src/otlp/json/encode.ts';
import { type Field, isPackable, type MessageName, SCHEMA, wireTypeOf } from '../../src/otlp/schema.ts';
import { expectSameBytes } from '../support/bytes.ts';
import { mutate, mutations } from '../support/mutations.ts';
import { decodeOtlp } from '../support/oracle.ts';
import { unruly, writeOtlp } from '../support/otlpWire.ts';
import { Random } from '../support/random.ts';
import { patience, runsOf } from '../support/runs.ts';

/** One thing in three forms. */
interface Trio {
  /** As the encoder is to write it. */
  json: string;
  /** Other JSON for the same. */
  loose: string;
  /** In protobuf: of a message or field the whole, of a value what follows the tag. */
  wire: Uint8Array;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function wireOf(write: (w: protobuf.Writer) => void): Uint8Array {
  const w = protobuf.Writer.create();
  write(w);
  return new Uint8Array(w.finish());
}

const varint = (value: bigint): Uint8Array => wireOf((w) => w.int64(BigInt.asIntN(64, value).toString()));
const delimited = (bytes: Uint8Array): Uint8Array => wireOf((w) => w.bytes(bytes));

const escapeAll = (text: string): string =>
  [...Array(text.length).keys()].map((i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');

/** A whole number in the ways in which JSON may say it. */
function wholeNumber(
  min: bigint,
  max: bigint,
  wire: (value: bigint) => Uint8Array,
  quoted: boolean,
): fc.Arbitrary<Trio> {
  const digits = fc.integer({ min: 0, max: 64 }).chain((bits) => fc.bigInt({ min: 0n, max: 1n << BigInt(bits) }));
  const any = fc.oneof(
    fc.bigInt({ min, max }),
    fc.constantFrom(min, max, 0n),
    fc.tuple(digits, fc.boolean()).map(([value, negative]) => (negative ? -value : value)),
  );
  const value = any.filter((value) => value >= min && value <= max);
  return fc.tuple(value, fc.nat(5)).map(([value, form]) => {
    const loose = [
      `${value}`,
      `"${value}"`,
      `${value}.0`,
      `"${value * 10n}e-1"`,
      `${value}E+0`,
      `"${escapeAll(`${value}`)}"`,
    ];
    return { json: quoted ? `"${value}"` : `${value}`, loose: loose[form] as string, wire: wire(value) };
  });
}

const int64Min = -(1n << 63n);
const uint64Max = (1n << 64n) - 1n;
const fixed64 = (value: bigint): Uint8Array => wireOf((w) => w.fixed64(BigInt.asIntN(64, value).toString()));

const double = fc.tuple(fc.double(), fc.boolean()).map(([value, quoted]): Trio => {
  const text = Object.is(value, -0) ? '-0' : String(value);
  const json = Number.isFinite(value) ? text : `"${text}"`;
  return { json, loose: quoted ? `"${text}"` : json, wire: wireOf((w) => w.double(value)) };
});

const text = fc
  .tuple(
    fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.string({ minLength: 120, maxLength: 140 })),
    fc.boolean(),
  )
  .map(([value, escaped]): Trio => {
    const json = JSON.stringify(value);
    return { json, loose: escaped ? `"${escapeAll(value)}"` : json, wire: delimited(utf8(value)) };
  });

const base64 = fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.nat(2)).map(([bytes, form]): Trio => {
  const buffer = Buffer.from(bytes);
  const standard = buffer.toString('base64');
  const url = standard.replaceAll('+', '-').replaceAll('/', '_');
  const loose = [buffer.toString('base64url'), standard.replaceAll('/', '\\/'), url];
  return { json: `"${standard}"`, loose: `"${loose[form]}"`, wire: delimited(bytes) };
});

function id(field: Field): fc.Arbitrary<Trio> {
  const length = field.name === 'span_id' ? 8 : 16;
  const bytes = fc.oneof(fc.uint8Array({ minLength: length, maxLength: length }), fc.uint8Array({ maxLength: 40 }));
  return fc.tuple(bytes, fc.nat(2)).map(([bytes, form]) => {
    const hex = Buffer.from(bytes).toString('hex');
    const isProfile = field.name === 'profile_id' && bytes.length === 16;
    const loose = [hex.toUpperCase(), hex, isProfile ? Buffer.from(bytes).toString('base64') : hex];
    return { json: `"${hex}"`, loose: `"${loose[form]}"`, wire: delimited(bytes) };
  });
}

function anyOf(field: Field, depth: number): fc.Arbitrary<Trio> {
  switch (field.kind) {
    case 'int32':
      return wholeNumber(-(1n << 31n), (1n << 31n) - 1n, varint, false);
    case 'uint32':
      return wholeNumber(0n, (1n << 32n) - 1n, varint, false);
    case 'int64':
      return wholeNumber(int64Min, -int64Min - 1n, varint, true);
    case 'uint64':
      return wholeNumber(0n, uint64Max, varint, true);
    case 'fixed64':
      return wholeNumber(0n, uint64Max, fixed64, true);
    case 'bool':
      return fc.boolean().map((value) => ({ json: `${value}`, loose: `${value}`, wire: Uint8Array.of(value ? 1 : 0) }));
    case 'double':
      return double;
    case 'string':
      return text;
    case 'bytes':
      return field.hex ? id(field) : base64;
    default:
      return messageOf(field.message as MessageName, depth + 1).map((trio) => ({
        ...trio,
        wire: delimited(trio.wire),
      }));
  }
}

const space = fc.constantFrom('', '', ' ', '\n', '\t\r ');

/** An array; undefined when protobuf cannot say that it is there and empty. */
function arrayOf(field: Field, depth: number): fc.Arbitrary<Trio | undefined> {
  const items = fc.array(anyOf(field, depth), { maxLength: 4 });
  const packable = isPackable(field);
  return fc.tuple(items, space).map(([items, gap]) => {
    if (items.length === 0 && !packable) return undefined;
    const wires = items.map(({ wire }) => wire);
    const tag = varint(BigInt((field.number << 3) | wireTypeOf(field)));
    const packed = [varint(BigInt((field.number << 3) | 2)), delimited(Buffer.concat(wires))];
    return {
      json: `[${items.map(({ json }) => json)}]`,
      loose: `[${gap}${items.map(({ loose }) => loose).join(`${gap},`)}${gap}]`,
      wire: Buffer.concat(packable ? packed : wires.flatMap((wire) => [tag, wire])),
    };
  });
}

function fieldOf(field: Field, depth: number): fc.Arbitrary<Trio | undefined> {
  const tag = varint(BigInt((field.number << 3) | wireTypeOf(field)));
  const value = field.repeated
    ? arrayOf(field, depth)
    : anyOf(field, depth).map((trio) => ({ ...trio, wire: Buffer.concat([tag, trio.wire]) }));
  const name = fc.constantFrom(field.json, field.name, escapeAll(field.json));
  return fc.tuple(value, name, space).map(([value, name, gap]) =>
    value === undefined
      ? undefined
      : {
          json: `"${field.json}":${value.json}`,
          loose: `${gap}"${name}"${gap}:${gap}${value.loose}`,
          wire: value.wire,
        },
  );
}

const NOTHING: Trio = { json: '{}', loose: '{ }', wire: new Uint8Array(0) };
/** Messages in messages: the schema takes nine for the least AnyValue in a list. */
const MAX_DEPTH = 11;

/** A message of any of its fields, each there or not, in any order; at most one of a oneof. */
function messageOf(message: MessageName, depth: number): fc.Arbitrary<Trio> {
  if (depth > MAX_DEPTH) return fc.constant(NOTHING);
  const all = SCHEMA[message].filter((field) => field !== undefined);
  const most = all.some(({ oneof }) => oneof) ? 1 : all.length;
  const unknown = fc.constantFrom('', '', '', '"x":[{"y":null,"z":"\\"}"}],', '"null":1e-5,');
  // Messages above a profile are there nearly always, or little would ever be below them.
  const chosen = fc.shuffledSubarray(all, { minLength: depth < 3 ? most : 0, maxLength: most });
  return fc.tuple(chosen, unknown).chain(([fields, unknown]) =>
    fc.tuple(...fields.map((field) => fieldOf(field, depth))).map((trios) => {
      const there = trios.filter((trio) => trio !== undefined);
      if (there.length === 0) return NOTHING;
      return {
        json: `{${there.map(({ json }) => json)}}`,
        loose: `{${unknown}${there.map(({ loose }) => loose)}}`,
        wire: Buffer.concat(there.map(({ wire }) => wire)),
      };
    }),
  );
}

const payload = messageOf('ProfilesData', 0);

describe('OTLP/JSON', () => {
  test(
    'is written of protobuf, and read back to the same bytes',
    () => {
      fc.assert(
        fc.property(payload, ({ json, wire }) => {
          const written = encodeJson(wire);
          expect(Buffer.from(written.json).toString()).toBe(json);
          expect(written.unknown).toBe(false);
          expectSameBytes(decodeJson(written.json).payload, wire);
          JSON.parse(json);
        }),
        runsOf(),
      );
    },
    patience,
  );

  test(
    'is read in any other form',
    () => {
      fc.assert(
        fc.property(payload, ({ loose, wire }) => {
          expectSameBytes(decodeJson(utf8(loose)).payload, wire);
          JSON.parse(loose);
        }),
        runsOf(),
      );
    },
    patience,
  );

  test(
    'says what the protobuf says, however that is laid out',
    () => {
      fc.assert(
        fc.property(payload, fc.nat(), ({ wire }, seed) => {
          const messy = writeOtlp(decodeOtlp(wire), unruly(new Random(seed)));
          const { json, unknown } = encodeJson(messy);
          expect(unknown).toBe(false);
          expect(decodeOtlp(decodeJson(json).payload)).toEqual(decodeOtlp(messy));
        }),
        runsOf(0.5),
      );
    },
    patience,
  );

  test(
    'merges what protobuf merges',
    () => {
      fc.assert(
        fc.property(payload, payload, (first, second) => {
          const both = Buffer.concat([first.wire, second.wire]);
          expect(decodeOtlp(decodeJson(encodeJson(both).json).payload)).toEqual(decodeOtlp(both));
        }),
        runsOf(0.5),
      );
    },
    patience,
  );
});

describe('what is broken is refused or read, nothing else', () => {
  function attempt(call: () => unknown): void {
    try {
      call();
    } catch (error) {
      if (!(error instanceof PprofOtlpError)) throw error;
      expect(['bad-input', 'limit']).toContain(error.code);
      expect(error.offset).toBeDefined();
    }
  }

  /** JSON.parse takes bytes that are not UTF-8 as U+FFFD; nothing else that it refuses may pass. */
  function expectJson(text: Uint8Array): void {
    expect(() => JSON.parse(new TextDecoder().decode(text))).not.toThrow();
  }

  test(
    'mutated JSON',
    () => {
      fc.assert(
        fc.property(payload, mutations, fc.boolean(), ({ json, loose }, changes, other) => {
          const text = mutate(utf8(other ? loose : json), changes);
          attempt(() => {
            encodeJson(decodeJson(text).payload);
            expectJson(text);
          });
        }),
        runsOf(),
      );
    },
    patience,
  );

  test(
    'JSON with a character more or less',
    () => {
      const character = fc.constantFrom(...'{}[]:,"\\-+.eE0123456789utfnls \n\0é', '');
      fc.assert(
        fc.property(payload, character, fc.nat(), fc.boolean(), ({ json, loose }, character, place, other) => {
          const text = other ? loose : json;
          const at = place % text.length;
          const changed = utf8(text.slice(0, at) + character + text.slice(at + (place % 2)));
          attempt(() => {
            encodeJson(decodeJson(changed).payload);
            expectJson(changed);
          });
        }),
        runsOf(2),
      );
    },
    patience,
  );

  test(
    'mutated protobuf',
    () => {
      fc.assert(
        fc.property(payload, mutations, ({ wire }, changes) => {
          attempt(() => {
            const { json } = encodeJson(mutate(wire, changes));
            expectJson(json);
            const { payload } = decodeJson(json);
            expectSameBytes(decodeJson(encodeJson(payload).json).payload, payload);
          });
        }),
        runsOf(),
      );
    },
    patience,
  );
});
