import { atPath, PprofOtlpError } from '../../errors.ts';
import { varintSize } from '../../wire/reader.ts';
import { decodeText, isUtf8 } from '../../wire/text.ts';
import { Writer } from '../../wire/writer.ts';
import type { ScalarKind } from '../schema.ts';
import { isHex, writeFromBase64, writeFromHex } from './binary.ts';
import { Integer, writeDoubleBits } from './numbers.ts';
import { Path } from './path.ts';
import { MAX_VALUE_DEPTH, MEMBER_COUNT, type Member, ROOT, type Shape } from './shapes.ts';
import { CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT, Tokens } from './tokens.ts';

export interface JsonDocument {
  /** ProfilesData in protobuf. */
  payload: Uint8Array;
  /** Fields that OTLP does not have, each once: `resourceProfiles[].scopeProfiles[].profiles[].foo`. Twenty at most. */
  unknown: string[];
  /** Offset behind the document and the white space that follows it. */
  end: number;
}

const MAX_UNKNOWN = 20;
const MAX_UNKNOWN_NAME = 60;

/** The messages that hold nearly all of a payload. The length of the first one is guessed, so that it need not move. */
const LARGE = new Set(['ResourceProfiles', 'ScopeProfiles', 'Profile', 'ProfilesDictionary']);

/**
 * Reads one OTLP/JSON document, ProfilesData or ExportProfilesServiceRequest, from UTF-8 bytes into protobuf.
 * What the JSON says is explicit in the protobuf too, in the order of the JSON: zeros, empty messages, empty arrays of
 * numbers; so `encodeJson` gives it back. Numbers of an array stand packed. Unknown fields are stepped over.
 *
 * `start` and `end` bound the text. With `more`, other documents may follow; the result says where this one ended.
 * Throws PprofOtlpError with offset and path: `bad-input` when the text is not JSON or not OTLP, `limit` when values
 * are nested too deep.
 *
 * Rules: OTLP specification, "JSON Protobuf Encoding"; proto3, "JSON Mapping"; RFC 8259.
 */
export function decodeJson(text: Uint8Array, start = 0, end = text.length, { more = false } = {}): JsonDocument {
  const decoder = new JsonDecoder(text, start, end);
  try {
    return decoder.document(more);
  } catch (error) {
    const path = decoder.path.proto();
    throw path === '' ? error : atPath(error, path);
  }
}

class JsonDecoder {
  readonly path = new Path();
  private readonly t: Tokens;
  private readonly w: Writer;
  private readonly integer = new Integer();
  private readonly unknown = new Set<string>();
  /** How many bytes the length of each field took last: what it will take next, mostly. */
  private readonly widths = new Uint8Array(MEMBER_COUNT).fill(1);
  /** How many AnyValues the reader is in. */
  private depth = 0;

  constructor(text: Uint8Array, start: number, end: number) {
    this.t = new Tokens(text, start, end);
    // Protobuf takes a third of the JSON or less.
    this.w = new Writer((end - start) >>> 2);
    const outer = varintSize((end - start) >>> 2);
    this.presetWidths(ROOT, outer);
  }

  private presetWidths(shape: Shape, width: number): void {
    for (const member of shape.members) {
      if (member.kind !== 'message' || !LARGE.has(member.shape.name)) continue;
      this.widths[member.id] = width;
      this.presetWidths(member.shape, width);
    }
  }

  document(more: boolean): JsonDocument {
    const { t } = this;
    t.skipBom();
    this.object(ROOT);
    if (!more) t.expectEnd();
    t.peek();
    return { payload: this.w.finish(), unknown: [...this.unknown], end: t.pos };
  }

  private object(shape: Shape): void {
    const { t } = this;
    const isValue = shape.name === 'AnyValue';
    if (isValue && ++this.depth > MAX_VALUE_DEPTH) {
      const place = { stage: 'decode', offset: t.pos } as const;
      throw new PprofOtlpError('limit', `attribute values are nested more than ${MAX_VALUE_DEPTH} deep`, place);
    }
    if (t.open(OPEN_OBJECT, shape.name)) {
      // A bit for each field number; no field has number 0, so that bit is for the oneof.
      let seen = 0;
      do {
        t.key();
        const member = shape.byName(t.bytes, t.start, t.end);
        if (member === undefined) {
          this.stepOver();
          continue;
        }
        this.path.enter(member);
        if (seen & (1 << member.number)) throw t.fail('is there twice', t.at);
        seen |= 1 << member.number;
        // Null is the same as no field.
        if (!t.tryNull()) {
          if (member.oneof && seen & 1) throw t.fail(`is set, but ${shape.name} has another value already`, t.at);
          if (member.oneof) seen |= 1;
          this.field(member);
        }
        this.path.leave();
      } while (t.more(CLOSE_OBJECT));
    }
    if (isValue) this.depth--;
  }

  private stepOver(): void {
    const { t, unknown } = this;
    if (unknown.size < MAX_UNKNOWN) {
      const name = decodeText(t.bytes.subarray(t.start, Math.min(t.end, t.start + MAX_UNKNOWN_NAME)));
      const path = this.path.json();
      unknown.add(path === '' ? name : `${path}.${name}`);
    }
    t.skip();
  }

  private field(member: Member): void {
    const { w } = this;
    if (member.packedTag !== 0) {
      w.uint32(member.packedTag);
      this.delimited(member, this.items);
    } else if (member.repeated) this.items(member);
    else {
      w.uint32(member.tag);
      this.value(member);
    }
  }

  /** Writes what `content` writes, with its length before it. */
  private delimited(member: Member, content: (member: Member) => void): void {
    const { w, widths } = this;
    const width = widths[member.id];
    const start = w.open(width);
    content.call(this, member);
    widths[member.id] = w.close(start, width);
  }

  private items(member: Member): void {
    const { t, w, path } = this;
    if (!t.open(OPEN_ARRAY, member.json)) return;
    do {
      path.next();
      if (t.tryNull()) throw t.fail('is null, which no item of an array can be', t.at);
      if (member.packedTag === 0) w.uint32(member.tag);
      this.value(member);
    } while (t.more(CLOSE_ARRAY));
  }

  private value(member: Member): void {
    const { kind } = member;
    switch (kind) {
      case 'message':
        this.delimited(member, this.message);
        return;
      case 'string':
        this.string();
        return;
      case 'bytes':
        this.delimited(member, this.bytes);
        return;
      case 'bool':
        this.w.byte(this.t.boolean('bool takes true or false') ? 1 : 0);
        return;
      case 'double':
        this.double();
        return;
      default:
        this.wholeNumber(kind);
    }
  }

  private message(member: Member): void {
    this.object(member.shape);
  }

  private string(): void {
    const { t, w } = this;
    if (!t.tryString()) throw t.misfit('string takes text');
    const { bytes, start, end } = t;
    if (!t.ascii && !isUtf8(bytes, start, end)) {
      throw t.fail('is no valid text: some of it is not UTF-8 or half a surrogate pair', t.at);
    }
    w.uint32(end - start);
    w.bytes(bytes, start, end);
  }

  private bytes({ name, hex }: Member): void {
    const { t, w } = this;
    const takes = !hex ? 'bytes takes base64' : `${name} takes hex digits${name === 'profile_id' ? ' or base64' : ''}`;
    if (!t.tryString()) throw t.misfit(takes);
    const { bytes, start, end } = t;
    if (hex && !(name === 'profile_id' && isBase64Id(bytes, start, end))) {
      if (!isHex(bytes, start, end)) throw t.fail(`is ${t.shown()}, but ${takes}`, t.at);
      writeFromHex(w, bytes, start, end);
    } else if (!writeFromBase64(w, bytes, start, end)) throw t.fail(`is ${t.shown()}, but ${takes}`, t.at);
  }

  private double(): void {
    const { t, w } = this;
    t.number('double takes a number, "NaN", "Infinity" or "-Infinity"', NOT_FINITE);
    const text = t.content();
    const value = Number(text);
    if (!Number.isFinite(value) && !NOT_FINITE.has(text))
      throw t.fail(`is ${t.shown()}, which no double can hold`, t.at);
    writeDoubleBits(w, value);
  }

  private wholeNumber(kind: ScalarKind): void {
    const { t, w, integer } = this;
    const small = t.smallNumber();
    if (small >= 0) {
      if (kind === 'fixed64') w.fixed64(small, 0);
      else w.uint32(small);
      return;
    }
    t.number(`${kind} takes a whole number`);
    const found = integer.read(t.bytes, t.start, t.end);
    if (found === 'fraction') throw t.fail(`is ${t.shown()}, but ${kind} takes whole numbers only`, t.at);
    if (found === 'huge' || !holds(kind, integer)) throw t.fail(`is ${t.shown()}, which no ${kind} can hold`, t.at);
    const { negative } = integer;
    const lo = negative ? -integer.lo | 0 : integer.lo;
    const hi = negative ? (integer.lo === 0 ? -integer.hi | 0 : ~integer.hi) : integer.hi;
    if (kind === 'fixed64') w.fixed64(lo, hi);
    else w.varint(lo, hi);
  }
}

const NOT_FINITE = new Set(['NaN', 'Infinity', '-Infinity']);

/** The 16 bytes of a profile_id in base64, with padding or without. What is hex is taken as hex. */
function isBase64Id(buf: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  return length === 24 ? buf[end - 2] === 0x3d /* = */ : length === 22 && !isHex(buf, start, end);
}

/** Whether a number of this kind can be the integer, which has 64 bits of magnitude. */
function holds(kind: ScalarKind, { negative, lo, hi }: Integer): boolean {
  switch (kind) {
    case 'int32':
      return hi === 0 && lo >>> 0 <= (negative ? 0x80000000 : 0x7fffffff);
    case 'int64':
      return hi >= 0 || (negative && hi === -0x80000000 && lo === 0);
    default:
      return (!negative || (lo === 0 && hi === 0)) && (kind !== 'uint32' || hi === 0);
  }
}
