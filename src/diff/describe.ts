import type { Content } from '../inspect/content.ts';
import { attributeValue, type Dictionary, valueText } from '../model/model.ts';
import type { Rows } from '../wire/rows.ts';

/** Frames of a stack that an example names. */
const FRAMES = 3;

/** A stack as people say it: the innermost function first. */
export function stackText({ dictionary }: Content, stack: number): string {
  const { stacks } = dictionary;
  if (stack >= stacks.length || stacks.start(stack) === stacks.end(stack)) return 'no stack';
  const depth = stacks.end(stack) - stacks.start(stack);
  const frames = Array.from({ length: Math.min(depth, FRAMES) }, (_, i) =>
    frameText(dictionary, stacks.values.array[stacks.start(stack) + i]),
  );
  return frames.join(' < ') + (depth > FRAMES ? ` < ${depth - FRAMES} more` : '');
}

/** The innermost function of a location, or where it is. */
function frameText(dictionary: Dictionary, location: number): string {
  const { locations, functions, strings } = dictionary;
  const line = locations.lineStart.array[location];
  if (line < locations.lineStart.array[location + 1]) {
    const name = strings.text(functions.name.array[locations.line.function.array[line]]);
    if (name !== '') return name;
  }
  return placeText(dictionary, location);
}

/** Address and file of the mapping. */
function placeText({ locations, mappings, strings }: Dictionary, location: number): string {
  const path = strings.text(mappings.filename.array[locations.mapping.array[location]]);
  const file = path.slice(path.lastIndexOf('/') + 1);
  return `0x${locations.address.unsigned(location).toString(16)}${file === '' ? '' : ` in ${file}`}`;
}

/** The facts of a location by name, each as text. */
export function locationFacts(dictionary: Dictionary, location: number): Facts {
  const { locations, functions, strings } = dictionary;
  const lines: string[] = [];
  for (let at = locations.lineStart.array[location]; at < locations.lineStart.array[location + 1]; at++) {
    const name = strings.text(functions.name.array[locations.line.function.array[at]]);
    const column = locations.line.column.isZero(at) ? '' : `:${locations.line.column.signed(at)}`;
    lines.push(`${name || 'no name'}:${locations.line.line.signed(at)}${column}`);
  }
  return {
    place: placeText(dictionary, location),
    lines: lines.join(' inlined in ') || 'none',
    ...attributeFacts(dictionary, locations.attributes, location),
  };
}

export function functionFacts({ functions, strings }: Dictionary, fn: number): Facts {
  return {
    name: strings.text(functions.name.array[fn]),
    'system name': strings.text(functions.systemName.array[fn]),
    file: strings.text(functions.filename.array[fn]),
    'start line': `${functions.startLine.signed(fn)}`,
  };
}

export function mappingFacts(dictionary: Dictionary, mapping: number): Facts {
  const { mappings, strings } = dictionary;
  return {
    file: strings.text(mappings.filename.array[mapping]),
    memory: `0x${mappings.memoryStart.unsigned(mapping).toString(16)} to 0x${mappings.memoryLimit.unsigned(mapping).toString(16)}`,
    offset: `0x${mappings.fileOffset.unsigned(mapping).toString(16)}`,
    ...attributeFacts(dictionary, mappings.attributes, mapping),
  };
}

/** What is said of one thing, by name. */
export type Facts = Record<string, string>;

/** Only the facts that differ, as two texts; null where one side has none of them. */
export function differingFacts(a: Facts, b: Facts): { a: string | null; b: string | null } {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
  const text = (facts: Facts) =>
    names
      .filter((name) => Object.hasOwn(facts, name))
      .map((name) => `${name} ${facts[name] || '""'}`)
      .join(', ') || null;
  return { a: text(a), b: text(b) };
}

/** The attributes in a row of a table. */
export function attributeFacts(dictionary: Dictionary, rows: Rows, row: number): Facts {
  const facts: [string, string][] = [];
  if (row < rows.length)
    for (let at = rows.start(row); at < rows.end(row); at++)
      facts.push(attributeFact(dictionary, rows.values.array[at]));
  return Object.fromEntries(facts);
}

/** Key and value of an attribute, its unit behind the value. */
export function attributeFact(dictionary: Dictionary, attribute: number): [key: string, value: string] {
  const { attributes, strings } = dictionary;
  const unit = strings.text(attributes.unit.array[attribute]);
  const value = valueText(attributeValue(dictionary, attribute));
  return [strings.text(attributes.key.array[attribute]), unit === '' ? value : `${value} ${unit}`];
}

/** Facts in one line. */
export function factsText(facts: Facts): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${value || '""'}`)
    .join(' ');
}
