import type { Dictionary } from '../model/model.ts';
import { StringInterner } from '../wire/strings.ts';
import { decodeText } from '../wire/text.ts';
import type { TypedProfiles } from './sampleTypes.ts';
import type { FunctionSummary, TopSummary } from './summary.ts';
import { Sums } from './sums.ts';
import { weightOfStacks } from './usage.ts';

/**
 * The functions with most of a sample type's values, counted as `go tool pprof -top` does: flat where the function is
 * the innermost frame, cumulative where it is anywhere in the stack, once however often it recurs. Functions of one
 * name are one; a frame without a name is its mapping, in brackets.
 */
export function topFunctions(dictionary: Dictionary, typed: TypedProfiles | undefined, count: number): TopSummary {
  const profiles = typed?.profiles ?? [];
  const { stacks, locations } = dictionary;
  const weights = weightOfStacks(profiles, stacks.length);
  const names = new FrameNames(dictionary);
  const flat = new Sums(names.most);
  const cumulative = new Sums(names.most);
  const total = new Sums(1);
  /** The last stack that counted for each name, plus one. */
  const seen = new Int32Array(names.most);
  for (let stack = 0; stack < weights.length; stack++) {
    if (weights.isZero(stack)) continue;
    total.addFrom(weights, stack, 0);
    if (stack >= stacks.length) continue;
    let isLeaf = true;
    const visit = (name: number) => {
      if (isLeaf) flat.addFrom(weights, stack, name);
      isLeaf = false;
      if (seen[name] === stack + 1) return;
      seen[name] = stack + 1;
      cumulative.addFrom(weights, stack, name);
    };
    for (let at = stacks.start(stack); at < stacks.end(stack); at++) {
      const location = stacks.values.array[at];
      const lines = locations.lineStart.array;
      if (lines[location] === lines[location + 1]) visit(names.of(location, 0));
      for (let line = lines[location]; line < lines[location + 1]; line++)
        visit(names.of(location, locations.line.function.array[line]));
    }
  }
  const shown = (name: number): FunctionSummary => ({
    name: names.text(name),
    flat: flat.get(name),
    cumulative: cumulative.get(name),
  });
  return {
    type: typed?.type ?? '',
    unit: typed?.unit ?? '',
    total: total.get(0),
    functions: names.length,
    flat: flat.largest(count).map(shown),
    cumulative: cumulative.largest(count).map(shown),
  };
}

/** One number for all frames of one name. */
class FrameNames {
  private readonly interner = new StringInterner();
  private readonly functions: Int32Array;
  private readonly mappings: Int32Array;

  constructor(private readonly dictionary: Dictionary) {
    this.functions = new Int32Array(Math.max(dictionary.functions.length, 1)).fill(-1);
    this.mappings = new Int32Array(Math.max(dictionary.mappings.length, 1)).fill(-1);
  }

  /** No more names than this can come up. */
  get most(): number {
    return this.functions.length + this.mappings.length;
  }

  get length(): number {
    return this.interner.table.length;
  }

  text(name: number): string {
    return this.interner.table.text(name);
  }

  of(location: number, fn: number): number {
    const { functions, strings } = this.dictionary;
    const name = functions.name.array[fn];
    if (strings.size(name) === 0) return this.ofMapping(this.dictionary.locations.mapping.array[location]);
    if (this.functions[fn] < 0) this.functions[fn] = this.interner.internFrom(strings, name);
    return this.functions[fn];
  }

  private ofMapping(mapping: number): number {
    if (this.mappings[mapping] < 0) {
      const { mappings, strings } = this.dictionary;
      const path = decodeText(strings.bytes(mappings.filename.array[mapping]));
      this.mappings[mapping] = this.interner.internText(path === '' ? '<unknown>' : `[${baseName(path)}]`);
    }
    return this.mappings[mapping];
  }
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1) || path;
