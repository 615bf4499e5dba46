import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';
import { otlpToOtlp, otlpToPprof } from '../../src/index.ts';
import { decode } from '../../src/otlp/decode.ts';
import { checkIndexes } from '../../src/otlp/indexes.ts';
import type { OtlpProfile, ProfilesData, ProfilesDictionary } from '../support/messages.ts';
import { decodeOtlp, encodeOtlp } from '../support/oracle.ts';
import { canonicalOtlp } from '../support/otlpPayloads.ts';
import { foreignPayload } from '../support/payload.ts';
import { emptyDictionary, type Table } from '../support/references.ts';
import { patience, runsOf } from '../support/runs.ts';

type Change = (dictionary: ProfilesDictionary, profile: OtlpProfile, data: ProfilesData) => void;

function changed(change: Change): Uint8Array {
  const data = decodeOtlp(foreignPayload());
  change(data.dictionary as ProfilesDictionary, data.resource_profiles[0].scope_profiles[0].profiles[0], data);
  return encodeOtlp(data);
}

function failure(call: () => unknown): PprofOtlpError {
  try {
    call();
  } catch (error) {
    if (error instanceof PprofOtlpError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const check = (otlp: Uint8Array): void => checkIndexes(decode(otlp).data);

const PROFILE = 'resource_profiles[0].scope_profiles[0].profiles[0]';

type Put = (index: number, dictionary: ProfilesDictionary, profile: OtlpProfile) => void;
type Reference = [what: string, table: Table, path: string, put: Put];

const REFERENCES: Reference[] = [
  [
    'the file of a mapping',
    'string_table',
    'dictionary.mapping_table',
    (index, { mapping_table }) => {
      mapping_table[1].filename_strindex = index;
    },
  ],
  [
    'the mapping of a location',
    'mapping_table',
    'dictionary.location_table',
    (index, { location_table }) => {
      location_table[3].mapping_index = index;
    },
  ],
  [
    'the function of a line',
    'function_table',
    'dictionary.location_table',
    (index, { location_table }) => {
      location_table[2].lines[0].function_index = index;
    },
  ],
  ...(['name_strindex', 'system_name_strindex', 'filename_strindex'] as const).map(
    (field): Reference => [
      `${field} of a function`,
      'string_table',
      'dictionary.function_table',
      (index, { function_table }) => {
        function_table[2][field] = index;
      },
    ],
  ),
  ...(['key_strindex', 'unit_strindex'] as const).map(
    (field): Reference => [
      `${field} of an attribute`,
      'string_table',
      'dictionary.attribute_table',
      (index, { attribute_table }) => {
        attribute_table[2][field] = index;
      },
    ],
  ),
  [
    'the stack of a sample',
    'stack_table',
    PROFILE,
    (index, _, { samples }) => {
      samples[1].stack_index = index;
    },
  ],
  [
    'the link of a sample',
    'link_table',
    PROFILE,
    (index, _, { samples }) => {
      samples[1].link_index = index;
    },
  ],
  ...(['sample_type', 'period_type'] as const).flatMap((type) =>
    (['type_strindex', 'unit_strindex'] as const).map(
      (field): Reference => [
        `${field} of ${type}`,
        'string_table',
        PROFILE,
        (index, _, profile) => {
          profile[type] = { type_strindex: 0, unit_strindex: 0, [field]: index };
        },
      ],
    ),
  ),
];

const LISTS: Reference[] = [
  [
    'of a mapping',
    'attribute_table',
    'dictionary.mapping_table',
    (i, d) => d.mapping_table[1].attribute_indices.push(i),
  ],
  [
    'of a location',
    'attribute_table',
    'dictionary.location_table',
    (i, d) => d.location_table[3].attribute_indices.push(i),
  ],
  ['of a sample', 'attribute_table', PROFILE, (i, _, { samples }) => samples[1].attribute_indices.push(i)],
  ['of a profile', 'attribute_table', PROFILE, (i, _, { attribute_indices }) => attribute_indices.push(i)],
  ['of a stack', 'location_table', 'dictionary.stack_table', (i, d) => d.stack_table[2].location_indices.push(i)],
];

describe('an index that leads nowhere is refused', () => {
  test.each([...REFERENCES, ...LISTS])('%s', (_, table, path, put) => {
    const size = decodeOtlp(foreignPayload()).dictionary?.[table].length as number;
    expect(() => check(changed((dictionary, profile) => put(size - 1, dictionary, profile)))).not.toThrow();
    for (const index of [size, 0x7fffffff]) {
      const error = failure(() => check(changed((dictionary, profile) => put(index, dictionary, profile))));
      expect(error).toMatchObject({ code: 'bad-input', stage: 'map', path });
      expect(error.message).toBe(`leads to ${table}[${index}], but the table has ${size} entries`);
    }
  });

  test.each([...REFERENCES, ...LISTS])('%s, negative', (_, _table, _path, put) => {
    expect(failure(() => check(changed((dictionary, profile) => put(-1, dictionary, profile)))).code).toBe('bad-input');
  });

  test('also of an entry that nothing refers to', () => {
    const unused = changed(({ function_table }) => {
      function_table.push({ name_strindex: 99, system_name_strindex: 0, filename_strindex: 0, start_line: 0n });
    });
    expect(failure(() => check(unused)).path).toBe('dictionary.function_table');
  });

  test('whichever way it is translated', () => {
    const wrong = changed((_, { samples }) => {
      samples[0].link_index = 9;
    });
    expect(failure(() => otlpToPprof(wrong)).path).toBe(PROFILE);
    expect(failure(() => otlpToPprof(wrong, { fidelity: 'semantic' })).path).toBe(PROFILE);
    expect(failure(() => otlpToPprof(wrong, { verify: false })).path).toBe(PROFILE);
    expect(failure(() => otlpToOtlp(wrong, { to: 'otlp-json' })).path).toBe(PROFILE);
  });

  test('names the profile among several', () => {
    const wrong = changed((_, profile, { resource_profiles }) => {
      const [resource] = resource_profiles;
      resource.scope_profiles.push({ scope: undefined, profiles: [profile, structuredClone(profile)], schema_url: '' });
      resource.scope_profiles[1].profiles[1].samples[0].stack_index = 50;
    });
    expect(failure(() => check(wrong)).path).toBe('resource_profiles[0].scope_profiles[1].profiles[1]');
  });
});

describe('index 0', () => {
  const table = (name: Table): Change => {
    return (dictionary) => {
      (dictionary[name] as unknown[]).length = 0;
    };
  };

  test('says none where there is no table', () => {
    const bare: Change = (_, profile, data) => {
      data.dictionary = {
        ...emptyDictionary(),
        string_table: [],
        stack_table: [],
        link_table: [],
        attribute_table: [],
      };
      data.resource_profiles[0].resource = undefined;
      data.resource_profiles[0].scope_profiles[0].scope = undefined;
      Object.assign(profile, { sample_type: undefined, period_type: undefined, attribute_indices: [] });
      for (const sample of profile.samples)
        Object.assign(sample, { stack_index: 0, link_index: 0, attribute_indices: [] });
    };
    expect(() => check(changed(bare))).not.toThrow();
  });

  test.each(LISTS.slice(0, 4))('in a list of attributes is an entry: %s', (_, _table, path, put) => {
    const alone: Change = (dictionary, profile, data) => {
      table('attribute_table')(dictionary, profile, data);
      for (const owner of [...dictionary.mapping_table, ...dictionary.location_table, profile, ...profile.samples])
        owner.attribute_indices = [];
      expect(() => check(encodeOtlp(data))).not.toThrow();
      put(0, dictionary, profile);
    };
    expect(failure(() => check(changed(alone)))).toMatchObject({ path, code: 'bad-input' });
  });
});

test('the first string is empty', () => {
  const error = failure(() => check(changed(({ string_table }) => string_table.splice(0, 1, 'x'))));
  expect(error).toMatchObject({ code: 'bad-input', path: 'dictionary.string_table[0]' });
  expect(() => check(changed(({ string_table }) => string_table.splice(3, 1, '')))).not.toThrow();
});

test(
  'any payload that has a meaning passes',
  () => {
    fc.assert(fc.property(canonicalOtlp, check), runsOf());
  },
  patience,
);
