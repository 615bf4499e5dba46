import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ioError } from './failure.ts';
import { isTemporary } from './output.ts';

export interface Found {
  /** Path below the root, with slashes. */
  path: string;
  /** What kept a directory from being read. */
  problem?: string;
}

export interface WalkRules {
  /** Whether to read a directory, told by its path below the root. */
  enters(path: string): boolean | Promise<boolean>;
  /** Whether links to directories are directories. They may lead in circles. */
  followsLinks: boolean;
}

/**
 * The files below a directory, sorted by name within each. Links to files are files. Pipes and devices are left out, and
 * what this program has begun to write and not finished.
 */
export async function walk(root: string, rules: WalkRules): Promise<Found[]> {
  const found: Found[] = [];
  const visit = async (below: string): Promise<void> => {
    let entries: Dirent[];
    try {
      entries = await readdir(join(root, below), { withFileTypes: true });
    } catch (error) {
      found.push({ path: below, problem: ioError(error, 'read').message });
      return;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (isTemporary(entry.name)) continue;
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      const kind = entry.isSymbolicLink() ? await kindBehind(join(root, path), rules) : kindOf(entry);
      if (kind === 'file') found.push({ path });
      else if (kind === 'directory' && (await rules.enters(path))) await visit(path);
    }
  };
  await visit('');
  return found;
}

type Kind = 'file' | 'directory' | 'other';

function kindOf(entry: Pick<Dirent, 'isFile' | 'isDirectory'>): Kind {
  if (entry.isDirectory()) return 'directory';
  return entry.isFile() ? 'file' : 'other';
}

/** A link that leads nowhere counts as a file: reading it will say why it can't be read. */
async function kindBehind(link: string, { followsLinks }: WalkRules): Promise<Kind> {
  try {
    const kind = kindOf(await stat(link));
    return kind === 'directory' && !followsLinks ? 'other' : kind;
  } catch {
    return 'file';
  }
}
