import { basename, dirname, join } from 'node:path';
import type { Fidelity, OtlpForm, Report, Timestamps } from '../convert/options.ts';
import { otlpToOtlp } from '../convert/otherOtlp.ts';
import { pprofToOtlp } from '../convert/toOtlp.ts';
import { otlpToPprofTelling } from '../convert/toPprof.ts';
import { PprofOtlpError } from '../errors.ts';
import { equalBytes } from '../io/bytes.ts';
import type { Compression } from '../io/compression.ts';
import { detect } from '../io/detect.ts';
import type { Format, FormatName } from '../io/formats.ts';
import { inputFormOf } from '../io/formats.ts';
import { compressAhead, compressAsItComes, requireCompression } from '../io/node/compress.ts';
import { decompress } from '../io/node/decompress.ts';
import { type Identity, isStdin, readInput } from '../io/node/input.ts';
import { checkTarget, makeDirectory, type WriteRules, writeFileAtomic, writeStdout } from '../io/node/output.ts';
import { isUrl } from '../io/node/url.ts';
import type { Call } from './args.ts';
import { Already, guarded } from './batch/guard.ts';
import { inputsOf } from './batch/inputs.ts';
import { type Context, runMany } from './batch/many.ts';
import type { Job, Task } from './batch/task.ts';
import { type Common, commonOptions, inputOptions, reporting, withCommandMeant } from './common.ts';
import { type Destination, destinationOf, destinationOfSeveral, targetsFor } from './destination.ts';
import { blocking } from './interrupt.ts';
import { compressionByEnding, stem } from './naming.ts';
import { done, type FileReport, failed, skipped } from './report.ts';
import { resourceFrom } from './resource.ts';
import { existing, provenBy } from './resume.ts';

/** Everything about a call that the translation of a file needs to know. */
export interface ConvertSettings {
  common: Common;
  to: OtlpForm | 'pprof' | undefined;
  fidelity: Fidelity | undefined;
  verify: boolean;
  resource: Record<string, string>;
  /** --resource was given, which only OTLP output can hold. */
  wantsResource: boolean;
  timestamps: Timestamps | undefined;
  merge: boolean;
  split: boolean;
  compression: Compression | undefined;
  gzipLevel: number | undefined;
  force: boolean;
  resume: boolean;
  destination: Destination;
  /** The inputs that are pipes and go to standard output, by their index. */
  piped: readonly number[];
  /** Whether the command was named: else the first file may have been meant as one. */
  named: boolean;
}

export async function convert(call: Call): Promise<number> {
  const common = commonOptions(call);
  const { values, switches } = call;
  const resource = resourceFrom(call.lists.resource ?? [], process.env);
  const compression = values.compress as Compression | undefined;
  if (compression !== undefined) requireCompression(compression);
  if (switches.has('merge') && switches.has('split')) {
    throw new PprofOtlpError('usage', '--merge and --split contradict each other');
  }
  if (switches.has('resume') && values.fidelity === 'semantic') {
    throw new PprofOtlpError('usage', '--resume and --fidelity semantic contradict each other: nothing can be proven');
  }
  const inputs = await inputsOf(call, values.output);
  const { identities, isSet, tasks } = inputs;
  const files = tasks.map(({ file }) => file);
  if (values.output === undefined && values.to === undefined && tasks.some(({ found }) => found)) {
    const reason = '--recursive needs -o DIR, or --to';
    throw new PprofOtlpError('usage', `${reason}: what is written beside its input would be an input the next time`);
  }
  const destination = await destinationOf(values.output, files, identities, isSet);
  if (switches.has('resume') && destination.kind === 'stdout') {
    throw new PprofOtlpError('usage', '--resume is for outputs that are files; leave it out');
  }
  const settings: ConvertSettings = {
    common,
    to: values.to as ConvertSettings['to'],
    fidelity: values.fidelity as Fidelity | undefined,
    verify: !switches.has('no-verify'),
    resource: resource.attributes,
    wantsResource: call.lists.resource !== undefined,
    timestamps: values.timestamps as Timestamps | undefined,
    merge: switches.has('merge'),
    split: switches.has('split'),
    compression: compression ?? (destination.kind === 'file' ? compressionByEnding(destination.path) : undefined),
    gzipLevel: gzipLevel(values['gzip-level'], compression),
    force: switches.has('force'),
    resume: switches.has('resume'),
    destination,
    piped: tasks.filter(({ file, index }) => isPiped(destination, file, identities[index])).map(({ index }) => index),
    named: call.named,
  };
  const { piped } = settings;
  const dataOnStdout = destination.kind === 'stdout' || piped.length > 0;
  const { reporter, ...report } = reporting(call, common.style, dataOnStdout);
  for (const warning of resource.warnings) reporter.warn(warning);
  return runMany<FileReport>({
    ...report,
    ...{ call, command: 'convert', verb: 'converting', inputs, settings },
    maxSize: common.maxSize,
    makeJob: (context) => convertJob(settings, context),
    lost: ({ file }, error) => failed(file, error),
    print: (result) => reporter.print(result),
    rivalsOf: ({ file, folder }) => join(destination.kind === 'beside' ? dirname(file) : folder, stem(basename(file))),
    staysHere: ({ file, index }) => isStdin(file) || piped.includes(index),
  });
}

export function convertJob(settings: ConvertSettings, context: Context): Job<FileReport> {
  const mayBeCommand = ({ index, found }: Task): boolean => index === 0 && !found && !settings.named;
  return guarded(
    context,
    async (task) => ({ results: await convertFile(task, settings, context) }),
    (task, error) => failed(task.file, mayBeCommand(task) ? withCommandMeant(error, task.file) : error),
  );
}

/** Without -o the output lies beside the input, and nothing lies beside a pipe or a URL. */
function isPiped(destination: Destination, file: string, identity: Identity | undefined): boolean {
  return (
    destination.kind === 'beside' && (isStdin(file) || isUrl(file) || (identity !== undefined && !identity.regular))
  );
}

async function convertFile(task: Task, settings: ConvertSettings, context: Context): Promise<FileReport[]> {
  const { progress } = context;
  const { index, file, folder } = task;
  const { common } = settings;
  const bytes = await readContent(file, index, common, progress);
  const { format: from } = common.from === undefined ? detect(bytes) : inputFormOf(common.from);
  const to = settings.to ?? (from === 'pprof' ? 'otlp' : 'pprof');
  const compression = settings.compression ?? (to === 'pprof' ? 'gzip' : 'none');
  checkFit(from, to, compression, settings);
  const destination: Destination = settings.piped.includes(index) ? { kind: 'stdout' } : settings.destination;
  const rules: WriteRules = { force: settings.force, ledger: context.ledgerOf(task), own: task.reserved };
  if (settings.resume) {
    progress.step('proving', index, file, bytes.length);
    // A pprof that was made from OTLP comes back in the form that it was made from.
    const forms: FormatName[] = to === 'otlp' && settings.to === undefined ? [to, 'otlp-json', 'otlp-jsonl'] : [to];
    for (const form of forms) {
      const [target] = targetsFor(destination, { file, folder, to: form, compression }, 1);
      const output = target === undefined ? undefined : await existing(target);
      const report = output && provenBy(output, form, bytes, from);
      if (target !== undefined && report !== undefined) return [skipped(file, target, report)];
    }
  }
  // What can be refused is refused before the work, as far as the number and form of the outputs are known.
  const isKnown = to !== 'pprof' && (settings.to !== undefined || destination.kind === 'file');
  // In a directory there may be what has the form already and is left as it is.
  const mayBeThere = settings.resume || (task.found && from === 'otlp');
  if (isKnown && !mayBeThere) await checkTargets(targetsFor(destination, { file, folder, to, compression }, 1), rules);

  progress.step('converting', index, file, bytes.length);
  const ahead = compressAhead(compression, settings.gzipLevel);
  const { payloads, reports } = blocking(() => translate(bytes, from, to, settings, ahead?.written));
  const place = { file, folder, to: reports[0].to, compression };
  const several = destinationOfSeveral(destination, payloads.length);
  const targets = targetsFor(several, place, payloads.length);
  const isThere = settings.resume ? await areThere(targets, payloads, reports, settings) : [];
  await checkTargets(
    targets.filter((_, part) => !isThere[part]),
    rules,
  );
  const results: FileReport[] = [];
  for (const [part, payload] of payloads.entries()) {
    const target = targets[part];
    if (target !== undefined && isThere[part]) {
      results.push(skipped(file, target, reports[part]));
      continue;
    }
    progress.step('writing', index, target ?? file, payload.length);
    const output = blocking(() => compressAsItComes(payload, compression, settings.gzipLevel, ahead));
    if (target !== undefined && several.kind === 'directory') await makeDirectory(dirname(target));
    if (target === undefined) await writeStdout(output);
    else await writeFileAtomic(target, output, rules);
    results.push(done(file, target ?? '-', reports[part]));
  }
  return results;
}

/** Which outputs of an earlier call are what was just made and proven. */
async function areThere(
  targets: readonly (string | undefined)[],
  payloads: readonly Uint8Array[],
  reports: readonly Report[],
  { force }: ConvertSettings,
): Promise<boolean[]> {
  const are: boolean[] = [];
  for (const [part, target] of targets.entries()) {
    const output = target === undefined ? undefined : await existing(target);
    are.push(output !== undefined && reports[part].proven && equalBytes(output, payloads[part]));
    if (output !== undefined && !are[part] && !force) {
      const reason = `${target} exists and does not give the input`;
      throw new PprofOtlpError('usage', `${reason}; give --force to replace it or another -o`, { stage: 'write' });
    }
  }
  return are;
}

interface Translated {
  payloads: Uint8Array[];
  reports: Report[];
}

/** `written` is told of pprof while it is made. */
function translate(
  bytes: Uint8Array,
  from: Format,
  to: FormatName,
  settings: ConvertSettings,
  written: Parameters<typeof otlpToPprofTelling>[2],
): Translated {
  const { common, fidelity = 'exact', verify, resource, timestamps = 'aggregate', merge, split } = settings;
  const input = inputOptions(common);
  if (to === 'pprof') {
    const options = { ...input, fidelity, verify, timestamps, merge, split };
    const { pprofs, reports } = otlpToPprofTelling(bytes, options, written);
    return { payloads: pprofs, reports };
  }
  const form = settings.to === undefined ? {} : { to: settings.to as OtlpForm };
  if (from === 'pprof') {
    const { otlp, report } = pprofToOtlp(bytes, { ...input, ...form, fidelity, verify, resource });
    return { payloads: [otlp], reports: [report] };
  }
  const { otlp, report } = otlpToOtlp(bytes, { ...input, ...form });
  if (equalBytes(otlp, bytes)) throw new Already(`is ${to} already; ${OTHER}`);
  return { payloads: [otlp], reports: [report] };
}

const OTHER = 'leave out --to or give another';

/** An option that would do nothing for this input is an error, not a silence. */
function checkFit(from: Format, to: FormatName, compression: Compression, settings: ConvertSettings): void {
  const misfit = (message: string) => new PprofOtlpError('usage', message);
  if (from === 'pprof' && to === 'pprof') throw new Already(`is pprof already; ${OTHER}`);
  if (settings.wantsResource && from !== 'pprof')
    throw misfit('--resource is for what is made from a pprof; leave it out');
  if (settings.timestamps !== undefined && to !== 'pprof')
    throw misfit('--timestamps is for pprof output; leave it out');
  if (settings.merge && to !== 'pprof') throw misfit('--merge is for pprof output; leave it out');
  if (settings.split && to !== 'pprof') throw misfit('--split is for pprof output; leave it out');
  if (from === 'otlp' && to !== 'pprof') {
    if (settings.fidelity !== undefined) throw misfit('--fidelity is for pprof and OTLP; leave it out');
    if (!settings.verify) throw misfit('--no-verify is for pprof and OTLP; leave it out');
  }
  if (settings.gzipLevel !== undefined && compression !== 'gzip') {
    throw misfit('--gzip-level is for gzip output; add --compress gzip or leave it out');
  }
}

/** The uncompressed input; what was stored is not kept beside it. */
async function readContent(
  file: string,
  index: number,
  common: Common,
  progress: Context['progress'],
): Promise<Uint8Array> {
  progress.step('reading', index, file);
  const stored = await readInput(file, common.maxSize, common.live, progress.watch(index, file));
  progress.step('decompressing', index, file, stored.length);
  return blocking(() => decompress(stored, common.maxSize));
}

async function checkTargets(targets: readonly (string | undefined)[], rules: WriteRules): Promise<void> {
  for (const target of targets) if (target !== undefined) await checkTarget(target, rules);
}

function gzipLevel(text: string | undefined, compression: Compression | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9]$/.test(text)) throw new PprofOtlpError('usage', `--gzip-level: "${text}" is not a number from 0 to 9`);
  if (compression !== undefined && compression !== 'gzip') {
    throw new PprofOtlpError('usage', `--gzip-level and --compress ${compression} contradict each other`);
  }
  return Number(text);
}
