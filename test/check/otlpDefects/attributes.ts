// Keys and values, of the dictionary, resources and scopes.

import { keyValue, list } from '../valid.ts';
import { attribute, inProfile, inResource, inScope, inTables, intern, type OtlpDefect } from './spoil.ts';

export const ATTRIBUTES: readonly OtlpDefect[] = [
  // Attributes
  {
    name: 'a key twice in a profile',
    rule: 'otlp/attribute-key-twice',
    plain: inProfile((p) => p.attribute_indices.push(3)),
  },
  {
    name: 'a key twice in a sample',
    rule: 'otlp/attribute-key-twice',
    path: 'resource_profiles[0].scope_profiles[0].profiles[0].samples[0].attribute_indices[2]',
    plain: attribute('thread.name', { string_value: 'other' }),
  },
  {
    name: 'a key twice in a mapping',
    rule: 'otlp/attribute-key-twice',
    plain: inTables((d) => d.mapping_table[1]?.attribute_indices.push(4)),
  },
  {
    name: 'a key twice in a location',
    rule: 'otlp/attribute-key-twice',
    plain: inTables((d) => d.location_table[2]?.attribute_indices.push(5)),
  },
  {
    name: 'a key twice in a resource',
    rule: 'otlp/attribute-key-twice',
    path: 'resource_profiles[0].resource.attributes[3]',
    plain: inResource((r) => r.attributes.push(keyValue('host.name', { string_value: 'b' }))),
  },
  {
    name: 'a key twice in a scope, once by reference',
    rule: 'otlp/attribute-key-twice',
    plain: inScope((attributes) =>
      attributes.push(keyValue('cpu', { bool_value: true }), keyValue('', { bool_value: true }, 1)),
    ),
  },
  {
    name: 'a key twice in a list of a value',
    rule: 'otlp/attribute-key-twice',
    path: 'resource_profiles[0].scope_profiles[0].scope.attributes[2].value.kvlist_value.values[2]',
    plain: inScope((attributes) =>
      attributes[2]?.value?.kvlist_value?.values.push(keyValue('a', { bool_value: false })),
    ),
  },
  {
    name: 'an attribute without key',
    rule: 'otlp/attribute-key-missing',
    path: 'dictionary.attribute_table[6]',
    plain: attribute('', { string_value: 'lost' }),
  },
  {
    name: 'a resource attribute without key',
    rule: 'otlp/attribute-key-missing',
    plain: inResource((r) => r.attributes.push(keyValue('', { string_value: 'lost' }))),
  },
  {
    name: 'a key by itself and by reference',
    rule: 'otlp/attribute-key-both',
    plain: inResource((r) => r.attributes.push(keyValue('x', { bool_value: true }, 1))),
  },
  {
    name: 'an attribute without value',
    rule: 'otlp/attribute-value-missing',
    path: 'dictionary.attribute_table[6]',
    plain: attribute('flag', {}),
  },
  {
    name: 'a resource attribute without value',
    rule: 'otlp/attribute-value-missing',
    plain: inResource((r) => r.attributes.push(keyValue('flag', undefined))),
  },
  {
    name: 'a process id that is text',
    rule: 'otlp/attribute-type',
    plain: attribute('process.pid', { string_value: '12' }),
  },
  {
    name: 'a thread id that is text',
    rule: 'otlp/attribute-type',
    plain: attribute('thread.id', { string_value: '12' }),
  },
  {
    name: 'a comment that is no list',
    rule: 'otlp/attribute-type',
    path: 'dictionary.attribute_table[3].value',
    plain: inTables((d) => Object.assign(d.attribute_table[3] as object, { value: { string_value: 'hello' } })),
  },
  {
    name: 'command line arguments of several types',
    rule: 'otlp/attribute-type',
    plain: inResource((r) =>
      r.attributes.push(keyValue('process.command_args', list({ string_value: 'a' }, { int_value: 1n }))),
    ),
  },
  {
    name: 'a service name that is a number',
    rule: 'otlp/attribute-type',
    plain: inResource((r) => Object.assign(r.attributes[0] as object, { value: { int_value: 1n } })),
  },
  {
    name: 'a comment at a sample',
    rule: 'otlp/attribute-level',
    plain: inProfile((p) => p.samples[0]?.attribute_indices.push(3)),
  },
  {
    name: 'the frame type at a sample',
    rule: 'otlp/attribute-level',
    path: 'resource_profiles[0].scope_profiles[0].profiles[0].samples[0].attribute_indices[2]',
    plain: inProfile((p) => p.samples[0]?.attribute_indices.push(5)),
  },
  {
    name: 'the default sample type at the resource',
    rule: 'otlp/attribute-level',
    plain: inResource((r) => r.attributes.push(keyValue('pprof.scope.default_sample_type', { string_value: 'cpu' }))),
  },
  {
    name: 'an attribute by a name that was replaced',
    rule: 'otlp/attribute-deprecated',
    plain: attribute('process.executable.build_id.profiling', { string_value: '600d' }),
  },
  { name: 'a unit in words', rule: 'otlp/attribute-unit', plain: attribute('wait', { int_value: 1n }, 'nanoseconds') },
  { name: 'a unit with a space', rule: 'otlp/attribute-unit', plain: attribute('wait', { int_value: 1n }, 'per cent') },
  {
    name: 'a frame type of nobody',
    rule: 'otlp/frame-type',
    plain: inTables((d) => Object.assign(d.attribute_table[5] as object, { value: { string_value: 'cobol' } })),
  },
  {
    name: 'a documentation link that is no URL',
    rule: 'otlp/doc-url',
    plain: inProfile((p, d) => {
      p.attribute_indices.push(d.attribute_table.length);
      d.attribute_table.push({
        ...{ key_strindex: intern(d, 'pprof.profile.doc_url'), value: { string_value: 'cpu.html' }, unit_strindex: 0 },
      });
    }),
  },

  // Resource and scope
  {
    name: 'a resource without service name',
    rule: 'otlp/service-name',
    plain: inResource((r) => {
      r.attributes.shift();
      r.entity_refs = [];
    }),
  },
  {
    name: 'an entity without type',
    rule: 'otlp/entity-ref',
    path: 'resource_profiles[0].resource.entity_refs[0].type',
    plain: inResource((r) => Object.assign(r.entity_refs[0] as object, { type: '' })),
  },
  {
    name: 'an entity without id',
    rule: 'otlp/entity-ref',
    plain: inResource((r) => Object.assign(r.entity_refs[0] as object, { id_keys: [] })),
  },
  {
    name: 'an entity by a key that the resource does not have',
    rule: 'otlp/entity-ref',
    path: 'resource_profiles[0].resource.entity_refs[0].id_keys[1]',
    plain: inResource((r) => r.entity_refs[0]?.id_keys.push('service.namespace')),
  },
  {
    name: 'a schema URL without version',
    rule: 'otlp/schema-url',
    plain: (data) => Object.assign(data.resource_profiles[0] as object, { schema_url: 'opentelemetry.io' }),
  },
  {
    name: 'an order of fewer sample types than profiles',
    rule: 'otlp/sample-type-order',
    plain: inScope((attributes) => Object.assign(attributes[0] as object, { value: list({ int_value: 0n }) })),
  },
  {
    name: 'an order with a sample type twice',
    rule: 'otlp/sample-type-order',
    plain: inScope((attributes) =>
      Object.assign(attributes[0] as object, { value: list({ int_value: 1n }, { int_value: 1n }) }),
    ),
  },
  {
    name: 'a default sample type of no profile',
    rule: 'otlp/default-sample-type',
    plain: inScope((attributes) => Object.assign(attributes[1] as object, { value: { string_value: 'wall' } })),
  },
];
