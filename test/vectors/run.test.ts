// run.mjs, as another implementer would start it: with this translator, and with ones that are wrong.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROGRAM, workspace } from '../cli/run.ts';
import { FOLDER } from './files.ts';

/** Each vector starts the program several times. */
const SLOW = 180_000;

function runVectors(...args: string[]) {
  return spawnSync(process.execPath, [`${FOLDER}run.mjs`, ...args], { encoding: 'utf8' });
}

const program = `"${process.execPath}" "${PROGRAM}"`;
const TO_OTLP = `${program} {in} -o {out} --to otlp --force --quiet`;
const TO_PPROF = `${program} {in} -o {out} --to pprof --force --quiet`;

test(
  'this translator passes',
  () => {
    for (const only of ['mapping-unreferenced', 'sample-type-order', 'draft-1.9']) {
      const { status, stdout } = runVectors('--to-otlp', TO_OTLP, '--to-pprof', TO_PPROF, '--only', only, '--strict');
      expect(stdout).toMatch(/returned exactly: [12] pass, 0 fail, 0 skipped\n$/);
      expect(status).toBe(0);
    }
  },
  SLOW,
);

test(
  'semantic fidelity alone passes too, but for what returns exactly',
  () => {
    const { status, stdout } = runVectors(
      ...['--to-otlp', `${TO_OTLP} --fidelity semantic`, '--to-pprof', TO_PPROF, '--only', 'exact-table-order'],
    );
    expect(stdout).toContain('pprof-to-otlp/exact-table-order (specification): semantic pass, exact fail');
    expect(status).toBe(0);
  },
  SLOW,
);

test(
  'a translator that gives something else fails, with what differs',
  () => {
    const dir = workspace();
    const wrong = join(dir, 'wrong.mjs');
    writeFileSync(
      wrong,
      `import { readFileSync } from 'node:fs';
     process.stdout.write(readFileSync(${JSON.stringify(`${FOLDER}pprof-to-otlp/label-number.otlp.json`)}));`,
    );
    const { status, stdout } = runVectors(
      '--to-otlp',
      `"${process.execPath}" "${wrong}" {in}`,
      '--only',
      'label-number',
    );
    expect(stdout).toContain('same meaning, by a specification: 1 pass, 3 fail, 0 skipped');
    expect(stdout).toContain('attributes.allocation');
    expect(status).toBe(1);
  },
  SLOW,
);

test(
  'a translator that fails is told from one that is wrong; usage is told',
  () => {
    const { status, stdout } = runVectors('--to-pprof', 'echo no luck >&2; exit 3', '--only', 'profile-one', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      vector: 'otlp-to-pprof/profile-one',
      semantic: 'fail',
      problems: ['to-pprof: status 3: no luck'],
    });
    expect(status).toBe(1);
    expect(runVectors().status).toBe(2);
  },
  SLOW,
);
