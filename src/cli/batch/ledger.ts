import type { FileId, Ledger } from '../../io/node/output.ts';
import type { Task } from './task.ts';

/** What a call must not write to: its inputs, and what it has written. One for all threads. */
export class CallLedger {
  private readonly taken = new Map<string, string>();
  private readonly reserved = new Map<string, Task>();
  private readonly temporary = new Map<string, Task>();

  constructor(inputs: Iterable<FileId | undefined>) {
    for (const input of inputs) if (input !== undefined) this.taken.set(keyOf(input), 'is the input itself');
  }

  takenFor(file: FileId): string | undefined {
    return this.taken.get(keyOf(file));
  }

  reserve(path: string, temporary: string, task: Task): string | undefined {
    const holder = this.reserved.get(path);
    if (holder !== undefined && holder.index !== task.index) return `is being written for ${holder.file}`;
    this.reserved.set(path, task);
    this.temporary.set(temporary, task);
    return undefined;
  }

  written(file: FileId, task: Task): void {
    this.taken.set(keyOf(file), `was just written for ${task.file}`);
  }

  /** The ledger as the writer of one input sees it. */
  of(task: Task): Ledger {
    return {
      takenFor: (file) => this.takenFor(file),
      reserve: (path, temporary) => this.reserve(path, temporary, task),
      written: (file) => this.written(file, task),
    };
  }

  /** What an input has reserved, to be told to the next attempt at it, and what it may have left. */
  heldBy({ index }: Task): { paths: string[]; temporary: string[] } {
    const of = (map: Map<string, Task>): string[] =>
      [...map].filter(([, task]) => task.index === index).map(([path]) => path);
    return { paths: of(this.reserved), temporary: of(this.temporary) };
  }

  /** All temporary files that may exist. */
  get temporaryFiles(): Iterable<string> {
    return this.temporary.keys();
  }

  /** The input is done: what it wrote is known by its identity from now on. */
  release(task: Task): void {
    const { paths, temporary } = this.heldBy(task);
    for (const path of paths) this.reserved.delete(path);
    for (const path of temporary) this.temporary.delete(path);
  }
}

const keyOf = ({ dev, ino }: FileId): string => `${dev}:${ino}`;
