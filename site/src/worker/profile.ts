import { readInput } from '../../../src/convert/input.ts';
import { onePayload, readOtlpFile } from '../../../src/convert/otlpFile.ts';
import type { FileFacts, ProfileFormat } from '../../../src/inspect/summary.ts';
import { compressionOf } from '../../../src/io/compression.ts';
import { formatName, type InputForm } from '../../../src/io/formats.ts';
import type { ReadOptions } from '../messages.ts';

/** A file as it was dropped. */
export interface Opened {
  name: string;
  stored: Uint8Array;
  /** Uncompressed. */
  bytes: Uint8Array;
  form: InputForm;
}

export interface Profile {
  /** Uncompressed protobuf in the current layout, whatever form of OTLP the file has. */
  bytes: Uint8Array;
  format: ProfileFormat;
  facts: FileFacts;
  /** Messages in the file. */
  messages: number;
}

/** Reads a file, telling how far it is. */
export async function readFile(file: File, tell: (done: number, of: number) => void): Promise<Uint8Array> {
  const bytes = new Uint8Array(file.size);
  const reader = file.stream().getReader();
  let at = 0;
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    if (value === undefined) continue;
    bytes.set(value, at);
    at += value.length;
    tell(at, file.size);
  }
  return bytes;
}

export function open(name: string, stored: Uint8Array, read: ReadOptions): Opened {
  return { name, stored, ...readInput(stored, read) };
}

export function profileIn({ stored, bytes, form }: Opened, read: ReadOptions): Profile {
  const facts: FileFacts = {
    compression: compressionOf(stored),
    container: null,
    version: null,
    storedBytes: stored.length,
  };
  if (form.format === 'pprof') return { bytes, format: 'pprof', facts, messages: 1 };
  const { messages, layouts } = readOtlpFile(bytes, form, read);
  const name = formatName(form.container ?? 'protobuf');
  if (name !== 'otlp') facts.container = name;
  const [layout] = layouts;
  facts.version = layout === 'current' ? '1.10 or 1.11' : layout;
  return { bytes: onePayload(messages), format: 'otlp', facts, messages: messages.length };
}
