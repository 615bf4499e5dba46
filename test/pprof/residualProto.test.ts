// proto/residual.proto describes what src/pprof/residual.ts writes: read through it by protobufjs and
// written again, each residual is the same bytes. Fields that the schema lacks would be missing then.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { decompress, pprofToOtlp } from '../../src/index.ts';
import { MESSAGES } from '../../src/pprof/schema.ts';
import { expectSameBytes } from '../support/bytes.ts';
import { pprofFiles } from '../support/corpus.ts';
import { ENCODERS, type Layout, layOut } from '../support/layout.ts';
import type { ProfilesDictionary } from '../support/messages.ts';
import { decodeOtlp } from '../support/oracle.ts';
import { FULL, profileOf, type Sketch } from './sketch.ts';

const SCHEMA = fileURLToPath(new URL('../../proto/residual.proto', import.meta.url));
const root = protobuf.loadSync(SCHEMA);
root.resolveAll();
const Residual = root.lookupType('pprof_otlp.v1.Residual');
const Mappings = root.lookupType('pprof_otlp.v1.Mappings');
const Body = root.lookupType('pprof_otlp.v1.Body');

interface Outer {
  version: number;
  length: { toNumber(): number };
  digest: Uint8Array;
  embedded: number;
  mappings: Uint8Array;
  deflatedMappings: Uint8Array;
  body: Uint8Array;
  deflatedBody: Uint8Array;
  scatteredStrings: Uint8Array;
}

/** The names that deflate may look back at, as docs/format.md tells it: each once, in table order, 32 KiB at most. */
function names({ string_table }: ProfilesDictionary, columns: number[][]): Buffer {
  const parts: Buffer[] = [];
  let left = 32 * 1024;
  const seen = new Set<number>();
  for (const index of columns.flat()) {
    const text = Buffer.from(string_table[index] as string);
    if (seen.has(index) || text.length > left) continue;
    seen.add(index);
    left -= text.length;
    parts.push(text);
  }
  return Buffer.concat(parts);
}

function inflate(bytes: Uint8Array, dictionary: Buffer): Uint8Array {
  return new Uint8Array(inflateRawSync(bytes, dictionary.length === 0 ? {} : { dictionary }));
}

/** Reads through the schema, writes again, and returns what was read. */
function again<T>(type: protobuf.Type, bytes: Uint8Array): T {
  const message = type.decode(bytes);
  expectSameBytes(new Uint8Array(type.encode(message).finish()), bytes);
  return message as unknown as T;
}

interface Read {
  outer: Outer;
  mappings: Record<string, unknown>;
  body: Record<string, unknown>;
}

function read(otlp: Uint8Array): Read {
  const data = decodeOtlp(otlp);
  const tables = data.dictionary as ProfilesDictionary;
  const { scope } = data.resource_profiles[0].scope_profiles[0];
  const value = scope?.attributes.find(({ key }) => key === 'pprof_otlp.residual')?.value?.bytes_value;
  if (value === undefined) throw new Error('there is no residual');
  const outer = again<Outer>(Residual, value);
  const mapped = tables.mapping_table.map(({ filename_strindex }) => filename_strindex);
  const files = tables.function_table.map(({ filename_strindex }) => filename_strindex);
  const functions = tables.function_table.map(({ name_strindex }) => name_strindex);
  const inner = (plain: Uint8Array, deflated: Uint8Array, columns: number[][]): Uint8Array =>
    // protobufjs gives an empty list for bytes that are not there.
    deflated.length > 0 ? inflate(deflated, names(tables, columns)) : Uint8Array.from(plain);
  return {
    outer,
    mappings: again(Mappings, inner(outer.mappings, outer.deflatedMappings, [mapped])),
    body: again(Body, inner(outer.body, outer.deflatedBody, [files, mapped, functions])),
  };
}

/** A fixture may be one of the corpus too. */
const files = [...new Map(pprofFiles.map((file) => [file.name, file])).values()];

test('there are files to try', () => {
  expect(files.length).toBeGreaterThanOrEqual(12);
});

describe('a residual read and written through residual.proto is the same bytes', () => {
  test.each(files)('$name', (file) => {
    const original = decompress(file.read());
    const { outer, body } = read(pprofToOtlp(original, { verify: false }).otlp);
    expect(outer.version).toBe(1);
    expect(Number(outer.length)).toBe(original.length);
    expect(outer.digest).toHaveLength(16);
    expect(outer.embedded).toBe(0);
    expect(body).toBeDefined();
  });

  const odd: Sketch = {
    ...FULL,
    types: [['cpu', 'ns']],
    samples: [
      {
        at: [2, 5],
        labels: [
          { key: 'b', str: '2' },
          { key: 'a', str: '1' },
        ],
      },
      {
        at: [5, 2, 9],
        labels: [
          { key: Uint8Array.of(0xff), str: 'x' },
          { key: 'a', num: 1n },
        ],
      },
    ],
    mappings: [
      { id: 7, filename: 'spare' },
      { id: 3, start: 1n },
      ...(FULL.mappings ?? []).map((mapping) => ({
        ...mapping,
        id: 20 + (mapping.limit === undefined ? 0 : Number(mapping.limit % 7n)),
      })),
    ],
    locations: [
      { id: 5, mapping: 3, lines: [[4]] },
      { id: 2, lines: [[4], [8]] },
      { id: 9, lines: [[4], [8]] },
      { id: 1, lines: [[1]] },
    ],
    functions: [
      { id: 8, name: 'f' },
      { id: 4, name: 'g' },
      { id: 1, name: 'unused', startLine: -3n },
    ],
    unusedStrings: ['nobody', 'knows', 'cpu'],
  };

  test.each(Object.keys(ENCODERS))('odd tables in the layout of %s', (name) => {
    const { body, mappings } = read(pprofToOtlp(layOut(profileOf(odd), ENCODERS[name] as Layout)).otlp);
    expect(body).toMatchObject({
      unusedFunctions: expect.anything(),
      unusedLocations: expect.anything(),
      location: expect.anything(),
    });
    expect(mappings).toMatchObject({ table: expect.anything(), names: expect.anything() });
  });
});

test('the schema numbers the message types as they are written', () => {
  const text = readFileSync(SCHEMA, 'utf8');
  expect(text).toContain(MESSAGES.map((name, i) => `${i} ${name}`).join(', '));
});
