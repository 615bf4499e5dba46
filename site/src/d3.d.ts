/** What the page uses of d3-selection and d3-flame-graph, which has no types of its own. */

declare module 'd3-selection' {
  export interface Selection<Datum> {
    datum(data: unknown): Selection<Datum>;
    selectAll<Below>(selector: string): Selection<Below>;
    each(visit: (this: SVGGElement, datum: Datum) => void): Selection<Datum>;
    call(run: (selection: Selection<Datum>) => void): Selection<Datum>;
  }
  export function select<Datum>(element: Element): Selection<Datum>;
}

declare module 'd3-flame-graph' {
  import type { Selection } from 'd3-selection';

  /** A node as d3-hierarchy lays it out. */
  export interface Laid<Data> {
    data: Data;
    depth: number;
    x0: number;
    parent: Laid<Data> | null;
    children?: Laid<Data>[];
    highlight?: boolean;
  }
  export interface FlameGraph<Data> {
    <Datum>(selection: Selection<Datum>): void;
    width(pixels: number): this;
    cellHeight(pixels: number): this;
    transitionDuration(milliseconds: number): this;
    minFrameSize(pixels: number): this;
    inverted(isIcicle: boolean): this;
    selfValue(isSelf: boolean): this;
    resetHeightOnZoom(resets: boolean): this;
    setColorMapper(color: (node: Laid<Data>, original: string) => string): this;
    setLabelHandler(label: (node: Laid<Data>) => string): this;
    setSearchMatch(matches: (node: Laid<Data>, term: string) => boolean): this;
    setSearchHandler(found: () => void): this;
    onClick(clicked: (node: Laid<Data>) => void): this;
    onHover(hovered: (node: Laid<Data>) => void): this;
    search(term: string): void;
    clear(): void;
    update(data?: Data): this;
    destroy(): this;
  }
  export default function flamegraph<Data>(): FlameGraph<Data>;
}
