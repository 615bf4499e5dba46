// What 1.11 must say of a sketch, in the form of otlpMeaning.ts, worked out from docs/drafts.md and nothing of src/.

import type { AnyValue } from '../messages.ts';
import type { Tree } from '../otlpMeaning.ts';
import { units } from './render.ts';
import {
  hasOwnTables,
  hasStacks,
  type Label,
  type Profile,
  type Sketch,
  type Tables,
  type Value,
  type ValueType,
} from './sketch.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const zeroId = (bytes: Uint8Array): string => (bytes.every((byte) => byte === 0) ? '' : hex(bytes));
const sorted = (trees: Tree[]): Tree[] => trees.map((tree) => JSON.stringify(tree)).sort();
const signed = (value: bigint): string => `${BigInt.asIntN(64, value)}`;

const string = (text: string): Tree => ({ string: text });
const int = (value: bigint | number): Tree => ({ int: signed(BigInt(value)) });
const TRUE: Tree = { bool: true };

function valueTree(value: AnyValue | undefined): Tree {
  if (value === undefined) return null;
  if (value.string_value !== undefined) return string(value.string_value);
  if (value.bool_value !== undefined) return { bool: value.bool_value };
  if (value.int_value !== undefined) return { int: `${value.int_value}` };
  if (value.double_value !== undefined) return { double: `${value.double_value}` };
  if (value.bytes_value !== undefined) return { bytes: hex(value.bytes_value) };
  if (value.array_value !== undefined) return { array: value.array_value.values.map(valueTree) };
  return { list: (value.kvlist_value?.values ?? []).map(({ key, value }) => [key, valueTree(value)]) };
}

const pairs = (values: readonly Value[]): Tree[] => values.map(({ key, value }) => [key, valueTree(value)]);

type Attribute = [key: string, value: Tree, unit: string];

class Meaning {
  private readonly unitOf: Map<string, string>;

  constructor(
    private readonly sketch: Sketch,
    private readonly tables: Tables,
  ) {
    const pairsOfUnits = units(tables).map(([key, unit]): [string, string] => [this.at(key), this.at(unit)]);
    this.unitOf = new Map(pairsOfUnits);
  }

  at(index: number): string {
    return this.tables.strings[index] as string;
  }

  /** Those of the table and those that fields became; a key that is there with another value gets a prefix. */
  private set(listed: readonly number[], inline: readonly Value[], added: readonly Attribute[]): Tree {
    const set: Attribute[] = listed.map((index) => {
      const { key, value, unit } = this.tables.attributes[index] as Tables['attributes'][number];
      const own = hasStacks(this.sketch.release) ? this.at(unit) : (this.unitOf.get(key) ?? '');
      return [key, valueTree(value), own];
    });
    for (const { key, value } of inline) set.push([key, valueTree(value), this.unitOf.get(key) ?? '']);
    const taken = new Set(set.map(([key]) => key));
    const said = new Set(set.map((one) => JSON.stringify(one)));
    for (const one of added) {
      if (said.has(JSON.stringify(one))) continue;
      set.push(taken.has(one[0]) ? [`pprof_otlp.draft.${one[0]}`, one[1], one[2]] : one);
    }
    return sorted(set);
  }

  private mapping(index: number | undefined): Tree {
    const mapping = index === undefined ? undefined : this.tables.mappings[index];
    if (mapping === undefined) return ['0 0 0', '', []];
    const { numbers, filename, attributes, flags, id, buildId, buildIdKind } = mapping;
    const added: Attribute[] = [];
    if (id !== 0n) added.push(['pprof_otlp.draft.id', int(id), '']);
    const build = this.at(buildId);
    const linker = `process.executable.build_id.${build.includes('/') ? 'go' : 'gnu'}`;
    if (build !== '')
      added.push([buildIdKind === 1 ? 'process.executable.build_id.htlhash' : linker, string(build), '']);
    if (buildIdKind === 2 || (buildIdKind === 1 && build === '')) {
      added.push(['pprof_otlp.draft.build_id_kind', int(buildIdKind), '']);
    }
    ['functions', 'filenames', 'line_numbers', 'inline_frames'].forEach((name, i) => {
      if (flags[i]) added.push([`pprof.mapping.has_${name}`, TRUE, '']);
    });
    return [numbers.join(' '), this.at(filename), this.set(attributes, [], added)];
  }

  private location(index: number): Tree {
    const location = this.tables.locations[index];
    if (location === undefined) throw new Error(`no location ${index}`);
    const added: Attribute[] = [];
    if (location.id !== 0n) added.push(['pprof_otlp.draft.id', int(location.id), '']);
    if (location.type !== 0 && this.at(location.type) !== '')
      added.push(['profile.frame.type', string(this.at(location.type)), '']);
    if (location.isFolded) added.push(['pprof.location.is_folded', TRUE, '']);
    return {
      mapping: this.mapping(location.mapping),
      address: `${location.address}`,
      lines: location.lines.map(({ fn, line, column }) => {
        const named = this.tables.functions[fn];
        const tree: Tree = named
          ? [this.at(named.name), this.at(named.system), this.at(named.file), `${named.line}`]
          : ['', '', '', '0'];
        return [tree, `${line}`, `${column}`];
      }),
      attributes: this.set(location.attributes, [], added),
    };
  }

  private labels(all: readonly Label[], own: readonly Label[]): Attribute[] {
    const hasNumber = ({ num, unit }: Label): boolean => num !== 0n || this.at(unit) !== '';
    const numeric = new Set(all.filter(hasNumber).map(({ key }) => this.at(key)));
    const names = [...new Set(own.map(({ key }) => this.at(key)))];
    return names.map((name) => {
      const said = own.filter(({ key }) => this.at(key) === name);
      const first = said.find(hasNumber);
      const unit = first === undefined ? '' : this.at(first.unit);
      const trees = said.map((label): Tree => {
        const str = this.at(label.str);
        const labelUnit = this.at(label.unit);
        if (!hasNumber(label) && (str !== '' || !numeric.has(name))) return string(str);
        if (str === '' && labelUnit === unit) return int(label.num);
        const list: Tree[] = [['num', int(label.num)]];
        if (str !== '') list.unshift(['str', string(str)]);
        if (labelUnit !== '') list.push(['num_unit', string(labelUnit)]);
        return { list };
      });
      return [name, trees.length === 1 ? (trees[0] as Tree) : { array: trees }, unit];
    });
  }

  private temporality(key: string, type: ValueType | undefined): Attribute[] {
    const said = type?.temporality ?? 0;
    if (said === 0) return [];
    return [[key, said === 1 ? string('delta') : said === 2 ? string('cumulative') : int(said), '']];
  }

  private order(profile: Profile): number[] {
    const count = profile.types.length;
    if (count === 0) return [];
    const name = this.at(profile.defaultType);
    const named = profile.types.findIndex(({ type }) => name !== '' && this.at(type) === name);
    const first = hasOwnTables(this.sketch.release) ? (named < 0 ? count - 1 : named) : profile.defaultType;
    return [first, ...Array.from({ length: count }, (_, k) => k).filter((k) => k !== first)];
  }

  private times(profile: Profile): { time: string; added: Attribute[] } {
    const natural = (value: bigint): bigint => (value < 0n ? 0n : value);
    const time = profile.start === 0n ? natural(profile.time) : profile.start;
    const duration = profile.end === 0n ? natural(profile.duration) : natural(profile.end - time);
    const added: Attribute[] = [];
    if (hasStacks(this.sketch.release)) return { time: `${profile.time} ${profile.duration}`, added };
    if (profile.end !== 0n && profile.end < time)
      added.push(['pprof_otlp.draft.end_time_unix_nano', int(profile.end), '']);
    if (profile.time !== 0n && profile.time !== time)
      added.push(['pprof_otlp.draft.time_nanos', int(profile.time), '']);
    if (profile.duration !== 0n && profile.duration !== duration) {
      added.push(['pprof_otlp.draft.duration_nanos', int(profile.duration), '']);
    }
    return { time: `${time} ${duration}`, added };
  }

  /** The profiles and what their scope says of them. */
  profiles(profile: Profile): { profiles: Tree[]; scope: Tree[] } {
    const order = this.order(profile);
    const several = profile.types.length > 1;
    const type = (said: ValueType | undefined): Tree =>
      said === undefined ? ['', ''] : [this.at(said.type), this.at(said.unit)];
    const { time, added } = this.times(profile);
    if (profile.comments.length > 0) {
      added.push(['pprof.profile.comment', { array: profile.comments.map((index) => string(this.at(index))) }, '']);
    }
    if (this.at(profile.dropFrames) !== '')
      added.push(['pprof.profile.drop_frames', string(this.at(profile.dropFrames)), '']);
    if (this.at(profile.keepFrames) !== '')
      added.push(['pprof.profile.keep_frames', string(this.at(profile.keepFrames)), '']);
    const allLabels = profile.samples.flatMap(({ labels }) => labels);
    const profiles = (order.length === 0 ? [undefined] : order).map((k, i): Tree => {
      const own = k === undefined ? undefined : profile.types[k];
      return {
        type: type(own),
        time,
        period: [`${profile.period}`, type(profile.periodType)],
        id: i === 0 ? zeroId(profile.id) : '',
        dropped: profile.dropped,
        original: i === 0 ? [profile.format, hex(profile.payload)] : ['', ''],
        attributes: this.set(profile.attributes, profile.inline, [
          ...this.temporality('pprof_otlp.draft.aggregation_temporality', own),
          ...this.temporality('pprof_otlp.draft.period_type.aggregation_temporality', profile.periodType),
          ...added,
        ]),
        samples: profile.samples.map((sample) => {
          const link = sample.link === undefined ? undefined : this.tables.links[sample.link];
          const said = this.labels(allLabels, sample.labels);
          const trace = this.at(sample.stacktraceId);
          if (trace !== '') said.push(['pprof_otlp.draft.stacktrace_id', string(trace), '']);
          return {
            stack: (this.tables.stacks[sample.stack] ?? []).map((index) => this.location(index)),
            attributes: this.set(sample.attributes, [], said),
            link: link === undefined ? ['', ''] : [zeroId(link[0]), zeroId(link[1])],
            values: several ? [`${sample.values[k as number]}`] : sample.values.map(String),
            timestamps: sample.timestamps.map(String),
          };
        }),
      };
    });
    return { profiles, scope: this.scope(profile, order) };
  }

  private scope({ types, defaultType }: Profile, order: number[]): Tree[] {
    const said: Tree[] = [];
    const named = hasOwnTables(this.sketch.release) ? this.at(defaultType) : '';
    const isLast = order[0] === types.length - 1;
    const name =
      named !== '' || types.length < 2 || isLast ? named : this.at((types[order[0] as number] as ValueType).type);
    if (name !== '') said.push(['pprof.scope.default_sample_type', string(name)]);
    if (types.length > 1) said.push(['pprof.scope.sample_type_order', { array: order.map(int) }]);
    return said;
  }
}

/** One tree for each ResourceProfiles, like meaningOfData. */
export function meaningOf(sketch: Sketch): Tree[] {
  return sketch.resources.map(({ resource, schema, scopes }) => ({
    attributes: sorted(pairs(resource?.attributes ?? [])),
    dropped: resource?.dropped ?? 0,
    entities: [],
    schema,
    scopes: scopes.flatMap(({ scope, schema, profiles }): Tree[] => {
      const tree = (own: Tree[], list: Tree[]) => ({
        name: scope?.name ?? '',
        version: scope?.version ?? '',
        attributes: sorted([...pairs(scope?.attributes ?? []), ...own]),
        dropped: scope?.dropped ?? 0,
        schema,
        profiles: list,
      });
      // Profiles of one draft's profile have a scope of their own; those that say nothing together share it.
      const parts: { own: Tree[]; list: Tree[] }[] = [];
      for (const profile of profiles) {
        const { profiles: list, scope: own } = new Meaning(sketch, profile.tables).profiles(profile);
        const last = parts.at(-1);
        if (last !== undefined && own.length === 0 && last.own.length === 0) last.list.push(...list);
        else parts.push({ own, list });
      }
      return parts.length === 0 ? [tree([], [])] : parts.map(({ own, list }) => tree(own, list));
    }),
  }));
}
