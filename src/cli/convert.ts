import { resolve } from 'node:path';
import { PprofOtlpError } from '../errors.ts';
import { detect, type Fidelity, type Format, otlpToPprof, pprofToOtlp, type Report } from '../index.ts';
import type { Compression } from '../io/compression.ts';
import { compress, requireCompression } from '../io/node/compress.ts';
import { decompress } from '../io/node/decompress.ts';
import { type Identity, identify, isStdin, readInput } from '../io/node/input.ts';
import { checkTarget, makeDirectory, type Taken, writeFileAtomic, writeStdout } from '../io/node/output.ts';
import type { Call } from './args.ts';
import { commonOptions, identifyAll, runBatch } from './common.ts';
import { type Destination, destinationOf, targetsFor } from './destination.ts';
import { blocking } from './interrupt.ts';
import { compressionByEnding } from './naming.ts';
import type { Progress } from './progress.ts';
import { done, type FileReport } from './report.ts';
import { resourceFrom } from './resource.ts';

interface Settings {
  from: Format | undefined;
  to: Format | undefined;
  maxSize: number;
  fidelity: Fidelity;
  verify: boolean;
  resource: Record<string, string>;
  /** --resource was given, which only OTLP output can hold. */
  wantsResource: boolean;
  compression: Compression | undefined;
  gzipLevel: number | undefined;
  force: boolean;
  destination: Destination;
  /** Files that must not be written to: the inputs, and what this run has written. */
  taken: Taken[];
}

export async function convert(call: Call): Promise<number> {
  const { from, maxSize, style } = commonOptions(call);
  const { values, switches } = call;
  const resource = resourceFrom(call.lists.resource ?? [], process.env);
  const compression = values.compress as Compression | undefined;
  if (compression !== undefined) requireCompression(compression);
  const identities = await identifyAll(call.files);
  const destination = await destinationOf(values.output, call.files, identities);
  const settings: Settings = {
    from,
    to: values.to as Format | undefined,
    maxSize,
    fidelity: (values.fidelity ?? 'exact') as Fidelity,
    verify: !switches.has('no-verify'),
    resource: resource.attributes,
    wantsResource: call.lists.resource !== undefined,
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
    style,
    dataOnStdout:
      destination.kind === 'stdout' || call.files.some((file, i) => isPiped(destination, file, identities[i])),
    warnings: resource.warnings,
    job: (file, index, progress) =>
      convertFile(file, index, isPiped(destination, file, identities[index]), settings, progress),
  });
}

/** Without -o the output lies beside the input, and nothing lies beside a pipe. */
function isPiped(destination: Destination, file: string, identity: Identity | undefined): boolean {
  return destination.kind === 'beside' && (isStdin(file) || (identity !== undefined && !identity.regular));
}

async function convertFile(
  file: string,
  index: number,
  piped: boolean,
  settings: Settings,
  progress: Progress,
): Promise<FileReport[]> {
  progress.step('reading', index, file);
  const stored = await readInput(file, settings.maxSize);
  progress.step('decompressing', index, file, stored.length);
  const bytes = blocking(() => decompress(stored, settings.maxSize));
  const from = settings.from ?? detect(bytes).format;
  const to = settings.to ?? (from === 'pprof' ? 'otlp' : 'pprof');
  const compression = settings.compression ?? (to === 'pprof' ? 'gzip' : 'none');
  checkFit(from, to, compression, settings);
  const destination: Destination = piped ? { kind: 'stdout' } : settings.destination;
  const place = { file, to, compression };
  // What can be refused is refused before the work, as far as the number of outputs is known.
  if (to === 'otlp') await checkTargets(targetsFor(destination, place, 1), settings);

  progress.step('converting', index, file, bytes.length);
  const { payloads, reports } = blocking(() => translate(bytes, to, settings));
  const targets = targetsFor(destination, place, payloads.length);
  await checkTargets(targets, settings);
  const results: FileReport[] = [];
  for (const [part, payload] of payloads.entries()) {
    const target = targets[part];
    progress.step('writing', index, target ?? file, payload.length);
    const output = blocking(() => compress(payload, compression, settings.gzipLevel));
    await write(target, output, file, settings);
    results.push(done(file, target ?? '-', reports[part]));
  }
  return results;
}

function translate(bytes: Uint8Array, to: Format, settings: Settings): { payloads: Uint8Array[]; reports: Report[] } {
  const { fidelity, verify, resource, maxSize } = settings;
  if (to === 'otlp') {
    const { otlp, report } = pprofToOtlp(bytes, { fidelity, verify, resource, maxSize });
    return { payloads: [otlp], reports: [report] };
  }
  const { pprofs, reports } = otlpToPprof(bytes, { fidelity, verify, maxSize });
  return { payloads: pprofs, reports };
}

/** An option that would do nothing for this input is an error, not a silence. */
function checkFit(from: Format, to: Format, compression: Compression, settings: Settings): void {
  if (from === to) throw new PprofOtlpError('usage', `is ${from} already; leave out --to or give --to ${other(from)}`);
  if (settings.wantsResource && to === 'pprof') {
    throw new PprofOtlpError('usage', '--resource is for OTLP output, this becomes a pprof; leave it out');
  }
  if (settings.gzipLevel !== undefined && compression !== 'gzip') {
    throw new PprofOtlpError('usage', '--gzip-level is for gzip output; add --compress gzip or leave it out');
  }
}

const other = (format: Format): Format => (format === 'pprof' ? 'otlp' : 'pprof');

async function checkTargets(targets: readonly (string | undefined)[], settings: Settings): Promise<void> {
  for (const target of targets) if (target !== undefined) await checkTarget(target, settings);
}

async function write(target: string | undefined, output: Uint8Array, file: string, settings: Settings): Promise<void> {
  if (target === undefined) return writeStdout(output);
  if (settings.destination.kind === 'directory') await makeDirectory(settings.destination.path);
  await writeFileAtomic(target, output, settings);
  const written = await identify(resolve(target));
  if (written?.regular) settings.taken.push({ ...written, why: `was just written for ${file}` });
}

function gzipLevel(text: string | undefined, compression: Compression | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9]$/.test(text)) throw new PprofOtlpError('usage', `--gzip-level: "${text}" is not a number from 0 to 9`);
  if (compression !== undefined && compression !== 'gzip') {
    throw new PprofOtlpError('usage', `--gzip-level and --compress ${compression} contradict each other`);
  }
  return Number(text);
}
