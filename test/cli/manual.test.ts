// man/pprof-otlp.1 is what scripts/man.mjs writes of the commands as they are now, and a manual page that man shows.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/specs.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const PAGE = at('man/pprof-otlp.1');

test('the manual page is current; `npm run man` writes it', () => {
  const { stdout, stderr } = spawnSync(process.execPath, [at('scripts/man.mjs'), '--print'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe(readFileSync(PAGE, 'utf8'));
});

test('npm installs it', () => {
  const { man, files } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  expect(man).toBe('./man/pprof-otlp.1');
  expect(files).toContain('man');
});

const groff = spawnSync('groff', ['--version'], { encoding: 'utf8' }).status === 0;

test.skipIf(!groff)('man shows every command, option and choice, without a warning (skipped without groff)', () => {
  const { stdout, stderr } = spawnSync('groff', ['-man', '-Tascii', '-P-cbou', '-ww', PAGE], {
    encoding: 'utf8',
    // Wide, so that nothing is broken or hyphenated.
    env: { ...process.env, GROFF_NO_SGR: '1' },
  });
  expect(stderr).toBe('');
  const shown = stdout.replaceAll(/-\n\s*/g, '-').replaceAll(/\s+/g, ' ');
  for (const { name, options, examples } of COMMANDS) {
    expect(shown).toContain(` ${name} `);
    for (const [option, { short, value }] of Object.entries(options)) {
      const flag = `${short === undefined ? '' : `-${short}, `}--${option}${value === undefined ? '' : ` ${value}`}`;
      expect(shown).toContain(` ${flag} `);
    }
    for (const [example] of examples) expect(shown).toContain(example.replaceAll(/\s+/g, ' '));
  }
});
