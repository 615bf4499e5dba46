// The drafts of OTLP profiles by protobufjs, from their .proto text: an independent writer of old payloads.

import { fileURLToPath } from 'node:url';
import Long from 'long';
import protobuf from 'protobufjs';

protobuf.util.Long = Long;
protobuf.configure();

export const RELEASES = ['1.3', '1.4', '1.5', '1.6', '1.7', '1.8', '1.9'] as const;
export type Release = (typeof RELEASES)[number];

export const roots = Object.fromEntries(
  RELEASES.map((release) => {
    const file = fileURLToPath(new URL(`${release}.proto`, import.meta.url));
    return [release, new protobuf.Root().loadSync(file, { keepCase: true }).resolveAll()];
  }),
) as Record<Release, protobuf.Root>;

/** protobufjs takes 64-bit integers as text. */
function texts(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(texts);
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, texts(item)]));
}

/** Writes ProfilesData of a release. Throws when the release has no such field: a misspelt one would just vanish. */
export function encodeDraft(release: Release, data: object): Uint8Array {
  const type = roots[release].lookupType('draft.ProfilesData');
  expectKnown(type, data, 'ProfilesData');
  const message = type.fromObject(texts(data) as Record<string, unknown>);
  return new Uint8Array(type.encode(message).finish());
}

function expectKnown(type: protobuf.Type, value: object, path: string): void {
  for (const [name, item] of Object.entries(value)) {
    const field = type.fields[name];
    if (field === undefined) throw new Error(`${path} has no ${name}`);
    if (!(field.resolvedType instanceof protobuf.Type)) continue;
    for (const one of Array.isArray(item) ? item : [item]) {
      if (one !== undefined) expectKnown(field.resolvedType, one, `${path}.${name}`);
    }
  }
}
