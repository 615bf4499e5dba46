import type { InputOptions } from '../convert/options.ts';
import { PprofOtlpError } from '../errors.ts';
import type { FormatName } from '../io/formats.ts';
import type { LiveOptions } from '../io/node/httpInput.ts';
import type { Call } from './args.ts';
import { painter } from './color.ts';
import { liveOptions } from './live.ts';
import { Progress } from './progress.ts';
import { type FileReport, failed } from './report.ts';
import { Reporter, type Style } from './reporter.ts';
import { parseSize } from './size.ts';
import { COMMANDS } from './specs.ts';
import { asFailure, isBrokenPipe } from './status.ts';
import { suggest } from './suggest.ts';

const DEFAULT_MAX_SIZE = '512m';

/** What convert and verify share. */
export interface Common {
  from: FormatName | undefined;
  otlpVersion: string | undefined;
  strict: boolean;
  maxSize: number;
  /** For inputs that are URLs. */
  live: LiveOptions;
  style: Style;
}

export function commonOptions(call: Call): Common {
  if (call.switches.has('color') && call.switches.has('no-color')) {
    throw new PprofOtlpError('usage', '--color and --no-color contradict each other');
  }
  if (call.files.length === 0 && call.values['files-from'] === undefined) {
    throw new PprofOtlpError('usage', `no FILE given; see pprof-otlp ${call.command.name} --help`);
  }
  if (call.files.includes('')) throw new PprofOtlpError('usage', 'the name of a FILE is empty');
  if (call.switches.has('recursive') && call.values.from !== undefined) {
    const reason = '--from takes every file for that, and in directories there may be others';
    throw new PprofOtlpError('usage', `${reason}; leave out --from or --recursive`);
  }
  return {
    from: call.values.from as FormatName | undefined,
    otlpVersion: call.values['otlp-version'],
    strict: call.switches.has('strict'),
    maxSize: parseSize(call.values['max-size'] ?? DEFAULT_MAX_SIZE),
    live: liveOptions(call),
    style: (call.values.format ?? 'text') as Style,
  };
}

/** What the library is told about the input. */
export const inputOptions = ({ from, otlpVersion, strict, maxSize }: Common): InputOptions => ({
  ...{ strict, maxSize },
  ...(from === undefined ? {} : { from }),
  ...(otlpVersion === undefined ? {} : { otlpVersion }),
});

export type Job = (file: string, index: number, progress: Progress) => Promise<FileReport[]>;

export interface Batch {
  call: Call;
  style: Style;
  dataOnStdout: boolean;
  /** Said once, before the first file. */
  warnings?: readonly string[];
  job: Job;
}

/** One file after the other; a bad one does not keep the others. The worst status is the result. */
export async function runBatch({ call, style, dataOnStdout, warnings = [], job }: Batch): Promise<number> {
  const quiet = call.switches.has('quiet');
  const reporter = new Reporter(style, quiet, painter(call.switches, process.stderr), dataOnStdout);
  const progress = new Progress(!quiet && style === 'text' && process.stderr.isTTY === true, call.files.length);
  for (const warning of warnings) reporter.warn(warning);
  let worst = 0;
  for (const [index, file] of call.files.entries()) {
    const reports = await attempt(call, file, index, progress, job);
    progress.clear();
    for (const report of reports) {
      worst = Math.max(worst, report.exit);
      if (!isSilent(report)) reporter.print(report);
    }
  }
  return worst;
}

/** How the reports of a call are printed. */
export function reporting(
  call: Call,
  style: Style,
  dataOnStdout: boolean,
): { reporter: Reporter; showsProgress: boolean; note: (text: string) => void } {
  const quiet = call.switches.has('quiet');
  const reporter = new Reporter(style, quiet, painter(call.switches, process.stderr), dataOnStdout);
  return { reporter, showsProgress: !quiet && style === 'text', note: (text) => reporter.note(text) };
}

/** Reports of broken pipes are made, for the status, but not printed. */
const silent = new WeakSet<FileReport>();
const isSilent = (report: FileReport): boolean => silent.has(report);

async function attempt(call: Call, file: string, index: number, progress: Progress, job: Job): Promise<FileReport[]> {
  try {
    return await job(file, index, progress);
  } catch (thrown) {
    const error = asFailure(thrown);
    if (process.env.PPROF_OTLP_DEBUG === '1') {
      progress.clear();
      process.stderr.write(`${(thrown as Error)?.stack ?? thrown}\n`);
    }
    const report = failed(file, index === 0 && !call.named ? withCommandMeant(error, file) : error);
    if (isBrokenPipe(error)) silent.add(report);
    return [report];
  }
}

/** `pprof-otlp verfy x.pb.gz`: convert is the default, so the slip became a file name. */
export function withCommandMeant(error: PprofOtlpError, file: string): PprofOtlpError {
  if (error.code !== 'io' || (error.cause as NodeJS.ErrnoException | undefined)?.code !== 'ENOENT') return error;
  const meant = suggest(
    file,
    COMMANDS.map(({ name }) => name),
  );
  if (meant === undefined) return error;
  return new PprofOtlpError('io', `${error.message}; did you mean the command ${meant}?`, {
    stage: 'read',
    cause: error.cause,
  });
}
