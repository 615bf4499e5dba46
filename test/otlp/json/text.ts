// Short ways to write OTLP/JSON and protobuf in a test.

import protobuf from 'protobufjs';
import { PprofOtlpError } from '../../../src/index.ts';
import { decodeJson } from '../../../src/otlp/json/decode.ts';
import { encodeJson } from '../../../src/otlp/json/encode.ts';
import type { OtlpProfile, ProfilesData } from '../../support/messages.ts';
import { decodeOtlp } from '../../support/oracle.ts';

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

/** A document of one profile with these members. */
export const inProfile = (members: string): string =>
  `{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{${members}}]}]}]}`;

/** A document with one attribute of this AnyValue. */
export const inValue = (value: string): string =>
  `{"resourceProfiles":[{"resource":{"attributes":[{"value":${value}}]}}]}`;

/** A document with one Link of these members. */
export const inLink = (members: string): string => `{"dictionary":{"linkTable":[{${members}}]}}`;

/** What protobufjs reads in the payload that the JSON becomes. */
export const read = (json: string): ProfilesData => decodeOtlp(decodeJson(utf8(json)).payload);

export const readProfile = (members: string): OtlpProfile =>
  read(inProfile(members)).resource_profiles[0]?.scope_profiles[0]?.profiles[0] as OtlpProfile;

export const readValue = (value: string): unknown =>
  read(inValue(value)).resource_profiles[0]?.resource?.attributes[0]?.value;

/** The JSON after a way through protobuf. */
export const there = (json: string): string => textOf(encodeJson(decodeJson(utf8(json)).payload).json);

export function refusal(call: () => unknown): PprofOtlpError {
  try {
    call();
  } catch (error) {
    if (error instanceof PprofOtlpError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

export const refused = (json: string | Uint8Array): PprofOtlpError =>
  refusal(() => decodeJson(typeof json === 'string' ? utf8(json) : json));

/** Protobuf by hand: tag and value, one after the other. */
export function wire(
  ...fields: [field: number, type: number, value: number | bigint | string | Uint8Array][]
): Uint8Array {
  const w = protobuf.Writer.create();
  for (const [field, type, value] of fields) {
    w.uint32((field << 3) | type);
    if (typeof value === 'string') w.string(value);
    else if (value instanceof Uint8Array) w.bytes(value);
    else if (type === 1) w.fixed64(BigInt.asIntN(64, BigInt(value)).toString());
    else w.int64(BigInt.asIntN(64, BigInt(value)).toString());
  }
  return new Uint8Array(w.finish());
}

/** The payload with one profile of this content. */
export const profileWire = (content: Uint8Array): Uint8Array => wire([1, 2, wire([2, 2, wire([2, 2, content])])]);

/** The payload with one attribute whose AnyValue has this content. */
export const valueWire = (content: Uint8Array): Uint8Array =>
  wire([1, 2, wire([1, 2, wire([1, 2, wire([2, 2, content])])])]);
