import { quantity, share } from '../../../src/cli/inspectQuantity.ts';
import type { FunctionRow, Graph } from '../messages.ts';
import { bar, button, byId, fill, h } from './dom.ts';

const FIRST = 20;
const COLUMNS = [
  { key: 'name', label: 'Function' },
  { key: 'self', label: 'Own' },
  { key: 'total', label: 'With callees' },
] as const;
type Column = (typeof COLUMNS)[number]['key'];

/** The functions with most, as a table to sort: what the flame graph says, for who reads or hears. */
export class FunctionsView {
  private rows: readonly FunctionRow[] = [];
  private graph: Graph | undefined;
  private column: Column = 'self';
  private all = false;

  constructor(private readonly find: (name: string) => void) {}

  show(rows: readonly FunctionRow[], graph: Graph): void {
    this.rows = rows;
    this.graph = graph;
    this.all = false;
    this.draw();
  }

  /** Other rows of the same graph. */
  showRows(rows: readonly FunctionRow[]): void {
    if (this.graph !== undefined) this.show(rows, this.graph);
  }

  private draw(): void {
    const { rows, column, graph } = this;
    if (graph === undefined) return;
    const sorted = [...rows].sort((a, b) =>
      column === 'name' ? compare(a.name, b.name) : compare(b[column], a[column]),
    );
    const shown = this.all ? sorted : sorted.slice(0, FIRST);
    const more = sorted.length - shown.length;
    fill(
      byId('functions'),
      h(
        'table',
        {},
        h('caption', { class: 'unseen' }, `Functions by ${graph.type}`),
        h('thead', {}, h('tr', {}, ...COLUMNS.map((each) => this.head(each)))),
        h('tbody', {}, ...shown.map((row) => this.row(row, graph))),
      ),
      rows.length === 0 && h('p', { class: 'quiet' }, 'No function.'),
      more > 0 &&
        button(`Show ${more} more`, 'link', () => {
          this.all = true;
          this.draw();
        }),
    );
  }

  private head({ key, label }: (typeof COLUMNS)[number]): HTMLElement {
    const isSorted = this.column === key;
    const sort = button(label, 'sort', () => {
      this.column = key;
      this.draw();
      byId('functions').querySelector<HTMLElement>('th[aria-sort] button')?.focus();
    });
    const order = key === 'name' ? 'ascending' : 'descending';
    return h(
      'th',
      { scope: 'col', class: key === 'name' ? '' : 'number', ...(isSorted ? { 'aria-sort': order } : {}) },
      sort,
    );
  }

  private row({ name, file, self, total }: FunctionRow, graph: Graph): HTMLElement {
    const show = button(name, 'link name', () => this.find(name));
    show.title = 'Show in the flame graph';
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, show, h('div', { class: 'quiet code file' }, file)),
      amount(self, graph),
      amount(total, graph),
    );
  }
}

function amount(value: bigint, { total, unit }: Graph): HTMLElement {
  const part = Number(total) === 0 ? 0 : Number(value) / Number(total);
  return h(
    'td',
    { class: 'number' },
    h('div', {}, quantity(value, unit), h('span', { class: 'share' }, share(Number(value), Number(total)))),
    bar(part),
  );
}

function compare<T extends string | bigint>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
