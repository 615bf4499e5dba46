import { PprofOtlpError } from '../errors.ts';
import type { Profile } from '../model/model.ts';
import type { Int32Column } from '../wire/columns.ts';
import type { OtlpData } from './data.ts';

/**
 * Checks that every index of a payload leads to an entry of its table, also those of entries that nothing refers to,
 * and that the first string is the empty one. Index 0 says "none", whether there is an entry 0 or not.
 *
 * Throws PprofOtlpError `bad-input` with the message path.
 */
export function checkIndexes({ dictionary, resources }: OtlpData): void {
  const { strings, mappings, locations, functions, links, attributes, stacks } = dictionary;
  if (strings.length > 0 && strings.size(0) > 0) {
    throw new PprofOtlpError('bad-input', 'is not empty, which the first string has to be', {
      stage: 'map',
      path: 'dictionary.string_table[0]',
    });
  }
  const check = (column: Int32Column, table: string, length: number, path: string) => {
    const { array } = column;
    for (let i = 0; i < column.length; i++) {
      if (array[i] >= length && array[i] !== 0) throw missing(table, array[i], length, path);
    }
  };
  const checkStrings = (column: Int32Column, path: string) => check(column, 'string_table', strings.length, path);
  const toAttribute = (column: Int32Column, path: string) => {
    check(column, 'attribute_table', attributes.length, path);
    if (column.length > 0 && attributes.length === 0) throw missing('attribute_table', 0, 0, path);
  };
  checkStrings(mappings.filename, 'dictionary.mapping_table');
  toAttribute(mappings.attributes.values, 'dictionary.mapping_table');
  check(locations.mapping, 'mapping_table', mappings.length, 'dictionary.location_table');
  check(locations.line.function, 'function_table', functions.length, 'dictionary.location_table');
  toAttribute(locations.attributes.values, 'dictionary.location_table');
  for (const column of [functions.name, functions.systemName, functions.filename])
    checkStrings(column, 'dictionary.function_table');
  for (const column of [attributes.key, attributes.unit]) checkStrings(column, 'dictionary.attribute_table');
  check(stacks.values, 'location_table', locations.length, 'dictionary.stack_table');

  resources.forEach(({ scopes }, r) => {
    scopes.forEach(({ profiles }, s) => {
      profiles.forEach((profile, p) => {
        const path = `resource_profiles[${r}].scope_profiles[${s}].profiles[${p}]`;
        const { identity } = profile.samples;
        check(identity.stack, 'stack_table', stacks.length, path);
        check(identity.link, 'link_table', links.length, path);
        toAttribute(identity.attributes.values, path);
        for (const index of profile.attributes)
          if (index >= attributes.length) throw missing('attribute_table', index, attributes.length, path);
        for (const index of typeIndexes(profile))
          if (index >= strings.length && index !== 0) throw missing('string_table', index, strings.length, path);
      });
    });
  });
}

/** Whether `checkIndexes` has nothing against a payload. */
export function isInRange(data: OtlpData): boolean {
  try {
    checkIndexes(data);
    return true;
  } catch (error) {
    if (error instanceof PprofOtlpError) return false;
    throw error;
  }
}

const typeIndexes = ({ sampleType, periodType }: Profile): number[] => [
  sampleType.type,
  sampleType.unit,
  periodType.type,
  periodType.unit,
];

/** An index that leads nowhere. */
export function missing(table: string, index: number, length: number, path: string): PprofOtlpError {
  return new PprofOtlpError('bad-input', `leads to ${table}[${index}], but the table has ${length} entries`, {
    stage: 'map',
    path,
  });
}
