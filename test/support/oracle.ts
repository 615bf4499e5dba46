// Both formats read and written by protobufjs from the .proto files: an
// independent witness of what bytes say. Slow, and nothing of src/ is in it.

import { fileURLToPath } from 'node:url';
import Long from 'long';
import protobuf from 'protobufjs';
import type { PprofProfile, ProfilesData } from './messages.ts';

protobuf.util.Long = Long;
protobuf.configure();

const PROTO = fileURLToPath(new URL('../../proto/', import.meta.url));

function load(file: string): protobuf.Root {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => PROTO + target;
  root.loadSync(file, { keepCase: true });
  return root;
}

const pprofRoot = load('profile.proto');
export const pprofType = pprofRoot.lookupType('perftools.profiles.Profile');
// Real files hold strings that are not UTF-8.
const stringTable = pprofType.fields.string_table as protobuf.Field;
stringTable.type = 'bytes';
pprofRoot.resolveAll();

const otlpRoot = load('opentelemetry/proto/collector/profiles/v1development/profiles_service.proto');
otlpRoot.resolveAll();
export const otlpType = otlpRoot.lookupType('opentelemetry.proto.profiles.v1development.ProfilesData');

export const LONG_TYPES: ReadonlySet<string> = new Set(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64']);

type Plain = Record<string, unknown>;

function toBigInt(value: Long): bigint {
  const high = value.unsigned ? value.high >>> 0 : value.high;
  return (BigInt(high) << 32n) | BigInt(value.low >>> 0);
}

function toLong(value: bigint, unsigned: boolean): Long {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return Long.fromBits(low, high, unsigned);
}

function defaultOf(field: protobuf.Field): unknown {
  if (LONG_TYPES.has(field.type)) return 0n;
  switch (field.type) {
    case 'string':
      return '';
    case 'bytes':
      return new Uint8Array(0);
    case 'bool':
      return false;
    default:
      return 0;
  }
}

function plainValue(field: protobuf.Field, value: unknown): unknown {
  if (field.resolvedType instanceof protobuf.Type) return toPlain(field.resolvedType, value as Plain);
  if (LONG_TYPES.has(field.type)) return toBigInt(value as Long);
  // Out of Node's Buffer, so that comparing sees bytes only.
  if (field.type === 'bytes') return new Uint8Array(value as Uint8Array);
  return value;
}

/** Every field is filled in, but absent messages are undefined and absent oneof members missing. */
function toPlain(type: protobuf.Type, message: Plain): Plain {
  const plain: Plain = {};
  for (const field of type.fieldsArray) {
    const present = Object.hasOwn(message, field.name);
    const value = message[field.name];
    if (field.repeated) {
      plain[field.name] = present ? (value as unknown[]).map((item) => plainValue(field, item)) : [];
    } else if (field.partOf !== null) {
      // The last member on the wire wins, which protobufjs notes under the oneof's name.
      if (present && message[field.partOf.name] === field.name) plain[field.name] = plainValue(field, value);
    } else if (present) {
      plain[field.name] = plainValue(field, value);
    } else {
      plain[field.name] = field.resolvedType === null ? defaultOf(field) : undefined;
    }
  }
  return plain;
}

function messageValue(field: protobuf.Field, value: unknown): unknown {
  if (field.resolvedType instanceof protobuf.Type) return toMessage(field.resolvedType, value as Plain);
  if (LONG_TYPES.has(field.type)) return toLong(value as bigint, field.type === 'uint64' || field.type === 'fixed64');
  return value;
}

function toMessage(type: protobuf.Type, plain: Plain): protobuf.Message {
  const message = type.create() as protobuf.Message & Plain;
  for (const field of type.fieldsArray) {
    const value = plain[field.name];
    if (value === undefined) continue;
    message[field.name] = field.repeated
      ? (value as unknown[]).map((item) => messageValue(field, item))
      : messageValue(field, value);
  }
  return message;
}

function decode(type: protobuf.Type, bytes: Uint8Array): unknown {
  // A plain Uint8Array would be read by the slower of protobufjs's readers.
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return toPlain(type, type.decode(buffer) as unknown as Plain);
}

function encode(type: protobuf.Type, plain: unknown): Uint8Array {
  return new Uint8Array(type.encode(toMessage(type, plain as Plain)).finish());
}

export function decodePprof(bytes: Uint8Array): PprofProfile {
  return decode(pprofType, bytes) as PprofProfile;
}

/** Fields ascending, numbers packed, zeros left out. */
export function encodePprof(profile: PprofProfile): Uint8Array {
  return encode(pprofType, profile);
}

export function decodeOtlp(bytes: Uint8Array): ProfilesData {
  return decode(otlpType, bytes) as ProfilesData;
}

export function encodeOtlp(data: ProfilesData): Uint8Array {
  return encode(otlpType, data);
}
