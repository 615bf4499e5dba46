import { LEN } from '../../wire/reader.ts';
import { utf8 } from '../../wire/text.ts';
import { type Field, isPackable, MESSAGES, type MessageName, SCHEMA, wireTypeOf } from '../schema.ts';

/** A field of a message with what the transcoder needs of it at hand. */
export interface Member extends Field {
  /** Counts all fields of all messages, from 0. */
  id: number;
  /** The tag of one value. */
  tag: number;
  /** The tag of packed values; 0 when the field has none. */
  packedTag: number;
  /** What stands before the value in JSON: `"period":`, for arrays with the bracket. */
  start: Uint8Array;
  /** The message that the field holds. Only fields of kind `message` have one. */
  shape: Shape;
}

interface Name {
  bytes: Uint8Array;
  member: Member;
}

/** A message of the schema, its fields found by tag or by JSON name. */
export class Shape {
  readonly members: Member[] = [];
  private readonly byNumber: (Member | undefined)[] = [];
  /** Few names of a message are of one length, so that a key is compared once or twice. */
  private readonly byLength: (Name[] | undefined)[] = [];

  constructor(readonly name: MessageName) {}

  add(member: Member): void {
    this.members.push(member);
    this.byNumber[member.number] = member;
    for (const name of new Set([member.json, member.name])) {
      const bytes = utf8(name);
      this.byLength[bytes.length] ??= [];
      this.byLength[bytes.length]?.push({ bytes, member });
    }
  }

  /** The field of this tag; undefined also for a known number with another wire type. */
  byTag(tag: number): Member | undefined {
    const member = this.byNumber[tag >>> 3];
    return member !== undefined && (tag === member.tag || tag === member.packedTag) ? member : undefined;
  }

  /** The field with this lowerCamelCase or original name. */
  byName(buf: Uint8Array, start: number, end: number): Member | undefined {
    const names = this.byLength[end - start];
    if (names === undefined) return undefined;
    for (const { bytes, member } of names) {
      let i = 0;
      while (i < bytes.length && bytes[i] === buf[start + i]) i++;
      if (i === bytes.length) return member;
    }
    return undefined;
  }
}

const SHAPES = Object.fromEntries(MESSAGES.map((name) => [name, new Shape(name)])) as Record<MessageName, Shape>;

let count = 0;
for (const name of MESSAGES) {
  for (const field of SCHEMA[name]) {
    if (field === undefined) continue;
    SHAPES[name].add({
      ...field,
      id: count++,
      tag: (field.number << 3) | wireTypeOf(field),
      packedTag: isPackable(field) ? (field.number << 3) | LEN : 0,
      start: utf8(`"${field.json}":${field.repeated ? '[' : ''}`),
      shape: SHAPES[field.message ?? 'ProfilesData'],
    });
  }
}

/** The message of a document; ExportProfilesServiceRequest has the same fields. */
export const ROOT = SHAPES.ProfilesData;

/** How many fields all messages have together. */
export const MEMBER_COUNT = count;

/** AnyValues in AnyValues: deeper than any producer nests them, and the stack holds. */
export const MAX_VALUE_DEPTH = 64;
