import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { type DraftVersion, LAYOUTS, schemaOf } from '../../../src/otlp/drafts/schemas.ts';
import { roots } from '../../support/drafts/protos.ts';

type Row = string;

/** A field as a line of text, so that a difference reads well. */
const row = (message: string, number: number, name: string, kind: string, repeated: boolean, oneof: boolean): Row =>
  `${message}.${number} ${name} ${kind}${repeated ? ' repeated' : ''}${oneof ? ' oneof' : ''}`;

function rowsOfProto(root: protobuf.Root): Row[] {
  const messages = (root.lookup('draft') as protobuf.Namespace).nestedArray.filter((x) => x instanceof protobuf.Type);
  return messages.flatMap((type) =>
    type.fieldsArray.map((field) => {
      const kind = field.resolvedType instanceof protobuf.Enum ? 'int32' : field.type;
      return row(type.name, field.id, field.name, kind, field.repeated, field.partOf !== null);
    }),
  );
}

function rowsOfSchema(version: DraftVersion): Row[] {
  return Object.entries(schemaOf(version)).flatMap(([message, fields]) =>
    fields.flatMap((field) => {
      if (field === undefined) return [];
      return [row(message, field.number, field.name, field.message ?? field.kind, field.repeated, field.oneof)];
    }),
  );
}

/** Messages that a layout has from its neighbours and does not refer to. */
function reachable(version: DraftVersion): Set<string> {
  const found = new Set(['ProfilesData']);
  for (const name of found) for (const field of schemaOf(version)[name]) if (field?.message) found.add(field.message);
  return found;
}

const without = (rows: Row[], pattern: RegExp): Row[] => rows.filter((line) => !pattern.test(line)).sort();

// Label stayed behind in 1.4 when Sample.label had gone. entity_refs came with 1.6 and is read in all drafts.
const LEFT_OVER = /^Label\./;
const NEWER = /^(EntityRef\.|Resource\.3 )/;

describe.each(['1.6', '1.7', '1.8', '1.9'] as const)('the table of %s', (version) => {
  test('is what the .proto file says', () => {
    const known = reachable(version);
    const rows = rowsOfSchema(version).filter((line) => known.has(line.slice(0, line.indexOf('.'))));
    expect(rows.sort()).toEqual(rowsOfProto(roots[version]).sort());
  });
});

test('the table of 1.5 is what 1.4 and 1.5 say', () => {
  const known = reachable('1.5');
  const rows = rowsOfSchema('1.5').filter((line) => known.has(line.slice(0, line.indexOf('.'))));
  const both = new Set([...rowsOfProto(roots['1.4']), ...rowsOfProto(roots['1.5'])]);
  expect(without(rows, NEWER)).toEqual(without([...both], LEFT_OVER));
});

test('the table of 1.3 is what its .proto files say', () => {
  const known = reachable('1.3');
  const rows = rowsOfSchema('1.3').filter((line) => known.has(line.slice(0, line.indexOf('.'))));
  expect(without(rows, NEWER)).toEqual(rowsOfProto(roots['1.3']).sort());
});

test('every field is read under one name only', () => {
  for (const schema of LAYOUTS.map(schemaOf)) {
    for (const fields of Object.values(schema)) {
      const names = fields.flatMap((field) => field?.now ?? []);
      expect(new Set(names).size).toBe(names.length);
    }
  }
});

test('indexes are those of the table that their name says', () => {
  const named: [RegExp, string][] = [
    [/strind(ex|ices)$|^(key|str|num_unit|build_id|drop_frames|keep_frames|type_index|stacktrace_id_index)$/, 'string'],
    [/^attribute_indices$/, 'attribute'],
    [/^location_ind/, 'location'],
    [/^(mapping|function|link|stack)_index$/, ''],
  ];
  for (const [layout, schema] of LAYOUTS.map((name) => [name, schemaOf(name)] as const)) {
    for (const [message, fields] of Object.entries(schema)) {
      for (const field of fields) {
        // The key of KeyValue is text, that of Label an index.
        if (field === undefined || field.kind === 'string') continue;
        const [, table] = named.find(([name]) => name.test(field.now)) ?? [];
        const expected = table === '' ? field.now.replace('_index', '') : table;
        expect(field.table, `${layout} ${message}.${field.name}`).toBe(expected);
      }
    }
  }
});
