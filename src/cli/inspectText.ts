import type { ChalkInstance } from 'chalk';
import type {
  AttributeSummary,
  FunctionSummary,
  MappingSummary,
  NamedValue,
  Summary,
  SymbolShares,
} from '../inspect/summary.ts';
import { printable } from './escape.ts';
import { counted, duration, grouped, instant, quantity, share } from './inspectQuantity.ts';
import { formatSize } from './size.ts';

const LABEL_WIDTH = 13;
const BAR_WIDTH = 16;
/** How much of a list fits a screen; the JSON has all of it. */
const MOST = { resources: 4, scopes: 3, types: 20, attributes: 12, mappings: 8, values: 3 };
const LONGEST_VALUE = 36;
const LONGEST_NAME = 1000;
const BUILD_ID = 'process.executable.build_id.';
const DECLARED = 'pprof.mapping.has_';

/** The summary of a profile for a person: one screen, most asked for first. */
export function summaryText(name: string, summary: Summary, paint: ChalkInstance): string[] {
  const sections = [
    fileSection,
    resourceSection,
    typeSection,
    sampleSection,
    timeSection,
    attributeSection,
    linkSection,
    symbolSection,
    tableSection,
    translationSection,
  ];
  return [
    paint.bold(printable(name)),
    ...sections.flatMap((section) => section(summary, paint)),
    ...topSection(summary, paint),
  ];
}

/** Lines under one label: the label beside the first. */
function labelled(label: string, lines: readonly string[], paint: ChalkInstance): string[] {
  const margin = (text: string) => `  ${paint.dim(text.padEnd(LABEL_WIDTH))}`;
  return lines.map((line, i) => margin(i === 0 ? label : '') + line);
}

/** The first lines, and how many there are more. */
function firstOf<T>(items: readonly T[], most: number, line: (item: T) => string): string[] {
  const more = items.length - most;
  return [...items.slice(0, most).map(line), ...(more > 0 ? [`and ${more} more`] : [])];
}

const shortened = (text: string): string => cut(text, LONGEST_VALUE);

function cut(text: string, longest: number): string {
  const safe = printable(text.slice(0, longest + 1));
  return safe.length > longest ? `${safe.slice(0, longest - 1)}…` : safe;
}

function fileSection({ format, file, bytes }: Summary, paint: ChalkInstance): string[] {
  const stored =
    file.storedBytes === null || file.storedBytes === bytes ? '' : `${formatSize(file.storedBytes)} stored, `;
  const facts = [
    format === 'otlp' ? 'OTLP Profiles' : 'pprof',
    file.version,
    file.container,
    file.compression === 'none' ? null : file.compression,
    `${stored}${formatSize(bytes)} ${file.container === null ? 'uncompressed' : 'as protobuf'}`,
  ];
  return labelled('format', [facts.filter((fact) => fact !== null).join(', ')], paint);
}

function pairs(values: readonly NamedValue[]): string {
  return values.map(({ key, value }) => `${printable(key)}=${shortened(value)}`).join(' ');
}

function resourceSection({ resources }: Summary, paint: ChalkInstance): string[] {
  const ofResources = firstOf(resources, MOST.resources, ({ attributes, droppedAttributes }) => {
    const dropped = droppedAttributes === 0 ? '' : ` (${droppedAttributes} dropped)`;
    return `${pairs(attributes) || 'no attributes'}${dropped}`;
  });
  const scopes = resources.flatMap((resource) => resource.scopes);
  const ofScopes = firstOf(scopes, MOST.scopes, ({ name, version, attributes, profiles }) =>
    [shortened(name) || 'no name', shortened(version), `(${counted(profiles, 'profile')})`, pairs(attributes)]
      .filter(Boolean)
      .join(' '),
  );
  return [...labelled('resources', ofResources, paint), ...labelled('scopes', ofScopes, paint)];
}

function typeSection({ sampleTypes }: Summary, paint: ChalkInstance): string[] {
  if (sampleTypes.length === 0) return labelled('sample types', ['none'], paint);
  const width = Math.max(...sampleTypes.map(({ type, unit }) => typeName(type, unit).length));
  const lines = firstOf(sampleTypes, MOST.types, ({ type, unit, total, isDefault, profiles, ...period }) => {
    const times = profiles === 1 ? '' : `, ${profiles} profiles`;
    const name = typeName(type, unit).padEnd(width);
    const every = period.period === 0n ? '' : paint.dim(`  ${everyPeriod(period)}`);
    return `${name}  ${quantity(total, unit).padStart(12)}${isDefault ? '  default' : ''}${times}${every}`;
  });
  return labelled('sample types', lines, paint);
}

const everyPeriod = ({ periodType, periodUnit, period }: { periodType: string; periodUnit: string; period: bigint }) =>
  `every ${quantity(period, periodUnit)} of ${printable(periodType) || 'no type'}`;

const typeName = (type: string, unit: string): string => printable(`${type}/${unit}`);

function sampleSection({ samples }: Summary, paint: ChalkInstance): string[] {
  const { count, profiles, stacks, withoutStack, depth } = samples;
  const without = withoutStack === 0 ? '' : `, ${grouped(withoutStack)} without a stack`;
  const line = `${grouped(count)} in ${counted(profiles, 'profile')}, ${counted(stacks, 'stack')}${without}, depth ${depth.mean.toFixed(1)} (most ${depth.max})`;
  return labelled('samples', [line], paint);
}

function timeSection({ time }: Summary, paint: ChalkInstance): string[] {
  const { start, end, observations } = time;
  const lines: string[] = [];
  const lasts = time.duration === 0n ? '' : duration(Number(time.duration));
  if (start !== null) lines.push(`${instant(start)} to ${instant(end ?? start)}${lasts === '' ? '' : `, ${lasts}`}`);
  else if (lasts !== '') lines.push(`${lasts}, start unknown`);
  if (observations !== null) {
    const { count, first, last } = observations;
    lines.push(`${counted(count, 'timestamp')} of samples, ${instant(first)} to ${instant(last)}`);
  }
  return labelled('time', lines, paint);
}

function attributeSection({ attributes: all, format, top }: Summary, paint: ChalkInstance): string[] {
  // The lines of the mappings say these.
  const attributes = all.filter(({ key }) => !key.startsWith(BUILD_ID) && !key.startsWith(DECLARED));
  const width = Math.min(LONGEST_VALUE, Math.max(0, ...attributes.map(({ key }) => shortened(key).length)));
  const line = ({ level, key, unit, count, values, top: best }: AttributeSummary): string => {
    const shown = best
      .slice(0, MOST.values)
      .map(({ value, total, count: uses }) => {
        const weight = total === null ? '' : ` ${share(Number(total), Number(top.total))}`;
        return `${shortened(value) || '""'}${best.length > 1 && total === null ? ` ×${uses}` : weight}`;
      })
      .join(', ');
    const where = level === 'sample' ? '' : ` of ${level}s`;
    const of = unit === '' ? '' : ` ${printable(unit)}`;
    return `${shortened(key).padEnd(width)}  ${paint.dim(`${grouped(count)}${where}, ${counted(values, 'value')}${of}:`)} ${shown}`;
  };
  return labelled(format === 'pprof' ? 'labels' : 'attributes', firstOf(attributes, MOST.attributes, line), paint);
}

function linkSection({ links }: Summary, paint: ChalkInstance): string[] {
  if (links.samples === 0) return [];
  const line = `${counted(links.samples, 'sample')} to ${counted(links.spans, 'span')} of ${counted(links.traces, 'trace')}`;
  return labelled('links', [line], paint);
}

function symbolSection({ symbols, mappings }: Summary, paint: ChalkInstance): string[] {
  const used = mappings.filter(({ found }) => found.locations > 0);
  const idle = mappings.length - used.length;
  const lines = firstOf(used, MOST.mappings, (mapping) => mappingLine(mapping, paint));
  if (idle > 0) lines.push(`${counted(idle, 'mapping')} without locations`);
  return [
    ...labelled('symbols', [`${counted(symbols.locations, 'location')}: ${sharesText(symbols)}`], paint),
    ...labelled('mappings', lines, paint),
  ];
}

const sharesText = ({ locations, functions, filenames, lineNumbers, inlineFrames }: SymbolShares): string =>
  [
    `functions ${share(functions, locations)}`,
    `files ${share(filenames, locations)}`,
    `lines ${share(lineNumbers, locations)}`,
    `inlined ${share(inlineFrames, locations)}`,
  ].join(', ');

function mappingLine(mapping: MappingSummary, paint: ChalkInstance): string {
  const { filename, isNone, buildIds, found } = mapping;
  const name = isNone ? 'no mapping' : shortened(filename) || 'no file name';
  const ids = buildIds
    .filter(({ value }) => value !== '')
    .map(({ key, value }) => `${printable(key.slice(BUILD_ID.length))} ${printable(value)}`);
  const id = isNone ? '' : paint.dim(` build id ${ids.join(', ') || 'unknown'}`);
  const odd = contradictions(mapping);
  return `${name}${id}: ${counted(found.locations, 'location')}, ${sharesText(found)}${odd === '' ? '' : paint.yellow(`; ${odd}`)}`;
}

/** Where what a mapping declares is not what is there. */
function contradictions({ isNone, declared, found }: MappingSummary): string {
  // In OTLP a mapping need not declare anything.
  if (isNone || found.locations === 0 || !Object.values(declared).includes(true)) return '';
  const kinds = [
    ['functions', declared.functions, found.functions],
    ['files', declared.filenames, found.filenames],
    ['lines', declared.lineNumbers, found.lineNumbers],
    ['inlined', declared.inlineFrames, found.inlineFrames],
  ] as const;
  const named = (matches: (isDeclared: boolean, count: number) => boolean) =>
    kinds.filter(([, isDeclared, count]) => matches(isDeclared, count)).map(([name]) => name);
  const absent = named((isDeclared, count) => isDeclared && count === 0);
  const silent = named((isDeclared, count) => !isDeclared && count > 0);
  const parts = [
    absent.length > 0 ? `declares ${absent.join(', ')} that are not there` : '',
    silent.length > 0 ? `does not declare ${silent.join(', ')}` : '',
  ];
  return parts.filter(Boolean).join('; ');
}

function tableSection({ tables }: Summary, paint: ChalkInstance): string[] {
  const text = tables
    .filter(({ entries }) => entries > 0)
    .map(
      ({ table, entries, unused }) => counted(entries, table) + (unused === 0 ? '' : ` (${grouped(unused)} unused)`),
    );
  return labelled('tables', text.length === 0 ? [] : [text.join(', ')], paint);
}

function translationSection({ translation }: Summary, paint: ChalkInstance): string[] {
  if (translation === null) return [];
  const { to, outputs, outputBytes, carried, residualBytes, warnings } = translation;
  const kept = carried === 'none' ? 'nothing carried beside' : `carried ${carried} in ${formatSize(residualBytes)}`;
  const files = outputs === 1 ? '' : `${outputs} files, `;
  return labelled(
    'translation',
    [`to ${to === 'otlp' ? 'OTLP' : to}: ${files}${formatSize(outputBytes)}, ${kept}`, ...warnings.map(printable)],
    paint,
  );
}

function topSection({ top }: Summary, paint: ChalkInstance): string[] {
  if (top.flat.length === 0 && top.cumulative.length === 0) return [];
  const table = (title: string, functions: FunctionSummary[], value: (of: FunctionSummary) => bigint): string[] => [
    '',
    `  ${paint.bold(title)} ${paint.dim(`of ${typeName(top.type, top.unit)}, ${counted(top.functions, 'function')}`)}`,
    ...functions.map((fn) => {
      const part = Number(value(fn));
      const whole = Number(top.total);
      const amounts = `${quantity(value(fn), top.unit).padStart(12)} ${share(part, whole).padStart(7)}`;
      return `  ${amounts} ${paint.cyan(bar(part / whole))} ${cut(fn.name, LONGEST_NAME)}`;
    }),
  ];
  return [
    ...table('flat', top.flat, ({ flat }) => flat),
    ...table('cumulative', top.cumulative, (fn) => fn.cumulative),
  ];
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

function bar(part: number): string {
  const eighths = Math.round(Math.min(Math.max(part, 0), 1) * BAR_WIDTH * 8) || 0;
  return ('█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7]).padEnd(BAR_WIDTH);
}
