import { counted } from '../../../src/cli/inspectQuantity.ts';
import { formatSize } from '../../../src/cli/size.ts';
import type { Fidelity, Report } from '../../../src/index.ts';
import type { Target, Translation } from '../messages.ts';
import { button, byId, fill, h, options } from './dom.ts';

const MOST_FILES = 50;

/** The report of a translation, and its files to take away. */
export class TranslationView {
  private shown: Translation | undefined;
  private readonly target = byId<HTMLSelectElement>('target');
  private readonly semantic = byId<HTMLInputElement>('semantic');

  constructor(private readonly ask: (target: Target, fidelity: Fidelity) => void) {
    const again = () => {
      const wanted = this.shown?.targets[this.target.selectedIndex]?.target ?? 'default';
      this.busy();
      this.ask(wanted, this.semantic.checked ? 'semantic' : 'exact');
    };
    this.target.addEventListener('change', again);
    this.semantic.addEventListener('change', again);
  }

  reset(): void {
    this.shown = undefined;
    this.semantic.checked = false;
    fill(this.target);
    this.busy();
  }

  busy(): void {
    fill(byId('proof'), h('span', { class: 'badge note' }, 'Working'));
    fill(byId('translation'));
    fill(byId('downloads'));
  }

  failed(line: string): void {
    fill(byId('proof'), h('span', { class: 'badge bad' }, 'Not translated'));
    fill(byId('translation'), h('p', { class: 'code' }, line));
    fill(byId('downloads'));
  }

  show(translation: Translation): void {
    this.shown = translation;
    const { targets, target, files } = translation;
    options(
      this.target,
      targets.map(({ label }) => label),
      targets.findIndex((each) => each.target === target),
    );
    const reports = files.map(({ report }) => report);
    fill(byId('proof'), proofBadge(reports));
    fill(byId('translation'), factList(reports), warningList(reports));
    fill(
      byId('downloads'),
      ...files.slice(0, MOST_FILES).map(downloadRow),
      files.length > MOST_FILES &&
        h('p', { class: 'quiet' }, `and ${files.length - MOST_FILES} more; the command line writes all`),
    );
  }
}

function proofBadge(reports: readonly Report[]): HTMLElement {
  const isChanged = reports.some(({ exactReturn }) => exactReturn === false);
  if (isChanged) return h('span', { class: 'badge warn' }, 'Changed in transit');
  const isProven = reports.every(({ proven }) => proven);
  return h('span', { class: `badge ${isProven ? 'good' : 'warn'}` }, isProven ? 'Proven' : 'Not proven');
}

function factList(reports: readonly Report[]): HTMLElement {
  const [{ fidelity, carried }] = reports;
  const sum = (size: (report: Report) => number) => reports.reduce((total, report) => total + size(report), 0);
  const residual = sum(({ residualBytes }) => residualBytes);
  const isProven = reports.every(({ proven }) => proven);
  const returned = reports.filter(({ exactReturn }) => exactReturn === true).length;
  const facts: [string, string][] = [
    ['Way back', proofText(isProven, fidelity)],
    ['Carried', carried === 'none' ? 'nothing beside standard fields' : `${carried}, ${formatSize(residual)}`],
    ['Size', `${formatSize(reports[0].inputBytes)} → ${formatSize(sum(({ outputBytes }) => outputBytes))}`],
  ];
  if (returned > 0)
    facts.push([
      'Exact return',
      returned === reports.length ? 'the original, to the last byte' : `${returned} of ${reports.length}`,
    ]);
  return h(
    'dl',
    { class: 'facts tight rows' },
    ...facts.map(([label, value]) => h('div', { class: 'fact' }, h('dt', {}, label), h('dd', {}, value))),
  );
}

function proofText(isProven: boolean, fidelity: Fidelity): string {
  if (isProven) return 'was run and gave the input';
  return fidelity === 'semantic' ? 'gives the meaning, not the bytes' : 'did not give the input';
}

function warningList(reports: readonly Report[]): HTMLElement | false {
  const warnings = [...new Set(reports.flatMap((report) => report.warnings))];
  return warnings.length > 0 && h('ul', { class: 'warnings' }, ...warnings.map((warning) => h('li', {}, warning)));
}

function downloadRow({ name, blob, report }: Translation['files'][number]): HTMLElement {
  const size = `${formatSize(blob.size)}, ${counted(report.samples, 'sample')}`;
  return h(
    'div',
    { class: 'download' },
    h('div', {}, h('b', { class: 'path' }, name), h('div', { class: 'quiet' }, size)),
    button('Download', 'primary', () => download(name, blob)),
  );
}

function download(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = h('a', { href: url, download: name });
  link.click();
  // The browser has to have begun before the address goes.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
