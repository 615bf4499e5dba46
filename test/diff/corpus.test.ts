// Real files: nothing differs from the same, from its translation, and from its way back.

import { describe, expect, test } from 'vitest';
import { type DiffInput, diff } from '../../src/diff/diff.ts';
import { decompress, otlpToPprof, pprofToOtlp } from '../../src/index.ts';
import { type CorpusFile, corpusPresent, otlpFiles, pprofFiles } from '../support/corpus.ts';
import { EDITS } from '../support/edits.ts';
import { Random } from '../support/random.ts';

const pprof = (bytes: Uint8Array): DiffInput => ({ bytes, format: 'pprof' });
const otlp = (bytes: Uint8Array): DiffInput => ({ bytes, format: 'otlp' });

function original({ bytes, format }: DiffInput): Uint8Array | undefined {
  if (format === 'pprof') return undefined;
  const { pprofs, reports } = otlpToPprof(bytes);
  return reports[0]?.exactReturn ? pprofs[0] : undefined;
}

const kinds = (a: DiffInput, b: DiffInput): string[] =>
  diff(a, b, { original }).differences.map(
    ({ kind, count, examples }) => `${kind} ${count} ${JSON.stringify(examples[0])}`,
  );

const byName = new Map(pprofFiles.map((file) => [file.name, file]));

describe.each([...byName.values()])('$name', ({ name, read }) => {
  const bytes = decompress(read());

  test('does not differ from itself', () => {
    expect(kinds(pprof(bytes), pprof(bytes.slice()))).toEqual([]);
  });

  test('does not differ from its exact translation, either way round', () => {
    const translated = pprofToOtlp(bytes, { verify: false }).otlp;
    expect(kinds(pprof(bytes), otlp(translated))).toEqual([]);
    expect(kinds(otlp(translated), pprof(bytes))).toEqual([]);
  });

  test('says the same as its semantic translation and the way back from it', () => {
    const translated = pprofToOtlp(bytes, { fidelity: 'semantic', verify: false }).otlp;
    expect(kinds(pprof(bytes), otlp(translated))).toEqual([]);
    const [back] = otlpToPprof(translated).pprofs;
    const { differences } = diff(pprof(bytes), pprof(back as Uint8Array), { only: 'semantic' });
    // OTLP has no names that are not UTF-8: the one thing that a semantic translation of these files loses.
    const lost = name === 'go-runtime-cpu-oddlabels.pb.gz' ? ['names-not-utf8'] : [];
    expect(differences.map(({ kind }) => kind)).toEqual(lost);
  });
});

describe.skipIf(!corpusPresent).each(otlpFiles)('$name (skipped where ../shared/corpus is not there)', ({ read }) => {
  test('does not differ from itself', () => {
    const bytes = decompress(read());
    expect(kinds(otlp(bytes), otlp(bytes.slice()))).toEqual([]);
  });
});

describe('what somebody changes on the way is found', () => {
  const KINDS: Record<keyof typeof EDITS & string, string> = {
    dropSample: 'samples-removed',
    changeValue: 'sample-values',
    swapSamples: 'sample-order',
    changeTime: 'times',
    changePeriod: 'periods',
    renameFunction: 'functions-changed',
    editAttribute: 'sample-labels',
    removeAttribute: 'sample-labels',
  };
  const bytes = decompress((byName.get('go-runtime-cpu-labels.pb.gz') as CorpusFile).read());
  const translated = pprofToOtlp(bytes, { verify: false }).otlp;

  test.each(Object.entries(EDITS))('%s', (name, edit) => {
    const edited = edit(translated, bytes, new Random(7));
    if (edited === undefined) throw new Error('nothing to edit');
    // Both formats were changed alike: each differs from what it was, and they don't from one another.
    expect(kinds(otlp(translated), otlp(edited.otlp)).join('\n')).toContain(KINDS[name]);
    expect(kinds(pprof(bytes), pprof(edited.pprof)).join('\n')).toContain(KINDS[name]);
    expect(
      diff(pprof(edited.pprof), otlp(edited.otlp), { only: 'semantic' }).differences.filter(
        ({ kind }) => !kind.startsWith('mappings'),
      ),
    ).toEqual([]);
  });
});
