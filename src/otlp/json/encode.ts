import { atPath, PprofOtlpError } from '../../errors.ts';
import { Reader } from '../../wire/reader.ts';
import { isUtf8, utf8 } from '../../wire/text.ts';
import { Writer } from '../../wire/writer.ts';
import { writeBase64, writeHex } from './binary.ts';
import { doubleText, writeInt64, writeUint, writeUint64 } from './numbers.ts';
import { Path } from './path.ts';
import { MAX_VALUE_DEPTH, type Member, ROOT, type Shape } from './shapes.ts';
import { CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT } from './tokens.ts';

export interface JsonText {
  /** The document on one line, without white space. */
  json: Uint8Array;
  /** Whether the payload has fields that OTLP does not know or gives another type. JSON cannot carry them. */
  unknown: boolean;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

const TRUE = utf8('true');
const FALSE = utf8('false');

/** How each byte that cannot stand in a JSON string is written. */
const ESCAPES: (Uint8Array | undefined)[] = [];
for (let byte = 0; byte < 0x20; byte++) ESCAPES[byte] = utf8(`\\u${byte.toString(16).padStart(4, '0')}`);
for (const [character, letter] of ['\bb', '\tt', '\nn', '\ff', '\rr', '""', '\\\\']) {
  ESCAPES[character.charCodeAt(0)] = utf8(`\\${letter}`);
}

/**
 * Writes ProfilesData as compact OTLP/JSON, behind what `into` holds already.
 * Fields come in the order in which the protobuf has them first; each that is there is written, zero or not.
 * A field that stands there again counts as protobuf has it: arrays go on, messages merge, else the last one holds.
 * Throws PprofOtlpError with offset and path: `bad-input` when the payload is not protobuf or a string is not UTF-8,
 * `limit` when values are nested too deep.
 *
 * Rules: OTLP specification, "JSON Protobuf Encoding"; proto3, "JSON Mapping".
 */
export function encodeJson(payload: Uint8Array, into = new Writer(2 * payload.length)): JsonText {
  const start = into.pos;
  const encoder = new JsonEncoder(new Reader(payload), into);
  try {
    encoder.message(ROOT, 0, payload.length);
  } catch (error) {
    const path = encoder.path.proto();
    throw path === '' ? error : atPath(error, path);
  }
  return { json: into.finish().subarray(start), unknown: encoder.unknown };
}

class JsonEncoder {
  readonly path = new Path();
  unknown = false;
  /** How many AnyValues the writer is in. */
  private depth = 0;

  constructor(
    private readonly r: Reader,
    private readonly w: Writer,
  ) {}

  /** Writes the message between two offsets. */
  message(shape: Shape, start: number, end: number): void {
    this.open(shape);
    if (this.isGrouped(shape, start, end)) this.fields(shape, start, end);
    else this.scattered(shape, [start, end]);
    this.close(shape);
  }

  private open(shape: Shape): void {
    if (shape.name === 'AnyValue' && ++this.depth > MAX_VALUE_DEPTH) {
      const place = { stage: 'decode', offset: this.r.pos } as const;
      throw new PprofOtlpError('limit', `attribute values are nested more than ${MAX_VALUE_DEPTH} deep`, place);
    }
    this.w.byte(OPEN_OBJECT);
  }

  private close(shape: Shape): void {
    if (shape.name === 'AnyValue') this.depth--;
    this.w.byte(CLOSE_OBJECT);
  }

  /** Whether each field of a message stands there once, the items of an array side by side: then it is JSON as it is. */
  private isGrouped(shape: Shape, start: number, end: number): boolean {
    const { r } = this;
    r.pos = start;
    r.end = end;
    let last: Member | undefined;
    let seen = 0;
    while (r.pos < end) {
      const tag = r.tag();
      r.skip(tag);
      const member = shape.byTag(tag);
      if (member === undefined || (member === last && member.repeated)) continue;
      // The members of a oneof exclude each other: they share the bit that no field number has.
      const bit = member.oneof ? 1 : 1 << member.number;
      if (seen & bit) return false;
      seen |= bit;
      last = member;
    }
    return true;
  }

  private fields(shape: Shape, start: number, end: number): void {
    const { r } = this;
    r.pos = start;
    r.end = end;
    let open: Member | undefined;
    while (r.pos < end) {
      const tag = r.tag();
      const member = shape.byTag(tag);
      if (member === undefined) {
        this.unknown = true;
        r.skip(tag);
        continue;
      }
      if (member !== open) {
        if (open !== undefined) this.leave(open);
        this.enter(member);
        open = member;
      }
      this.occurrence(member, tag);
    }
    if (open !== undefined) this.leave(open);
  }

  /** Writes the fields of a message whose parts lie between `ranges`, pairs of offsets, in any order. */
  private scattered(shape: Shape, ranges: readonly number[]): void {
    const { r } = this;
    for (const [member, places] of this.placesOf(shape, ranges)) {
      this.enter(member);
      if (member.kind === 'message' && !member.repeated) {
        this.open(member.shape);
        this.scattered(
          member.shape,
          places.flatMap((place) => this.contentOf(place)),
        );
        this.close(member.shape);
      } else {
        for (const { start, end } of member.repeated ? places : places.slice(-1)) {
          r.pos = start;
          r.end = end;
          this.occurrence(member, r.tag());
        }
      }
      this.leave(member);
    }
  }

  /** Where the fields of a message stand, the tag included, in the order of their first occurrence. */
  private placesOf(shape: Shape, ranges: readonly number[]): Map<Member, Place[]> {
    const { r } = this;
    const found = new Map<Member, Place[]>();
    for (let i = 0; i < ranges.length; i += 2) {
      r.pos = ranges[i];
      r.end = ranges[i + 1];
      while (r.pos < r.end) {
        const start = r.pos;
        const tag = r.tag();
        r.skip(tag);
        const member = shape.byTag(tag);
        if (member === undefined) {
          this.unknown = true;
          continue;
        }
        // The last member of a oneof holds, and the others are gone.
        if (member.oneof) for (const other of shape.members) if (other.oneof && other !== member) found.delete(other);
        const places = found.get(member);
        if (places === undefined) found.set(member, [{ start, end: r.pos }]);
        else places.push({ start, end: r.pos });
      }
    }
    return found;
  }

  /** The offsets between which the content of a LEN field lies. */
  private contentOf({ start, end }: Place): [number, number] {
    const { r } = this;
    r.pos = start;
    r.end = end;
    r.tag();
    r.limit();
    return [r.pos, end];
  }

  private enter(member: Member): void {
    this.separate();
    this.w.bytes(member.start);
    this.path.enter(member);
  }

  private leave(member: Member): void {
    if (member.repeated) this.w.byte(CLOSE_ARRAY);
    this.path.leave();
  }

  /** A comma, unless a bracket was opened just before. */
  private separate(): void {
    const { w } = this;
    const before = w.buf[w.pos - 1];
    if (before !== OPEN_OBJECT && before !== OPEN_ARRAY) w.byte(COMMA);
  }

  /** Writes what stands behind one tag: a value, an item of an array or packed items. */
  private occurrence(member: Member, tag: number): void {
    const { r } = this;
    if (!member.repeated) this.value(member);
    else if (tag !== member.packedTag) this.item(member);
    else {
      const end = r.limit();
      const outer = r.end;
      r.end = end;
      while (r.pos < end) this.item(member);
      r.end = outer;
    }
  }

  private item(member: Member): void {
    this.separate();
    this.path.next();
    this.value(member);
  }

  private value(member: Member): void {
    const { r, w } = this;
    switch (member.kind) {
      case 'message': {
        const end = r.limit();
        const outer = r.end;
        this.message(member.shape, r.pos, end);
        r.pos = end;
        r.end = outer;
        return;
      }
      case 'string':
      case 'bytes': {
        const end = r.limit();
        w.byte(QUOTE);
        if (member.kind === 'string') this.text(end);
        else if (member.hex) writeHex(w, r.buf, r.pos, end);
        else writeBase64(w, r.buf, r.pos, end);
        w.byte(QUOTE);
        r.pos = end;
        return;
      }
      case 'double':
        r.fixed64();
        w.bytes(utf8(doubleText(r.lo, r.hi)));
        return;
      case 'fixed64':
        r.fixed64();
        w.byte(QUOTE);
        writeUint64(w, r.lo, r.hi);
        w.byte(QUOTE);
        return;
      default:
        r.varint();
        this.varint(member.kind);
    }
  }

  /** Writes the varint read last. Those of 32 bits are cut to them, as protobuf does. */
  private varint(kind: Member['kind']): void {
    const { r, w } = this;
    switch (kind) {
      case 'bool':
        w.bytes(r.lo === 0 && r.hi === 0 ? FALSE : TRUE);
        return;
      case 'int32':
        writeInt64(w, r.lo, r.lo >> 31);
        return;
      case 'uint32':
        writeUint(w, r.lo >>> 0);
        return;
      default:
        w.byte(QUOTE);
        if (kind === 'int64') writeInt64(w, r.lo, r.hi);
        else writeUint64(w, r.lo, r.hi);
        w.byte(QUOTE);
    }
  }

  /** Writes the string up to `end`, in runs between what must be escaped. */
  private text(end: number): void {
    const { r, w } = this;
    const { buf } = r;
    let run = r.pos;
    let bits = 0;
    for (let i = run; i < end; i++) {
      const byte = buf[i];
      bits |= byte;
      if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) continue;
      w.bytes(buf, run, i);
      w.bytes(ESCAPES[byte] as Uint8Array);
      run = i + 1;
    }
    if (bits >= 0x80 && !isUtf8(buf, r.pos, end)) throw r.fail('a string is not UTF-8, and JSON has no other');
    w.bytes(buf, run, end);
  }
}

/** A field with its tag. */
interface Place {
  start: number;
  end: number;
}
