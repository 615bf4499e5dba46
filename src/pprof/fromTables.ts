import type { Dictionary, Scope } from '../model/model.ts';
import { StringAppender } from '../wire/strings.ts';
import type { PprofData } from './data.ts';
import { LabelTable } from './labelTable.ts';
import { ScopeMapper } from './scopeMapper.ts';

/**
 * Maps one scope to a pprof whose tables are those of the dictionary entry for entry, unused and doubled ones too:
 * the id of a mapping, location or function is its index in the model, a string keeps its index. `toTables` is the way
 * back. What pprof demands and the dictionary lacks, such as a function for each line, is added behind.
 *
 * All indexes of the dictionary must be in range, and its first string empty.
 */
export function fromTables(dictionary: Dictionary, scope: Scope): PprofData {
  return new Lister(dictionary, scope).run();
}

/** The id of the entry, added behind a table of `length` entries, that stands for index 0 where pprof has no 0. */
export const idOfNone = (length: number): number => Math.max(length, 1);

class Lister extends ScopeMapper {
  constructor(dictionary: Dictionary, scope: Scope) {
    super(dictionary, scope, new StringAppender(dictionary.strings));
    this.strings.internText('');
  }

  run(): PprofData {
    const { mappings, locations, functions } = this.dictionary;
    const { data, scope } = this;
    this.sampleTypes();
    for (let i = 1; i < mappings.length; i++) {
      this.mapping(i);
      data.mapping.id.push(i, 0);
    }
    for (let i = 1; i < functions.length; i++) {
      this.function(i);
      data.function.id.push(i, 0);
    }
    for (let i = 1; i < locations.length; i++) {
      this.location(i);
      data.location.id.push(i, 0);
    }
    this.samples();
    this.lines();
    this.values();
    this.labels();
    this.head(scope.profiles[0]);
    return data;
  }

  protected override name(index: number): number {
    return index;
  }

  private samples(): void {
    const { stacks, locations } = this.dictionary;
    const { sample, location } = this.data;
    const { stack } = this.scope.profiles[0].samples.identity;
    const none = idOfNone(locations.length);
    const isUsed = new Uint8Array(Math.max(stacks.length, 1));
    for (let i = 0; i < stack.length; i++) isUsed[stack.array[i]] = 1;
    let needsNone = false;
    sample.stack = stack;
    // An empty dictionary has no entry 0 to point to.
    for (let row = 0; row < isUsed.length; row++) {
      const end = isUsed[row] === 1 && row < stacks.length ? stacks.end(row) : 0;
      for (let at = end === 0 ? 0 : stacks.start(row); at < end; at++) {
        const index = stacks.values.array[at];
        needsNone ||= index === 0;
        sample.stacks.values.push(index === 0 ? none : index);
      }
      sample.stacks.close();
    }
    if (!needsNone) return;
    if (locations.length > 0) this.location(0);
    else this.emptyLocation();
    location.id.push(none, 0);
  }

  private lines(): void {
    const { functions } = this.dictionary;
    const { function: fn, location } = this.data;
    const { line } = location;
    const none = idOfNone(functions.length);
    let needsNone = false;
    for (let at = 0; at < line.length; at++) {
      if (line.function.array[at] !== 0) continue;
      line.function.array[at] = none;
      needsNone = true;
    }
    if (!needsNone) return;
    if (functions.length > 0) this.function(0);
    else this.emptyFunction();
    fn.id.push(none, 0);
  }

  private labels(): void {
    const { sample } = this.data;
    const { attributes } = this.scope.profiles[0].samples.identity;
    const labels = new LabelTable(this.dictionary, this.strings, (index) => index);
    sample.labels = labels.all(attributes);
    sample.label = labels.labels;
  }
}
