import type { Content } from '../inspect/content.ts';
import { hex } from '../inspect/hex.ts';
import { eachValue, type SampleSet, sampleSets } from '../inspect/samples.ts';
import { Sums } from '../inspect/sums.ts';
import { type Profile, valuesFrom, valuesTo } from '../model/model.ts';
import { Int32Column } from '../wire/columns.ts';
import { attributeFact, attributeFacts, factsText, stackText } from './describe.ts';
import type { Findings } from './difference.ts';
import type { Group } from './groups.ts';
import { JointTable, SIDES, type Side } from './joint.ts';
import type { JointTables } from './tables.ts';

/** The samples of one side, one after the other. */
interface SideSamples {
  /** For each sample its group, number of stack, of attribute set and of link. */
  group: Int32Column;
  stack: Int32Column;
  set: Int32Column;
  link: Int32Column;
  /** Where they are: which set of profiles, which sample of it. */
  sets: SampleSet[];
  owner: Int32Column;
  row: Int32Column;
  /** Where the samples of each set begin. */
  first: number[];
}

/** Compares samples by stack and labels: which are gone, which are new, and what those that stayed say. */
export class SampleComparison {
  private readonly sides: readonly [SideSamples, SideSamples];
  private readonly table: JointTable;
  /** How many samples of each number a side has. */
  private readonly counts: readonly [Int32Array, Int32Array];

  constructor(
    private readonly contents: readonly [Content, Content],
    private readonly tables: JointTables,
    groups: readonly Group[],
    private readonly found: Findings,
  ) {
    this.sides = [this.flatten(0, groups), this.flatten(1, groups)];
    const [a, b] = this.sides;
    this.table = new JointTable([a.stack.length, b.stack.length]);
    for (const side of SIDES)
      for (let i = 0; i < this.sides[side].stack.length; i++)
        this.table.add(side, i, [...this.key(side, i), this.sides[side].set.array[i], this.sides[side].link.array[i]]);
    this.pair();
    this.counts = [this.countNumbers(0), this.countNumbers(1)];
  }

  get total(): [number, number] {
    return [this.sides[0].stack.length, this.sides[1].stack.length];
  }

  run(): void {
    this.missing('samples-removed', 0);
    this.missing('samples-added', 1);
    this.changedIdentity();
    for (const [type, profiles] of this.sharedTypes()) this.compareValues(type, profiles);
    this.compareTimestamps();
    this.compareOrder();
  }

  private flatten(side: Side, groups: readonly Group[]): SideSamples {
    const { tables } = this;
    const column = () => new Int32Column();
    const samples: SideSamples = {
      ...{ group: column(), stack: column(), set: column(), link: column() },
      ...{ sets: [], owner: column(), row: column(), first: [] },
    };
    groups.forEach((scopes, group) => {
      const scope = scopes[side];
      for (const set of scope === undefined ? [] : sampleSets(scope)) {
        const { identity } = set;
        samples.first.push(samples.stack.length);
        for (let i = 0; i < identity.length; i++) {
          samples.group.push(group);
          samples.stack.push(tables.stack(side, identity.stack.array[i]));
          samples.set.push(tables.set(side, identity.attributes, i));
          samples.link.push(tables.link(side, identity.link.array[i]));
          samples.owner.push(samples.sets.length);
          samples.row.push(i);
        }
        samples.sets.push(set);
      }
    });
    return samples;
  }

  private key(side: Side, i: number): [number, number] {
    return [this.sides[side].group.array[i], this.sides[side].stack.array[i]];
  }

  /** A sample of the same stack is the same sample, with other labels or another link. */
  private pair(): void {
    const { table, sides } = this;
    table.pairBy((side, i) => [...this.key(side, i), sides[side].set.array[i]]);
    table.pairBy((side, i) => [...this.key(side, i), ...this.valuesOf(side, i)]);
    table.pairBy((side, i) => this.key(side, i));
  }

  /** The values of a sample in the words of its profiles, to tell samples of one stack apart. */
  private valuesOf(side: Side, i: number): number[] {
    const set = this.sides[side].sets[this.sides[side].owner.array[i]];
    const row = this.sides[side].row.array[i];
    const values: [number, number, number][] = set.profiles.map(({ samples: { values }, sampleType }) => {
      const at = valuesFrom(values, row);
      const isThere = valuesTo(values, row) > at;
      const type = this.tables.name(side, sampleType.type);
      return isThere ? [type, values.column.lo[at], values.column.hiAt(at)] : [type, 0, 0];
    });
    return values.sort(([a], [b]) => a - b).flat();
  }

  private countNumbers(side: Side): Int32Array {
    const counts = new Int32Array(this.table.length);
    for (let i = 0; i < this.sides[side].stack.length; i++) counts[this.table.number(side, i)]++;
    return counts;
  }

  private missing(kind: 'samples-removed' | 'samples-added', side: Side): void {
    for (const entry of this.table.left(side)) {
      const number = this.table.number(side, entry);
      const text = () => this.sampleText(side, entry);
      for (let k = 0; k < this.counts[side][number]; k++)
        this.found.add(kind, number, () => ({
          what: text(),
          a: side === 0 ? 'there' : null,
          b: side === 1 ? 'there' : null,
        }));
    }
  }

  private changedIdentity(): void {
    const [sideA, sideB] = this.sides;
    for (const { a, b } of this.table.pairs) {
      const count = this.counts[0][this.table.number(0, a)];
      for (let k = 0; k < count; k++) {
        if (sideA.set.array[a] !== sideB.set.array[b]) this.changedLabels(a, b);
        else if (!this.isImplied(a, b))
          this.found.add('sample-links', 0, () => ({
            what: this.sampleText(0, a),
            a: this.linkText(0, a),
            b: this.linkText(1, b),
          }));
      }
    }
  }

  /** A pprof has its links in labels alone: that OTLP leaves such a link out takes nothing away. */
  private isImplied(a: number, b: number): boolean {
    const [x, y] = this.contents;
    if (x.format === y.format) return false;
    return (x.format === 'otlp' ? this.sides[0].link.array[a] : this.sides[1].link.array[b]) === 0;
  }

  /** Differences of one key are of one sort, whatever the values. */
  private changedLabels(a: number, b: number): void {
    const [x, y] = [this.attributesByKey(0, a), this.attributesByKey(1, b)];
    const keys = [...new Set([...x.keys(), ...y.keys()])].filter((key) => x.get(key)?.number !== y.get(key)?.number);
    const sort = keys.map((key) => `${key}${x.has(key) ? 'a' : ''}${y.has(key) ? 'b' : ''}`).join();
    this.found.add('sample-labels', sort, () => {
      const facts = (side: Side, of: ReturnType<typeof this.attributesByKey>) =>
        Object.fromEntries(
          keys.flatMap((key) =>
            of.has(key) ? [attributeFact(this.contents[side].dictionary, of.get(key)?.index ?? 0)] : [],
          ),
        );
      return {
        what: `${this.namesOf(keys)}, first at ${this.sampleText(0, a, false)}`,
        a: factsText(facts(0, x)) || null,
        b: factsText(facts(1, y)) || null,
      };
    });
  }

  private namesOf(keys: readonly number[]): string {
    return keys.map((key) => this.tables.attributes.names.table.text(key) || '""').join(', ');
  }

  private attributesByKey(side: Side, i: number): Map<number, { index: number; number: number }> {
    const { rows, row } = this.attributeRow(side, i);
    const byKey = new Map<number, { index: number; number: number }>();
    for (let at = rows.start(row); at < rows.end(row); at++) {
      const index = rows.values.array[at];
      const number = this.tables.attribute(side, index);
      byKey.set(this.tables.attributes.key[number], { index, number });
    }
    return byKey;
  }

  private attributeRow(side: Side, i: number) {
    const { sets, owner, row } = this.sides[side];
    return { rows: sets[owner.array[i]].identity.attributes, row: row.array[i] };
  }

  private sampleText(side: Side, i: number, withLabels = true): string {
    const { sets, owner, row } = this.sides[side];
    const content = this.contents[side];
    const stack = stackText(content, sets[owner.array[i]].identity.stack.array[row.array[i]]);
    const { rows } = this.attributeRow(side, i);
    const labels = withLabels ? factsText(attributeFacts(content.dictionary, rows, row.array[i])) : '';
    return labels === '' ? stack : `${stack} {${labels}}`;
  }

  private linkText(side: Side, i: number): string | null {
    const { sets, owner, row } = this.sides[side];
    const link = sets[owner.array[i]].identity.link.array[row.array[i]];
    if (this.tables.link(side, link) === 0) return null;
    const ids = this.contents[side].dictionary.links.bytes(link);
    return `trace ${hex(ids.subarray(0, 16))} span ${hex(ids.subarray(16))}`;
  }

  /** The sample types that both sides have, with the profiles of each and where their samples begin. */
  private sharedTypes(): Map<string, readonly [Typed[], Typed[]]> {
    const byType = SIDES.map((side) => {
      const types = new Map<string, Typed[]>();
      const { strings } = this.contents[side].dictionary;
      this.sides[side].sets.forEach(({ profiles }, set) => {
        for (const profile of profiles) {
          const name = `${strings.text(profile.sampleType.type)}/${strings.text(profile.sampleType.unit)}`;
          const typed = { profile, first: this.sides[side].first[set] };
          if (types.has(name)) types.get(name)?.push(typed);
          else types.set(name, [typed]);
        }
      });
      return types;
    });
    const shared = [...byType[0]].filter(([name]) => byType[1].has(name));
    return new Map(shared.map(([name, own]) => [name, [own, byType[1].get(name) as Typed[]]]));
  }

  private compareValues(type: string, profiles: readonly [Typed[], Typed[]]): void {
    const { table, found } = this;
    const totals = [new Sums(1), new Sums(1)];
    const sums = [new Sums(table.length), new Sums(table.length)];
    /** What tells apart values that have the same sum. */
    const prints = [new Sums(table.length), new Sums(table.length)];
    const counts = [new Int32Array(table.length), new Int32Array(table.length)];
    for (const side of SIDES) {
      for (const { profile, first } of profiles[side]) {
        eachValue(profile.samples, (i, lo, hi) => {
          const number = table.number(side, first + i);
          totals[side].add(0, lo, hi);
          sums[side].add(number, lo, hi);
          counts[side][number]++;
          prints[side].add(number, fingerprint(lo, hi), fingerprint(hi, lo));
        });
      }
    }
    found.compare('totals', type, `${totals[0].get(0)}`, `${totals[1].get(0)}`);
    for (let number = 0; number < table.length; number++) {
      const [a, b] = [table.entry(0, number), table.entry(1, number)];
      if (a < 0 || b < 0) continue;
      const values = () => ({
        what: `${type} of ${this.sampleText(0, a)}`,
        a: `${sums[0].get(number)}`,
        b: `${sums[1].get(number)}`,
      });
      if (!sums[0].equals(number, sums[1], number)) found.add('sample-values', `${type} ${number}`, values);
      else if (!prints[0].equals(number, prints[1], number)) {
        const text = (side: Side) => `${sums[side].get(number)} in ${counts[side][number]} samples`;
        found.add('sample-split', number, () => ({ ...values(), a: text(0), b: text(1) }));
      }
    }
  }

  private compareTimestamps(): void {
    const { table, found } = this;
    const prints = [new Sums(table.length), new Sums(table.length)];
    const counts = [new Int32Array(table.length), new Int32Array(table.length)];
    for (const side of SIDES) {
      this.sides[side].sets.forEach(({ profiles }, set) => {
        for (const { samples } of profiles) {
          const { timestamps } = samples;
          if (timestamps === undefined) continue;
          for (let i = 0; i < samples.identity.length; i++) {
            const number = table.number(side, this.sides[side].first[set] + i);
            for (let at = timestamps.start.array[i]; at < timestamps.start.array[i + 1]; at++) {
              const [lo, hi] = [timestamps.unixNano.lo[at], timestamps.unixNano.hiAt(at)];
              prints[side].add(number, fingerprint(lo, hi), fingerprint(hi, lo));
              counts[side][number]++;
            }
          }
        }
      });
    }
    for (let number = 0; number < table.length; number++) {
      const a = table.entry(0, number);
      if (a < 0 || table.entry(1, number) < 0 || prints[0].equals(number, prints[1], number)) continue;
      const text = (side: Side) => `${counts[side][number]} timestamps`;
      found.add('sample-timestamps', number, () => ({ what: this.sampleText(0, a), a: text(0), b: text(1) }));
    }
  }

  /** The order says something only where the samples are the same. */
  private compareOrder(): void {
    const [a, b] = this.sides;
    if (a.stack.length !== b.stack.length || this.found.has('samples-removed', 'samples-added', 'sample-split')) return;
    for (let i = 0; i < a.stack.length; i++) {
      if (this.table.number(0, i) !== this.table.number(1, i))
        this.found.add('sample-order', 0, () => ({
          what: `sample ${i}`,
          a: this.sampleText(0, i),
          b: this.sampleText(1, i),
        }));
    }
  }
}

interface Typed {
  profile: Profile;
  /** The number of its first sample on its side. */
  first: number;
}

/** Spreads a value over 32 bits, so that sums of it differ where the values do. */
function fingerprint(lo: number, hi: number): number {
  let hash = Math.imul(lo ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(hi + 0x7f4a7c15, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
