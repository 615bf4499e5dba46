import { placeText } from '../../../src/cli/checkReport.ts';
import { counted, grouped } from '../../../src/cli/inspectQuantity.ts';
import type { CheckReport, Finding } from '../../../src/index.ts';
import { button, byId, fill, h } from './dom.ts';

/** Places that are shown at first, and with every press of the button. */
const FEW = 3;
const MORE = 50;

/** What the command line's `check` finds: rule, severity, what it asks for, and the places. */
export function showFindings({ findings, errors, warnings, infos, notes }: CheckReport): void {
  const counts = [
    [errors, 'error', 'bad'],
    [warnings, 'warning', 'warn'],
    [infos, 'info', 'note'],
  ] as const;
  const badges = () => {
    const found = counts.filter(([count]) => count > 0);
    if (found.length === 0) return [h('span', { class: 'badge good' }, 'Keeps all rules')];
    return found.map(([count, noun, kind]) => h('span', { class: `badge ${kind}` }, counted(count, noun)));
  };
  fill(byId('check-result'), ...badges());
  fill(byId('check-brief'), ...badges());
  fill(
    byId('findings'),
    ...notes.map((note) => h('li', { class: 'quiet' }, note)),
    ...findings.map(findingItem),
    findings.length === 0 && h('li', { class: 'quiet' }, 'The file breaks no rule of its format.'),
  );
}

export function findingsFailed(): void {
  fill(byId('check-result'), h('span', { class: 'badge bad' }, 'Cannot be checked'));
  fill(byId('findings'));
}

function findingItem(finding: Finding): HTMLElement {
  const { rule, severity, says, source, count, places } = finding;
  const kind = { error: 'bad', warning: 'warn', info: 'note' }[severity];
  const list = h('ul', { class: 'places' });
  const rest = h('div', {});
  let shown = 0;
  const showMore = (more: number) => {
    const next = places.slice(shown, shown + more);
    list.append(...next.map((place) => h('li', { class: 'code' }, placeText(place))));
    shown += next.length;
    const left = count - shown;
    fill(
      rest,
      left > 0 && shown < places.length && button(`Show more of ${grouped(left)}`, 'link', () => showMore(MORE)),
      left > 0 && shown === places.length && h('span', { class: 'quiet' }, `and ${grouped(left)} more`),
    );
  };
  showMore(FEW);
  return h(
    'li',
    { class: 'finding' },
    h(
      'div',
      { class: 'finding-head' },
      h('span', { class: `badge ${kind}` }, severity),
      h('b', { class: 'code' }, rule),
      h('span', { class: 'quiet' }, counted(count, 'place')),
    ),
    h('p', {}, says),
    h('p', { class: 'quiet source' }, source),
    list,
    rest,
  );
}
