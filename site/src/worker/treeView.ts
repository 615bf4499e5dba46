import type { TreeView } from '../messages.ts';
import type { CallTree } from './callTree.ts';

/** Frames narrower than this are left out: nobody can see or hit them. In pixels. */
const NARROWEST = 2;
/** An element each: more would make the page slow. */
const MOST_NODES = 1500;
/** Rows below the focus. */
const MOST_DEPTH = 400;

/**
 * What of a tree can be seen `width` pixels wide when `focus` fills the width: the way to it, and below it what is wide
 * enough. Parents stand before their children.
 */
export function viewOf(tree: CallTree, focus: number, width: number): TreeView {
  const ancestors: number[] = [];
  for (let node = tree.parent[focus]; node >= 0; node = tree.parent[node]) ancestors.unshift(node);
  const whole = tree.total.size(focus);
  let least = (whole * NARROWEST) / Math.max(width, 1);
  let below = visible(tree, focus, least);
  while (below === undefined) {
    least *= 2;
    below = visible(tree, focus, least);
  }
  const nodes = [...ancestors, ...below.nodes];
  const rowOf = new Map(nodes.map((node, row) => [node, row]));
  return {
    focus,
    hidden: below.hidden,
    nodes: nodes.map((node) => ({
      node,
      parent: rowOf.get(tree.parent[node]) ?? -1,
      function: tree.functionOf[node],
      name: tree.name(node),
      place: tree.place[node] < 0 ? '' : tree.frames.placeText(tree.place[node]),
      places: tree.places[node],
      isInlined: tree.place[node] >= 0 && tree.frames.isInlined(tree.place[node]),
      size: tree.total.size(node),
      total: tree.total.get(node),
      self: tree.self.get(node),
    })),
  };
}

function visible(tree: CallTree, focus: number, least: number): { nodes: number[]; hidden: number } | undefined {
  const nodes = [focus];
  const depths = [0];
  let hidden = 0;
  for (let at = 0; at < nodes.length; at++) {
    const children = tree.childrenOf(nodes[at]);
    for (let i = 0; i < children.length; i++) {
      // The others are smaller still.
      if (tree.total.size(children[i]) < least || depths[at] === MOST_DEPTH) {
        hidden += children.length - i;
        break;
      }
      if (nodes.length === MOST_NODES) return undefined;
      nodes.push(children[i]);
      depths.push(depths[at] + 1);
    }
  }
  return { nodes, hidden };
}
