import { Chalk, type ChalkInstance } from 'chalk';
import { PprofOtlpError } from '../errors.ts';
import { dump } from '../inspect/dump.ts';
import { inspect as summarize } from '../inspect/inspect.ts';
import { type Summary, summaryJson } from '../inspect/summary.ts';
import { isStdin, readInput } from '../io/node/input.ts';
import { writeStdout } from '../io/node/output.ts';
import { shownUrl } from '../io/node/url.ts';
import type { Call } from './args.ts';
import { guarded } from './batch/guard.ts';
import { inputsOf } from './batch/inputs.ts';
import { type Context, runMany } from './batch/many.ts';
import type { Job, Outcome } from './batch/task.ts';
import { painter } from './color.ts';
import { type Common, commonOptions, reporting } from './common.ts';
import { printable, printableJson } from './escape.ts';
import { readProfile, translationOf } from './inspectInput.ts';
import { writeLines } from './inspectOutput.ts';
import { summaryText } from './inspectText.ts';
import { blocking } from './interrupt.ts';
import { type FileReport, failed } from './report.ts';

const DEFAULT_TOP = 8;
const MOST_TOP = 10_000;

/** Everything about a call that inspecting a file needs to know. */
export interface InspectSettings {
  common: Common;
  wholeContent: boolean;
  top: number;
  sampleType: string | undefined;
  /** Of the colors of the text. */
  level: ChalkInstance['level'];
}

/** The summary of a file, or what is wrong with it. */
type Inspected = FileReport | { text: string; exit: 0 };

/** Prints what is in each file; with --dump, all of it. */
export async function inspect(call: Call): Promise<number> {
  const common = commonOptions(call);
  const { style } = common;
  const wholeContent = call.switches.has('dump');
  if (wholeContent && style === 'json') throw new PprofOtlpError('usage', '--dump is text; leave out --format json');
  if (wholeContent && call.values.jobs !== undefined)
    throw new PprofOtlpError('usage', '--dump prints one file after the other; leave out --jobs');
  const settings: InspectSettings = {
    common,
    wholeContent,
    top: topCount(call.values.top),
    sampleType: call.values['sample-type'],
    level: painter(call.switches, process.stdout).level,
  };
  const { reporter, ...report } = reporting(call, style, style !== 'json');
  let between = '';
  return runMany<Inspected>({
    ...report,
    ...{ call, command: 'inspect', verb: 'inspecting', settings },
    inputs: await inputsOf(call),
    maxSize: common.maxSize,
    makeJob: (context) => inspectJob(settings, context),
    lost: ({ file }, error) => failed(file, error),
    print: async (result) => {
      if (!('text' in result)) return reporter.print(result);
      await writeStdout(between + result.text);
      if (style !== 'json') between = '\n';
    },
    oneByOne: wholeContent,
    staysHere: ({ file }) => isStdin(file),
  });
}

export function inspectJob(settings: InspectSettings, context: Context): Job<Inspected> {
  const { common, wholeContent, top, sampleType, level } = settings;
  const paint = new Chalk({ level });
  const { progress } = context;
  return guarded(
    context,
    async ({ file, index }): Promise<Outcome<Inspected>> => {
      progress.step('reading', index, file);
      const stored = await readInput(file, common.maxSize, common.live, progress.watch(index, file));
      progress.step('inspecting', index, file, stored.length);
      const { bytes, format, file: facts } = await readProfile(stored, common, wholeContent);
      if (wholeContent) {
        await writeLines(dump(bytes, format));
        return { results: [] };
      }
      const options = {
        file: facts,
        top,
        translate: translationOf,
        ...(sampleType === undefined ? {} : { sampleType }),
      };
      const summary = blocking(() => summarize(bytes, format, options));
      const text = common.style === 'json' ? jsonLine(file, summary) : textOf(file, summary, paint);
      return { results: [{ text, exit: 0 }] };
    },
    ({ file }, error) => failed(file, error),
  );
}

function jsonLine(input: string, summary: Summary): string {
  return `${printableJson(`{"input":${JSON.stringify(shownUrl(input))},${summaryJson(summary).slice(1)}`)}\n`;
}

function textOf(file: string, summary: Summary, paint: ChalkInstance): string {
  const lines = summaryText(file === '-' ? 'stdin' : printable(shownUrl(file)), summary, paint);
  return `${lines.join('\n')}\n`;
}

function topCount(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TOP;
  const count = Number(text);
  if (!/^\d+$/.test(text) || count > MOST_TOP) {
    throw new PprofOtlpError('usage', `--top: "${text}" is not a number from 0 to ${MOST_TOP}`);
  }
  return count;
}
