// What rides inside of a file, a residual or an extension: laid open, changed, and made to fit its digest again.

import { RESIDUAL } from '../src/model/conventions.ts';
import { decode as decodeOtlp } from '../src/otlp/decode.ts';
import { decodeExtension, EXTENSION_FIELD, findExtension, wholeOf } from '../src/otlp/extension/message.ts';
import { decodePayloadFacts } from '../src/otlp/extension/payloadMessage.ts';
import { restorePayload } from '../src/otlp/extension/restore.ts';
import { split } from '../src/otlp/join/join.ts';
import { relayout } from '../src/otlp/layout/layout.ts';
import { toModel } from '../src/otlp/toModel.ts';
import { decode as decodePprof } from '../src/pprof/decode.ts';
import { restoreUnproven } from '../src/pprof/exact.ts';
import { decodeResidual } from '../src/pprof/residual.ts';
import { encodeFacts, encodeMappings } from '../src/pprof/residualFacts.ts';
import { encodeLayout } from '../src/pprof/residualLayout.ts';
import { toTables } from '../src/pprof/toTables.ts';
import { inflate } from '../src/wire/deflate.ts';
import { digest } from '../src/wire/digest.ts';
import { MessageReader, MessageWriter } from '../src/wire/message.ts';
import { concat, parse, varint, write } from './wire.ts';

/** From ProfilesData: resource_profiles, scope_profiles, scope, attributes. */
const ATTRIBUTE = [1, 2, 1, 3];
/** Then value, bytes_value. */
const VALUE = [2, 7];

export type Edit = (inside: Uint8Array) => Uint8Array | undefined;

/** The file with what lies at the path changed; undefined where there is nothing. */
function editAt(bytes: Uint8Array, [field, ...path]: readonly number[], edit: Edit): Uint8Array | undefined {
  const records = parse(bytes) ?? [];
  for (const [i, record] of records.entries()) {
    if (record.field !== field || record.wire !== 2) continue;
    const value = path.length === 0 ? edit(record.value) : editAt(record.value, path, edit);
    if (value !== undefined) return write(records.with(i, { ...record, value }));
  }
  return undefined;
}

export const editResidual = (otlp: Uint8Array, edit: Edit): Uint8Array | undefined =>
  editAt(otlp, ATTRIBUTE, (attribute) =>
    Buffer.from(attribute).includes(RESIDUAL) ? editAt(attribute, VALUE, edit) : undefined,
  );

export const editExtension = (pprof: Uint8Array, edit: Edit): Uint8Array | undefined =>
  editAt(pprof, [EXTENSION_FIELD], edit);

/** With its parts as they are instead of deflated. */
export function openResidual(otlp: Uint8Array): Uint8Array | undefined {
  const { dictionary } = toModel(decodeOtlp(otlp).data, 0, 0, false);
  return editResidual(otlp, (bytes) => {
    const { length, digest, structure } = decodeResidual(bytes, dictionary);
    if (structure === undefined) return undefined;
    const body = new MessageWriter();
    encodeFacts(body, structure.facts);
    encodeLayout(body, structure.layout);
    const message = new MessageWriter().uint(1, 1).uint(2, length).bytes(3, digest);
    message.bytes(5, encodeMappings(structure.facts)).bytes(7, body.finish());
    return message.bytes(9, structure.facts.scatteredStrings).finish();
  });
}

export function openExtension(pprof: Uint8Array): Uint8Array | undefined {
  return editExtension(pprof, (bytes) => {
    const body = inflate(new MessageReader(bytes).bytes(7), 1 << 24);
    if (body === undefined) return undefined;
    const records = (parse(bytes) ?? []).filter(({ field }) => field < 6);
    return concat([write(records), varint((6n << 3n) | 2n), varint(BigInt(body.length)), body]);
  });
}

function withFingerprint(message: Uint8Array, lengthField: number, bytes: Uint8Array): Uint8Array {
  const others = (parse(message) ?? []).filter(({ field }) => field !== lengthField && field !== lengthField + 1);
  const print = new MessageWriter()
    .uint(lengthField, bytes.length)
    .bytes(lengthField + 1, digest(bytes))
    .finish();
  return concat([write(others), print]);
}

/** Lets the digest confirm what the residual gives now; throws where it gives nothing. */
export function signResidual(otlp: Uint8Array): Uint8Array | undefined {
  const model = toModel(decodeOtlp(otlp).data, 0, 0, false);
  return editResidual(otlp, (bytes) => {
    const residual = decodeResidual(bytes, model.dictionary);
    const given = restoreUnproven(model.dictionary, model.resources[0].scopes[0], residual, true);
    return given && withFingerprint(bytes, 2, given);
  });
}

const MOST_PAYLOAD = 1 << 24;

/** Lets the digests confirm the pprof as it is and what the extension gives now; throws where it gives nothing. */
export function signExtension(file: Uint8Array): Uint8Array | undefined {
  const found = findExtension(file);
  if (found === undefined) return undefined;
  const { content, file: form } = decodeExtension(found.extension);
  let whole: Uint8Array = new Uint8Array(0);
  if (content.kind === 'additions') whole = content.shell;
  if (content.kind === 'original') whole = wholeOf(content.messages, form);
  if (content.kind === 'structured') {
    const pprof = toTables(decodePprof(found.pprof).data);
    const payload = restorePayload(decodePayloadFacts(content.facts), pprof, MOST_PAYLOAD);
    const canonical = content.parts.length > 0 ? split(payload, content.parts) : [payload];
    const messages = canonical.map((message, i) =>
      content.layouts[i]?.length > 0 ? relayout(message, content.layouts[i]) : message,
    );
    whole = wholeOf(messages, form);
  }
  return editExtension(file, (bytes) => withFingerprint(withFingerprint(bytes, 2, found.pprof), 4, whole));
}
