import { Misfit, PprofOtlpError } from '../errors.ts';
import { decode as decodeOtlp } from '../otlp/decode.ts';
import { measurePayload } from '../otlp/extension/measure.ts';
import {
  appendExtension,
  type Content,
  decodeExtension,
  encodeExtension,
  type FileForm,
  findExtension,
  fingerprint,
  matches,
  wholeOf,
} from '../otlp/extension/message.ts';
import { decodePayloadFacts, encodePayloadFacts } from '../otlp/extension/payloadMessage.ts';
import { restorePayload } from '../otlp/extension/restore.ts';
import { checkIndexes } from '../otlp/indexes.ts';
import { join, split } from '../otlp/join/join.ts';
import { normalise, relayout } from '../otlp/layout/layout.ts';
import type { Timestamps } from '../otlp/timestamps.ts';
import { unite } from '../otlp/unite.ts';
import type { PprofData } from '../pprof/data.ts';
import { decode as decodePprof } from '../pprof/decode.ts';
import { encode as encodePprof } from '../pprof/encode.ts';
import { fromTables } from '../pprof/fromTables.ts';
import { defaultLayout } from '../pprof/layout.ts';
import { toTables } from '../pprof/toTables.ts';
import { equalBytes } from '../wire/bytes.ts';
import type { Carried } from './options.ts';

/** A pprof that was made from OTLP, and how what it cannot say rides in it. */
export interface United {
  pprof: Uint8Array;
  data: PprofData;
  carried: Carried;
  extensionBytes: number;
  proven: boolean;
}

/** The same without an extension: standard fields of pprof only. */
export function unitePlainly(messages: readonly Uint8Array[], timestamps: Timestamps): United {
  const payload = messages.length === 1 ? messages[0] : join(messages.map((m) => normalise(m).canonical)).payload;
  const { pprofData, base } = uniteAll(payload, timestamps);
  return { pprof: base, data: pprofData, carried: 'none', extensionBytes: 0, proven: false };
}

function uniteAll(payload: Uint8Array, timestamps: Timestamps) {
  const { data } = decodeOtlp(payload);
  checkIndexes(data);
  const united = unite(data, timestamps);
  const { dictionary, resources } = united.model;
  const pprofData = fromTables(dictionary, resources[0].scopes[0]);
  return { data, united, pprofData, base: encodePprof(pprofData, defaultLayout()) };
}

/**
 * Makes one pprof of all profiles in these messages, with an extension from which the messages come back.
 * Throws PprofOtlpError `bad-input` for an index that leads nowhere.
 */
export function unitePayload(
  messages: readonly Uint8Array[],
  file: FileForm,
  timestamps: Timestamps,
  prove: boolean,
): United {
  const normalised = messages.map(normalise);
  const { payload, parts } = join(normalised.map(({ canonical }) => canonical));
  const { data, united, pprofData, base } = uniteAll(payload, timestamps);
  const facts = measurePayload(payload, data, united, toTables(pprofData), timestamps === 'labels');
  const structured: Content = {
    kind: 'structured',
    facts: encodePayloadFacts(facts),
    parts: parts.length > 1 ? parts : [],
    layouts: normalised.map(({ layout }) => layout),
  };
  for (const content of [structured, { kind: 'original', messages: [...messages] } satisfies Content]) {
    const extension = makeExtension(base, messages, file, content);
    const pprof = appendExtension(base, extension);
    const carried = content.kind === 'original' ? 'embedded' : 'structured';
    const proven = prove && comesBack(pprof, messages);
    if (prove && !proven && carried === 'structured') continue;
    return { pprof, data: pprofData, carried, extensionBytes: extension.length, proven };
  }
  throw new PprofOtlpError('internal', 'an embedded payload does not come back', { stage: 'prove' });
}

export function makeExtension(
  pprof: Uint8Array,
  messages: readonly Uint8Array[],
  file: FileForm,
  content: Content,
): Uint8Array {
  const whole = content.kind === 'additions' ? content.shell : wholeOf(messages, file);
  return encodeExtension({ pprof: fingerprint(pprof), payload: fingerprint(whole), file, content });
}

function comesBack(pprof: Uint8Array, messages: readonly Uint8Array[]): boolean {
  const restored = restoreFrom(pprof, Number.MAX_SAFE_INTEGER);
  return (
    restored?.kind === 'messages' &&
    restored.messages.length === messages.length &&
    messages.every((message, i) => equalBytes(message, restored.messages[i]))
  );
}

/** What a pprof's extension gives. */
export type Restored =
  /** The OTLP messages that the pprof was made from. */
  | { kind: 'messages'; messages: Uint8Array[]; file: FileForm; carried: Carried; extensionBytes: number }
  /** The pprof that the payload was made from, and what the payload had gained. */
  | { kind: 'additions'; pprof: Uint8Array; shell: Uint8Array; extensionBytes: number }
  /** Somebody changed the pprof since. */
  | { kind: 'changed'; reason: string };

/**
 * Reads the extension of a pprof; undefined where there is none. Never throws for what is in it, and makes no more than
 * `maxSize` bytes.
 */
export function restoreFrom(bytes: Uint8Array, maxSize: number): Restored | undefined {
  const found = findIn(bytes);
  if (found === undefined) return undefined;
  const extensionBytes = found.extension.length;
  try {
    const { pprof, payload, file, content } = decodeExtension(found.extension);
    if (!matches(found.pprof, pprof)) return { kind: 'changed', reason: 'changed since it was made from OTLP' };
    if (payload.length > maxSize) throw new Misfit(`the payload has more than ${maxSize} bytes`);
    if (content.kind === 'additions') {
      if (!matches(content.shell, payload)) throw new Misfit('the additions do not match their digest');
      return { kind: 'additions', pprof: found.pprof, shell: content.shell, extensionBytes };
    }
    const messages =
      content.kind === 'original' ? content.messages : structuredMessages(found.pprof, content, payload.length);
    if (!matches(wholeOf(messages, file), payload)) throw new Misfit('the payload does not match its digest');
    const carried = content.kind === 'original' ? 'embedded' : 'structured';
    return { kind: 'messages', messages, file, carried, extensionBytes };
  } catch (error) {
    // What asks for more memory than there is does not fit either.
    if (error instanceof Misfit || error instanceof PprofOtlpError || error instanceof RangeError)
      return { kind: 'changed', reason: misfit(error.message) };
    throw error;
  }
}

/** Why an extension is left alone. */
export const misfit = (detail: string): string => `made from OTLP with an extension that does not fit (${detail})`;

/** What is no protobuf has no extension; its decoder says what is wrong. */
function findIn(bytes: Uint8Array): ReturnType<typeof findExtension> {
  try {
    return findExtension(bytes);
  } catch (error) {
    if (error instanceof PprofOtlpError) return undefined;
    throw error;
  }
}

function structuredMessages(
  pprof: Uint8Array,
  { facts, parts, layouts }: Extract<Content, { kind: 'structured' }>,
  size: number,
): Uint8Array[] {
  const payload = restorePayload(decodePayloadFacts(facts), toTables(decodePprof(pprof).data), size);
  const canonical = parts.length > 0 ? split(payload, parts) : [payload];
  return canonical.map((message, i) => (layouts[i]?.length > 0 ? relayout(message, layouts[i]) : message));
}
