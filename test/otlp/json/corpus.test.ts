// Documents that a Collector wrote, with the same payloads in protobuf beside them.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decodeJson } from '../../../src/otlp/json/decode.ts';
import { encodeJson } from '../../../src/otlp/json/encode.ts';
import { decodeOtlp } from '../../support/oracle.ts';
import { textOf } from './text.ts';

const FOLDER = fileURLToPath(new URL('../../../../shared/corpus/files/', import.meta.url));
const names = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.otlp.json')) : [];
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(FOLDER + name));

test.skipIf(!existsSync(FOLDER))('there are documents (skipped where ../shared/corpus is not there)', () => {
  expect(names.length).toBeGreaterThanOrEqual(3);
});

describe.each(names)('%s', (name) => {
  const { payload, unknown } = decodeJson(read(name));

  test('says what its protobuf says', () => {
    expect(unknown).toEqual([]);
    expect(decodeOtlp(payload)).toEqual(decodeOtlp(read(name.replace('.json', '.pb'))));
  });

  test('comes back with all fields in their order', () => {
    const compact = (bytes: Uint8Array): string => JSON.stringify(JSON.parse(textOf(bytes)));
    expect(compact(encodeJson(payload).json)).toBe(compact(read(name)));
  });

  test('its protobuf as JSON says the same', () => {
    const { json } = encodeJson(read(name.replace('.json', '.pb')));
    expect(decodeOtlp(decodeJson(json).payload)).toEqual(decodeOtlp(payload));
  });
});
