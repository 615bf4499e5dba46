import { normalize, resolve } from 'node:path';
import { PprofOtlpError } from '../../errors.ts';
import { type Identity, identify, isStdin } from '../../io/node/input.ts';
import { walk } from '../../io/node/walk.ts';
import type { Call } from '../args.ts';
import { expand } from './glob.ts';
import { namesIn } from './list.ts';
import { isPattern } from './pattern.ts';
import { parseShard, shardOf } from './shard.ts';
import type { Task } from './task.ts';

/** What a call is to work on. */
export interface Inputs {
  tasks: Task[];
  /** Which file each is; undefined where there is none. */
  identities: (Identity | undefined)[];
  /** Named by a list, a pattern or a directory: however many there are, they count as several. */
  isSet: boolean;
  /** What the user should know about how they were chosen. */
  notes: string[];
}

type Named = Omit<Task, 'index'>;

/** Names that the system is asked about at a time. */
const AT_ONCE = 256;
const NO_MATCH = "can't read: no file has this name, and none matches it as a pattern";

/**
 * The inputs of a call: its files, those of --files-from, those that patterns stand for and those below directories;
 * of all these the ones that --shard chooses.
 *
 * @param output directory that the call writes to: what lies in it is no input
 */
export async function inputsOf(call: Call, output?: string): Promise<Inputs> {
  const { values, switches } = call;
  const shard = values.shard === undefined ? undefined : parseShard(values.shard);
  const listed = await listedIn(call);
  const expansion = new Expansion(switches.has('recursive'), output);
  for (const file of call.files) await expansion.add(file, false);
  for (const file of listed) await expansion.add(file, true);
  const { all } = expansion;
  const chosen =
    shard === undefined ? all : all.filter(({ file }) => shardOf(named(file), shard.count) === shard.index);
  const nothing =
    all.length === 0
      ? ['no files were found']
      : chosen.length === 0
        ? [`none of ${all.length} files is in shard ${values.shard}`]
        : [];
  return {
    tasks: chosen.map((one, index) => ({ index, ...one })),
    identities: await identifyAll(chosen.map(({ file }) => file)),
    isSet: expansion.isSet || values['files-from'] !== undefined,
    notes: nothing,
  };
}

/** The same name on every system. */
const named = (file: string): string => (process.platform === 'win32' ? file.replaceAll('\\', '/') : file);

async function listedIn({ files, values, switches }: Call): Promise<string[]> {
  const list = values['files-from'];
  if (list === undefined) {
    if (switches.has('null')) throw new PprofOtlpError('usage', '--null is for --files-from; leave it out');
    return [];
  }
  if (isStdin(list) && files.some(isStdin))
    throw new PprofOtlpError('usage', 'standard input is both the list of files and one of them');
  const names = await namesIn(list, switches.has('null'));
  if (isStdin(list) && names.some(isStdin))
    throw new PprofOtlpError('usage', 'the list comes by standard input, which it names as a file, too');
  return names;
}

/** A name in a list keeps its directories below -o DIR; none leads out of it. */
function folderOf(file: string): string {
  const parts = named(normalize(file)).split('/').slice(0, -1);
  return parts.filter((part) => part !== '' && part !== '.' && part !== '..' && !part.endsWith(':')).join('/');
}

/** Puts files in the place of patterns and directories. */
class Expansion {
  readonly all: Named[] = [];
  isSet: boolean;

  constructor(
    private readonly recursive: boolean,
    private readonly output: string | undefined,
  ) {
    this.isSet = recursive;
  }

  /**
   * A file that exists by the name wins over what the name matches as a pattern. The names in a list are no patterns,
   * and keep their directories.
   */
  async add(file: string, listed: boolean): Promise<void> {
    const pattern = !listed && isPattern(file);
    const identity = pattern || this.recursive ? await identify(file) : undefined;
    if (this.recursive && identity?.directory) await this.addBelow(file, listed ? folderOf(`${file}/x`) : '');
    else if (pattern && identity === undefined) await this.addMatches(file);
    else this.all.push({ file, folder: listed ? folderOf(file) : '', found: false });
  }

  private async addMatches(pattern: string): Promise<void> {
    const matches = await expand(pattern);
    if (matches.length === 0) this.all.push({ file: pattern, folder: '', found: false, problem: NO_MATCH });
    for (const { file, below } of matches) this.all.push({ file, folder: folderOf(below), found: false });
    this.isSet = true;
  }

  private async addBelow(root: string, folder: string): Promise<void> {
    const output = this.output === undefined ? undefined : resolve(this.output);
    if (resolve(root) === output)
      throw new PprofOtlpError('usage', `-o ${this.output} is the directory that is read; give another -o`);
    const enters = (path: string): boolean => resolve(root, path) !== output;
    for (const { path, problem } of await walk(root, { enters, followsLinks: false })) {
      const file = path === '' ? root : `${root.replace(/\/+$/, '')}/${path}`;
      const below = [folder, folderOf(path)].filter(Boolean).join('/');
      this.all.push({ file, folder: below, found: true, ...(problem === undefined ? {} : { problem }) });
    }
  }
}

async function identifyAll(files: readonly string[]): Promise<(Identity | undefined)[]> {
  const all: (Identity | undefined)[] = [];
  for (let at = 0; at < files.length; at += AT_ONCE) {
    all.push(...(await Promise.all(files.slice(at, at + AT_ONCE).map(identify))));
  }
  return all;
}
