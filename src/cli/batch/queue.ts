import type { Task } from './task.ts';

/**
 * Inputs in their order. Of those that may want the same output one is handed out at a time, so that the first one gets
 * it, whatever is faster.
 */
export class Queue {
  private at = 0;
  private readonly ready: Task[] = [];
  /** For each key that is being worked on: who waits for it. */
  private readonly waiting = new Map<string, Task[]>();

  constructor(
    private readonly tasks: readonly Task[],
    private readonly rivalsOf: (task: Task) => string | undefined,
  ) {}

  /** What to take next; undefined when there is nothing, or nothing now. */
  next(): Task | undefined {
    while (this.ready.length === 0) {
      const task = this.tasks[this.at];
      if (task === undefined) return undefined;
      const waiting = this.waiting.get(this.rivalsOf(task) ?? '');
      if (waiting === undefined) return task;
      waiting.push(task);
      this.at++;
    }
    return this.ready[0];
  }

  /** Takes what `next` says. */
  take(): void {
    if (this.ready.length > 0) {
      this.ready.shift();
      return;
    }
    const key = this.rivalsOf(this.tasks[this.at++]);
    if (key !== undefined) this.waiting.set(key, []);
  }

  /** To be taken again. Its rivals still wait. */
  putBack(task: Task): void {
    this.ready.unshift(task);
  }

  /** The next of its rivals may go. */
  done(task: Task): void {
    const key = this.rivalsOf(task);
    const waiting = key === undefined ? undefined : this.waiting.get(key);
    if (key === undefined || waiting === undefined) return;
    const next = waiting.shift();
    if (next === undefined) this.waiting.delete(key);
    else this.ready.push(next);
  }
}
