import { wireTypeOf } from '../otlp/schema.ts';
import { FIXED32, FIXED64, LEN, Reader, START_GROUP, VARINT } from '../wire/reader.ts';
import { decodeText, isUtf8 } from '../wire/text.ts';
import { DUMP_SCHEMAS, type DumpField, type DumpSchema } from './dumpSchema.ts';
import { hex } from './hex.ts';
import { References } from './references.ts';
import type { ProfileFormat } from './summary.ts';

/** Deeper than any producer nests attribute values. */
const MAX_DEPTH = 100;
/** Bytes that are shown of an opaque field. */
const SHOWN_BYTES = 64;

/**
 * The whole content as text, line by line in file order: the wire as `protoc --decode` shows it, with what each index
 * or id leads to in a comment, and the place of each table entry. Damaged input is shown as far as it goes.
 *
 * @param bytes uncompressed pprof or OTLP
 * @throws PprofOtlpError `bad-input` where the wire breaks, after the lines before it
 */
export function* dump(bytes: Uint8Array, format: ProfileFormat): Generator<string, void, undefined> {
  const schema = DUMP_SCHEMAS[format];
  yield* new Dumper(schema, new References(bytes, schema)).message(new Reader(bytes), schema.root, 0);
}

class Dumper {
  constructor(
    private readonly schema: DumpSchema,
    private readonly references: References,
  ) {}

  *message(r: Reader, name: string, depth: number): Generator<string, void, undefined> {
    const fields = this.schema.messages[name] ?? [];
    const margin = '  '.repeat(depth);
    const seen: number[] = [];
    while (r.pos < r.end) {
      const at = r.pos;
      const tag = r.tag();
      const number = tag >>> 3;
      const wireType = tag & 7;
      const field = fields[number];
      seen[number] = (seen[number] ?? -1) + 1;
      if (wireType !== LEN) {
        yield `${margin}${this.scalar(r, tag, field)}`;
        continue;
      }
      const end = r.limit();
      const content = new Reader(r.buf, r.pos, end);
      r.pos = end;
      if (field?.message !== undefined) {
        const place = field.repeated ? `[${seen[number]}] ` : '';
        yield `${margin}${field.name} {  # ${place}@${at}`;
        if (depth === MAX_DEPTH) yield `${margin}  # nested deeper`;
        else yield* this.message(content, field.message, depth + 1);
        yield `${margin}}`;
      } else if (field !== undefined && wireTypeOf(field) !== LEN) {
        for (; content.pos < end; ) yield `${margin}${this.scalar(content, (number << 3) | wireTypeOf(field), field)}`;
      } else {
        const place = field?.repeated ? `  # [${seen[number]}]` : '';
        yield `${margin}${field?.name ?? number}: ${textOf(content, field)}${place}`;
      }
    }
  }

  /** One number, whatever its wire type says it is; a field of another type than its own is shown by its number. */
  private scalar(r: Reader, tag: number, field: DumpField | undefined): string {
    const wireType = tag & 7;
    const known = field !== undefined && wireTypeOf(field) === wireType ? field : undefined;
    const name = known?.name ?? tag >>> 3;
    if (wireType === START_GROUP) {
      const at = r.pos;
      r.skip(tag);
      return `${name}: <group of ${r.pos - at} bytes>`;
    }
    if (wireType === VARINT) r.varint();
    else if (wireType === FIXED64) r.fixed64();
    else {
      const at = r.pos;
      r.skip(tag);
      // A fixed32, which neither format has; anything else did not pass.
      return wireType === FIXED32 ? `${name}: 0x${hex(r.buf.subarray(at, r.pos).slice().reverse())}` : `${name}`;
    }
    const value = (BigInt(r.hi >>> 0) << 32n) | BigInt(r.lo >>> 0);
    if (known === undefined) return `${name}: ${wireType === FIXED64 ? `0x${value.toString(16)}` : value}`;
    const leadsTo = known.table === undefined ? '' : this.references.describe(known.table, value);
    return `${name}: ${numberText(value, known)}${leadsTo === '' ? '' : `  # ${leadsTo}`}`;
  }
}

function numberText(value: bigint, { kind }: DumpField): string {
  switch (kind) {
    case 'bool':
      return value === 0n ? 'false' : 'true';
    case 'double': {
      const bits = new DataView(new ArrayBuffer(8));
      bits.setBigUint64(0, value);
      return `${bits.getFloat64(0)}`;
    }
    case 'int32':
    case 'int64':
      return `${BigInt.asIntN(64, value)}`;
    default:
      return `${value}`;
  }
}

function textOf(r: Reader, field: DumpField | undefined): string {
  const bytes = r.buf.subarray(r.pos, r.end);
  if (field?.hex) return `${JSON.stringify(hex(bytes))}`;
  if (field?.kind === 'string') return quoted(bytes);
  const more = bytes.length > SHOWN_BYTES ? '…' : '';
  return `<${bytes.length} bytes${bytes.length === 0 ? '' : ` ${hex(bytes.subarray(0, SHOWN_BYTES))}${more}`}>`;
}

/** A string as JSON quotes it; one that is not UTF-8 with the bytes beside. */
export function quoted(bytes: Uint8Array): string {
  const text = JSON.stringify(decodeText(bytes));
  return isUtf8(bytes) ? text : `${text}  # not UTF-8: ${hex(bytes.subarray(0, SHOWN_BYTES))}`;
}
