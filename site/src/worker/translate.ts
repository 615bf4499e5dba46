import { outputName } from '../../../src/cli/naming.ts';
import {
  type Fidelity,
  type FormatName,
  otlpToOtlp,
  otlpToPprof,
  PprofOtlpError,
  pprofToOtlp,
  type Report,
} from '../../../src/index.ts';
import { equalBytes } from '../../../src/io/bytes.ts';
import { formatName, type InputForm } from '../../../src/io/formats.ts';
import type { ReadOptions, Target, Translation } from '../messages.ts';
import type { Opened } from './profile.ts';

const LABELS: Record<FormatName, string> = {
  pprof: 'pprof',
  otlp: 'OTLP protobuf',
  'otlp-json': 'OTLP/JSON',
  'otlp-jsonl': 'OTLP/JSON lines',
  'otlp-frames': 'OTLP in frames, as it came',
  'otlp-jeffrey': 'Jeffrey recording, as it came',
};

/** What is known of a file's translations: what the first of them was, and how many scopes and messages it has. */
export interface Facts {
  scopes: number;
  messages: number;
  first: { to: FormatName; files: number } | undefined;
}

/**
 * Translates as the command line does, with the proof.
 *
 * @throws PprofOtlpError as the functions of the library do
 */
export async function translate(
  opened: Opened,
  read: ReadOptions,
  facts: Facts,
  target: Target,
  fidelity: Fidelity,
): Promise<Translation> {
  const { payloads, reports } = run(opened, read, target, fidelity);
  facts.first ??= { to: reports[0].to, files: payloads.length };
  const several = payloads.length > 1;
  const files = payloads.map(async (payload, i) => {
    const { to } = reports[i];
    const name = outputName(opened.name, to, to === 'pprof' ? 'gzip' : 'none', several ? i + 1 : undefined);
    return { name, blob: await blobOf(payload, to), report: reports[i] };
  });
  return { target, fidelity, targets: targetsOf(opened, facts), files: await Promise.all(files) };
}

interface Translated {
  payloads: Uint8Array[];
  reports: Report[];
}

function run({ bytes, form }: Opened, read: ReadOptions, target: Target, fidelity: Fidelity): Translated {
  const options = { ...read, fidelity };
  if (form.format === 'pprof') {
    const to = target === 'otlp' || target === 'otlp-json' || target === 'otlp-jsonl' ? { to: target } : {};
    const { otlp, report } = pprofToOtlp(bytes, { ...options, ...to });
    return { payloads: [otlp], reports: [report] };
  }
  if (target === 'default' || target === 'split' || target === 'merge') {
    const { pprofs, reports } = otlpToPprof(bytes, {
      ...options,
      split: target === 'split',
      merge: target === 'merge',
    });
    return { payloads: pprofs, reports };
  }
  const { otlp, report } = otlpToOtlp(bytes, { ...read, to: target });
  if (equalBytes(otlp, bytes)) throw new PprofOtlpError('usage', `is ${target} already; choose another`);
  return { payloads: [otlp], reports: [report] };
}

function nameOf({ format, container }: InputForm): FormatName {
  return format === 'pprof' ? 'pprof' : formatName(container ?? 'protobuf');
}

function targetsOf({ form }: Opened, { scopes, messages, first }: Facts): Translation['targets'] {
  const targets: Translation['targets'] = [];
  const offer = (target: Target, label: string) => targets.push({ target, label });
  if (form.format === 'pprof') {
    const to = first?.to ?? 'otlp';
    offer('default', LABELS[to]);
    for (const other of ['otlp', 'otlp-json', 'otlp-jsonl'] as const) if (other !== to) offer(other, LABELS[other]);
    return targets;
  }
  const files = first?.files ?? 1;
  offer('default', files > 1 ? `${files} pprofs` : 'pprof');
  if (files > 1) offer('merge', 'one pprof of everything');
  if (scopes > 1) offer('split', 'a pprof for each scope');
  const own = nameOf(form);
  offer('otlp', own === 'otlp' ? 'OTLP 1.11 protobuf' : LABELS.otlp);
  if (own !== 'otlp-json') offer('otlp-json', LABELS['otlp-json']);
  if (own !== 'otlp-jsonl' && messages > 1) offer('otlp-jsonl', LABELS['otlp-jsonl']);
  return targets;
}

/** Only pprof is stored compressed, as everywhere. */
async function blobOf(payload: Uint8Array, to: FormatName): Promise<Blob> {
  const blob = new Blob([payload as Uint8Array<ArrayBuffer>]);
  if (to !== 'pprof') return new Blob([blob], { type: to.includes('json') ? 'application/json' : BINARY });
  const gzip = blob.stream().pipeThrough(new CompressionStream('gzip'));
  return new Blob([await new Response(gzip).blob()], { type: 'application/gzip' });
}

const BINARY = 'application/octet-stream';
