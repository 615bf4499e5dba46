import { PprofOtlpError } from '../errors.ts';
import { LINK_SIZE } from '../model/dictionary.ts';
import type { Rows } from '../wire/rows.ts';
import { StringInterner } from '../wire/strings.ts';
import { AttributeClasses, attributeSummaries } from './attributes.ts';
import { type Content, profilesOf } from './content.ts';
import { resourceSummaries } from './resources.ts';
import { chosenType, sampleTypeSummary, typedProfiles } from './sampleTypes.ts';
import {
  type AttributeSummary,
  type InspectOptions,
  type LinkSummary,
  type SampleSummary,
  SUMMARY_SCHEMA,
  type Summary,
  type TableSummary,
  type TimeSummary,
} from './summary.ts';
import { mappingSummaries, sharesInAll } from './symbols.ts';
import { topFunctions } from './top.ts';
import { Usage, weightOfAttributes } from './usage.ts';

/** What `inspect` says, of what is decoded already. */
export function summaryOf(content: Content, options: InspectOptions = {}): Summary {
  const { file = {}, sampleType, top = 8, values = 5, translate } = options;
  const { bytes, format, dictionary } = content;
  const types = typedProfiles(content);
  const chosen = chosenType(types, sampleType);
  if (chosen === undefined && sampleType !== undefined) throw noSuchType(sampleType, types);
  const usage = new Usage(content);
  const weights = weightOfAttributes(chosen?.profiles ?? [], dictionary.attributes.length);
  const mappings = mappingSummaries(dictionary, usage);
  return {
    schema: SUMMARY_SCHEMA,
    format,
    bytes: bytes.length,
    file: { compression: null, container: null, version: null, storedBytes: null, ...file },
    resources: resourceSummaries(content),
    sampleTypes: types.map((typed) => sampleTypeSummary(content, typed)),
    samples: samplesOf(content, usage),
    time: timeOf(content),
    attributes: attributesOf(content, usage, weights, values),
    links: linksOf(content, usage),
    symbols: sharesInAll(mappings),
    mappings,
    top: topFunctions(dictionary, chosen, top),
    tables: tablesOf(content, usage),
    translation: translate?.(bytes, format) ?? null,
  };
}

function noSuchType(wanted: string, types: readonly { type: string; unit: string }[]): PprofOtlpError {
  const names = types.map(({ type, unit }) => `${type}/${unit}`).join(', ');
  return new PprofOtlpError('usage', `has no sample type "${wanted}"; it has ${names || 'none'}`);
}

function samplesOf(content: Content, usage: Usage): SampleSummary {
  const { stacks } = content.dictionary;
  let depths = 0;
  let max = 0;
  let different = 0;
  let withoutStack = 0;
  let count = 0;
  usage.stacks.forEach((uses, stack) => {
    if (uses === 0) return;
    const depth = stack < stacks.length ? stacks.end(stack) - stacks.start(stack) : 0;
    count += uses;
    depths += depth * uses;
    max = Math.max(max, depth);
    if (depth === 0) withoutStack += uses;
    else different++;
  });
  return {
    count,
    profiles: content.pprof?.data.sampleType.length === 0 ? 0 : profilesOf(content).length,
    stacks: different,
    withoutStack,
    depth: { max, mean: count === 0 ? 0 : depths / count },
  };
}

function timeOf(content: Content): TimeSummary {
  const time: TimeSummary = { start: null, end: null, duration: 0n, observations: null };
  for (const { timeUnixNano, durationNano, samples } of profilesOf(content)) {
    if (durationNano > time.duration) time.duration = durationNano;
    if (timeUnixNano !== 0n) {
      const end = timeUnixNano + durationNano;
      if (time.start === null || timeUnixNano < time.start) time.start = timeUnixNano;
      if (time.end === null || end > time.end) time.end = end;
    }
    const observed = samples.timestamps?.unixNano;
    for (let i = 0; observed !== undefined && i < observed.length; i++) {
      const at = observed.unsigned(i);
      time.observations ??= { count: 0, first: at, last: at };
      time.observations.count++;
      if (at < time.observations.first) time.observations.first = at;
      if (at > time.observations.last) time.observations.last = at;
    }
  }
  return time;
}

function attributesOf(
  content: Content,
  usage: Usage,
  weights: ReturnType<typeof weightOfAttributes>,
  shown: number,
): AttributeSummary[] {
  const { dictionary } = content;
  const { locations, mappings, attributes } = dictionary;
  const classes = new AttributeClasses(dictionary);
  const counted = (rows: Rows, isUsed: (row: number) => boolean) => {
    const counts = new Int32Array(attributes.length);
    for (let row = 0; row < rows.length; row++) {
      if (isUsed(row)) for (let at = rows.start(row); at < rows.end(row); at++) counts[rows.values.array[at]]++;
    }
    return counts;
  };
  const ofProfiles = new Int32Array(attributes.length);
  for (const profile of profilesOf(content)) for (const attribute of profile.attributes) ofProfiles[attribute]++;
  return [
    { level: 'sample' as const, counts: usage.attributes, weights },
    { level: 'profile' as const, counts: ofProfiles, weights: undefined },
    {
      level: 'location' as const,
      counts: counted(locations.attributes, (row) => usage.locations[row] === 1),
      weights: undefined,
    },
    { level: 'mapping' as const, counts: counted(mappings.attributes, () => true), weights: undefined },
  ].flatMap((uses) => attributeSummaries(dictionary, classes, uses, shown));
}

function linksOf({ dictionary: { links } }: Content, usage: Usage): LinkSummary {
  const spans = new StringInterner();
  const traces = new StringInterner();
  const none = spans.intern(new Uint8Array(LINK_SIZE));
  traces.intern(new Uint8Array(16));
  let samples = 0;
  for (let link = 0; link < links.length; link++) {
    const ids = links.bytes(link);
    if (usage.links[link] === 0 || spans.intern(ids) === none) continue;
    samples += usage.links[link];
    traces.intern(ids.subarray(0, 16));
  }
  return { samples, spans: spans.table.length - 1, traces: traces.table.length - 1 };
}

/** The tables as the file has them, their entry 0 left out where it stands for none. */
function tablesOf({ dictionary, pprof }: Content, usage: Usage): TableSummary[] {
  if (pprof !== undefined) {
    const { data, classes } = pprof;
    // The mapping keeps mappings that no location names; whether one does is asked here.
    const unusedMappings = count(data.mapping.length, (row) => usage.mappings[classes.mapping[row]] === 0);
    const unused = (of: Int32Array) => count(of.length, (row) => of[row] < 0);
    return [
      { table: 'mapping', entries: data.mapping.length, unused: unusedMappings },
      { table: 'location', entries: data.location.length, unused: unused(classes.location) },
      { table: 'function', entries: data.function.length, unused: unused(classes.function) },
    ];
  }
  const { mappings, locations, functions, stacks, links } = dictionary;
  const table = (name: string, length: number, uses: ArrayLike<number>): TableSummary => ({
    table: name,
    entries: Math.max(length - 1, 0),
    unused: count(length, (row) => row > 0 && uses[row] === 0),
  });
  return [
    table('mapping', mappings.length, usage.mappings),
    table('location', locations.length, usage.locations),
    table('function', functions.length, usage.functions),
    table('stack', stacks.length, usage.stacks),
    table('link', links.length, usage.links),
  ];
}

function count(length: number, matches: (row: number) => boolean): number {
  let found = 0;
  for (let row = 0; row < length; row++) if (matches(row)) found++;
  return found;
}
