import type { Profile } from '../model/model.ts';
import type { Content } from './content.ts';
import { eachValue, type SampleSet, sampleSets } from './samples.ts';
import { Sums } from './sums.ts';

/** What samples lead to: how often each stack, link and attribute is used, and which entries of the other tables are. */
export class Usage {
  readonly sets: SampleSet[];
  readonly stacks: Int32Array;
  readonly links: Int32Array;
  /** How many samples have each attribute. */
  readonly attributes: Int32Array;
  /** 1 for each location, function and mapping that a sample leads to. */
  readonly locations: Uint8Array;
  readonly functions: Uint8Array;
  readonly mappings: Uint8Array;

  constructor(content: Content) {
    const { dictionary, resources } = content;
    this.sets = resources.flatMap(({ scopes }) => scopes.flatMap(sampleSets));
    this.stacks = new Int32Array(atLeastOne(dictionary.stacks.length));
    this.links = new Int32Array(atLeastOne(dictionary.links.length));
    this.attributes = new Int32Array(atLeastOne(dictionary.attributes.length));
    this.locations = new Uint8Array(atLeastOne(dictionary.locations.length));
    this.functions = new Uint8Array(atLeastOne(dictionary.functions.length));
    this.mappings = new Uint8Array(atLeastOne(dictionary.mappings.length));
    for (const { identity } of this.sets) {
      for (let i = 0; i < identity.length; i++) {
        this.stacks[identity.stack.array[i]]++;
        this.links[identity.link.array[i]]++;
      }
      const { values } = identity.attributes;
      for (let at = 0; at < values.length; at++) this.attributes[values.array[at]]++;
    }
    this.follow(content);
  }

  /** From the stacks in use to all that they lead to. */
  private follow({ dictionary: { stacks, locations } }: Content): void {
    this.stacks.forEach((uses, stack) => {
      if (uses === 0 || stack >= stacks.length) return;
      for (let at = stacks.start(stack); at < stacks.end(stack); at++) this.locations[stacks.values.array[at]] = 1;
    });
    this.locations.forEach((used, location) => {
      if (used === 0 || location >= locations.length) return;
      this.mappings[locations.mapping.array[location]] = 1;
      for (let at = locations.lineStart.array[location]; at < locations.lineStart.array[location + 1]; at++)
        this.functions[locations.line.function.array[at]] = 1;
    });
  }
}

/** An index 0 needs no entry. */
const atLeastOne = (length: number): number => Math.max(length, 1);

/** How much of the values of some profiles lies on each stack. */
export function weightOfStacks(profiles: readonly Profile[], stacks: number): Sums {
  const weights = new Sums(atLeastOne(stacks));
  for (const { samples } of profiles) {
    const { stack } = samples.identity;
    eachValue(samples, (i, lo, hi) => weights.add(stack.array[i], lo, hi));
  }
  return weights;
}

/** How much of the values of some profiles lies on samples with each attribute. */
export function weightOfAttributes(profiles: readonly Profile[], attributes: number): Sums {
  const weights = new Sums(atLeastOne(attributes));
  for (const { samples } of profiles) {
    const rows = samples.identity.attributes;
    eachValue(samples, (i, lo, hi) => {
      for (let at = rows.start(i); at < rows.end(i); at++) weights.add(rows.values.array[at], lo, hi);
    });
  }
  return weights;
}
