import { basename, dirname, join } from 'node:path';
import type { Compression } from '../io/compression.ts';
import type { FormatName } from '../io/formats.ts';

const COMPRESSION_ENDING: Record<Compression, string> = { none: '', gzip: '.gz', zstd: '.zst' };
const FORMAT_ENDING: Record<FormatName, string> = {
  pprof: '.pb',
  otlp: '.otlp',
  'otlp-json': '.otlp.json',
  'otlp-jsonl': '.otlp.jsonl',
  'otlp-frames': '.otlp',
  'otlp-jeffrey': '.otlp',
};

/** Endings that say how a file is compressed, then such that say what it holds; x.otlp.pb has two of the latter. */
const COMPRESSED = /\.(gz|gzip|zst|zstd)$/i;
const FORMAT = /\.(pb|pprof|prof|profile|proto|otlp|binpb|json|jsonl|ndjson)$/i;
const OTLP = /\.otlp$/i;

/** `cpu.pb.gz` becomes `cpu.otlp`, `cpu.otlp` becomes `cpu.pb.gz`; `part` counts where one input gives several. */
export function outputName(input: string, to: FormatName, compression: Compression, part?: number): string {
  const base = stem(basename(input));
  const numbered = part === undefined ? base : `${base}-${part}`;
  return numbered + FORMAT_ENDING[to] + COMPRESSION_ENDING[compression];
}

export function outputBeside(input: string, to: FormatName, compression: Compression): string {
  return join(dirname(input), outputName(input, to, compression));
}

/** The compression that the ending of -o PATH asks for, if it does. */
export function compressionByEnding(path: string): Compression | undefined {
  if (/\.gz$/i.test(path)) return 'gzip';
  return /\.zstd?$/i.test(path) ? 'zstd' : undefined;
}

/** Whether a name has an ending that files of ours have. */
export function looksLikeFile(path: string): boolean {
  return COMPRESSED.test(path) || FORMAT.test(path);
}

/** A name without its endings; one that is nothing but endings stays whole. */
export function stem(name: string): string {
  const uncompressed = without(name, COMPRESSED);
  return without(without(uncompressed, FORMAT), OTLP);
}

function without(name: string, ending: RegExp): string {
  return name.replace(ending, '') || name;
}
