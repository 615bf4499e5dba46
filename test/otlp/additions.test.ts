import { describe, expect, test } from 'vitest';
import { Misfit } from '../../src/errors.ts';
import { type Options, otlpToPprof, pprofToOtlp } from '../../src/index.ts';
import { additionsIn, samplesOf, withAdditions } from '../../src/otlp/additions.ts';
import { decode as decodePayload } from '../../src/otlp/decode.ts';
import { decodeExtension, findExtension } from '../../src/otlp/extension/message.ts';
import { toModel } from '../../src/otlp/toModel.ts';
import { bytesOfSketch, FULL } from '../pprof/sketch.ts';
import { expectSameBytes } from '../support/bytes.ts';
import type {
  AnyValue,
  InstrumentationScope,
  KeyValue,
  OtlpProfile,
  ProfilesData,
  ScopeProfiles,
} from '../support/messages.ts';
import { decodeOtlp, encodeOtlp } from '../support/oracle.ts';
import { dictionaryOf } from '../support/references.ts';

const PPROF = bytesOfSketch(FULL);
const RESIDUAL = 'pprof_otlp.residual';

interface Parts {
  data: ProfilesData;
  scope: ScopeProfiles;
  instrumentation: InstrumentationScope;
  profiles: OtlpProfile[];
}

function partsOf(otlp: Uint8Array): Parts {
  const data = decodeOtlp(otlp);
  const [scope] = data.resource_profiles[0].scope_profiles;
  if (scope.scope === undefined) throw new Error('the scope has no name');
  return { data, scope, instrumentation: scope.scope, profiles: scope.profiles };
}

/** The payload of the pprof, changed. */
function edited(change: (parts: Parts) => void, options: Options = {}): Uint8Array {
  const parts = partsOf(pprofToOtlp(PPROF, options).otlp);
  change(parts);
  return encodeOtlp(parts.data);
}

const modelOf = (otlp: Uint8Array) => toModel(decodePayload(otlp).data, 0, 0, false);
const keyValue = (key: string, value: AnyValue): KeyValue => ({ key, value, key_strindex: 0 });
const nested: AnyValue = {
  kvlist_value: {
    values: [
      keyValue('zone', { string_value: 'b' }),
      keyValue('list', { array_value: { values: [{ int_value: 3n }, {}] } }),
    ],
  },
};

const resource = {
  attributes: [keyValue('service.name', { string_value: 'shop' })],
  dropped_attributes_count: 0,
  entity_refs: [],
};

function addAttribute(data: ProfilesData, profile: OtlpProfile, key: string, value: AnyValue, unit = ''): void {
  const { string_table, attribute_table } = dictionaryOf(data);
  const key_strindex = string_table.push(key) - 1;
  const unit_strindex = unit === '' ? 0 : string_table.push(unit) - 1;
  profile.attribute_indices.push(attribute_table.push({ key_strindex, value, unit_strindex }) - 1);
}

const ADDITIONS: Record<string, (parts: Parts) => void> = {
  'resource attributes': ({ data }) => {
    data.resource_profiles[0].resource = {
      ...resource,
      attributes: [...resource.attributes, keyValue('nested', nested)],
    };
  },
  'a resource with dropped attributes': ({ data }) => {
    data.resource_profiles[0].resource = { ...resource, attributes: [], dropped_attributes_count: 7 };
  },
  'entity refs': ({ data }) => {
    const ref = { schema_url: 's', type: 'service', id_keys: ['a', 'b'], description_keys: ['c'] };
    data.resource_profiles[0].resource = { ...resource, entity_refs: [ref, { ...ref, type: 'host' }] };
  },
  'the schema URL of the resource': ({ data }) => {
    data.resource_profiles[0].schema_url = 'https://opentelemetry.io/schemas/1.39.0';
  },
  'the schema URL of the scope': ({ scope }) => {
    scope.schema_url = 'https://opentelemetry.io/schemas/1.39.0';
  },
  'another scope name and version': ({ instrumentation }) => {
    Object.assign(instrumentation, { name: 'my/scope', version: '1.2.3' });
  },
  'scope attributes': ({ instrumentation }) => {
    instrumentation.attributes.push(keyValue('flag', { bool_value: true }), keyValue('ratio', { double_value: -0.5 }));
    instrumentation.dropped_attributes_count = 2;
  },
  'profile ids': ({ profiles }) => {
    for (const [i, profile] of profiles.entries()) profile.profile_id = new Uint8Array(16).fill(i + 1);
  },
  'profile attributes': ({ data, profiles }) => {
    addAttribute(data, profiles[0], 'added', { double_value: 0.5 }, 's');
    addAttribute(data, profiles[0], 'nested', nested);
    profiles[1].attribute_indices = profiles[0].attribute_indices.slice();
  },
  'dropped attributes of a profile': ({ profiles }) => {
    profiles[1].dropped_attributes_count = 3;
  },
  'an original payload': ({ profiles }) => {
    Object.assign(profiles[0], { original_payload_format: 'jfr', original_payload: Uint8Array.of(1, 0, 2) });
  },
};

describe('what a payload gained since it was a pprof', () => {
  test.each(Object.entries(ADDITIONS))('%s: the pprof is exact, and they come back', (_, change) => {
    const otlp = edited(change);
    const { pprofs, reports } = otlpToPprof(otlp);
    expect(pprofs).toHaveLength(1);
    expect(reports[0]).toMatchObject({ exactReturn: true, proven: true, warnings: [] });
    const found = findExtension(pprofs[0]);
    expectSameBytes(found?.pprof, PPROF);
    expect(decodeExtension(found?.extension as Uint8Array).content.kind).toBe('additions');
    const there = pprofToOtlp(pprofs[0]);
    expect(there.report).toMatchObject({ proven: true, carried: 'structured', warnings: [] });
    expect(meaning(there.otlp)).toEqual(meaning(otlp));
    expectSameBytes(otlpToPprof(there.otlp).pprofs[0], pprofs[0]);
    expectSameBytes(pprofToOtlp(otlpToPprof(there.otlp).pprofs[0]).otlp, there.otlp);
  });

  test('all of them together', () => {
    const otlp = edited((parts) => {
      for (const change of Object.values(ADDITIONS)) change(parts);
    });
    const [pprof] = otlpToPprof(otlp).pprofs;
    expectSameBytes(findExtension(pprof)?.pprof, PPROF);
    expect(meaning(pprofToOtlp(pprof).otlp)).toEqual(meaning(otlp));
    expectSameBytes(otlpToPprof(pprofToOtlp(pprof).otlp).pprofs[0], pprof);
  });

  test('nothing: the pprof is as it was', () => {
    const otlp = edited(() => {});
    expect(additionsIn(modelOf(otlp), false)).toBeUndefined();
    expectSameBytes(otlpToPprof(otlp).pprofs[0], PPROF);
  });

  test('semantic: only the pprof comes back', () => {
    const otlp = edited(ADDITIONS['resource attributes'] as (parts: Parts) => void);
    expectSameBytes(otlpToPprof(otlp, { fidelity: 'semantic' }).pprofs[0], PPROF);
  });

  test('an attribute of one profile of several: the pprof is exact', () => {
    const otlp = edited(({ data, profiles }) => addAttribute(data, profiles[1], 'added', { int_value: 1n }));
    expect(otlpToPprof(otlp).reports[0].exactReturn).toBe(true);
  });

  test('resource attributes can be added to what came back', () => {
    const once = otlpToPprof(edited(ADDITIONS['resource attributes'] as (parts: Parts) => void)).pprofs[0];
    const { data } = partsOf(pprofToOtlp(once, { resource: { 'host.name': 'a' } }).otlp);
    expect(data.resource_profiles[0].resource?.attributes.map(({ key }) => key)).toContain('host.name');
  });
});

/** What a payload says of resource, scope and profiles, without the samples and the residual. */
function meaning(otlp: Uint8Array): unknown {
  const { data, instrumentation, profiles } = partsOf(otlp);
  const { string_table, attribute_table } = dictionaryOf(data);
  const attribute = (index: number) => {
    const { key_strindex, value, unit_strindex } = attribute_table[index];
    return { key: string_table[key_strindex], value, unit: string_table[unit_strindex] };
  };
  return {
    resources: data.resource_profiles.map(({ scope_profiles: _, ...rest }) => rest),
    schema: data.resource_profiles[0].scope_profiles[0].schema_url,
    scope: {
      ...instrumentation,
      attributes: instrumentation.attributes.filter(({ key }) => key !== RESIDUAL),
    },
    profiles: profiles.map(({ samples: _, attribute_indices, ...rest }) => ({
      ...rest,
      attributes: attribute_indices.map(attribute),
    })),
  };
}

describe('additions', () => {
  test('are without samples', () => {
    const shell = additionsIn(modelOf(edited(ADDITIONS['profile ids'] as (parts: Parts) => void)), false) as Uint8Array;
    const data = decodeOtlp(shell);
    const { profiles, scope } = data.resource_profiles[0].scope_profiles[0];
    expect(profiles.map(({ samples, profile_id }) => [samples.length, profile_id[0]])).toEqual([
      [0, 1],
      [0, 2],
    ]);
    expect(scope?.attributes).toEqual([]);
    expect(shell.length).toBeLessThan(200);
  });

  test('the embedded original is none, another is one', () => {
    const otlp = edited(({ profiles }) => {
      Object.assign(profiles[0], { original_payload_format: 'pprof', original_payload: PPROF });
    });
    expect(additionsIn(modelOf(otlp), true)).toBeUndefined();
    expect(additionsIn(modelOf(otlp), false)?.length).toBeGreaterThan(PPROF.length);
  });

  test('laid over a model twice are the same', () => {
    const shell = additionsIn(
      modelOf(edited(ADDITIONS['profile attributes'] as (parts: Parts) => void)),
      false,
    ) as Uint8Array;
    const model = modelOf(pprofToOtlp(PPROF).otlp);
    expectSameBytes(additionsIn(withAdditions(model, shell), false), shell);
    expectSameBytes(samplesOf(withAdditions(model, shell)).subarray(0, 20), samplesOf(model).subarray(0, 20));
  });

  test('of another number of profiles do not fit', () => {
    const shell = additionsIn(modelOf(edited(ADDITIONS['profile ids'] as (parts: Parts) => void)), false) as Uint8Array;
    const one = modelOf(pprofToOtlp(bytesOfSketch({ ...FULL, types: [['cpu', 'ns']], samples: [] })).otlp);
    expect(() => withAdditions(one, shell)).toThrow(Misfit);
  });

  test('do not change what the samples say', () => {
    const plain = samplesOf(modelOf(edited(() => {})));
    for (const [name, change] of Object.entries(ADDITIONS)) {
      if (name === 'profile attributes') continue; // Their texts stand in the dictionary.
      expectSameBytes(samplesOf(modelOf(edited(change))), plain);
    }
    const other = edited(({ profiles }) => {
      profiles[0].samples[0].values = [77n];
    });
    expect(Buffer.compare(samplesOf(modelOf(other)), plain)).not.toBe(0);
  });
});

describe('what is not of the scope that was a pprof', () => {
  test('an added resource without profiles comes back', () => {
    const otlp = edited(({ data }) => {
      data.resource_profiles.push({ resource, scope_profiles: [], schema_url: '' });
    });
    expect(decodeOtlp(pprofToOtlp(otlpToPprof(otlp).pprofs[0]).otlp).resource_profiles).toHaveLength(2);
  });
});
