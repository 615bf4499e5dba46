import { join } from 'node:path';
import { PprofOtlpError } from '../errors.ts';
import type { Compression } from '../io/compression.ts';
import type { FormatName } from '../io/formats.ts';
import { type Identity, isStdin } from '../io/node/input.ts';
import { placeOf, refuseTerminal } from '../io/node/output.ts';
import { isUrl, nameOfUrl } from '../io/node/url.ts';
import { looksLikeFile, outputBeside, outputName } from './naming.ts';

/** Where the outputs of a run go. */
export type Destination =
  | { kind: 'beside' }
  | { kind: 'stdout' }
  | { kind: 'file'; path: string }
  | { kind: 'directory'; path: string };

export interface Place {
  file: string;
  /** Directory below the destination; empty for the destination itself. */
  folder: string;
  to: FormatName;
  compression: Compression;
}

const STDOUT = 1;

/** What -o means for these inputs. Refuses what can't work before anything is read. */
export async function destinationOf(
  output: string | undefined,
  files: readonly string[],
  identities: readonly (Identity | undefined)[],
  isSet = false,
): Promise<Destination> {
  const several = isSet || files.length > 1;
  const stdins = files.filter(isStdin).length;
  if (stdins > 1) throw new PprofOtlpError('usage', 'standard input is given twice');
  if (output === undefined) {
    const pipes = files.filter((file, i) => {
      const identity = identities[i];
      return isStdin(file) || isUrl(file) || (identity !== undefined && !identity.regular && !identity.directory);
    });
    if (pipes.length > 1)
      throw new PprofOtlpError('usage', 'several pipes or URLs would go to standard output; give -o DIR');
    if (pipes.length === 1) await refuseTerminal(STDOUT);
    return { kind: 'beside' };
  }
  if (output === '-' || output === '/dev/stdout') {
    if (several)
      throw new PprofOtlpError('usage', `${files.length} files do not fit into standard output; give -o DIR`);
    await refuseTerminal(STDOUT);
    return { kind: 'stdout' };
  }
  const place = await placeOf(output);
  const meantDirectory = /[/\\]$/.test(output) && (process.platform === 'win32' || output.endsWith('/'));
  if (place === 'directory') return { kind: 'directory', path: output };
  if (several || meantDirectory) {
    if (place === 'file') throw new PprofOtlpError('usage', `-o ${output} is a file; several outputs need a directory`);
    if (!meantDirectory && looksLikeFile(output)) {
      throw new PprofOtlpError('usage', `several outputs do not fit into ${output}; -o ${output}/ makes a directory`);
    }
    return { kind: 'directory', path: output };
  }
  return { kind: 'file', path: output };
}

/** Where several outputs of one input go: what -o names is a directory then, unless it looks like a file. */
export function destinationOfSeveral(destination: Destination, count: number): Destination {
  if (count === 1 || destination.kind !== 'file' || looksLikeFile(destination.path)) return destination;
  return { kind: 'directory', path: destination.path };
}

/** The path of each output of one input; undefined is standard output. */
export function targetsFor(destination: Destination, place: Place, count: number): (string | undefined)[] {
  const { file, folder, to, compression } = place;
  if (destination.kind === 'directory') {
    const name = isStdin(file) ? 'stdin' : isUrl(file) ? nameOfUrl(file, looksLikeFile) : file;
    const part = (index: number): number | undefined => (count > 1 ? index + 1 : undefined);
    return Array.from({ length: count }, (_, i) =>
      join(destination.path, folder, outputName(name, to, compression, part(i))),
    );
  }
  if (count > 1) throw new PprofOtlpError('usage', `gives ${count} ${to} files; give -o DIR for them`);
  if (destination.kind === 'stdout') return [undefined];
  return [destination.kind === 'file' ? destination.path : outputBeside(file, to, compression)];
}
