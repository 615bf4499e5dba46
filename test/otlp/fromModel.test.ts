import { expect, test } from 'vitest';
import { fromModel } from '../../src/otlp/fromModel.ts';
import { toModel } from '../../src/pprof/toModel.ts';
import { decoded, FULL } from '../pprof/sketch.ts';

const { model } = toModel(decoded(FULL).data, false);
const nothing = { resource: {}, residual: undefined, originalPayload: undefined };

test('with nothing to add, the model stays as it is', () => {
  expect(fromModel(model, nothing)).toEqual(model);
});

test('resource attributes in the order given, the residual behind the attributes of the scope', () => {
  const before = structuredClone(model.resources);
  const residual = Uint8Array.of(1, 2);
  const { resources, dictionary } = fromModel(model, { ...nothing, resource: { b: '1', a: '' }, residual });
  expect(dictionary).toBe(model.dictionary);
  expect(resources[0].attributes).toEqual([
    { key: 'b', value: '1' },
    { key: 'a', value: '' },
  ]);
  const { attributes } = resources[0].scopes[0];
  expect(attributes.slice(0, -1)).toEqual(model.resources[0].scopes[0].attributes);
  expect(attributes.at(-1)).toEqual({ key: 'pprof_otlp.residual', value: residual });
  // Read again and again for one model: the model itself must not change.
  expect(model.resources[0].attributes).toEqual(before[0].attributes);
  expect(model.resources[0].scopes[0].attributes).toEqual(before[0].scopes[0].attributes);
});

test('an embedded original stands in the first profile only', () => {
  const originalPayload = Uint8Array.of(9);
  const { resources } = fromModel(model, { ...nothing, originalPayload });
  const { profiles } = resources[0].scopes[0];
  expect(profiles).toHaveLength(2);
  expect(profiles.map((profile) => profile.originalPayloadFormat)).toEqual(['pprof', '']);
  expect(profiles.map((profile) => profile.originalPayload.length)).toEqual([1, 0]);
  expect(profiles[0].originalPayload).toBe(originalPayload);
  expect(model.resources[0].scopes[0].profiles[0].originalPayloadFormat).toBe('');
});
