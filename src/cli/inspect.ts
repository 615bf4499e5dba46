import { PprofOtlpError } from '../errors.ts';
import { dump } from '../inspect/dump.ts';
import { inspect as summarize } from '../inspect/inspect.ts';
import { type Summary, summaryJson } from '../inspect/summary.ts';
import { readInput } from '../io/node/input.ts';
import { writeStdout } from '../io/node/output.ts';
import { shownUrl } from '../io/node/url.ts';
import type { Call } from './args.ts';
import { commonOptions, runBatch } from './common.ts';
import { printable, printableJson } from './escape.ts';
import { readProfile, translationOf } from './inspectInput.ts';
import { dataPainter, writeLines } from './inspectOutput.ts';
import { summaryText } from './inspectText.ts';
import { blocking } from './interrupt.ts';

const DEFAULT_TOP = 8;
const MOST_TOP = 10_000;

/** Prints what is in each file; with --dump, all of it. */
export async function inspect(call: Call): Promise<number> {
  const common = commonOptions(call);
  const { maxSize, style } = common;
  const wholeContent = call.switches.has('dump');
  if (wholeContent && style === 'json') throw new PprofOtlpError('usage', '--dump is text; leave out --format json');
  const top = topCount(call.values.top);
  const sampleType = call.values['sample-type'];
  const paint = dataPainter(call.switches);
  return runBatch({
    call,
    style,
    dataOnStdout: style !== 'json',
    job: async (file, index, progress) => {
      progress.step('reading', index, file);
      const stored = await readInput(file, maxSize, common.live, progress.watch(index, file));
      progress.step('inspecting', index, file, stored.length);
      const { bytes, format, file: facts } = await readProfile(stored, common, wholeContent);
      if (wholeContent) {
        await writeLines(dump(bytes, format));
        return [];
      }
      const options = {
        file: facts,
        top,
        translate: translationOf,
        ...(sampleType === undefined ? {} : { sampleType }),
      };
      const summary = blocking(() => summarize(bytes, format, options));
      progress.clear();
      await writeStdout(style === 'json' ? jsonLine(file, summary) : textOf(file, index, summary, paint));
      return [];
    },
  });
}

function jsonLine(input: string, summary: Summary): string {
  return `${printableJson(`{"input":${JSON.stringify(shownUrl(input))},${summaryJson(summary).slice(1)}`)}\n`;
}

function textOf(file: string, index: number, summary: Summary, paint: ReturnType<typeof dataPainter>): string {
  const lines = summaryText(file === '-' ? 'stdin' : printable(shownUrl(file)), summary, paint);
  return `${index > 0 ? '\n' : ''}${lines.join('\n')}\n`;
}

function topCount(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TOP;
  const count = Number(text);
  if (!/^\d+$/.test(text) || count > MOST_TOP) {
    throw new PprofOtlpError('usage', `--top: "${text}" is not a number from 0 to ${MOST_TOP}`);
  }
  return count;
}
