import type { Int32Column } from '../../wire/columns.ts';
import { RowInterner } from '../../wire/rows.ts';
import { isPackable, MESSAGES, SCHEMA, wireTypeOf } from '../schema.ts';

/**
 * The shape of a message: the sequence of its records on the wire, as far as its content does not tell it.
 * A shape is a row of numbers: an element `field << 3 | form`, behind some of them an operand.
 */

/** Forms of an element that stands for a field. Those marked * come with an operand, the number of values. */
export const FORM = {
  /** All values that are left, a record each. A piece of a message that may stand only once is a record too. */
  all: 0,
  /** So many values, a record each. * */
  some: 1,
  /** One packed record with all values that are left. */
  packed: 2,
  /** One packed record with so many values. * */
  packedSome: 3,
  /** All values that are left, in the packed record that the element before began; the width of values changed. */
  more: 4,
  /** So many values, likewise. * */
  moreSome: 5,
  /** A zero, an empty text or an empty packed record, written though it says nothing. */
  zero: 6,
  /** The next of the raw records stands for the value: a `true` that is not written as 1. */
  replaced: 7,
} as const;

/** Elements that stand for no field. */
export const ELEMENT = {
  /** The next of the raw records: what the schema does not know or what a later record overrides. */
  raw: 0,
  /** The rest belongs to the next piece of this message: its field occurs several times. */
  piece: 1,
  /** The least width in bytes, given by the operand, of tags, lengths or varint values from here on; 1 at first. */
  tagWidth: 2,
  lengthWidth: 3,
  valueWidth: 4,
} as const;

/** Least widths of tag, length and value, 4 bits each, as a shape begins. */
export const NARROW = 0x111;

export function hasOperand(code: number): boolean {
  return code < 8 ? code > ELEMENT.piece : (code & 1) === 1 && (code & 7) < FORM.zero;
}

/** What counts of a field on the wire: its wire type in the low three bits, and these. 0: there is no such field. */
export const KNOWN = 8;
export const REPEATED = 16;
export const PACKABLE = 32;
export const ONEOF = 64;
export const MESSAGE = 128;
export const BOOL = 256;
export const WIRE_TYPE = 7;

/** Messages go by their index in MESSAGES, fields by a slot; every known number is below 16. */
export const slotOf = (message: number, field: number): number => (message << 4) | field;
export const TRAITS = new Int32Array(MESSAGES.length << 4);
/** The message that a field holds. */
export const CHILD = new Int32Array(MESSAGES.length << 4);
/** Whether a message holds no messages. */
export const IS_LEAF = MESSAGES.map((name) => SCHEMA[name].every((field) => field?.message === undefined));
export const ANY_VALUE = MESSAGES.indexOf('AnyValue');

MESSAGES.forEach((name, message) => {
  for (const field of SCHEMA[name]) {
    if (field === undefined) continue;
    const slot = slotOf(message, field.number);
    TRAITS[slot] =
      wireTypeOf(field) |
      KNOWN |
      (field.repeated ? REPEATED : 0) |
      (isPackable(field) ? PACKABLE : 0) |
      (field.oneof ? ONEOF : 0) |
      (field.kind === 'bool' ? BOOL : 0);
    if (field.message === undefined) continue;
    TRAITS[slot] |= MESSAGE;
    CHILD[slot] = MESSAGES.indexOf(field.message);
  }
});

/** A key says which fields a canonical message has: bit `field`, and bit `field + 11` for a packed one of several values. */
export const FIELDS_OF_KEY = 0xffe;
const LAST_FIELD = 11;
export const severalBit = (field: number): number => 1 << (field + LAST_FIELD);
const KEY_BITS = 23;

/** A longer shape is an accident of one message, not a habit to predict others from. */
const LONGEST_HABIT = 64;

/**
 * Predicts the shape of each message from those before. Both directions do this alike, so that only surprises are stored.
 * Shapes go by their index here, equal ones by the same.
 */
export class Shapes {
  private readonly interner = new RowInterner();
  /** The last shape that went with a message and a key. */
  private readonly known = new Map<number, number>();
  /** The last key and shape of each message. */
  private readonly lastKey = new Int32Array(MESSAGES.length).fill(-1);
  private readonly last = new Int32Array(MESSAGES.length).fill(-1);
  /** The shape that canonical form has, by message and key; the last of each message apart, as it is asked for again and again. */
  private readonly plain = new Map<number, number>();
  private readonly plainKey = new Int32Array(MESSAGES.length).fill(-1);
  private readonly lastPlain = new Int32Array(MESSAGES.length).fill(-1);
  /** Whether fields descended in the last new shape that shows it. */
  private descending = false;

  intern(row: Int32Column): number {
    return this.interner.intern(row.array, 0, row.length);
  }

  /** The shape that canonical form gives a message with this key. */
  canonical(message: number, key: number): number {
    if (this.plainKey[message] === key) return this.lastPlain[message];
    const place = (message << KEY_BITS) | key;
    let shape = this.plain.get(place);
    if (shape === undefined) {
      const row: number[] = [];
      for (let field = 1; field <= LAST_FIELD; field++)
        if ((key & (1 << field)) !== 0) row.push(plainElement(message, field));
      shape = this.interner.intern(row);
      this.plain.set(place, shape);
    }
    this.plainKey[message] = key;
    this.lastPlain[message] = shape;
    return shape;
  }

  equals(shape: number, row: Int32Column): boolean {
    const { values } = this;
    const start = this.start(shape);
    if (this.end(shape) - start !== row.length) return false;
    for (let i = 0; i < row.length; i++) if (values[start + i] !== row.array[i]) return false;
    return true;
  }

  /** The numbers of a shape are `values` from `start` to `end`. */
  get values(): Int32Array {
    return this.interner.rows.values.array;
  }

  start(shape: number): number {
    return this.interner.rows.start(shape);
  }

  end(shape: number): number {
    return this.interner.rows.end(shape);
  }

  predict(message: number, key: number): number {
    if (this.lastKey[message] === key) return this.last[message];
    return this.known.get((message << KEY_BITS) | key) ?? this.derive(message, key);
  }

  /** The message with this key had this shape. */
  learn(message: number, key: number, shape: number): void {
    if (this.lastKey[message] === key && this.last[message] === shape) return;
    this.lastKey[message] = key;
    this.last[message] = shape;
    const place = (message << KEY_BITS) | key;
    if (this.known.get(place) === shape) return;
    this.known.set(place, shape);
    this.descending = this.direction(shape, this.descending);
  }

  /** The last shape of this message, without the fields that are absent and with those that are new, in order. */
  private derive(message: number, key: number): number {
    const row: number[] = [];
    const habit = this.last[message];
    let missing = key & FIELDS_OF_KEY;
    let { descending } = this;
    if (habit >= 0 && this.end(habit) - this.start(habit) <= LONGEST_HABIT) {
      descending = this.direction(habit, descending);
      const { values } = this;
      for (let at = this.start(habit); at < this.end(habit); at++) {
        const code = values[at];
        const bit = 1 << (code >> 3);
        if ((missing & bit) !== 0 && code > 7) {
          const form = code & 7;
          row.push(form === FORM.all || form === FORM.packed ? code : plainElement(message, code >> 3));
          missing &= ~bit;
        } else if (code === ELEMENT.raw || (code > 7 && (code & 7) === FORM.zero && (key & bit) === 0)) row.push(code);
        else if (code < 8 && hasOperand(code)) row.push(code, values[at + 1]);
        if (hasOperand(code)) at++;
      }
    }
    for (let field = 1; field <= LAST_FIELD; field++) {
      if ((missing & (1 << field)) !== 0) insert(row, plainElement(message, field), descending);
    }
    return this.interner.intern(row);
  }

  private direction(shape: number, otherwise: boolean): boolean {
    let first = 0;
    let last = 0;
    for (let at = this.start(shape); at < this.end(shape); at++) {
      const code = this.values[at];
      if (code > 7) {
        last = code >> 3;
        first ||= last;
      }
      if (hasOperand(code)) at++;
    }
    return first === last ? otherwise : first > last;
  }
}

/** How canonical form writes a field. */
function plainElement(message: number, field: number): number {
  return (field << 3) | (TRAITS[slotOf(message, field)] & PACKABLE ? FORM.packed : FORM.all);
}

function insert(row: number[], code: number, descending: boolean): void {
  let at = 0;
  while (at < row.length) {
    const other = row[at];
    if (other > 7 && (descending ? other < code : other > code)) break;
    at += hasOperand(other) ? 2 : 1;
  }
  row.splice(at, 0, code);
}
