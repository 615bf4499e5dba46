// Every relative link in the documentation leads to a file, and every anchor to a heading of it.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Not of the repository, or other people's. */
const LEFT_OUT = new Set(['node_modules', '.git', 'dist', 'coverage', 'out', 'findings', '.cache']);

function pages(folder = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (LEFT_OUT.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return pages(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** The text without code, in which brackets are no links. */
const prose = (markdown: string): string =>
  markdown.replaceAll(/^(```+|~~~+)[\s\S]*?^\1\s*$/gm, '').replaceAll(/(`+)(?:(?!\1)[\s\S])+?\1/g, '');

interface Link {
  page: string;
  target: string;
}

/** [text](target "title"), ![picture](target), <img src="target">, <a href="target">, [name]: target */
function linksIn(markdown: string): string[] {
  const text = prose(markdown);
  const inline = text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g);
  const html = text.matchAll(/<(?:img|a|source)\b[^>]*?\s(?:src|href|srcset)="([^"]+)"/g);
  const named = text.matchAll(/^\s*\[[^\]]+\]:\s+<?(\S+?)>?(?:\s|$)/gm);
  return [...inline, ...html, ...named].map(([, target]) => target as string);
}

/** As GitHub makes anchors of headings. */
function anchorsIn(markdown: string): Set<string> {
  const anchors = new Set<string>();
  const headings = markdown.replaceAll(/^(```+|~~~+)[\s\S]*?^\1\s*$/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm);
  for (const [, heading] of headings) {
    const slug = (heading as string)
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let i = 1; anchors.has(anchor); i++) anchor = `${slug}-${i}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** What is wrong with a link; undefined when it leads somewhere. */
function fault({ page, target }: Link): string | undefined {
  const place = relative(ROOT, page);
  if (/^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith('//')) return undefined;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : resolve(dirname(page), decodeURIComponent(path));
  if (relative(ROOT, file).startsWith('..')) return `${place}: ${target} leads out of the repository`;
  if (!existsSync(file)) return `${place}: ${target} leads nowhere`;
  if (anchor === undefined || statSync(file).isDirectory() || !file.endsWith('.md')) return undefined;
  const isThere = anchorsIn(readFileSync(file, 'utf8')).has(decodeURIComponent(anchor));
  return isThere ? undefined : `${place}: ${target} leads to no heading`;
}

const all: Link[] = pages().flatMap((page) => linksIn(readFileSync(page, 'utf8')).map((target) => ({ page, target })));

test('every link leads somewhere', () => {
  expect(all.length).toBeGreaterThan(90);
  expect(all.map(fault).filter((text) => text !== undefined)).toEqual([]);
});

test('every page of docs/ is in its index', () => {
  const index = join(ROOT, 'docs/README.md');
  const linked = new Set(linksIn(readFileSync(index, 'utf8')).map((target) => target.split('#')[0]));
  const missing = readdirSync(join(ROOT, 'docs')).filter(
    (name) => name.endsWith('.md') && name !== 'README.md' && !linked.has(name),
  );
  expect(missing).toEqual([]);
});

describe('the checker', () => {
  const page = join(ROOT, 'docs/cli.md');

  test('finds links in each form, and none in code', () => {
    const text = 'a [b](c.md) ![d](e.svg "f") <img src="g.png"> `[h](i)`\n[j]: k.md\n```\n[l](m)\n```\n[n](<o>)';
    expect(linksIn(text).sort()).toEqual(['c.md', 'e.svg', 'g.png', 'k.md', 'o']);
  });

  test.each([
    ['report.md', undefined],
    ['format.md#what-comes-back', undefined],
    ['#exit-status', undefined],
    ['../vectors', undefined],
    ['https://example.com/x', undefined],
    ['nothing.md', 'docs/cli.md: nothing.md leads nowhere'],
    ['format.md#nothing', 'docs/cli.md: format.md#nothing leads to no heading'],
    ['../../x.md', 'docs/cli.md: ../../x.md leads out of the repository'],
  ])('says of %s what is wrong', (target, wrong) => {
    expect(fault({ page, target })).toBe(wrong);
  });

  test('makes anchors as GitHub does', () => {
    expect([...anchorsIn('# A b!\n## `--to` C\n## `--to` C\n### [x](y) & z')]).toEqual([
      'a-b',
      '--to-c',
      '--to-c-1',
      'x--z',
    ]);
  });
});
