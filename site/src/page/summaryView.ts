import { counted, duration, grouped, instant, quantity, share } from '../../../src/cli/inspectQuantity.ts';
import { formatSize } from '../../../src/cli/size.ts';
import type { AttributeSummary, MappingSummary, NamedValue, Summary } from '../../../src/inspect/summary.ts';
import { byId, fill, h } from './dom.ts';

const MOST = { types: 40, attributes: 40, mappings: 40, resources: 20, scopes: 20 };
const BUILD_ID = 'process.executable.build_id.';
const DECLARED = 'pprof.mapping.has_';
const LONGEST = 200;

/** What the command line's `inspect` shows on its screen. */
export function showSummary(summary: Summary): void {
  fill(byId('facts'), ...facts(summary).map(([label, value, note]) => fact(label, value, note)));
  fill(byId('types'), typeTable(summary));
  showList('attributes', summary.attributes.filter(isTold), MOST.attributes, (of) => attributeItem(of, summary));
  showList('mappings', summary.mappings, MOST.mappings, mappingItem);
  showList('resources', summary.resources, MOST.resources, ({ attributes, droppedAttributes, scopes }) =>
    h(
      'li',
      {},
      h('div', {}, pairs(attributes) || 'no attributes', droppedAttributes > 0 && ` (${droppedAttributes} dropped)`),
      ...scopes
        .slice(0, MOST.scopes)
        .map(({ name, version, profiles, attributes: own }) =>
          h(
            'div',
            { class: 'quiet' },
            `${cut(name) || 'no scope name'} ${cut(version)} · ${counted(profiles, 'profile')} ${pairs(own)}`,
          ),
        ),
    ),
  );
  fill(byId('tables'), ...tableItems(summary));
}

/** What it is, how much of it, and more about that. */
type Fact = [label: string, value: string, note: string];

function facts({ format, file, bytes, samples, time, links }: Summary): Fact[] {
  const stored = file.storedBytes ?? bytes;
  const form = [file.version, file.container, file.compression === 'none' ? null : file.compression];
  const [day, clock = ''] = time.start === null ? [''] : instant(time.start).split('T');
  const all: Fact[] = [
    ['Format', format === 'otlp' ? 'OTLP Profiles' : 'pprof', form.filter((part) => part !== null).join(', ')],
    ['Size', formatSize(bytes), stored === bytes ? '' : `${formatSize(stored)} stored`],
    ['Samples', grouped(samples.count), `in ${counted(samples.profiles, 'profile')}`],
    ['Stacks', grouped(samples.stacks), `depth ${samples.depth.mean.toFixed(1)}, most ${samples.depth.max}`],
    ['Without a stack', samples.withoutStack === 0 ? '' : counted(samples.withoutStack, 'sample'), ''],
    ['Start', day, clock.replace('Z', ' UTC')],
    ['Duration', time.duration === 0n ? '' : duration(Number(time.duration)), ''],
    ['Timestamps', time.observations === null ? '' : grouped(time.observations.count), 'of samples'],
    ['Links', links.samples === 0 ? '' : counted(links.samples, 'sample'), `to ${counted(links.spans, 'span')}`],
  ];
  return all.filter(([, value]) => value !== '');
}

const fact = (label: string, value: string, note = ''): HTMLElement =>
  h('div', { class: 'fact' }, h('dt', {}, label), h('dd', {}, value, note !== '' && h('small', {}, note)));

function typeTable({ sampleTypes }: Summary): HTMLElement {
  if (sampleTypes.length === 0) return h('p', { class: 'quiet' }, 'No sample types.');
  const rows = sampleTypes
    .slice(0, MOST.types)
    .map(({ type, unit, total, isDefault, profiles, ...period }) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, cut(type) || 'no name', isDefault && h('span', { class: 'tag' }, 'default')),
        h('td', {}, cut(unit)),
        h('td', { class: 'number', title: `${total}` }, quantity(total, unit)),
        h('td', { class: 'quiet' }, profiles > 1 ? counted(profiles, 'profile') : ''),
        h('td', { class: 'quiet' }, period.period === 0n ? '' : `every ${quantity(period.period, period.periodUnit)}`),
      ),
    );
  const heads = ['Sample type', 'Unit', 'Total', '', 'Period'];
  return h(
    'table',
    {},
    h('caption', { class: 'unseen' }, 'Sample types'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ...heads.map((text, i) =>
          text === '' ? h('td') : h('th', { scope: 'col', class: i === 2 ? 'number' : '' }, text),
        ),
      ),
    ),
    h('tbody', {}, ...rows),
  );
}

/** The lines of the mappings say the others. */
const isTold = ({ key }: AttributeSummary): boolean => !key.startsWith(BUILD_ID) && !key.startsWith(DECLARED);

function attributeItem({ level, key, unit, count, values, top }: AttributeSummary, { top: all }: Summary): HTMLElement {
  const shown = top.map(({ value, total, count: uses }) =>
    h(
      'span',
      { class: 'value' },
      cut(value) || '""',
      h('span', { class: 'quiet' }, total === null ? ` ×${uses}` : ` ${share(Number(total), Number(all.total))}`),
    ),
  );
  const more = values - top.length;
  return h(
    'li',
    {},
    h('div', {}, h('b', {}, cut(key) || '""'), unit !== '' && ` in ${cut(unit)}`),
    h('div', { class: 'quiet' }, `${counted(values, 'value')} on ${counted(count, level)}`),
    h('div', { class: 'values' }, ...shown, more > 0 && h('span', { class: 'quiet' }, `and ${grouped(more)} more`)),
  );
}

function mappingItem({ filename, isNone, buildIds, found }: MappingSummary): HTMLElement {
  const { locations, functions, filenames, lineNumbers, inlineFrames } = found;
  const parts = [
    ['functions', functions],
    ['files', filenames],
    ['lines', lineNumbers],
    ['inlined', inlineFrames],
  ] as const;
  const ids = buildIds.filter(({ value }) => value !== '').map(({ value }) => cut(value));
  return h(
    'li',
    {},
    h('div', {}, h('b', { class: 'path' }, isNone ? 'no mapping' : cut(filename) || 'no file name')),
    ids.length > 0 && h('div', { class: 'quiet code' }, `build id ${ids.join(', ')}`),
    h(
      'div',
      { class: 'quiet' },
      locations === 0
        ? 'no sample leads here'
        : `${counted(locations, 'location')}: ${parts.map(([name, count]) => `${name} ${share(count, locations)}`).join(', ')}`,
    ),
  );
}

function tableItems({ tables }: Summary): HTMLElement[] {
  return tables
    .filter(({ entries }) => entries > 0)
    .map(({ table, entries, unused }) => fact(table, grouped(entries), unused > 0 ? `${grouped(unused)} unused` : ''));
}

/** A list in a card that is not there when there is nothing in it. */
function showList<T>(id: string, items: readonly T[], most: number, item: (of: T) => HTMLElement): void {
  const more = items.length - most;
  byId(`${id}-card`).hidden = items.length === 0;
  fill(
    byId(id),
    ...items.slice(0, most).map(item),
    more > 0 && h('li', { class: 'quiet' }, `and ${grouped(more)} more`),
  );
}

const pairs = (values: readonly NamedValue[]): string =>
  values.map(({ key, value }) => `${cut(key)}=${cut(value)}`).join(' ');

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
