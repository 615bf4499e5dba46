// docs/quickstart.md: its screens are what the commands print, run one after the other in one folder.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PROGRAM, workspace } from './cli/run.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The commands of all screens, each with the lines behind it. */
function screens(page: string): { command: string; lines: string[] }[] {
  const blocks = Array.from(page.matchAll(/^```console\n([\s\S]*?)^```/gm), ([, block]) => block as string);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...lines] = part.trimEnd().split('\n');
        return { command, lines };
      }),
  );
}

test('the quick start is as it says (skipped without a shell)', ({ skip }) => {
  if (!existsSync('/bin/sh')) skip();
  const cwd = workspace();
  const bin = workspace();
  writeFileSync(join(bin, 'pprof-otlp'), `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`, { mode: 0o755 });
  const env = { PATH: `${bin}${delimiter}${process.env.PATH}` };
  copyFileSync(at('fixtures/go-runtime-cpu-labels.pb.gz'), join(cwd, 'cpu.pb.gz'));
  copyFileSync(at('examples/otlp-to-pprof/profiles.in.otlp.json'), join(cwd, 'profiles.otlp.json'));
  const all = screens(readFileSync(at('docs/quickstart.md'), 'utf8'));
  expect(all.length).toBeGreaterThan(8);
  for (const { command, lines } of all) {
    const { stdout } = spawnSync('sh', ['-c', `exec 2>&1\n${command}`], { cwd, env, encoding: 'utf8' });
    // How well gzip compresses differs between releases of Node.
    const tidy = (line: string): string => line.replace(/gzip, .* stored/, 'gzip, some bytes stored');
    const shown = (lines.length === 0 ? [''] : lines).map(tidy);
    // Of a long screen the page shows the beginning.
    expect(stdout.trimEnd().split('\n').slice(0, shown.length).map(tidy), command).toEqual(shown);
  }
}, 180_000);
