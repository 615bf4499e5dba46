import chalk, { Chalk } from 'chalk';
import { PprofOtlpError } from '../errors.ts';
import { check as checkFile, type Level, RULES } from '../index.ts';
import { compressionOf } from '../io/compression.ts';
import { decompress } from '../io/node/decompress.ts';
import { readInput } from '../io/node/input.ts';
import type { Call } from './args.ts';
import { type CheckedFile, checked, type Style, unreadable } from './checkReport.ts';
import { CheckReporter } from './checkReporter.ts';
import { colorLevel } from './color.ts';
import { commonOptions, inputOptions } from './common.ts';
import { blocking } from './interrupt.ts';
import { Progress } from './progress.ts';
import { asFailure } from './status.ts';
import { suggest } from './suggest.ts';

/** One file after the other; a bad one does not keep the others. The worst status is the result. */
export async function check(call: Call): Promise<number> {
  const common = commonOptions(call);
  const style = common.style as Style;
  const rules = rulesOf(call.lists.rule ?? []);
  const strict = call.switches.has('strict');
  const quiet = call.switches.has('quiet');
  const level = colorLevel(call.switches, process.env, process.stdout.isTTY === true, chalk.level);
  const reporter = new CheckReporter(style, quiet, new Chalk({ level }), rules, strict);
  const progress = new Progress(!quiet && style === 'text' && process.stderr.isTTY === true, call.files.length);
  // Here --strict is about warnings, not about JSON.
  const options = { ...inputOptions({ ...common, strict: false }), all: call.switches.has('all'), rules };
  const one = async (file: string, index: number): Promise<CheckedFile> => {
    try {
      progress.step('reading', index, file);
      const stored = await readInput(file, common.maxSize, common.live, progress.watch(index, file));
      progress.step('checking', index, file, stored.length);
      const bytes = await blocking(() => decompress(stored, common.maxSize));
      const compression = compressionOf(stored);
      return checked(
        file,
        blocking(() => checkFile(bytes, { ...options, compression })),
        strict,
      );
    } catch (thrown) {
      if (process.env.PPROF_OTLP_DEBUG === '1') process.stderr.write(`${(thrown as Error)?.stack ?? thrown}\n`);
      return unreadable(file, asFailure(thrown));
    }
  };
  let worst = 0;
  for (const [index, file] of call.files.entries()) {
    const result = await one(file, index);
    progress.clear();
    reporter.print(result);
    worst = Math.max(worst, result.exit);
  }
  reporter.end();
  return worst;
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
