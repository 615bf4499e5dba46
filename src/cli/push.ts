import type { Fidelity } from '../convert/options.ts';
import { PprofOtlpError } from '../errors.ts';
import { isStdin } from '../io/node/input.ts';
import { type ExportTarget, OtlpExporter, requestHeaders } from '../io/node/otlpExporter.ts';
import { writeStdout } from '../io/node/output.ts';
import { RETRY } from '../io/node/retry.ts';
import { shownUrl } from '../io/node/url.ts';
import type { Call } from './args.ts';
import { bridge } from './bridge.ts';
import { painter } from './color.ts';
import { commonOptions } from './common.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { printable } from './escape.ts';
import { exporterTarget } from './exporterTarget.ts';
import { Progress } from './progress.ts';
import { type PushSettings, pushFile } from './pushFile.ts';
import { Reporter } from './reporter.ts';
import { resourceFrom } from './resource.ts';
import { VERSION } from './version.ts';

const USER_AGENT = `pprof-otlp/${VERSION} node/${process.versions.node}`;

/** Sends each input; with --interval, what live sources give, until the program is interrupted. */
export async function push(call: Call): Promise<number> {
  const common = commonOptions(call);
  const { values, switches, lists } = call;
  if (call.files.filter(isStdin).length > 1) throw new PprofOtlpError('usage', 'standard input is given twice');
  const dryRun = switches.has('dry-run');
  const interval = values.interval === undefined ? undefined : parseDuration(values.interval, 'interval');
  const retryFor = values['retry-for'] === undefined ? RETRY.total : parseDuration(values['retry-for'], 'retry-for', 0);
  if (dryRun && interval !== undefined)
    throw new PprofOtlpError('usage', '--dry-run and --interval contradict each other');
  const resource = resourceFrom(lists.resource ?? [], process.env);
  const { target, warnings } = await exporterTarget(call, process.env);
  const quiet = switches.has('quiet');
  const reporter = new Reporter(common.style, quiet, painter(switches, process.stderr), false);
  const progress = new Progress(
    !quiet && interval === undefined && common.style === 'text' && process.stderr.isTTY === true,
    call.files.length,
  );
  for (const warning of [...resource.warnings, ...warnings]) reporter.warn(warning);
  const exporter = new OtlpExporter(target, {
    retry: { ...RETRY, total: retryFor },
    userAgent: USER_AGENT,
    onRetry: (reason, wait) => {
      progress.clear();
      reporter.warn(`${reason}; trying again in ${formatDuration(wait)}`);
    },
  });
  const settings: PushSettings = {
    common,
    translation: {
      fidelity: values.fidelity as Fidelity | undefined,
      verify: !switches.has('no-verify'),
      resource: resource.attributes,
      wantsResource: lists.resource !== undefined,
    },
    exporter,
    dryRun,
  };
  try {
    if (interval !== undefined) return await bridge(call.files, interval, settings, reporter);
    if (dryRun && common.style === 'text' && !quiet) await writeStdout(headOf(target));
    return await pushAll(call.files, settings, reporter, progress);
  } finally {
    await exporter.close();
  }
}

/** One after the other; a bad one does not keep the others. The worst status is the result. */
async function pushAll(
  files: readonly string[],
  settings: PushSettings,
  reporter: Reporter,
  progress: Progress,
): Promise<number> {
  let worst = 0;
  for (const [index, file] of files.entries()) {
    progress.step('reading', index, file);
    const report = await pushFile(file, settings, {
      watch: progress.watch(index, file),
      step: (verb, size) => progress.step(verb, index, file, size),
    });
    progress.clear();
    reporter.print(report);
    worst = Math.max(worst, report.exit);
  }
  return worst;
}

/** Values that are no secrets wherever they come from; all other headers that the user gave may be. */
const OPEN = new Set(['x-scope-orgid', 'user-agent', 'accept', 'host']);

/** The head of the requests, as --dry-run shows it. */
function headOf(target: ExportTarget): string {
  const lines = Object.entries(requestHeaders(target, USER_AGENT)).map(([name, value]) => {
    const isSecret = Object.hasOwn(target.headers, name) && !OPEN.has(name);
    return `${name}: ${isSecret ? `*** (${value.length} characters)` : printable(value)}`;
  });
  return `${[`POST ${printable(shownUrl(target.url.href))}`, ...lines].join('\n')}\n`;
}
