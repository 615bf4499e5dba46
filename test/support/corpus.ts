// Real profiles to test with, where the checkout has them beside it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDERS = ['../../fixtures/', '../../../shared/corpus/files/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

export interface CorpusFile {
  name: string;
  read: () => Uint8Array;
}

function list(matches: (name: string) => boolean): CorpusFile[] {
  return FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder)
      .filter(matches)
      .sort()
      .map((name) => ({ name, read: () => new Uint8Array(readFileSync(folder + name)) })),
  );
}

export const corpusPresent = existsSync(FOLDERS[1] as string);

const OTLP = /\.otlp(\.pb)?$/;

export const pprofFiles: CorpusFile[] = list((name) => /\.(pb|pprof)(\.gz|\.zst)?$/.test(name) && !OTLP.test(name));
export const otlpFiles: CorpusFile[] = list((name) => OTLP.test(name));
/** Profiles in formats that are not ours. */
export const foreignFiles: CorpusFile[] = list((name) => /legacy/.test(name));
