import { type Content, contentOf } from '../inspect/content.ts';
import { sampleSets } from '../inspect/samples.ts';
import type { ProfileFormat } from '../inspect/summary.ts';
import type { Dictionary } from '../model/model.ts';
import { equalBytes } from '../wire/bytes.ts';
import { differingFacts, type Facts, factsText, functionFacts, locationFacts, mappingFacts } from './describe.ts';
import { DIFF_SCHEMA, type DiffResult, Findings, type Kind, type Rank, type SideSummary } from './difference.ts';
import { groupsOf } from './groups.ts';
import { compareIdentity } from './identity.ts';
import type { JointTable } from './joint.ts';
import { compareProfiles } from './profiles.ts';
import { SampleComparison } from './samples.ts';
import { JointTables } from './tables.ts';

export interface DiffInput {
  /** Uncompressed pprof or OTLP (profiles.proto 1.10 and 1.11). */
  bytes: Uint8Array;
  format: ProfileFormat;
}

export interface DiffOptions {
  /** `semantic` leaves out what carries no meaning: ids, order, layout. */
  only?: Rank | 'all';
  /** How many examples of each kind. Default 3. */
  examples?: number;
  /**
   * Gives the file that a translation was made from, where it carries it and proves that it is the same to the last
   * byte. Asked only for a file whose other side is of the other format.
   */
  original?: (input: DiffInput) => Uint8Array | undefined;
}

/**
 * Says what differs between two profiles, of one format or of two, in time linear in their size.
 *
 * Each difference is told where it is: a renamed function is one changed function, not a new stack for each sample
 * that has it.
 *
 * @throws PprofOtlpError `bad-input` for broken wire and references that lead nowhere
 */
export function diff(a: DiffInput, b: DiffInput, options: DiffOptions = {}): DiffResult {
  const { only = 'all', examples = 3, original } = options;
  const sides = sidesOf(a, b, original);
  const [x, y] = sides.map(({ content }) => content);
  const found = new Findings(examples);
  const counts = x.format === y.format && equalBytes(x.bytes, y.bytes) ? undefined : compare([x, y], found);
  compareOwnResources(sides, found);
  const differences = found.list().filter(({ rank }) => only === 'all' || rank === only);
  return {
    schema: DIFF_SCHEMA,
    a: summary(a, sides[0], counts?.[0] ?? samplesIn(x)),
    b: summary(b, sides[1], counts?.[1] ?? samplesIn(y)),
    same: differences.length === 0,
    differences,
  };
}

interface SideOf {
  content: Content;
  /** The translation that the content was restored from. */
  translation: DiffInput | undefined;
}

function sidesOf(a: DiffInput, b: DiffInput, original: DiffOptions['original']): readonly [SideOf, SideOf] {
  const asTheyAre = (input: DiffInput): SideOf => ({
    content: contentOf(input.bytes, input.format),
    translation: undefined,
  });
  if (a.format === b.format || original === undefined) return [asTheyAre(a), asTheyAre(b)];
  // One is enough to have both in one format.
  const originalOfB = original(b);
  if (originalOfB !== undefined) return [asTheyAre(a), { content: contentOf(originalOfB, a.format), translation: b }];
  const originalOfA = original(a);
  if (originalOfA === undefined) return [asTheyAre(a), asTheyAre(b)];
  return [{ content: contentOf(originalOfA, b.format), translation: a }, asTheyAre(b)];
}

function summary({ format, bytes }: DiffInput, { translation }: SideOf, samples: number): SideSummary {
  return { format, bytes: bytes.length, restored: translation !== undefined, samples };
}

const samplesIn = ({ resources }: Content): number =>
  resources.flatMap(({ scopes }) => scopes.flatMap(sampleSets)).reduce((sum, { identity }) => sum + identity.length, 0);

function compare(contents: readonly [Content, Content], found: Findings): [number, number] {
  const [a, b] = contents;
  const groups = groupsOf(a, b, found);
  compareProfiles(contents, groups, found);
  const tables = new JointTables(contents);
  const samples = new SampleComparison(contents, tables, groups, found);
  samples.run();
  const dictionaries = [a.dictionary, b.dictionary] as const;
  compareEntries('functions', tables.functions, dictionaries, functionFacts, found);
  compareEntries('locations', tables.locations, dictionaries, locationFacts, found);
  compareEntries('mappings', tables.mappings, dictionaries, mappingFacts, found);
  compareIdentity(contents, tables, found);
  // Whatever is left shows in the bytes alone.
  if (found.size === 0 && a.format === b.format)
    found.compare('layout', 'bytes', sizeAndPlace(a.bytes, b.bytes), sizeAndPlace(b.bytes, a.bytes));
  return samples.total;
}

/** Where the bytes part, so that the texts of two sides always differ. */
function sizeAndPlace(own: Uint8Array, other: Uint8Array): string {
  let at = 0;
  while (at < own.length && own[at] === other[at]) at++;
  return `${own.length} bytes, ${at < own.length ? `at ${at} 0x${own[at].toString(16)}` : 'ends there'}`;
}

function compareEntries(
  table: 'functions' | 'locations' | 'mappings',
  joint: JointTable,
  [a, b]: readonly [Dictionary, Dictionary],
  factsOf: (dictionary: Dictionary, entry: number) => Facts,
  found: Findings,
): void {
  const one = (kind: Kind, side: 0 | 1) => {
    for (const entry of joint.left(side)) {
      const text = () => factsText(factsOf(side === 0 ? a : b, entry));
      found.add(kind, entry, () => ({
        what: table.slice(0, -1),
        a: side === 0 ? text() : null,
        b: side === 1 ? text() : null,
      }));
    }
  };
  one(`${table}-removed`, 0);
  one(`${table}-added`, 1);
  for (const pair of joint.pairs) {
    found.add(`${table}-changed`, pair.a, () => {
      const [own, other] = [factsOf(a, pair.a), factsOf(b, pair.b)];
      return {
        what: Object.values(own)[0] || Object.values(other)[0] || table.slice(0, -1),
        ...differingFacts(own, other),
      };
    });
  }
}

/** A pprof has no resource: what a translation was given is told, although the rest of it was restored. */
function compareOwnResources(sides: readonly SideOf[], found: Findings): void {
  for (const [side, { translation }] of sides.entries()) {
    if (translation?.format !== 'otlp') continue;
    for (const { attributes } of contentOf(translation.bytes, 'otlp').resources) {
      const text = attributes.map(({ key }) => key).join(', ');
      if (text !== '') found.compare('resources', 'attributes', side === 0 ? text : null, side === 1 ? text : null);
    }
  }
}
