import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { expand } from '../../action/files.mjs';
import { workspace } from '../cli/run.ts';

const NAMES = [
  'a.pb',
  'b.pb',
  'b.pb.gz',
  '.hidden.pb',
  'x/a.pb',
  'x/y/a.pb',
  'x/.git/a.pb',
  'x/[1].pb',
  'z.d/a-b+c.pb',
];

function tree(): string {
  const dir = workspace();
  for (const name of NAMES) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), '');
  }
  return dir;
}

it.each([
  [['*.pb'], ['a.pb', 'b.pb']],
  [['.*.pb'], ['.hidden.pb']],
  [['**/*.pb'], ['a.pb', 'b.pb', 'x/[1].pb', 'x/a.pb', 'x/y/a.pb', 'z.d/a-b+c.pb']],
  [['**/a.pb'], ['a.pb', 'x/a.pb', 'x/y/a.pb']],
  [['x/**'], ['x/[1].pb', 'x/a.pb', 'x/y/a.pb']],
  [['**/y/*'], ['x/y/a.pb']],
  [['*/a.pb'], ['x/a.pb']],
  [
    ['?.p[a-c]', '[!a].pb'],
    ['a.pb', 'b.pb'],
  ],
  [['x/[[]1].pb'], ['x/[1].pb']],
  [['{b,a}.pb{,.gz}'], ['b.pb', 'b.pb.gz', 'a.pb', 'a.pb.gz']],
  [
    ['*.d/*b+c.pb', './*.gz'],
    ['z.d/a-b+c.pb', 'b.pb.gz'],
  ],
  [
    ['**/*.pb', '!x/**', '!b.pb'],
    ['a.pb', 'z.d/a-b+c.pb'],
  ],
  [['!*.pb', 'a.pb', './a.pb'], ['a.pb']],
  [
    ['missing.pb', 'x/*', 'none/*'],
    ['missing.pb', 'x/[1].pb', 'x/a.pb'],
  ],
  [['x'], ['x']],
])('%j', (patterns, files) => {
  expect(expand(patterns, tree())).toEqual(files);
});

it('takes absolute patterns', () => {
  const dir = tree();
  expect(expand([`${dir}/x/*.pb`, '!x/[[]1].pb'], dir)).toEqual([resolve(dir, 'x/a.pb')]);
});

it('enters no directory behind a link', () => {
  const dir = tree();
  symlinkSync('..', join(dir, 'x/up'));
  expect(expand(['**/a.pb'], dir)).toEqual(['a.pb', 'x/a.pb', 'x/y/a.pb']);
  expect(expand(['x/up/a.pb'], dir)).toEqual(['x/up/a.pb']);
});
