// Which files a call works on: lists, patterns, directories, shards.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/args.ts';
import { type Inputs, inputsOf } from '../../src/cli/batch/inputs.ts';
import { splitNames } from '../../src/cli/batch/list.ts';
import { isPattern } from '../../src/cli/batch/pattern.ts';
import { parseShard, shardOf } from '../../src/cli/batch/shard.ts';
import { workspace } from '../cli/run.ts';

const HOME = process.cwd();
afterEach(() => process.chdir(HOME));

/** A directory with these files, empty ones, in which the test then is. */
function inDirectory(...files: string[]): string {
  const dir = workspace();
  for (const file of files) {
    mkdirSync(join(dir, file, '..'), { recursive: true });
    writeFileSync(join(dir, file), '');
  }
  process.chdir(dir);
  return dir;
}

const inputs = (line: string, output?: string): Promise<Inputs> => inputsOf(parseArguments(line.split(' ')), output);
const names = async (line: string, output?: string): Promise<string[]> =>
  (await inputs(line, output)).tasks.map(({ file }) => file);
const folders = async (line: string): Promise<string[]> => (await inputs(line)).tasks.map(({ folder }) => folder);

describe('a list', () => {
  it.each<[string, boolean, string[]]>([
    ['a\nb\n', false, ['a', 'b']],
    ['a\nb', false, ['a', 'b']],
    ['a b\n\n c \n', false, ['a b', ' c ']],
    ['a\0b\nc\0', false, ['a', 'b\nc']],
    ['a\nb', true, ['a\nb']],
    ['a\r\nb\r\n', false, ['a', 'b']],
    ['a\r\nb\n', false, ['a\r', 'b']],
    ['', false, []],
    ['\0', false, []],
  ])('%j, NUL-separated %s', (text, nul, expected) => {
    expect(splitNames(text, nul)).toEqual(expected);
  });

  it('comes after the files of the call, is no pattern, keeps its directories', async () => {
    inDirectory('x/a*.pb', 'b.pb', '/y/c.pb'.slice(1));
    writeFileSync('list', `x/a*.pb\n./y/../y/c.pb\n../up/d.pb\n${process.cwd()}/b.pb\n`);
    expect(await names('b.pb --files-from list')).toEqual([
      'b.pb',
      'x/a*.pb',
      './y/../y/c.pb',
      '../up/d.pb',
      join(process.cwd(), 'b.pb'),
    ]);
    expect(await folders('b.pb --files-from list')).toEqual(['', 'x', 'y', 'up', process.cwd().slice(1)]);
  });

  it('says what is wrong with it', async () => {
    inDirectory();
    await expect(inputs('--files-from none')).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(/^--files-from none: can't read: no such file/),
    });
    await expect(inputs('a --null')).rejects.toMatchObject({ code: 'usage' });
    await expect(inputs('- --files-from -')).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a pattern', () => {
  const FILES = [
    'a.pb',
    'b.pb',
    'c.otlp',
    '.h.pb',
    'd/e.pb',
    'd/f/g.pb',
    'd/.x/i.pb',
    'k(1).pb',
    'm1/n/o.pb',
    'm2/n/o.pb',
  ];

  it.each<[string, string[]]>([
    ['*.pb', ['a.pb', 'b.pb', 'k(1).pb']],
    ['./*.pb', ['./a.pb', './b.pb', './k(1).pb']],
    ['?.{pb,otlp}', ['a.pb', 'b.pb', 'c.otlp']],
    ['[!a].pb', ['b.pb']],
    ['.*.pb', ['.h.pb']],
    ['d/*.pb', ['d/e.pb']],
    ['d/**/*.pb', ['d/e.pb', 'd/f/g.pb']],
    ['**/*.pb', ['a.pb', 'b.pb', 'd/e.pb', 'd/f/g.pb', 'k(1).pb', 'm1/n/o.pb', 'm2/n/o.pb']],
    ['m?/*/*.pb', ['m1/n/o.pb', 'm2/n/o.pb']],
    ['{d/f,m1/n}/*.pb', ['d/f/g.pb', 'm1/n/o.pb']],
    ['k(?).pb', ['k(1).pb']],
  ])('%s', async (pattern, expected) => {
    inDirectory(...FILES);
    expect((await names(pattern)).sort()).toEqual(expected.sort());
  });

  it('keeps the directories behind its first wildcard', async () => {
    inDirectory(...FILES);
    expect(await folders('d/**/*.pb')).toEqual(['', 'f']);
    expect(await folders('m?/*/*.pb')).toEqual(['m1/n', 'm2/n']);
    expect((await inputs('d/**/e.pb')).isSet).toBe(true);
  });

  it('is the name of a file that exists before it is a pattern, and no address', async () => {
    inDirectory('[a].pb', 'a.pb');
    expect(await names('[a].pb')).toEqual(['[a].pb']);
    expect(isPattern('http://host/debug/pprof/profile?seconds=5')).toBe(false);
    expect(await names('http://127.0.0.1:1/profile?seconds=5')).toEqual(['http://127.0.0.1:1/profile?seconds=5']);
  });

  it('that matches nothing is an input that can not be read', async () => {
    inDirectory('a.pb');
    expect((await inputs('*.otlp a.pb')).tasks).toMatchObject([
      { file: '*.otlp', problem: expect.stringContaining('none matches') },
      { file: 'a.pb' },
    ]);
  });
});

describe('a directory', () => {
  it('gives all files below it, sorted, but temporary ones and the output', async () => {
    inDirectory('d/z.pb', 'd/a/b.pb', 'd/a.pb', 'd/.pprof-otlp-0123456789abcdef.tmp', 'd/out/a.otlp', 'e.pb');
    symlinkSync('../e.pb', 'd/link.pb');
    symlinkSync('.', 'd/circle');
    const expected = ['d/a/b.pb', 'd/a.pb', 'd/link.pb', 'd/z.pb'];
    expect((await names('-r d', 'd/out/')).sort()).toEqual(expected.sort());
    expect((await names('-r d/ e.pb', 'd/out')).sort()).toEqual([...expected, 'e.pb'].sort());
    expect((await inputs('-r d', 'd/out')).tasks.every(({ found }) => found)).toBe(true);
    expect(await folders('-r d/a d')).toEqual(['', 'a', '', '', 'out', '']);
    await expect(inputs('-r d', './d')).rejects.toMatchObject({ code: 'usage' });
  });

  it('in a list keeps its own name', async () => {
    inDirectory('d/e/a.pb');
    writeFileSync('list', 'd/e\n');
    expect(await folders('-r --files-from list')).toEqual(['d/e']);
  });
});

describe('a shard', () => {
  it('follows from the name alone, for ever', () => {
    const parts = ['cpu.pb.gz', 'a/b/c.otlp', '', 'ü', 'p00001.pb.gz'].map((name) => shardOf(name, 8));
    expect(parts).toEqual(PINNED);
  });

  it('parts the files: each is in one, and they are even', async () => {
    const files = Array.from({ length: 1000 }, (_, i) => `p${i}`);
    inDirectory();
    writeFileSync('list', files.join('\n'));
    const shards = await Promise.all([1, 2, 3, 4].map((i) => names(`--files-from list --shard ${i}/4`)));
    expect(shards.flat().sort()).toEqual(files.sort());
    for (const shard of shards) expect(Math.abs(shard.length - 250)).toBeLessThan(60);
  });

  it('says so when it has none', async () => {
    inDirectory('a.pb');
    const all = await Promise.all([1, 2].map((i) => inputs(`a.pb --shard ${i}/2`)));
    expect(all.map(({ tasks }) => tasks.length).sort()).toEqual([0, 1]);
    expect(all.flatMap(({ notes }) => notes)).toEqual([expect.stringMatching(/^none of 1 files is in shard [12]\/2$/)]);
  });

  it.each(['0/4', '5/4', '1', '1/0', 'a/b', '-1/4', '1/4/2', '1/9999999'])('is not %s', (text) => {
    expect(() => parseShard(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

const PINNED = [6, 5, 4, 7, 3];
