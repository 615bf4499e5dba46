import { Sums } from '../../../src/inspect/sums.ts';
import type { FunctionRow, Matches } from '../messages.ts';
import type { CallTree } from './callTree.ts';

/** Rows of the table of functions: the first by own and the first by whole value. */
const MOST_ROWS = 100;

/** What each function of a tree has, counted as `go tool pprof -top` does: once a stack, however often it recurs. */
export class FunctionTotals {
  private readonly self: Sums;
  private readonly total: Sums;

  constructor(private readonly tree: CallTree) {
    const { functionCount } = tree.frames;
    this.self = new Sums(Math.max(functionCount, 1));
    this.total = new Sums(Math.max(functionCount, 1));
    for (let node = 1; node < tree.length; node++) this.self.addFrom(tree.self, node, tree.functionOf[node]);
    this.addTotals();
  }

  /** The functions with most, of those that match if there is a search. */
  rows(matches?: Uint8Array): FunctionRow[] {
    const { frames } = this.tree;
    const wanted = (fn: number) => matches === undefined || matches[fn] === 1;
    const first = (sums: Sums) => sums.largest(sums.length).filter(wanted).slice(0, MOST_ROWS);
    return [...new Set([...first(this.self), ...first(this.total)])].map((fn) => ({
      function: fn,
      name: frames.name(fn),
      file: frames.file(fn),
      self: this.self.get(fn),
      total: this.total.get(fn),
    }));
  }

  /**
   * The functions whose name or file has a text in it, capitals or not; between slashes it is a regular expression.
   * No text is no search: no function, and the rows of all.
   *
   * @throws SyntaxError for a regular expression that is none
   */
  search(text: string): Matches {
    const { tree } = this;
    if (text === '') return { text, functions: [], total: 0n, rows: this.rows() };
    const matcher = matcherOf(text);
    const matches = new Uint8Array(tree.frames.functionCount);
    for (let fn = 0; fn < matches.length; fn++)
      if (matcher(tree.frames.name(fn)) || matcher(tree.frames.file(fn))) matches[fn] = 1;
    // A match below another match is part of it.
    const covered = new Uint8Array(tree.length);
    const total = new Sums(1);
    for (let node = 1; node < tree.length; node++) {
      covered[node] = covered[tree.parent[node]];
      if (covered[node] === 1 || matches[tree.functionOf[node]] === 0) continue;
      covered[node] = 1;
      total.addFrom(tree.total, node, 0);
    }
    const functions = [...matches.keys()].filter((fn) => matches[fn] === 1);
    return { text, functions, total: total.get(0), rows: this.rows(matches) };
  }

  private addTotals(): void {
    const { tree } = this;
    /** How often each function is on the way from the root. */
    const open = new Int32Array(this.total.length);
    const way = [{ node: 0, next: 0 }];
    for (let last = way[0]; last !== undefined; last = way[way.length - 1]) {
      const children = tree.childrenOf(last.node);
      if (last.next === children.length) {
        if (last.node > 0) open[tree.functionOf[last.node]]--;
        way.pop();
        continue;
      }
      const node = children[last.next++];
      if (open[tree.functionOf[node]]++ === 0) this.total.addFrom(tree.total, node, tree.functionOf[node]);
      way.push({ node, next: 0 });
    }
  }
}

function matcherOf(text: string): (name: string) => boolean {
  const expression = /^\/(.+)\/$/.exec(text)?.[1];
  if (expression !== undefined) {
    const pattern = new RegExp(expression, 'i');
    return (name) => pattern.test(name);
  }
  const lower = text.toLowerCase();
  return (name) => name.toLowerCase().includes(lower);
}
