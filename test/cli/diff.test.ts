import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../src/diff/difference.ts';
import { otlp, pprof } from './profile.ts';
import { run, workspace } from './run.ts';

async function filled(): Promise<string> {
  const dir = workspace();
  writeFileSync(join(dir, 'a.pb'), pprof());
  writeFileSync(join(dir, 'b.pb'), pprof('other\x1b'));
  writeFileSync(join(dir, 'unknown.pb'), Uint8Array.of(...pprof(), 0x98, 0x06, 0x05));
  await run(['a.pb', '-o', 'a.otlp'], { cwd: dir });
  return dir;
}

describe('diff', () => {
  it('ends with 0 when both say the same, formats may differ', async () => {
    const dir = await filled();
    for (const [a, b] of [
      ['a.pb', 'a.pb'],
      ['a.pb', 'a.otlp'],
      ['a.otlp', 'a.pb'],
    ] as const) {
      const { status, stdout, stderr } = await run(['diff', a, b], { cwd: dir });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout.toString()).toMatch(/^A \S+ {2}.*\nB \S+ {2}.*\n(no difference|both say the same)\n$/);
    }
  });

  it('ends with 1 and says what differs', async () => {
    const dir = await filled();
    const { status, stdout, stderr } = await run(['diff', 'a.pb', 'b.pb'], { cwd: dir });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout.toString()).toMatch(/\nsamples that only A has \(1\)\n {2}main\n/);
    expect(stdout.toString()).toContain('name=other\\x1b');
    expect(stdout.toString()).not.toContain('\x1b');
  });

  it('--only semantic leaves out what carries no meaning', async () => {
    const dir = await filled();
    const all = await run(['diff', 'a.pb', 'unknown.pb'], { cwd: dir });
    expect(all.status).toBe(1);
    expect(all.stdout.toString()).toMatch(/\nthe layout of the bytes: .* \(1, no change of meaning\)\n/);
    expect((await run(['diff', 'a.pb', 'unknown.pb', '--only', 'semantic'], { cwd: dir })).status).toBe(0);
  });

  it('--format json prints one object, every key documented', async () => {
    const dir = await filled();
    const { status, stdout } = await run(['diff', 'a.pb', 'b.pb', '--format', 'json', '--examples', '1'], { cwd: dir });
    expect(status).toBe(1);
    const result = JSON.parse(stdout.toString());
    expect(result).toMatchObject({
      inputs: ['a.pb', 'b.pb'],
      schema: 1,
      same: false,
      a: { format: 'pprof', samples: 1 },
    });
    expect(result.differences[0]).toMatchObject({ kind: 'samples-removed', rank: 'semantic', count: 1 });
    const documented = readFileSync(new URL('../../docs/diff.md', import.meta.url), 'utf8');
    const keys = new Set<string>(Object.keys(KINDS));
    JSON.stringify(result, (key, value) => {
      if (key !== '' && !/^\d+$/.test(key)) keys.add(key);
      return value;
    });
    expect([...keys].filter((key) => !documented.includes(`\`${key}\``))).toEqual([]);
    for (const [kind, [rank, title]] of Object.entries(KINDS))
      expect(documented).toContain(`| \`${kind}\` | ${rank} | ${title} |`);
  });

  it('--format github annotates B, errors for what changes the meaning', async () => {
    const dir = await filled();
    const { stdout } = await run(['diff', 'a.pb', 'b.pb', '--format', 'github'], { cwd: dir });
    expect(stdout.toString()).toMatch(/^::error file=b\.pb,title=pprof-otlp::samples that only A has \(1\): main: /);
    const layout = await run(['diff', 'a.pb', 'unknown.pb', '--format', 'github'], { cwd: dir });
    expect(layout.stdout.toString()).toMatch(/^::notice file=unknown\.pb,/);
  });

  it('--quiet says it by the status alone', async () => {
    const dir = await filled();
    expect(await run(['diff', 'a.pb', 'b.pb', '-q'], { cwd: dir })).toMatchObject({
      status: 1,
      stderr: '',
      stdout: Buffer.alloc(0),
    });
  });

  it('reads one side from standard input', async () => {
    const dir = await filled();
    expect((await run(['diff', 'a.pb', '-'], { cwd: dir, input: pprof() })).status).toBe(0);
    expect((await run(['diff', '-', '-'], { cwd: dir, input: pprof() })).status).toBe(2);
  });

  it('takes two files that can be read', async () => {
    const dir = await filled();
    for (const files of [['a.pb'], ['a.pb', 'b.pb', 'a.otlp']])
      expect((await run(['diff', ...files], { cwd: dir })).status).toBe(2);
    const missing = await run(['diff', 'x', 'y'], { cwd: dir });
    expect(missing).toMatchObject({ status: 4, stderr: expect.stringMatching(/^x: .*\ny: .*\n$/) });
    writeFileSync(join(dir, 'text'), 'hello\n');
    expect((await run(['diff', 'a.pb', 'text'], { cwd: dir })).status).toBe(3);
    writeFileSync(join(dir, 'foreign.otlp'), otlp());
    expect((await run(['diff', 'a.pb', 'foreign.otlp'], { cwd: dir })).status).toBe(1);
  });
});
