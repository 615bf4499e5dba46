import { counted, grouped, quantity, share } from '../../../src/cli/inspectQuantity.ts';
import type { Summary } from '../../../src/inspect/summary.ts';
import type { Graph, GraphChoice, Matches, TreeNode, TreeView } from '../messages.ts';
import { byId, fill, h, options } from './dom.ts';
import { FlameChart } from './flameChart.ts';

const RESIZED = 150;
const TYPED = 200;

export interface GraphQuestions {
  graph(choice: GraphChoice, width: number): void;
  view(graph: number, focus: number, width: number): void;
  search(text: string): void;
}

/** The flame graph with its controls: sample type, scope, what a frame is, search, direction, zoom. */
export class GraphView {
  private readonly chart: FlameChart;
  private readonly type = byId<HTMLSelectElement>('sample-type');
  private readonly scope = byId<HTMLSelectElement>('scope');
  private readonly grain = byId<HTMLSelectElement>('grain');
  private readonly find = byId<HTMLInputElement>('find');
  private readonly direction = byId<HTMLSelectElement>('direction');
  private readonly whole = byId<HTMLButtonElement>('whole');
  private graph: Graph | undefined;
  private focus = 0;

  private readonly ask: GraphQuestions;

  constructor(questions: GraphQuestions) {
    this.ask = {
      ...questions,
      graph: (choice, width) => {
        this.setBusy(true);
        questions.graph(choice, width);
      },
    };
    this.chart = new FlameChart(byId('flame'), {
      zoom: (node) => this.zoom(node),
      point: (node) => this.point(node),
      label: (node) => this.label(node),
    });
    for (const control of [this.type, this.scope, this.grain]) control.addEventListener('change', () => this.choose());
    this.direction.addEventListener('change', () => this.chart.setIcicle(this.direction.value === 'icicle'));
    this.whole.addEventListener('click', () => this.zoom(0));
    this.find.addEventListener(
      'input',
      delayed(TYPED, () => this.search()),
    );
    new ResizeObserver(
      delayed(RESIZED, () => {
        if (this.chart.width !== this.chart.drawnWidth) this.zoom(this.focus);
      }),
    ).observe(byId('flame'));
  }

  /** Nothing is open; what was asked about the file before is of no use. */
  reset(): void {
    this.graph = undefined;
    this.focus = 0;
    this.find.value = '';
    fill(byId('found'));
  }

  /** Asks for the graph that a file begins with, and offers the others. */
  begin({ sampleTypes }: Summary, scopes: readonly string[]): void {
    const names = sampleTypes.map(({ type, unit }) => `${type || 'no name'}/${unit}`);
    options(
      this.type,
      names,
      sampleTypes.findIndex(({ isDefault }) => isDefault),
    );
    options(this.scope, [`all ${scopes.length} scopes`, ...scopes], 0);
    byId('scope-field').hidden = scopes.length < 2;
    this.ask.graph({ sampleType: null, scope: null, grain: this.chosenGrain }, this.chart.width);
  }

  show(graph: Graph, view: TreeView): void {
    this.graph = graph;
    this.setBusy(false);
    this.type.selectedIndex = graph.choice.sampleType ?? -1;
    this.chart.highlight(undefined);
    const { negative, unit } = graph;
    const left = `${counted(negative.stacks, 'stack')} with negative values (${quantity(negative.total, unit)}) left out`;
    fill(
      byId('graph-facts'),
      `${quantity(graph.total, unit)} of ${graph.type || 'no type'} in ${counted(graph.functions, 'function')}, ${counted(graph.nodes, 'frame')}`,
      negative.stacks > 0 && h('span', { class: 'badge warn' }, left),
    );
    this.showView(view);
    if (this.find.value !== '') this.search();
  }

  showView(view: TreeView): void {
    this.focus = view.focus;
    this.chart.show(view);
    this.whole.disabled = view.focus === 0;
    const focus = view.nodes.find(({ node }) => node === view.focus);
    if (focus !== undefined) this.point(focus);
    byId('hidden-frames').textContent =
      view.hidden > 0
        ? `${grouped(view.hidden)} narrow ${view.hidden === 1 ? 'frame is' : 'frames are'} not drawn; zoom in to see them.`
        : '';
  }

  showMatches({ text, functions, total }: Matches): void {
    const isOn = text !== '';
    this.chart.highlight(isOn ? new Set(functions) : undefined);
    fill(byId('found'), isOn && `${counted(functions.length, 'function')}, ${this.amount(total)}`);
  }

  /** Searches for a function, as if it had been typed. */
  searchFor(name: string): void {
    this.find.value = name;
    this.search();
    byId('graph-card').scrollIntoView({ block: 'start' });
    this.chart.focus(this.focus);
  }

  amount(value: bigint): string {
    const { unit = '', total = 0n } = this.graph ?? {};
    return `${quantity(value, unit)} (${share(Number(value), Number(total))})`;
  }

  private search(): void {
    this.ask.search(this.find.value.trim());
  }

  private choose(): void {
    this.ask.graph(
      {
        sampleType: Math.max(this.type.selectedIndex, 0),
        scope: this.scope.selectedIndex > 0 ? this.scope.selectedIndex - 1 : null,
        grain: this.chosenGrain,
      },
      this.chart.width,
    );
  }

  private setBusy(isBusy: boolean): void {
    byId('flame').setAttribute('aria-busy', `${isBusy}`);
  }

  private get chosenGrain(): GraphChoice['grain'] {
    return this.grain.value === 'line' ? 'line' : 'function';
  }

  private zoom(node: number): void {
    if (this.graph !== undefined) this.ask.view(this.graph.number, node, this.chart.width);
  }

  private point(node: TreeNode): void {
    const { name, total, self } = node;
    fill(
      byId('frame'),
      h('b', { class: 'path' }, name),
      h('span', { class: 'quiet code' }, placeOf(node)),
      h(
        'span',
        { class: 'amounts' },
        h('span', { class: 'quiet' }, 'with callees'),
        h('b', {}, this.amount(total)),
        h('span', { class: 'quiet' }, 'own'),
        h('b', {}, this.amount(self)),
      ),
    );
  }

  private label(node: TreeNode): string {
    const place = placeOf(node);
    return [node.name, place, `${this.amount(node.total)}`].filter(Boolean).join(', ');
  }
}

function placeOf({ place, places, isInlined }: TreeNode): string {
  const more = places > 1 ? ` and ${counted(places - 1, 'more place')}` : '';
  return `${place}${more}${isInlined ? ', inlined' : ''}`;
}

function delayed(milliseconds: number, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, milliseconds);
  };
}
