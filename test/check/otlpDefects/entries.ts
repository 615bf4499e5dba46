// Entries that are there twice, or for nobody.

import type { ProfilesDictionary } from '../../support/messages.ts';
import { bytesOf, keyValue, string } from '../valid.ts';
import { inProfile, inResource, inTables, type OtlpDefect, sample, tables, withoutRange } from './spoil.ts';

export const ENTRIES: readonly OtlpDefect[] = [
  // Duplicates
  ...(
    [
      [
        'string_table',
        (d) => {
          Object.assign(d.function_table[1] as object, { system_name_strindex: d.string_table.push('main') - 1 });
        },
      ],
      [
        'function_table',
        (d) => {
          d.location_table[2]?.lines.push({
            function_index: d.function_table.push({ ...d.function_table[1] } as never) - 1,
            line: 1n,
            column: 0n,
          });
        },
      ],
      [
        'mapping_table',
        (d) => {
          Object.assign(d.location_table[2] as object, {
            mapping_index: d.mapping_table.push(withoutRange(d)) - 1,
          });
        },
      ],
      [
        'location_table',
        (d) => d.stack_table[2]?.location_indices.push(d.location_table.push({ ...d.location_table[1] } as never) - 1),
      ],
    ] as [keyof ProfilesDictionary, (dictionary: ProfilesDictionary) => void][]
  ).map(
    ([table, spoil]): OtlpDefect => ({
      name: `an entry twice in ${table}`,
      rule: 'otlp/duplicate-entry',
      plain: inTables(spoil),
    }),
  ),
  {
    name: 'a mapping twice, its attributes in another order',
    rule: 'otlp/duplicate-entry',
    path: 'dictionary.mapping_table[2]',
    plain: inTables((d) => {
      d.mapping_table[1]?.attribute_indices.push(1);
      d.mapping_table.push({ ...withoutRange(d), attribute_indices: [1, 4] });
      Object.assign(d.location_table[2] as object, { mapping_index: 2 });
    }),
  },
  {
    name: 'a location twice, by two functions that are the same',
    rule: 'otlp/duplicate-entry',
    plain: inTables((d) => {
      d.function_table.push({ ...d.function_table[1] } as never);
      const copy = { ...d.location_table[1], lines: [{ function_index: 2, line: 5n, column: 6n }] };
      d.stack_table[2]?.location_indices.push(d.location_table.push(copy as never) - 1);
    }),
  },
  {
    name: 'an attribute twice',
    rule: 'otlp/duplicate-entry',
    path: 'dictionary.attribute_table[6]',
    plain: inProfile((p, d) => {
      p.samples[1]?.attribute_indices.push(
        d.attribute_table.push({ ...(d.attribute_table[1] as (typeof d.attribute_table)[0]) }) - 1,
      );
    }),
  },
  {
    name: 'an attribute twice, once by reference',
    rule: 'otlp/duplicate-entry',
    path: 'dictionary.attribute_table[6]',
    plain: (data) => {
      Object.assign(tables(data).attribute_table[2] as object, { value: { string_value: 'app' } });
      inProfile((p, d) => {
        for (const one of p.samples) one.attribute_indices = one.attribute_indices.filter((index) => index !== 2);
        p.samples[1]?.attribute_indices.push(2);
        p.samples[0]?.attribute_indices.push(d.attribute_table.length);
        d.attribute_table.push({
          ...{
            key_strindex: string('size'),
            value: { string_value_strindex: string('app') },
            unit_strindex: string('By'),
          },
        });
      })(data);
    },
  },
  {
    name: 'a stack twice',
    rule: 'otlp/duplicate-entry',
    path: 'dictionary.stack_table[3]',
    plain: inProfile((p, d) => {
      p.samples.push(sample({ stack_index: d.stack_table.push({ location_indices: [2] }) - 1 }));
    }),
  },
  {
    name: 'a link twice',
    rule: 'otlp/duplicate-entry',
    path: 'dictionary.link_table[2]',
    plain: inProfile((p, d) => {
      p.samples.push(sample({ link_index: d.link_table.push({ trace_id: bytesOf(16), span_id: bytesOf(8) }) - 1 }));
    }),
  },

  // Orphans
  ...(
    [
      ['string_table', (d) => d.string_table.push('nobody')],
      [
        'attribute_table',
        (d) => d.attribute_table.push({ key_strindex: 1, value: { string_value: 'nobody' }, unit_strindex: 0 }),
      ],
      [
        'mapping_table',
        (d) => d.mapping_table.push({ ...d.mapping_table[1], memory_start: 0x2000n, memory_limit: 0x3000n } as never),
      ],
      ['function_table', (d) => d.function_table.push({ ...d.function_table[1], start_line: 9n } as never)],
      ['location_table', (d) => d.location_table.push({ ...d.location_table[1], address: 0x1008n } as never)],
      ['stack_table', (d) => d.stack_table.push({ location_indices: [1] })],
      ['link_table', (d) => d.link_table.push({ trace_id: bytesOf(16, 2), span_id: bytesOf(8) })],
    ] as [string, (dictionary: ProfilesDictionary) => void][]
  ).map(
    ([table, spoil]): OtlpDefect => ({
      name: `an entry of ${table} that nothing refers to`,
      rule: 'otlp/orphan-entry',
      plain: inTables(spoil),
    }),
  ),
  {
    name: 'a string that only a resource attribute refers to, by key_strindex',
    rule: null,
    reason: 'it is referred to; profcheck does not look at the attributes of resources and scopes',
    plain: inResource((r, d) => {
      r.attributes.push(keyValue('', { bool_value: true }, d.string_table.push('by.reference') - 1));
    }),
  },
  {
    name: 'a string that only a value refers to, by string_value_strindex',
    rule: null,
    reason: 'it is referred to; profcheck does not look at values',
    plain: inTables((d) => {
      Object.assign(d.attribute_table[1] as object, {
        value: { string_value_strindex: d.string_table.push('worker') - 1 },
      });
    }),
  },
];
