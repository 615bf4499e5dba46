// docs/images/terminal.svg, the picture of the README: what it shows is what the commands print now.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PROGRAM, run, workspace } from './cli/run.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const svg = readFileSync(at('docs/images/terminal.svg'), 'utf8');

/** The lines of text, those that go on joined again. */
const shown = Array.from(svg.matchAll(/<text [^>]*>(.*)<\/text>/g), ([, content]) =>
  (content as string)
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&'),
)
  .join('\n')
  .replaceAll(/\n {4}(?! )/g, ' ')
  .split('\n');

test('the picture is current; `npm run terminal` writes it (skipped without bash)', ({ skip }) => {
  if (!existsSync('/bin/bash') && !existsSync('/usr/bin/bash')) skip();
  const { stdout, stderr } = spawnSync(process.execPath, [at('scripts/terminal.mjs'), '--print', PROGRAM], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toBe(svg);
}, 120_000);

test('each line of it is one that the commands print', async () => {
  const cwd = workspace();
  copyFileSync(at('fixtures/go-runtime-cpu-labels.pb.gz'), join(cwd, 'cpu.pb.gz'));
  const printed: string[] = ['identical'];
  const commands = shown.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
  for (const command of commands.filter((line) => line.startsWith('pprof-otlp '))) {
    const { stdout, stderr, status } = await run(command.split(' ').slice(1), { cwd });
    expect(status).toBe(0);
    printed.push(...`${stdout}${stderr}`.split('\n'));
  }
  const lines = shown.filter((line) => !line.startsWith('$ '));
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) expect(printed).toContain(line);
}, 120_000);

test('it is small, and well formed', () => {
  expect(Buffer.byteLength(svg)).toBeLessThan(50_000);
  const open: string[] = [];
  for (const [tag, close, name, own] of svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (own === '/') continue;
    if (close === '/') expect(open.pop(), tag).toBe(name);
    else open.push(name as string);
  }
  expect(open).toEqual([]);
  // Nothing is fetched, nothing runs.
  expect(svg).not.toMatch(/<script|href|url\(|@import|<image/);
});
