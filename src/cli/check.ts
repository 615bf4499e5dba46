import { type Level, RULES } from '../check/check.ts';
import { check as checkFile } from '../convert/check.ts';
import { PprofOtlpError } from '../errors.ts';
import { compressionOf } from '../io/compression.ts';
import { decompress } from '../io/node/decompress.ts';
import { isStdin, readInput } from '../io/node/input.ts';
import type { Call } from './args.ts';
import { guarded } from './batch/guard.ts';
import { inputsOf } from './batch/inputs.ts';
import { type Context, runMany } from './batch/many.ts';
import type { Job } from './batch/task.ts';
import { type CheckedFile, checked, type Style, unreadable } from './checkReport.ts';
import { CheckReporter } from './checkReporter.ts';
import { painter } from './color.ts';
import { type Common, commonOptions, inputOptions } from './common.ts';
import { blocking } from './interrupt.ts';
import { suggest } from './suggest.ts';

/** Everything about a call that a check needs to know. */
export interface CheckSettings {
  common: Common;
  rules: Record<string, Level>;
  all: boolean;
  strict: boolean;
}

export async function check(call: Call): Promise<number> {
  const common = commonOptions(call);
  const style = common.style as Style;
  const strict = call.switches.has('strict');
  const settings: CheckSettings = {
    // Here --strict is about warnings, not about JSON.
    common: { ...common, strict: false },
    rules: rulesOf(call.lists.rule ?? []),
    all: call.switches.has('all'),
    strict,
  };
  const quiet = call.switches.has('quiet');
  const reporter = new CheckReporter(style, quiet, painter(call.switches, process.stdout), settings.rules, strict);
  const status = await runMany<CheckedFile>({
    ...{ call, command: 'check', verb: 'checking', settings },
    inputs: await inputsOf(call),
    maxSize: common.maxSize,
    makeJob: (context) => checkJob(settings, context),
    lost: ({ file }, error) => unreadable(file, error),
    print: (result) => reporter.print(result),
    note: (text) => reporter.note(text),
    showsProgress: !quiet && style === 'text',
    staysHere: ({ file }) => isStdin(file),
  });
  reporter.end();
  return status;
}

export function checkJob({ common, rules, all, strict }: CheckSettings, context: Context): Job<CheckedFile> {
  const { progress } = context;
  const { maxSize } = common;
  const options = { ...inputOptions(common), all, rules };
  return guarded(
    context,
    async ({ file, index }) => {
      progress.step('reading', index, file);
      const stored = await readInput(file, maxSize, common.live, progress.watch(index, file));
      progress.step('checking', index, file, stored.length);
      const bytes = await blocking(() => decompress(stored, maxSize));
      const compression = compressionOf(stored);
      const report = blocking(() => checkFile(bytes, { ...options, compression }));
      return { results: [checked(file, report, strict)] };
    },
    ({ file }, error) => unreadable(file, error),
  );
}

const LEVELS: Readonly<Record<string, Level>> = {
  off: 'off',
  info: 'info',
  warn: 'warning',
  warning: 'warning',
  error: 'error',
};

/** `--rule otlp/orphan-entry=off`, each rule once. */
export function rulesOf(list: readonly string[]): Record<string, Level> {
  const ids = RULES.map(({ id }) => id);
  const rules: Record<string, Level> = {};
  for (const text of list) {
    const [, id, level] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    if (id === undefined || !Object.hasOwn(LEVELS, level))
      throw new PprofOtlpError('usage', `--rule: "${text}" is not ID=LEVEL with off, info, warn or error as LEVEL`);
    if (!ids.includes(id)) {
      const meant = suggest(id, ids);
      throw new PprofOtlpError(
        'usage',
        `--rule: there is no rule "${id}"; ${meant === undefined ? 'docs/rules.md has them all' : `did you mean ${meant}?`}`,
      );
    }
    if (Object.hasOwn(rules, id)) throw new PprofOtlpError('usage', `--rule: ${id} is given twice`);
    rules[id] = LEVELS[level];
  }
  return rules;
}
