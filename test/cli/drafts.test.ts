import { describe, expect, it } from 'vitest';
import { DRAFTS, draft, fixture } from '../support/fixtures.ts';
import { contentOf, reported, withFiles } from './files.ts';
import { field, message, pprof } from './profile.ts';
import { listing, run } from './run.ts';

/** The layout that a release has; two have the same. */
const layout = (release: string): string => (release === '1.4' ? '1.5' : release);

describe('older releases', () => {
  it.each(DRAFTS)('%s is told by its shape, upgraded with a warning, and comes back as 1.11', async (release) => {
    const dir = withFiles({ x: draft(release) });
    const { status, reports } = await reported(dir, ['x', '-o', 'x.pb.gz']);
    expect(status).toBe(0);
    expect(reports).toMatchObject([{ from: 'otlp', samples: 2, carried: 'structured', proven: true }]);
    expect(reports[0].warnings[0]).toBe(`has the layout of OTLP ${layout(release)}: upgraded to 1.11`);
    const upgraded = await reported(dir, ['x', '--to', 'otlp', '-o', 'x.otlp']);
    expect(upgraded.reports[0].warnings).toEqual(reports[0].warnings);
    const back = await reported(dir, ['x.pb.gz', '-o', 'back.otlp']);
    expect(back.reports).toMatchObject([{ to: 'otlp', exactReturn: true, warnings: [] }]);
    expect(contentOf(dir, 'back.otlp').equals(contentOf(dir, 'x.otlp'))).toBe(true);
    const verified = await reported(dir, ['verify', 'x', 'x.otlp', 'x.pb.gz']);
    expect(verified.status).toBe(0);
    expect(verified.reports.map(({ warnings }) => warnings.length > 0)).toEqual([true, false, false]);
  });

  it.each(DRAFTS)('%s is what --otlp-version says, also as JSON that is written of it', async (release) => {
    const dir = withFiles({ x: draft(release) });
    await run(['x', '--to', 'otlp-json', '-o', 'told.json'], { cwd: dir });
    const said = await run(['x', '--to', 'otlp-json', '-o', 'said.json', '--otlp-version', release], { cwd: dir });
    expect(said.status).toBe(0);
    expect(contentOf(dir, 'said.json').equals(contentOf(dir, 'told.json'))).toBe(true);
    expect((await run(['verify', 'x', '--otlp-version', release], { cwd: dir })).status).toBe(0);
  });

  it('are of today when they say so', async () => {
    const dir = withFiles({ x: fixture('async-profiler-alloc.otlp.pb') });
    for (const release of ['1.10', '1.11']) {
      const { reports } = await reported(dir, ['verify', 'x', '--otlp-version', release]);
      expect(reports).toMatchObject([{ proven: true, warnings: [] }]);
    }
  });
});

describe('--otlp-version', () => {
  it.each<[string, string[], number, RegExp]>([
    ['of no release', ['x', '--otlp-version', '1.2'], 2, /no OTLP version "1\.2"; give one of 1\.3, .*, 1\.11\n$/],
    ['for a pprof', ['x.pb', '--otlp-version', '1.9'], 2, /^x\.pb: --otlp-version is for OTLP input; leave it out\n$/],
    ['without a value', ['x', '--otlp-version'], 2, /^pprof-otlp: --otlp-version needs a value\n$/],
    ['that the file has not', ['x', '--otlp-version', '1.11'], 3, /^x: @\d+ resource_profiles\[0\]/],
  ])('%s', async (_, args, status, reason) => {
    const dir = withFiles({ x: draft('1.9'), 'x.pb': pprof() });
    const result = await run(args, { cwd: dir });
    expect(result.stderr).toMatch(reason);
    expect(result.status).toBe(status);
    expect(listing(dir)).toEqual(['x', 'x.pb']);
  });
});

/**
 * One sample with a stack, and bytes 1 in field 2: the value of it until 1.9, an attribute since 1.10. One timestamp in
 * field 5 of both.
 */
function ambiguous(): Uint8Array {
  const timestamp = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0);
  const sample = message(field(1, 1), field(2, Uint8Array.of(1)), field(5, timestamp));
  const profile = message(field(1, message(field(1, 1), field(2, 2))), field(2, sample));
  const attribute = message(field(1, 1), field(2, message(field(1, 'x'))));
  return message(
    field(1, message(field(2, message(field(2, profile))))),
    field(
      2,
      message(
        ...[field(1, ''), field(2, ''), field(2, field(2, 5)), field(3, ''), field(4, '')],
        ...['', 'cpu', 'nanoseconds'].map((text) => field(5, text)),
        ...[field(6, ''), field(6, attribute), field(6, attribute)],
        ...[field(7, ''), field(7, field(1, Uint8Array.of(1)))],
      ),
    ),
  );
}

it('what reads in two ways is an error that says how to decide', async () => {
  const dir = withFiles({ x: ambiguous() });
  for (const args of [['x'], ['verify', 'x'], ['x', '--to', 'otlp-json']]) {
    const result = await run(args, { cwd: dir });
    expect(result).toMatchObject({
      status: 3,
      stderr: 'x: reads as OTLP 1.9 and as 1.10 with another meaning; say which it is with --otlp-version\n',
    });
  }
  expect(listing(dir)).toEqual(['x']);
  for (const [release, samples] of [
    ['1.9', [{ stackIndex: 1, values: ['1'], timestampsUnixNano: ['1'] }]],
    ['1.11', [{ stackIndex: 1, attributeIndices: [1], timestampsUnixNano: ['1'] }]],
  ] as const) {
    const { stdout } = await run(['x', '--to', 'otlp-json', '-o', '-', '--otlp-version', release], { cwd: dir });
    expect(JSON.parse(stdout.toString()).resourceProfiles[0].scopeProfiles[0].profiles[0].samples).toEqual(samples);
  }
});

it('JSON says by its names what it is, however its protobuf would look', async () => {
  const dir = withFiles({ x: ambiguous() });
  await run(['x', '--to', 'otlp-json', '-o', 'x.json', '--otlp-version', '1.11'], { cwd: dir });
  const { status, reports } = await reported(dir, ['x.json']);
  expect(status).toBe(0);
  expect(reports).toMatchObject([{ from: 'otlp-json', proven: true, warnings: [] }]);
  const back = await run(['x.pb.gz', '-o', '-'], { cwd: dir });
  expect(back.stdout.equals(contentOf(dir, 'x.json'))).toBe(true);
});
