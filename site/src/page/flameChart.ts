import flamegraph, { type FlameGraph, type Laid } from 'd3-flame-graph';
import { select } from 'd3-selection';
import { printable } from '../../../src/cli/escape.ts';
import type { TreeNode, TreeView } from '../messages.ts';

const ROW = 20;
const COLORS = 10;

/** What d3-flame-graph draws: a tree of objects. */
export interface Datum {
  name: string;
  value: number;
  children: Datum[];
  /** Drawn over the whole width, whatever its value. */
  fade: boolean;
  of: TreeNode;
}

export interface ChartEvents {
  /** The frame becomes the one that fills the width. */
  zoom(node: number): void;
  /** The frame under the pointer or with the focus. */
  point(node: TreeNode): void;
  /** What a frame says to who can't see it. */
  label(node: TreeNode): string;
}

/**
 * d3-flame-graph, fed with what of the tree can be seen, and made usable without a pointer: a tree for assistive
 * technology, one stop for the tab key, arrow keys from frame to frame.
 */
export class FlameChart {
  private chart: FlameGraph<Datum> | undefined;
  private view: TreeView | undefined;
  private isIcicle = true;
  private matches: ReadonlySet<number> | undefined;
  drawnWidth = 0;
  /** The node that the tab key leads to. */
  private current = 0;
  /** The frame elements of the drawing, by node. */
  private frames = new Map<number, { element: SVGGElement; laid: Laid<Datum> }>();

  constructor(
    private readonly box: HTMLElement,
    private readonly events: ChartEvents,
  ) {
    box.addEventListener('keydown', (event) => this.key(event));
    box.addEventListener('focusin', (event) => {
      const laid = this.laidAt(event.target);
      if (laid === undefined) return;
      this.setCurrent(laid.data.of.node);
      this.events.point(laid.data.of);
    });
  }

  /** In pixels; of the drawing, `drawnWidth`. */
  get width(): number {
    return Math.max(this.box.clientWidth, 200);
  }

  show(view: TreeView): void {
    const hadFocus = this.box.contains(document.activeElement);
    this.view = view;
    this.current = view.focus;
    this.draw();
    if (hadFocus) this.focus(view.focus);
  }

  setIcicle(isIcicle: boolean): void {
    this.isIcicle = isIcicle;
    this.draw();
  }

  /** The functions to be seen at a glance; none for no search. */
  highlight(functions: ReadonlySet<number> | undefined): void {
    this.matches = functions;
    // The text only matters to our own matcher, which knows the answer.
    if (functions === undefined) this.chart?.clear();
    else this.chart?.search('search');
    this.afterUpdate();
  }

  focus(node: number): void {
    this.frames.get(node)?.element.focus();
  }

  private draw(): void {
    if (this.view === undefined) return;
    this.chart?.destroy();
    this.drawnWidth = this.width;
    this.chart = flamegraph<Datum>()
      .width(this.drawnWidth)
      .cellHeight(ROW)
      .transitionDuration(0)
      .minFrameSize(0.5)
      .inverted(this.isIcicle)
      .selfValue(false)
      .resetHeightOnZoom(true)
      .setColorMapper((laid) => this.color(laid))
      .setLabelHandler(({ data }) => this.label(data.of))
      .setSearchMatch(({ data }) => this.matches?.has(data.of.function) === true)
      .setSearchHandler(() => {})
      .onHover(({ data }) => this.events.point(data.of))
      .onClick(({ data }) => this.events.zoom(data.of.node));
    select(this.box).datum(dataOf(this.view)).call(this.chart);
    if (this.matches !== undefined) this.chart.search('search');
    this.afterUpdate();
  }

  private label(of: TreeNode): string {
    return printable(this.events.label(of));
  }

  private color({ data, highlight }: Laid<Datum>): string {
    if (data.of.parent < 0) return 'var(--flame-root)';
    if (this.matches === undefined) return `var(--flame-${colorOf(data.of)})`;
    return highlight === true ? 'var(--flame-hit)' : 'var(--flame-miss)';
  }

  /** What d3-flame-graph does not do: say what the frames are, and let the keys reach them. */
  private afterUpdate(): void {
    const svg = this.box.querySelector('svg');
    if (svg === null) return;
    svg.setAttribute('role', 'tree');
    svg.setAttribute('aria-label', 'Flame graph');
    this.frames = new Map();
    let deepest = 0;
    const { frames, current } = this;
    const label = (of: TreeNode) => this.label(of);
    select<Laid<Datum>>(svg)
      .selectAll<Laid<Datum>>('g.frame')
      .each(function (laid) {
        const { of } = laid.data;
        frames.set(of.node, { element: this, laid });
        deepest = Math.max(deepest, laid.depth);
        this.setAttribute('role', 'treeitem');
        this.setAttribute('aria-level', `${laid.depth + 1}`);
        this.setAttribute('aria-label', label(of));
        this.setAttribute('tabindex', of.node === current ? '0' : '-1');
        if (laid.children !== undefined) this.setAttribute('aria-expanded', 'true');
      });
    // It leaves three rows free at the end.
    if (this.isIcicle) svg.setAttribute('height', `${(deepest + 1) * ROW + 1}`);
  }

  private setCurrent(node: number): void {
    this.frames.get(this.current)?.element.setAttribute('tabindex', '-1');
    this.current = node;
    this.frames.get(node)?.element.setAttribute('tabindex', '0');
  }

  private key(event: KeyboardEvent): void {
    const laid = this.laidAt(event.target);
    if (laid === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const deeper = this.isIcicle ? 'ArrowDown' : 'ArrowUp';
    const nearer = this.isIcicle ? 'ArrowUp' : 'ArrowDown';
    const move = (to: Laid<Datum> | undefined | null) => {
      if (to != null) this.focus(to.data.of.node);
    };
    if (event.key === deeper) move(laid.children?.[0]);
    else if (event.key === nearer) move(laid.parent);
    else if (event.key === 'ArrowRight') move(this.beside(laid, 1));
    else if (event.key === 'ArrowLeft') move(this.beside(laid, -1));
    else if (event.key === 'Home') this.focus(0);
    else if (event.key === 'Enter' || event.key === ' ') this.events.zoom(laid.data.of.node);
    else if (event.key === 'Escape' || event.key === 'Backspace') this.events.zoom(0);
    else return;
    event.preventDefault();
  }

  /** The next frame of the same row, also that of another parent. */
  private beside(laid: Laid<Datum>, step: 1 | -1): Laid<Datum> | undefined {
    const row = [...this.frames.values()].map((frame) => frame.laid).filter(({ depth }) => depth === laid.depth);
    row.sort((a, b) => a.x0 - b.x0);
    return row[row.indexOf(laid) + step];
  }

  private laidAt(target: EventTarget | null): Laid<Datum> | undefined {
    if (!(target instanceof SVGGElement)) return undefined;
    for (const { element, laid } of this.frames.values()) if (element === target) return laid;
    return undefined;
  }
}

/** The way to the focus stands first in the list, each the parent of the next. */
function dataOf({ nodes, focus }: TreeView): Datum {
  const data: Datum[] = [];
  let isAbove = true;
  for (const of of nodes) {
    if (of.node === focus) isAbove = false;
    const datum: Datum = { name: printable(of.name), value: of.size, children: [], fade: isAbove, of };
    data.push(datum);
    data[of.parent]?.children.push(datum);
  }
  return data[0];
}

/** Frames of one package, module or directory have one color. */
function colorOf({ name, place }: TreeNode): number {
  const prefix = /^(?:.*\/)?[^./:(<[]+(?=[.:(])/.exec(name)?.[0] ?? place.slice(0, Math.max(place.lastIndexOf('/'), 0));
  let hash = 0;
  for (let i = 0; i < prefix.length; i++) hash = (Math.imul(hash, 31) + prefix.charCodeAt(i)) >>> 0;
  return hash % COLORS;
}
