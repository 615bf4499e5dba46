import { resolve } from 'node:path';
import { PprofOtlpError } from '../errors.ts';
import {
  detect,
  type Fidelity,
  type Format,
  type FormatName,
  type OtlpForm,
  otlpToOtlp,
  otlpToPprof,
  pprofToOtlp,
  type Report,
  type Timestamps,
} from '../index.ts';
import { equalBytes } from '../io/bytes.ts';
import type { Compression } from '../io/compression.ts';
import { inputFormOf } from '../io/formats.ts';
import { compress, requireCompression } from '../io/node/compress.ts';
import { decompress } from '../io/node/decompress.ts';
import { type Identity, identify, isStdin, readInput } from '../io/node/input.ts';
import { checkTarget, makeDirectory, type Taken, writeFileAtomic, writeStdout } from '../io/node/output.ts';
import { isUrl, shownUrl } from '../io/node/url.ts';
import type { Call } from './args.ts';
import { type Common, commonOptions, identifyAll, inputOptions, runBatch } from './common.ts';
import { type Destination, destinationOf, destinationOfSeveral, targetsFor } from './destination.ts';
import { blocking } from './interrupt.ts';
import { compressionByEnding } from './naming.ts';
import type { Progress } from './progress.ts';
import { done, type FileReport } from './report.ts';
import { resourceFrom } from './resource.ts';

interface Settings {
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
  destination: Destination;
  /** Files that must not be written to: the inputs, and what this run has written. */
  taken: Taken[];
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
  const identities = await identifyAll(call.files);
  const destination = await destinationOf(values.output, call.files, identities);
  const settings: Settings = {
    common,
    to: values.to as Settings['to'],
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
    destination,
    taken: identities.flatMap((identity) =>
      identity === undefined ? [] : [{ ...identity, why: 'is the input itself' }],
    ),
  };
  return runBatch({
    call,
    style: common.style,
    dataOnStdout:
      destination.kind === 'stdout' || call.files.some((file, i) => isPiped(destination, file, identities[i])),
    warnings: resource.warnings,
    job: (file, index, progress) =>
      convertFile(file, index, isPiped(destination, file, identities[index]), settings, progress),
  });
}

/** Without -o the output lies beside the input, and nothing lies beside a pipe or a URL. */
function isPiped(destination: Destination, file: string, identity: Identity | undefined): boolean {
  return (
    destination.kind === 'beside' && (isStdin(file) || isUrl(file) || (identity !== undefined && !identity.regular))
  );
}

async function convertFile(
  file: string,
  index: number,
  piped: boolean,
  settings: Settings,
  progress: Progress,
): Promise<FileReport[]> {
  progress.step('reading', index, file);
  const { common } = settings;
  const stored = await readInput(file, common.maxSize, common.live, progress.watch(index, file));
  progress.step('decompressing', index, file, stored.length);
  const bytes = await blocking(() => decompress(stored, common.maxSize));
  const { format: from } = common.from === undefined ? detect(bytes) : inputFormOf(common.from);
  const to = settings.to ?? (from === 'pprof' ? 'otlp' : 'pprof');
  const compression = settings.compression ?? (to === 'pprof' ? 'gzip' : 'none');
  checkFit(from, to, compression, settings);
  const destination: Destination = piped ? { kind: 'stdout' } : settings.destination;
  // What can be refused is refused before the work, as far as the number and form of the outputs are known.
  const isKnown = to !== 'pprof' && (settings.to !== undefined || destination.kind === 'file');
  if (isKnown) await checkTargets(targetsFor(destination, { file, to, compression }, 1), settings);

  progress.step('converting', index, file, bytes.length);
  const { payloads, reports } = blocking(() => translate(bytes, from, to, settings));
  const place = { file, to: reports[0].to, compression };
  const several = destinationOfSeveral(destination, payloads.length);
  const targets = targetsFor(several, place, payloads.length);
  await checkTargets(targets, settings);
  const results: FileReport[] = [];
  for (const [part, payload] of payloads.entries()) {
    const target = targets[part];
    progress.step('writing', index, target ?? file, payload.length);
    const output = blocking(() => compress(payload, compression, settings.gzipLevel));
    if (several.kind === 'directory') await makeDirectory(several.path);
    await write(target, output, file, settings);
    results.push(done(file, target ?? '-', reports[part]));
  }
  return results;
}

interface Translated {
  payloads: Uint8Array[];
  reports: Report[];
}

function translate(bytes: Uint8Array, from: Format, to: FormatName, settings: Settings): Translated {
  const { common, fidelity = 'exact', verify, resource, timestamps = 'aggregate', merge, split } = settings;
  const input = inputOptions(common);
  if (to === 'pprof') {
    const { pprofs, reports } = otlpToPprof(bytes, { ...input, fidelity, verify, timestamps, merge, split });
    return { payloads: pprofs, reports };
  }
  const form = settings.to === undefined ? {} : { to: settings.to as OtlpForm };
  if (from === 'pprof') {
    const { otlp, report } = pprofToOtlp(bytes, { ...input, ...form, fidelity, verify, resource });
    return { payloads: [otlp], reports: [report] };
  }
  const { otlp, report } = otlpToOtlp(bytes, { ...input, ...form });
  if (equalBytes(otlp, bytes)) throw new PprofOtlpError('usage', `is ${to} already; ${OTHER}`);
  return { payloads: [otlp], reports: [report] };
}

const OTHER = 'leave out --to or give another';

/** An option that would do nothing for this input is an error, not a silence. */
function checkFit(from: Format, to: FormatName, compression: Compression, settings: Settings): void {
  const misfit = (message: string) => new PprofOtlpError('usage', message);
  if (from === 'pprof' && to === 'pprof') throw misfit(`is pprof already; ${OTHER}`);
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

async function checkTargets(targets: readonly (string | undefined)[], settings: Settings): Promise<void> {
  for (const target of targets) if (target !== undefined) await checkTarget(target, settings);
}

async function write(target: string | undefined, output: Uint8Array, file: string, settings: Settings): Promise<void> {
  if (target === undefined) return writeStdout(output);
  await writeFileAtomic(target, output, settings);
  const written = await identify(resolve(target));
  if (written?.regular) settings.taken.push({ ...written, why: `was just written for ${shownUrl(file)}` });
}

function gzipLevel(text: string | undefined, compression: Compression | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9]$/.test(text)) throw new PprofOtlpError('usage', `--gzip-level: "${text}" is not a number from 0 to 9`);
  if (compression !== undefined && compression !== 'gzip') {
    throw new PprofOtlpError('usage', `--gzip-level and --compress ${compression} contradict each other`);
  }
  return Number(text);
}
