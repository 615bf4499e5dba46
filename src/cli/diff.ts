import { diff as compare, type DiffInput } from '../diff/diff.ts';
import type { DiffResult } from '../diff/difference.ts';
import { PprofOtlpError } from '../errors.ts';
import { readInput } from '../io/node/input.ts';
import { writeStdout } from '../io/node/output.ts';
import { shownUrl } from '../io/node/url.ts';
import type { Call } from './args.ts';
import { painter } from './color.ts';
import { type Common, commonOptions, runBatch } from './common.ts';
import { diffGithub, diffText } from './diffText.ts';
import { printableJson } from './escape.ts';
import { originalOf, readProfile } from './inspectInput.ts';
import { blocking } from './interrupt.ts';
import { FINDING } from './status.ts';

const DEFAULT_EXAMPLES = 3;
const MOST_EXAMPLES = 1_000_000;

/** Compares two files; the status tells whether they differ. */
export async function diff(call: Call): Promise<number> {
  const common = commonOptions(call);
  if (call.files.length !== 2) throw new PprofOtlpError('usage', `diff takes two files, ${call.files.length} given`);
  if (call.files.every((file) => file === '-'))
    throw new PprofOtlpError('usage', 'only one file can be standard input');
  const examples = exampleCount(call.values.examples);
  const only = call.values.only === 'semantic' ? 'semantic' : 'all';
  const inputs: DiffInput[] = [];
  let differs = false;
  const status = await runBatch({
    call,
    style: common.style,
    dataOnStdout: common.style === 'text',
    job: async (file, index, progress) => {
      progress.step('reading', index, file);
      const stored = await readInput(file, common.maxSize, common.live, progress.watch(index, file));
      inputs.push(await readProfile(stored, common));
      const [a, b] = inputs;
      // Both files are read, or one of them has its error already.
      if (b === undefined) return [];
      progress.step('comparing', index, file, a.bytes.length + b.bytes.length);
      const result = blocking(() => compare(a, b, { only, examples, original: originalOf }));
      differs = !result.same;
      progress.clear();
      const text = report(call, common, result);
      if (text !== '') await writeStdout(text);
      return [];
    },
  });
  return status === 0 && differs ? FINDING : status;
}

function report(call: Call, { style }: Common, result: DiffResult): string {
  const [a, b] = call.files.map(shownUrl);
  if (call.switches.has('quiet')) return '';
  const lines =
    style === 'json'
      ? [printableJson(JSON.stringify({ inputs: [a, b], ...result }))]
      : style === 'github'
        ? diffGithub(a, b, result)
        : diffText(a, b, result, painter(call.switches, process.stdout));
  return lines.map((line) => `${line}\n`).join('');
}

function exampleCount(text: string | undefined): number {
  if (text === undefined) return DEFAULT_EXAMPLES;
  const count = Number(text);
  if (!/^\d+$/.test(text) || count > MOST_EXAMPLES)
    throw new PprofOtlpError('usage', `--examples: "${text}" is not a number from 0 to ${MOST_EXAMPLES}`);
  return count;
}
