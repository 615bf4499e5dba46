import {
  MAPPING_HAS_FILENAMES,
  MAPPING_HAS_FUNCTIONS,
  MAPPING_HAS_INLINE_FRAMES,
  MAPPING_HAS_LINE_NUMBERS,
} from '../model/conventions.ts';
import { attributeValue, type Dictionary, valueText } from '../model/model.ts';
import type { MappingSummary, SymbolShares } from './summary.ts';
import type { Usage } from './usage.ts';

const BUILD_ID = 'process.executable.build_id.';

/** The mappings, and how far the locations in each are symbolized. */
export function mappingSummaries(dictionary: Dictionary, usage: Usage): MappingSummary[] {
  const { locations, mappings } = dictionary;
  const found = Array.from({ length: Math.max(mappings.length, 1) }, noShares);
  for (let location = 0; location < locations.length; location++) {
    if (usage.locations[location] === 1) addLocation(dictionary, location, found[locations.mapping.array[location]]);
  }
  return found.flatMap((shares, index) =>
    // Entry 0 stands for no mapping.
    index === 0 && shares.locations === 0 ? [] : [mappingSummary(dictionary, index, shares)],
  );
}

export function sharesInAll(mappings: readonly MappingSummary[]): SymbolShares {
  const all = noShares();
  for (const { found } of mappings)
    for (const key of Object.keys(all) as (keyof SymbolShares)[]) all[key] += found[key];
  return all;
}

const noShares = (): SymbolShares => ({ locations: 0, functions: 0, filenames: 0, lineNumbers: 0, inlineFrames: 0 });

function addLocation({ locations, functions, strings }: Dictionary, location: number, shares: SymbolShares): void {
  const start = locations.lineStart.array[location];
  const end = locations.lineStart.array[location + 1];
  const has = { functions: false, filenames: false, lineNumbers: false };
  for (let line = start; line < end; line++) {
    const fn = locations.line.function.array[line];
    has.functions ||= strings.size(functions.name.array[fn]) > 0;
    has.filenames ||= strings.size(functions.filename.array[fn]) > 0;
    has.lineNumbers ||= !locations.line.line.isZero(line);
  }
  shares.locations++;
  shares.functions += Number(has.functions);
  shares.filenames += Number(has.filenames);
  shares.lineNumbers += Number(has.lineNumbers);
  shares.inlineFrames += Number(end - start > 1);
}

function mappingSummary(dictionary: Dictionary, index: number, found: SymbolShares): MappingSummary {
  const { mappings, strings, attributes } = dictionary;
  const own = new Map<string, number>();
  if (index < mappings.length) {
    for (let at = mappings.attributes.start(index); at < mappings.attributes.end(index); at++) {
      const attribute = mappings.attributes.values.array[at];
      own.set(strings.text(attributes.key.array[attribute]), attribute);
    }
  }
  const declares = (key: string) => own.has(key) && attributeValue(dictionary, own.get(key) as number) === true;
  return {
    filename: strings.text(mappings.filename.array[index]),
    isNone: index === 0,
    start: mappings.memoryStart.unsigned(index),
    limit: mappings.memoryLimit.unsigned(index),
    offset: mappings.fileOffset.unsigned(index),
    buildIds: [...own]
      .filter(([key]) => key.startsWith(BUILD_ID))
      .map(([key, attribute]) => ({ key, value: valueText(attributeValue(dictionary, attribute)) })),
    declared: {
      functions: declares(MAPPING_HAS_FUNCTIONS),
      filenames: declares(MAPPING_HAS_FILENAMES),
      lineNumbers: declares(MAPPING_HAS_LINE_NUMBERS),
      inlineFrames: declares(MAPPING_HAS_INLINE_FRAMES),
    },
    found,
  };
}
