import { Sums } from '../../../src/inspect/sums.ts';
import { weightOfStacks } from '../../../src/inspect/usage.ts';
import type { Dictionary, Profile } from '../../../src/model/model.ts';
import { RowInterner } from '../../../src/wire/rows.ts';
import { Frames } from './frames.ts';

/** What is one node: the frames of one function, or those of one line of it. */
export type Grain = 'function' | 'line';

const ROOT = 0;

/**
 * All stacks of some profiles as one tree of calls, in columns: a node's parent stands before it, node 0 is the root.
 * Sums are exact. Takes time linear in the frames of the different stacks.
 */
export class CallTree {
  readonly frames: Frames;
  readonly parent: Int32Array;
  /** The function and the place of each node; of a function's several places the one with most. */
  readonly functionOf: Int32Array;
  readonly place: Int32Array;
  /** How many places of its function a node stands for. */
  readonly places: Int32Array;
  readonly self: Sums;
  readonly total: Sums;
  /** Stacks whose values sum up to less than nothing: no width can show them, so they are not in the tree. */
  readonly negative: { stacks: number; total: bigint } = { stacks: 0, total: 0n };
  private readonly childStart: Int32Array;
  private readonly childNodes: Int32Array;

  constructor(dictionary: Dictionary, profiles: readonly Profile[], grain: Grain) {
    this.frames = new Frames(dictionary);
    const fine = this.fineTree(dictionary, profiles);
    const nodes = fine.nodes.rows.values.array;
    const coarse = new RowInterner();
    coarse.intern([-1, -1]);
    /** The node of each node of the fine tree. */
    const nodeOf = new Int32Array(fine.self.length);
    for (let i = 1; i < nodeOf.length; i++) {
      const place = nodes[i * 2 + 1];
      const key = grain === 'line' ? place : this.frames.functionOf.array[place];
      nodeOf[i] = coarse.intern([nodeOf[nodes[i * 2]], key]);
    }
    const { length } = coarse.rows;
    this.parent = new Int32Array(length);
    this.functionOf = new Int32Array(length).fill(-1);
    this.place = new Int32Array(length).fill(-1);
    this.places = new Int32Array(length);
    this.self = new Sums(length);
    for (let node = 0; node < length; node++) this.parent[node] = coarse.rows.values.array[node * 2];
    for (let i = 0; i < nodeOf.length; i++) this.self.addFrom(fine.self, i, nodeOf[i]);
    this.total = this.totalsOf(this.parent, this.self);
    this.choosePlaces(nodes, nodeOf, this.totalsOf(parentsOf(nodes, nodeOf.length), fine.self));
    ({ start: this.childStart, nodes: this.childNodes } = this.children());
  }

  get length(): number {
    return this.parent.length;
  }

  /** A node's children, those with most first. */
  childrenOf(node: number): Int32Array {
    return this.childNodes.subarray(this.childStart[node], this.childStart[node + 1]);
  }

  name(node: number): string {
    return node === ROOT ? 'all' : this.frames.name(this.functionOf[node]);
  }

  /** A node for each place, and how much lies on each. */
  private fineTree({ stacks }: Dictionary, profiles: readonly Profile[]): { nodes: RowInterner; self: Sums } {
    const weights = weightOfStacks(profiles, stacks.length);
    const nodes = new RowInterner();
    nodes.intern([-1, -1]);
    const leafOf = new Int32Array(weights.length).fill(-1);
    const row = [0, 0];
    const enter = (place: number) => {
      row[1] = place;
      row[0] = nodes.intern(row);
    };
    for (let stack = 0; stack < weights.length; stack++) {
      if (weights.isZero(stack)) continue;
      const weight = weights.get(stack);
      if (weight < 0n) {
        this.negative.stacks++;
        this.negative.total += weight;
        continue;
      }
      row[0] = ROOT;
      if (stack < stacks.length) {
        for (let at = stacks.end(stack) - 1; at >= stacks.start(stack); at--)
          this.frames.each(stacks.values.array[at], enter);
      }
      leafOf[stack] = row[0];
    }
    const self = new Sums(nodes.rows.length);
    leafOf.forEach((leaf, stack) => {
      if (leaf >= 0) self.addFrom(weights, stack, leaf);
    });
    return { nodes, self };
  }

  private totalsOf(parent: Int32Array, self: Sums): Sums {
    const total = new Sums(parent.length);
    for (let node = parent.length - 1; node >= 0; node--) {
      total.addFrom(self, node, node);
      if (node > ROOT) total.addFrom(total, node, parent[node]);
    }
    return total;
  }

  private choosePlaces(nodes: Int32Array, nodeOf: Int32Array, fineTotals: Sums): void {
    const pairs = new RowInterner();
    const pairOf = new Int32Array(nodeOf.length);
    for (let i = 1; i < nodeOf.length; i++) pairOf[i] = pairs.intern([nodeOf[i], nodes[i * 2 + 1]]);
    const sums = new Sums(Math.max(pairs.rows.length, 1));
    for (let i = 1; i < nodeOf.length; i++) sums.addFrom(fineTotals, i, pairOf[i]);
    const most = new Float64Array(this.length).fill(-1);
    for (let pair = 0; pair < pairs.rows.length; pair++) {
      const [node, place] = pairs.rows.values.array.subarray(pair * 2, pair * 2 + 2);
      this.places[node]++;
      this.functionOf[node] = this.frames.functionOf.array[place];
      if (sums.size(pair) <= most[node]) continue;
      most[node] = sums.size(pair);
      this.place[node] = place;
    }
  }

  private children(): { start: Int32Array; nodes: Int32Array } {
    const { length, parent, total } = this;
    const start = new Int32Array(length + 1);
    for (let node = 1; node < length; node++) start[parent[node] + 1]++;
    for (let node = 0; node < length; node++) start[node + 1] += start[node];
    const next = start.slice();
    const nodes = new Int32Array(Math.max(length - 1, 0));
    for (let node = 1; node < length; node++) nodes[next[parent[node]]++] = node;
    for (let node = 0; node < length; node++) {
      if (start[node + 1] - start[node] > 1)
        nodes.subarray(start[node], start[node + 1]).sort((a, b) => total.size(b) - total.size(a) || a - b);
    }
    return { start, nodes };
  }
}

function parentsOf(nodes: Int32Array, length: number): Int32Array {
  const parents = new Int32Array(length);
  for (let i = 0; i < length; i++) parents[i] = nodes[i * 2];
  return parents;
}
