import { describe, expect, it, test } from 'vitest';
import { CallTree, type Grain } from '../../site/src/worker/callTree.ts';
import { FunctionTotals } from '../../site/src/worker/functions.ts';
import { viewOf } from '../../site/src/worker/treeView.ts';
import { decompress } from '../../src/index.ts';
import { contentOf } from '../../src/inspect/content.ts';
import { typedProfiles } from '../../src/inspect/sampleTypes.ts';
import type { ProfileFormat } from '../../src/inspect/summary.ts';
import { topFunctions } from '../../src/inspect/top.ts';
import { bytesOfSketch, type Sketch } from '../pprof/sketch.ts';
import { otlpFiles, pprofFiles } from '../support/corpus.ts';

function treeOf(bytes: Uint8Array, grain: Grain = 'function', format: ProfileFormat = 'pprof'): CallTree {
  const content = contentOf(bytes, format);
  return new CallTree(content.dictionary, typedProfiles(content)[0]?.profiles ?? [], grain);
}

const sketched = (sketch: Sketch, grain?: Grain): CallTree => treeOf(bytesOfSketch(sketch), grain);

/** `name place total/self`, deeper nodes further in. */
function drawn(tree: CallTree, node = 0, depth = 0): string[] {
  const place = node === 0 ? '' : ` ${tree.frames.placeText(tree.place[node])}`;
  const places = tree.places[node] > 1 ? `+${tree.places[node] - 1}` : '';
  const line = `${'  '.repeat(depth)}${tree.name(node)}${place}${places} ${tree.total.get(node)}/${tree.self.get(node)}`;
  return [line, ...[...tree.childrenOf(node)].flatMap((child) => drawn(tree, child, depth + 1))];
}

const PROGRAM: Sketch = {
  functions: [
    { name: 'main', filename: 'main.go' },
    { name: 'work', filename: 'work.go' },
    { name: 'small', filename: 'work.go' },
    // The same function, listed again.
    { name: 'work', filename: 'work.go' },
  ],
  locations: [
    { lines: [[1, 10n]] },
    // `small` is inlined into `work`.
    {
      lines: [
        [3, 7n],
        [2, 20n],
      ],
    },
    { lines: [[4, 21n]] },
  ],
  samples: [
    { at: [2, 1], values: [5n] },
    { at: [3, 1], values: [2n] },
    { at: [3, 1], values: [1n] },
    { at: [1], values: [4n] },
  ],
};

describe('a call tree', () => {
  it('has a frame for each line, inlined ones below what they are in', () => {
    expect(drawn(sketched(PROGRAM))).toEqual([
      'all 12/0',
      '  main main.go:10 12/4',
      '    work work.go:20+1 8/3',
      '      small work.go:7 5/5',
    ]);
  });

  it('keeps lines apart when asked to', () => {
    expect(drawn(sketched(PROGRAM, 'line'))).toEqual([
      'all 12/0',
      '  main main.go:10 12/4',
      '    work work.go:20 5/0',
      '      small work.go:7 5/5',
      '    work work.go:21 3/3',
    ]);
  });

  it('says which frames are inlined', () => {
    const tree = sketched(PROGRAM);
    const inlined = [...tree.place.keys()].filter((node) => node > 0 && tree.frames.isInlined(tree.place[node]));
    expect(inlined.map((node) => tree.name(node))).toEqual(['small']);
  });

  it('names what has no function by its mapping and address', () => {
    const tree = sketched({
      mappings: [{ filename: '/lib/libc.so.6' }],
      locations: [{ mapping: 1, address: 0xffff_ffff_8000_0000n }, { address: 0x10n }],
      samples: [{ at: [1], values: [2n] }, { at: [2] }],
    });
    expect(drawn(tree)).toEqual(['all 3/0', '  [libc.so.6] 0xffffffff80000000 2/2', '  <unknown> 0x10 1/1']);
  });

  it('counts samples without a stack for the whole', () => {
    expect(drawn(sketched({ samples: [{ at: [], values: [7n] }] }))).toEqual(['all 7/7']);
  });

  it('leaves out stacks with negative values, and says how many', () => {
    const tree = sketched({
      ...PROGRAM,
      samples: [
        { at: [1], values: [4n] },
        { at: [3, 1], values: [-9n] },
      ],
    });
    expect(drawn(tree)).toEqual(['all 4/0', '  main main.go:10 4/4']);
    expect(tree.negative).toEqual({ stacks: 1, total: -9n });
  });

  it('is exact past 2^53', () => {
    const most = 2n ** 63n - 1n;
    const tree = sketched({
      ...PROGRAM,
      samples: [
        { at: [1], values: [most] },
        { at: [2, 1], values: [most] },
      ],
    });
    expect(tree.total.get(0)).toBe(2n * most);
  });
});

describe('the functions of a call tree', () => {
  it('count recursion once', () => {
    const tree = sketched({ ...PROGRAM, samples: [{ at: [1, 3, 1, 1], values: [3n] }] });
    const rows = new FunctionTotals(tree).rows();
    expect(rows).toEqual([
      { function: expect.any(Number), name: 'main', file: 'main.go', self: 3n, total: 3n },
      { function: expect.any(Number), name: 'work', file: 'work.go', self: 0n, total: 3n },
    ]);
  });

  it.each([
    ['WORK', ['work', 'small']],
    ['mai', ['main']],
    ['/^s.*l$/', ['small']],
    ['nothing', []],
    ['', []],
  ])('are found by %j', (text, names) => {
    const tree = sketched(PROGRAM);
    const { functions } = new FunctionTotals(tree).search(text);
    expect(functions.map((fn) => tree.frames.name(fn)).sort()).toEqual([...names].sort());
  });

  it('weigh a match below a match once', () => {
    expect(new FunctionTotals(sketched(PROGRAM)).search('work').total).toBe(8n);
  });

  it('refuse an expression that is none', () => {
    expect(() => new FunctionTotals(sketched(PROGRAM)).search('/(/')).toThrow(SyntaxError);
  });
});

describe('what can be seen of a call tree', () => {
  /** `main` calls 300 functions, the first of them with most. */
  const wide = sketched({
    functions: [{ name: 'main' }, ...Array.from({ length: 300 }, (_, i) => ({ name: `f${i}` }))],
    locations: Array.from({ length: 301 }, (_, i) => ({ lines: [[i + 1]] as [number][] })),
    samples: Array.from({ length: 300 }, (_, i) => ({ at: [i + 2, 1], values: [i === 0 ? 10_000n : 1n] })),
  });

  it('leaves out what is too narrow', () => {
    const { nodes, hidden } = viewOf(wide, 0, 1000);
    expect(nodes.map(({ name }) => name)).toEqual(['all', 'main', 'f0']);
    expect(hidden).toBe(299);
  });

  it('shows it when there is room', () => {
    expect(viewOf(wide, 0, 30_000)).toMatchObject({ hidden: 0, nodes: { length: 302 } });
  });

  it('leads to a focus by its callers only', () => {
    const focus = viewOf(wide, 0, 30_000).nodes.find(({ name }) => name === 'f7')?.node ?? -1;
    const { nodes } = viewOf(wide, focus, 1000);
    expect(nodes.map(({ name, parent }) => `${name} ${parent}`)).toEqual(['all -1', 'main 0', 'f7 1']);
  });

  it('is a number of frames that a page can hold, however wide and deep the tree is', () => {
    const deep = sketched({
      functions: [{ name: 'f' }],
      locations: [{ lines: [[1]] }],
      samples: [{ at: Array.from({ length: 20_000 }, () => 1) }],
    });
    expect(viewOf(deep, 0, 1000).nodes.length).toBeLessThan(500);
    const many = sketched({
      functions: Array.from({ length: 3000 }, (_, i) => ({ name: `f${i}` })),
      locations: Array.from({ length: 3000 }, (_, i) => ({ lines: [[i + 1]] as [number][] })),
      samples: Array.from({ length: 3000 }, (_, i) => ({ at: [i + 1] })),
    });
    expect(viewOf(many, 0, 1e6).nodes.length).toBeLessThanOrEqual(1500);
  });
});

/** Sums by name, for `inspect` knows functions by name only. */
function byName(tree: CallTree): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (let node = 1; node < tree.length; node++) {
    const self = tree.self.get(node);
    if (self !== 0n) sums.set(tree.name(node), (sums.get(tree.name(node)) ?? 0n) + self);
  }
  return sums;
}

describe.each([
  ['pprof' as const, pprofFiles],
  ['otlp' as const, otlpFiles],
])('agrees with inspect on real %s', (format, files) => {
  test.each(files)('$name', ({ read }) => {
    const content = contentOf(decompress(read()), format);
    for (const typed of typedProfiles(content)) {
      const top = topFunctions(content.dictionary, typed, Number.MAX_SAFE_INTEGER);
      const tree = new CallTree(content.dictionary, typed.profiles, 'function');
      // What no width can show, the graph leaves out.
      if (tree.negative.stacks > 0) continue;
      expect(tree.total.get(0)).toBe(top.total);
      expect(byName(tree)).toEqual(new Map(top.flat.map(({ name, flat }) => [name, flat])));
      const cumulative = new Map(top.cumulative.map((fn) => [fn.name, fn.cumulative]));
      const names = Array.from({ length: tree.frames.functionCount }, (_, fn) => tree.frames.name(fn));
      // Of two functions of one name, `inspect` makes one.
      const own = new FunctionTotals(tree).rows().filter(({ name }) => names.indexOf(name) === names.lastIndexOf(name));
      expect(own.map(({ name, total }) => [name, total])).toEqual(own.map(({ name }) => [name, cumulative.get(name)]));
      const finest = new CallTree(content.dictionary, typed.profiles, 'line');
      expect(byName(finest)).toEqual(byName(tree));
    }
  });
});
